public import UsageEvents

/// What the policy of one sink decided, and why: about a transition, or about a message whose time has come.
public struct Decision: Sendable {
    /// What is done.
    public enum Action: Sendable {
        /// The message is sent now.
        case send(Notification)
        /// Nothing yet; it is told at this time, or when the message of this name goes.
        case hold(until: Timestamp)
        /// It becomes part of a message that is sent later.
        case merge
        /// It is not told by this sink.
        case suppress
    }

    /// Why; the raw value is the word that people and files see.
    public enum Reason: String, Sendable, CaseIterable {
        /// The first that this sink hears of the alert.
        case first
        /// An alert that it told has become more severe.
        case grewALot = "grew_a_lot"
        /// An alert that it told is over.
        case resolved
        /// The alert still fires.
        case reminderDue = "reminder_due"
        /// It is told with the next reminder.
        case withinRepeatInterval = "within_repeat_interval"
        /// Many alerts of one team and kind at a time.
        case grouped
        /// The team has had its messages of this hour.
        case teamCap = "team_cap"
        /// A silence hides it.
        case silenced
        /// A silence ended that hid something.
        case silenceEnded = "silence_ended"
        /// Somebody knows.
        case acknowledged
        /// A line of the daily digest.
        case digest
        /// Found in imported history: part of one summary.
        case historical
        /// The sink wants no ends.
        case noResolved = "sink_takes_no_resolved"
        /// The sink wants no digest.
        case noDigest = "sink_takes_no_digest"
        /// No route leads to this sink.
        case notRouted = "not_routed"
        /// The end of something that this sink never told.
        case neverSent = "never_sent"
        /// Decided before.
        case repeated
        /// More alerts fire than a sink keeps track of; it is counted.
        case tooMany = "too_many"
    }

    /// The alert; nil for a message of several.
    public var alert: String?
    /// Which transition of it.
    public var seq: Int?
    /// What is done.
    public var action: Action
    /// Why.
    public var reason: Reason
    /// The message that tells of it or counts it, now or later; nil where none does.
    public var message: String?
    /// The silence that hides it or has ended.
    public var silence: String?

    init(
        _ transition: AlertTransition?, _ action: Action, _ reason: Reason, message: String? = nil,
        silence: String? = nil
    ) {
        alert = transition?.id
        seq = transition?.seq
        self.action = action
        self.reason = reason
        self.message = message
        self.silence = silence
    }

    /// The word of the action: `sent`, `held`, `merged` or `suppressed`.
    public var word: String {
        switch action {
        case .send: "sent"
        case .hold: "held"
        case .merge: "merged"
        case .suppress: "suppressed"
        }
    }
}
