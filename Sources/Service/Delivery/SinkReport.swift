public import Alerting
public import Pipeline
import UsageEvents

/// What `sink list` says of one sink.
public struct SinkReport {
    private let settings: SinkSettings
    private let state: OutboxState
    private let isNew: Bool

    /// A report; `isNew` where nothing was ever taken for the sink.
    public init(settings: SinkSettings, state: OutboxState, isNew: Bool) {
        self.settings = settings
        self.state = state
        self.isNew = isNew
    }

    private var word: String {
        if isNew { return "new" }
        if state.disabled != nil { return "disabled" }
        return state.failingSince == nil ? "working" : "failing"
    }

    /// One JSON object.
    public var json: String {
        var json = JSONObjectWriter(after: [])
        json.string("name", settings.name)
        json.string("kind", settings.kind)
        json.string("state", word)
        json.raw("delivered", String(state.delivered))
        json.raw("waiting", String(state.waiting.count))
        json.raw("dead", String(state.dead.count + state.deadForgotten))
        json.string("last_delivered", state.deliveredAt?.description)
        json.string("failing_since", state.failingSince?.description)
        json.string("last_failure", state.lastFailure)
        json.string("disabled", state.disabled)
        json.array("dead_letters", state.dead) { inner, letter in
            inner.string("notification", letter.notification.id)
            inner.string("title", letter.notification.title)
            inner.time("at", letter.at)
            inner.raw("attempts", String(letter.attempts))
            inner.string("reason", letter.reason)
        }
        return String(decoding: json.finish(), as: UTF8.self)
    }

    /// Lines for a person.
    public func lines(withDead: Bool) -> [String] {
        var lines = [
            "\(settings.name)  \(settings.kind)  \(word)  \(state.delivered) delivered, "
                + "\(state.waiting.count) waiting, \(state.dead.count + state.deadForgotten) given up"
        ]
        if let at = state.deliveredAt { lines.append("  last delivery \(at)") }
        if let since = state.failingSince {
            lines.append("  failing since \(since): \(state.lastFailure ?? "")")
        }
        if let reason = state.disabled {
            lines.append("  switched off: \(reason)")
            lines.append("  switch it on: tidemarkd sink retry \(settings.name)")
        }
        if withDead {
            for letter in state.dead {
                lines.append(
                    "  \(letter.at)  \(letter.notification.id)  \(letter.attempts) attempts: \(letter.reason)"
                )
            }
        } else if !state.dead.isEmpty {
            lines.append("  why they were given up: tidemarkd sink list --dead")
        }
        return lines
    }
}
