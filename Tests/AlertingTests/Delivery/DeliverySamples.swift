import Detection
import UsageEvents

@testable import Alerting

extension Timestamp {
    /// Minutes after a morning on which the clock shows six.
    static func minute(_ n: Double) -> Timestamp {
        Timestamp(rawValue: 1_780_034_400_000 + Int64(n * 60_000))
    }
}

extension AlertTransition {
    /// An alert as the journal gives it.
    static func sample(
        _ id: Int = 1, seq: Int = 0, _ state: State = .firing, kind: AlertKind = .spendSpike,
        severity: Severity = .high, team: String? = "payments", historical: Bool = false,
        at: Timestamp = .minute(0)
    ) -> AlertTransition {
        let digits = String(id, radix: 16)
        return AlertTransition(
            id: "al_" + String(repeating: "0", count: 16 - digits.utf8.count) + digits, seq: seq,
            state: state, at: at, startsAt: at, kind: kind, severity: severity, page: severity >= .medium,
            historical: historical, retroactive: false, identity: "user\(id)@acme.example", team: team,
            tool: "api", model: "m-max", mcpServer: nil,
            title: "user\(id)@acme.example spent $41.20 in the last hour, 18x its usual $2.30",
            reason: state == .firing ? (seq == 0 ? "first" : "grew") : "back_to_normal",
            observed: 41_200_000_000, isMoney: true, window: "1h", basis: .billed, expected: nil,
            contributors: [], exposed: nil, firstSequence: 1, lastSequence: 2, configuration: "c3a1")
    }
}

extension Decision {
    /// `sent first`, `held team_cap`.
    var words: String { word + " " + reason.rawValue }

    var notification: Notification? {
        guard case .send(let notification) = action else { return nil }
        return notification
    }
}

/// One sink's policy with a clock that only moves when it is told to.
struct PolicyDesk {
    var policy: NotificationPolicy
    var now = Timestamp.minute(0)
    var told: [Decision] = []
    /// When each was decided.
    var times: [Timestamp] = []

    init(
        _ settings: PolicySettings = PolicySettings(), routes: RouteTree = RouteTree(defaultSinks: ["chat"]),
        _ change: (inout SinkSettings) -> Void = { _ in }
    ) {
        var sink = SinkSettings(name: "chat", kind: "slack")
        change(&sink)
        policy = NotificationPolicy(NotificationPolicy.Rules(sink: sink, routes: routes, settings: settings))
    }

    /// Hands over a transition; returns the words of what was decided.
    @discardableResult
    mutating func take(_ alert: AlertTransition) -> [String] { keep(policy.take(alert, now: now)) }

    /// Lets time pass, stopping wherever the policy asks to be woken.
    @discardableResult
    mutating func wait(minutes: Double) -> [String] {
        let end = Timestamp(rawValue: now.rawValue + Int64(minutes * 60_000))
        var words: [String] = []
        while let next = policy.nextWake, next <= end {
            now = max(now, next)
            words += keep(policy.wake(now: now))
        }
        now = end
        return words
    }

    private mutating func keep(_ decisions: [Decision]) -> [String] {
        told += decisions
        times += decisions.map { _ in now }
        return decisions.map(\.words)
    }

    var messages: [Notification] { told.compactMap(\.notification) }

    mutating func silence(_ matcher: String, minutes: Double) throws -> Silence {
        let silence = Silence(
            matchers: [try Matcher(matcher)], startsAt: now,
            endsAt: Timestamp(rawValue: now.rawValue + Int64(minutes * 60_000)),
            createdBy: "ops@acme.example", comment: "known")
        policy.operators.apply(
            OperatorRecord(at: now, who: "ops@acme.example", action: .silence(silence)))
        return silence
    }

    mutating func acknowledge(_ alert: AlertTransition) {
        policy.operators.apply(
            OperatorRecord(
                at: now, who: "ops@acme.example",
                action: .acknowledge(Ack(alert: alert.id, severity: alert.severity))))
    }
}
