public import Alerting
public import UsageEvents

/// A message that waits to be delivered.
public struct WaitingMessage: Sendable {
    /// What is sent.
    public var notification: Notification
    /// When it was decided on.
    public var queuedAt: Timestamp
    /// Attempts that failed.
    public var attempts = 0
    /// Not before.
    public var nextAt: Timestamp
}

/// A message that was given up.
public struct DeadLetter: Sendable {
    /// What was not delivered.
    public var notification: Notification
    /// When it was given up.
    public var at: Timestamp
    /// Attempts that were made.
    public var attempts: Int
    /// Why.
    public var reason: String
}

/// Everything that one sink must not forget: a pure fold over the records of its outbox.
public struct OutboxState: Sendable {
    /// Dead letters that are kept whole; of older ones only their number. About 20 MB at 2 kB each.
    public static let deadMax = 10_000

    /// How far the journal was taken; nil before the first plan.
    public internal(set) var cursor: JournalCursor?
    /// The policy's own state, in its own form; empty before the first plan.
    public internal(set) var policy: [UInt8] = []
    /// What has changed in it since, in the order of the changes.
    public internal(set) var policyChanges: [[UInt8]] = []
    /// Messages that wait, in the order in which they were decided on.
    public internal(set) var waiting = WaitingMessages()
    /// Messages that were given up, oldest first.
    public internal(set) var dead: [DeadLetter] = []
    /// Dead letters beyond `deadMax`.
    public internal(set) var deadForgotten = 0
    /// Why nothing is sent any more: the endpoint said that it is gone, or a person switched it off.
    public internal(set) var disabled: String?
    /// Messages that were delivered.
    public internal(set) var delivered = 0
    /// The last delivery.
    public internal(set) var deliveredAt: Timestamp?
    /// Since when every attempt has failed; nil after a success.
    public internal(set) var failingSince: Timestamp?
    /// Why the last attempt failed.
    public internal(set) var lastFailure: String?

    /// An outbox in which nothing has happened.
    public init() {}

    /// Takes what a record says.
    public mutating func apply(_ record: OutboxRecord) {
        switch record {
        case .state(let state):
            self = state
        case .plan(let plan):
            cursor = plan.cursor
            switch plan.policy {
            case .whole(let text):
                policy = text
                policyChanges = []
            case .changes(let text): policyChanges.append(text)
            }
            for notification in plan.messages {
                waiting.append(
                    WaitingMessage(notification: notification, queuedAt: plan.at, nextAt: plan.at))
            }
        case .attempted(let id, let at, let next, let reason):
            failed(at, reason)
            waiting[id]?.attempts += 1
            waiting[id]?.nextAt = next
        case .delivered(let id, let at):
            delivered += 1
            deliveredAt = at
            waiting[id] = nil
            // The endpoint is back: what waited for it need not wait for the rest of its pause.
            if failingSince != nil { releaseAll(at) }
            failingSince = nil
            lastFailure = nil
        case .refused(let id, let at, let reason):
            guard let message = waiting[id] else { return }
            waiting[id] = nil
            bury(
                DeadLetter(
                    notification: message.notification, at: at, attempts: message.attempts + 1,
                    reason: reason))
        case .disabled(let at, let reason):
            failed(at, reason)
            disabled = reason
        case .enabled(let at):
            disabled = nil
            failingSince = nil
            releaseAll(at)
        case .requeued(let at):
            for letter in dead {
                waiting.append(WaitingMessage(notification: letter.notification, queuedAt: at, nextAt: at))
            }
            dead = []
        }
    }

    private mutating func failed(_ at: Timestamp, _ reason: String) {
        failingSince = failingSince ?? at
        lastFailure = reason
    }

    private mutating func releaseAll(_ at: Timestamp) {
        waiting.changeAll { $0.nextAt = min($0.nextAt, at) }
    }

    private mutating func bury(_ letter: DeadLetter) {
        dead.append(letter)
        guard dead.count > Self.deadMax else { return }
        dead.removeFirst()
        deadForgotten += 1
    }
}
