/// One message to one sink: what the notification policy decided to say, and the input of every encoder.
///
/// The same decision has the same `id` on every attempt and after every restart, so a receiver can drop what
/// it has already.
public struct Notification: Sendable {
    /// What kind of message it is.
    public enum Purpose: String, Sendable, CaseIterable {
        /// One transition of one alert.
        case alert
        /// A reminder of an alert that is still firing.
        case reminder
        /// Several alerts that belong together, as one message.
        case group
        /// Digest lines of a day.
        case digest
        /// Alerts raised from imported history, told as one summary.
        case historical
        /// What a cap on messages held back.
        case capped
        /// What a silence hid, told when it ends.
        case unsilenced
        /// Something about Tidemark itself: a sink that fails, a disk that is full.
        case operational
        /// A message that a person asked for to try a sink.
        case test
    }

    /// Name of this message for good: letters, digits, `_` and `-` only, at most 64 bytes. For `.alert` the
    /// alert's id and seq (`al_9f1c0c4e5b7a2d10_0`).
    public var id: String
    /// What kind of message it is.
    public var purpose: Purpose
    /// One sentence for people; for `.alert` the transition's title.
    public var title: String
    /// The transitions that it carries, in journal order; empty where it only counts.
    public var transitions: [AlertTransition]
    /// Alerts that it speaks of and does not carry.
    public var omitted: Int
    /// What its members have in common, such as `team=payments`; empty for a single alert.
    public var group: [Label]

    /// A name and its value.
    public struct Label: Hashable, Sendable {
        /// Name: `[a-z_]+`.
        public var name: String
        /// Text of an event: data, to be escaped by each encoder for its target.
        public var value: String

        /// A label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A message.
    public init(
        id: String, purpose: Purpose, title: String, transitions: [AlertTransition], omitted: Int = 0,
        group: [Label] = []
    ) {
        self.id = id
        self.purpose = purpose
        self.title = title
        self.transitions = transitions
        self.omitted = omitted
        self.group = group
    }

    /// The message that carries one transition.
    public init(_ transition: AlertTransition) {
        self.init(
            id: "\(transition.id)_\(transition.seq)", purpose: .alert, title: transition.title,
            transitions: [transition])
    }

    /// Firing as long as one of its alerts is.
    public var isFiring: Bool { transitions.contains { $0.state == .firing } }
}
