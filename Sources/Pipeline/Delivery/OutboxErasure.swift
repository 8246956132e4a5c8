import Alerting
public import EventLog

/// Takes an account out of all outboxes of a log: part of its erasure.
public enum OutboxErasure {
    /// Erases an account that is about to be erased from the log; messages about others stay.
    ///
    /// - Throws: a failure whose cause is `.busy` while a process sends from this log.
    public static func erase<D: Disk>(_ disk: D, log: String, identity: String) throws(IOFailure) {
        let sinks: [String]
        do throws(IOFailure) {
            sinks = try disk.list(Outbox<D>.folder(inLog: log))
        } catch {
            guard error.cause == .missing else { throw error }
            return
        }
        for sink in sinks {
            var outbox = try Outbox(disk, log: log, sink: sink)
            try outbox.forget(account: identity)
        }
    }
}

extension OutboxState {
    /// The state without an account. A message of several alerts keeps those of others.
    func without(account identity: String) -> OutboxState {
        let name = identity.lowercased()
        func mentions(_ text: String?) -> Bool { text?.lowercased().contains(name) ?? false }
        func left(of message: Notification) -> Notification? {
            var message = message
            let count = message.transitions.count
            message.transitions.removeAll { mentions($0.json) }
            message.group.removeAll { mentions($0.value) }
            if message.transitions.count < count || mentions(message.title) {
                guard !message.transitions.isEmpty else { return nil }
                message.title = message.transitions.map(\.title).joined(separator: "; ")
            }
            return message
        }
        var next = self
        let kept = waiting.compactMap { entry -> WaitingMessage? in
            var entry = entry
            guard let message = left(of: entry.notification) else { return nil }
            entry.notification = message
            return entry
        }
        next.waiting = WaitingMessages(kept)
        next.dead = dead.compactMap { letter in
            var letter = letter
            guard let message = left(of: letter.notification) else { return nil }
            letter.notification = message
            if mentions(letter.reason) { letter.reason = "erased" }
            return letter
        }
        if mentions(lastFailure) { next.lastFailure = "erased" }
        if mentions(disabled) { next.disabled = "erased" }
        if ([policy] + policyChanges).contains(where: { mentions(String(decoding: $0, as: UTF8.self)) }) {
            // Rules are no part of the state: any will do to take it apart.
            let rules = NotificationPolicy.Rules(
                sink: SinkSettings(name: "", kind: ""), routes: RouteTree(defaultSinks: []),
                settings: PolicySettings())
            var taken =
                NotificationPolicy(decoding: policy, changes: policyChanges, rules: rules)
                ?? NotificationPolicy(rules)
            taken.forget(account: identity)
            next.policy = taken.encode()
            next.policyChanges = []
            // What cannot be told apart is forgotten as a whole.
            if mentions(String(decoding: next.policy, as: UTF8.self)) {
                next.policy = NotificationPolicy(rules).encode()
            }
        }
        return next
    }
}
