public import Alerting
public import UsageEvents

/// One line of an outbox: something that must not be forgotten.
public enum OutboxRecord: Sendable {
    /// All that is known; the first line of a compacted outbox.
    case state(OutboxState)
    /// The journal was taken up to here, and these messages are to be sent.
    case plan(OutboxPlan)
    /// An attempt failed; the next one is not before `next`.
    case attempted(id: String, at: Timestamp, next: Timestamp, reason: String)
    /// A message was delivered.
    case delivered(id: String, at: Timestamp)
    /// A message was given up.
    case refused(id: String, at: Timestamp, reason: String)
    /// The endpoint is gone.
    case disabled(at: Timestamp, reason: String)
    /// A person switched the sink on again.
    case enabled(at: Timestamp)
    /// A person asked for all dead letters to be sent again.
    case requeued(at: Timestamp)
}

/// The state of a policy as JSON text, or what has changed in it since the plan before: a sink that has told
/// of a thousand alerts need not write them all down for each further one.
public enum PolicyText: Sendable {
    /// All of it.
    case whole([UInt8])
    /// What changed.
    case changes([UInt8])
}

/// What was decided on in one step: the cursor, the policy's state after it, and what is to be sent belong
/// together and become durable together.
public struct OutboxPlan: Sendable {
    /// How far the journal was taken.
    public var cursor: JournalCursor
    /// The policy's state after it.
    public var policy: PolicyText
    /// What is to be sent.
    public var messages: [Notification]
    /// When.
    public var at: Timestamp

    /// A plan.
    public init(cursor: JournalCursor, policy: PolicyText, messages: [Notification], at: Timestamp) {
        self.cursor = cursor
        self.policy = policy
        self.messages = messages
        self.at = at
    }
}

// MARK: - As JSON

extension OutboxRecord {
    /// The record as a JSON object, without a line end.
    var json: [UInt8] {
        var json = JSONObjectWriter(after: [])
        switch self {
        case .state(let state):
            json.string("record", "state")
            Self.write(state, &json)
        case .plan(let plan):
            json.string("record", "plan")
            json.time("at", plan.at)
            Self.write(plan.cursor, &json)
            switch plan.policy {
            case .whole(let text): json.string("policy", String(decoding: text, as: UTF8.self))
            case .changes(let text): json.string("changes", String(decoding: text, as: UTF8.self))
            }
            json.array("messages", plan.messages) { inner, message in Self.write(message, &inner) }
        case .attempted(let id, let at, let next, let reason):
            json.string("record", "attempted")
            json.string("id", id)
            json.time("at", at)
            json.time("next", next)
            json.string("reason", reason)
        case .delivered(let id, let at):
            json.string("record", "delivered")
            json.string("id", id)
            json.time("at", at)
        case .refused(let id, let at, let reason):
            json.string("record", "refused")
            json.string("id", id)
            json.time("at", at)
            json.string("reason", reason)
        case .disabled(let at, let reason):
            json.string("record", "disabled")
            json.time("at", at)
            json.string("reason", reason)
        case .enabled(let at):
            json.string("record", "enabled")
            json.time("at", at)
        case .requeued(let at):
            json.string("record", "requeued")
            json.time("at", at)
        }
        return json.finish()
    }

    /// Reads a record back; nil where it is none.
    init?(json line: some Collection<UInt8>) {
        guard let tree = JSONTree(line), let word = tree["record"]?.text else { return nil }
        let at = Self.time(tree["at"])
        let id = tree["id"]?.text
        let reason = tree["reason"]?.text ?? ""
        switch (word, at, id) {
        case ("state", _, _):
            guard let state = Self.state(tree) else { return nil }
            self = .state(state)
        case ("plan", let at?, _):
            guard let cursor = Self.cursor(tree), let policy = Self.policy(tree) else { return nil }
            let messages = (tree["messages"]?.elements ?? []).map(Self.message)
            guard messages.allSatisfy({ $0 != nil }) else { return nil }
            self = .plan(
                OutboxPlan(
                    cursor: cursor, policy: policy, messages: messages.compactMap(\.self), at: at)
            )
        case ("attempted", let at?, let id?):
            guard let next = Self.time(tree["next"]) else { return nil }
            self = .attempted(id: id, at: at, next: next, reason: reason)
        case ("delivered", let at?, let id?): self = .delivered(id: id, at: at)
        case ("refused", let at?, let id?): self = .refused(id: id, at: at, reason: reason)
        case ("disabled", let at?, _): self = .disabled(at: at, reason: reason)
        case ("enabled", let at?, _): self = .enabled(at: at)
        case ("requeued", let at?, _): self = .requeued(at: at)
        default: return nil
        }
    }

    private static func policy(_ tree: JSONTree) -> PolicyText? {
        if let text = tree["policy"]?.text { return .whole(Array(text.utf8)) }
        return tree["changes"]?.text.map { .changes(Array($0.utf8)) }
    }

    private static func time(_ tree: JSONTree?) -> Timestamp? {
        tree?.text.flatMap { Timestamp(rfc3339: $0.utf8) }
    }

    private static func write(_ cursor: JournalCursor, _ json: inout JSONObjectWriter) {
        json.raw("bytes", String(cursor.bytes))
        json.string("last", cursor.last)
        if let latest = cursor.latest { json.time("latest", latest) }
    }

    private static func cursor(_ tree: JSONTree) -> JournalCursor? {
        guard let bytes = tree["bytes"]?.whole, bytes >= 0 else { return nil }
        var cursor = JournalCursor()
        cursor.bytes = Int(bytes)
        cursor.last = tree["last"]?.text
        cursor.latest = time(tree["latest"])
        return cursor
    }

    private static func write(_ message: Notification, _ json: inout JSONObjectWriter) {
        json.string("id", message.id)
        json.string("purpose", message.purpose.rawValue)
        json.string("title", message.title)
        json.raw("omitted", String(message.omitted))
        json.array("group", message.group) { inner, label in
            inner.string("name", label.name)
            inner.string("value", label.value)
        }
        json.array("alerts", message.transitions) { inner, transition in
            inner.raw("alert", transition.json)
        }
    }

    private static func message(_ tree: JSONTree) -> Notification? {
        guard let id = tree["id"]?.text, let title = tree["title"]?.text,
            let purpose = tree["purpose"]?.text.flatMap(Notification.Purpose.init(rawValue:))
        else { return nil }
        let alerts = (tree["alerts"]?.elements ?? []).map { $0["alert"].flatMap(AlertTransition.init(tree:)) }
        guard alerts.allSatisfy({ $0 != nil }) else { return nil }
        return Notification(
            id: id, purpose: purpose, title: title, transitions: alerts.compactMap(\.self),
            omitted: Int(tree["omitted"]?.whole ?? 0),
            group: (tree["group"]?.elements ?? []).compactMap { label in
                guard let name = label["name"]?.text, let value = label["value"]?.text else { return nil }
                return Notification.Label(name, value)
            })
    }

    private static func write(_ state: OutboxState, _ json: inout JSONObjectWriter) {
        if let cursor = state.cursor { write(cursor, &json) }
        json.string("policy", String(decoding: state.policy, as: UTF8.self))
        json.array("changes", state.policyChanges) { inner, text in
            inner.string("text", String(decoding: text, as: UTF8.self))
        }
        json.array("waiting", Array(state.waiting)) { inner, waiting in
            write(waiting.notification, &inner)
            inner.time("queued", waiting.queuedAt)
            inner.time("next", waiting.nextAt)
            inner.raw("attempts", String(waiting.attempts))
        }
        json.array("dead", state.dead) { inner, letter in
            write(letter.notification, &inner)
            inner.time("at", letter.at)
            inner.raw("attempts", String(letter.attempts))
            inner.string("reason", letter.reason)
        }
        json.raw("dead_forgotten", String(state.deadForgotten))
        json.string("disabled", state.disabled)
        json.raw("delivered", String(state.delivered))
        if let at = state.deliveredAt { json.time("delivered_at", at) }
        if let at = state.failingSince { json.time("failing_since", at) }
        json.string("last_failure", state.lastFailure)
    }

    private static func state(_ tree: JSONTree) -> OutboxState? {
        var state = OutboxState()
        state.cursor = cursor(tree)
        state.policy = Array((tree["policy"]?.text ?? "").utf8)
        state.policyChanges = (tree["changes"]?.elements ?? []).compactMap { entry in
            entry["text"]?.text.map { Array($0.utf8) }
        }
        for entry in tree["waiting"]?.elements ?? [] {
            guard let notification = message(entry), let queued = time(entry["queued"]),
                let next = time(entry["next"])
            else { return nil }
            state.waiting.append(
                WaitingMessage(
                    notification: notification, queuedAt: queued,
                    attempts: Int(entry["attempts"]?.whole ?? 0), nextAt: next))
        }
        for entry in tree["dead"]?.elements ?? [] {
            guard let notification = message(entry), let at = time(entry["at"]) else { return nil }
            state.dead.append(
                DeadLetter(
                    notification: notification, at: at, attempts: Int(entry["attempts"]?.whole ?? 0),
                    reason: entry["reason"]?.text ?? ""))
        }
        state.deadForgotten = Int(tree["dead_forgotten"]?.whole ?? 0)
        state.disabled = tree["disabled"]?.text
        state.delivered = Int(tree["delivered"]?.whole ?? 0)
        state.deliveredAt = time(tree["delivered_at"])
        state.failingSince = time(tree["failing_since"])
        state.lastFailure = tree["last_failure"]?.text
        return state
    }
}
