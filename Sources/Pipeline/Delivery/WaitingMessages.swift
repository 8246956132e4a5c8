import Alerting

/// The messages that wait, in the order in which they were decided on; one is found, changed or taken out by
/// its name in constant time, however many there are.
public struct WaitingMessages: Sendable, Sequence {
    /// Nil where a message was taken out.
    private var slots: [WaitingMessage?] = []
    private var places: [String: Int] = [:]
    /// Nothing is left before.
    private var first = 0

    /// Nothing waits.
    public init() {}

    /// Messages of different names.
    public init(_ messages: some Sequence<WaitingMessage>) {
        for message in messages { append(message) }
    }

    /// How many wait.
    public var count: Int { places.count }

    /// Whether nothing waits.
    public var isEmpty: Bool { places.isEmpty }

    /// The message of a name; nil where none waits under it, which removes it when set.
    public subscript(id: String) -> WaitingMessage? {
        get { places[id].flatMap { slots[$0] } }
        set {
            if let newValue, let place = places[id] {
                slots[place] = newValue
            } else if newValue == nil, let place = places.removeValue(forKey: id) {
                slots[place] = nil
                tidy()
            }
        }
    }

    /// Puts a message behind the others; where one of its name waits already, that one stays as it is.
    public mutating func append(_ message: WaitingMessage) {
        let id = message.notification.id
        guard places[id] == nil else { return }
        places[id] = slots.count
        slots.append(message)
    }

    /// Changes all of them.
    mutating func changeAll(_ body: (inout WaitingMessage) -> Void) {
        for i in slots.indices.dropFirst(first) {
            if var message = slots[i] {
                body(&message)
                slots[i] = message
            }
        }
    }

    /// The messages in their order.
    public func makeIterator() -> Iterator { Iterator(slots: slots, at: first) }

    /// Goes over the messages.
    public struct Iterator: IteratorProtocol {
        fileprivate let slots: [WaitingMessage?]
        fileprivate var at: Int

        /// The next message.
        public mutating func next() -> WaitingMessage? {
            while at < slots.count {
                defer { at += 1 }
                if let message = slots[at] { return message }
            }
            return nil
        }
    }

    /// Lets go of the places of messages that are gone, once they are more than what is left.
    private mutating func tidy() {
        while first < slots.count, slots[first] == nil { first += 1 }
        guard slots.count > 2 * places.count + 64 else { return }
        slots.removeAll { $0 == nil }
        first = 0
        for (i, slot) in slots.enumerated() { if let slot { places[slot.notification.id] = i } }
    }
}
