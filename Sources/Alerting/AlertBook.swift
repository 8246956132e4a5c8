public import Detection
public import UsageEvents

/// Anomaly to alert: opens, updates, holds back and resolves; the last step of phase *judge*, and as pure.
///
/// Suppression runs on the account's own clock: an account that has an open alert of a family gets no
/// second one, and after an alert the family is quiet for `quietHours`. Of all rules measured this one
/// matters most.
public struct AlertBook: Sendable {
    /// Quiet times that are remembered before those past on the log's clock are dropped: about 10 MB.
    private static let quietKept = 100_000

    /// What is open, and what may be said about it.
    struct Open {
        var transition: AlertTransition
        var anomaly: Anomaly
    }

    /// Accounts have one alert of the spend family at a time, and one for each new value.
    struct Key: Hashable {
        var account: UInt32
        var family: Int
    }

    /// What was said last, and until when nothing more is.
    struct Quiet {
        var until: Int64
        /// Since when was what was said. A late event may show something that began no later: it is part of
        /// the same, and would have the same id.
        var startsAt: Timestamp
    }

    private let configuration: AlertingConfiguration
    private let fingerprint: String
    /// Numbers of the families that have come up; 0 is spend.
    var families: [String: Int] = [:]
    var open: [Key: Open] = [:]
    /// For each open alert the log clock after which it is resolved when nothing more is heard; apart from
    /// the alerts, because all deadlines are looked through whenever one has come.
    var deadlines: [Key: Int64] = [:]
    var quiet: [Key: Quiet] = [:]
    @usableFromInline var nextDeadline = Int64.max
    /// Anomalies that were not told because something like them had been.
    public internal(set) var suppressed = 0
    /// How many alerts and quiet times there may be; see `makeRoom`.
    let openMax: Int
    let quietMax: Int
    /// What had to end early because there was no room for more.
    public internal(set) var overflow = Overflow()

    /// A book without alerts; `fingerprint` names the configuration in each alert's evidence.
    public init(configuration: AlertingConfiguration, fingerprint: String) {
        self.configuration = configuration
        self.fingerprint = fingerprint
        openMax = FoldBounds.current.openAlerts
        quietMax = FoldBounds.current.quietTimes
    }

    /// The last transition of each open alert, by id.
    public var openAlerts: [AlertTransition] {
        open.values.map(\.transition).sorted { $0.id < $1.id }
    }

    /// Whether `advance` has something to do.
    @inlinable @inline(__always)
    public func isDue(_ now: Timestamp) -> Bool { now.rawValue >= nextDeadline }

    /// The log's clock moved on: alerts that nothing was heard of are resolved, in the order of their
    /// deadlines and ids.
    public mutating func advance(to now: Timestamp, into out: inout [AlertTransition]) {
        guard isDue(now) else { return }
        var due: [(deadline: Int64, id: String, key: Key)] = []
        nextDeadline = .max
        for (key, deadline) in deadlines {
            if deadline <= now.rawValue, let entry = open[key] {
                due.append((deadline, entry.transition.id, key))
            } else {
                nextDeadline = min(nextDeadline, deadline)
            }
        }
        due.sort { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        for (deadline, _, key) in due {
            if let entry = open[key] { expire(key, entry, deadline, into: &out) }
        }
        if quiet.count > Self.quietKept {
            quiet = quiet.filter { $0.value.until > now.rawValue }
        }
    }

    /// Takes an anomaly; `now` is the log's clock.
    public mutating func observe(
        _ anomaly: Anomaly, now: Timestamp, symbols: borrowing Symbols, into out: inout [AlertTransition]
    ) {
        let key = Key(account: anomaly.account, family: family(anomaly))
        // The account's own clock may be there before the log's; what follows must not depend on which.
        if let due = deadlines[key], due <= anomaly.at.rawValue, let entry = open[key] {
            expire(key, entry, due, into: &out)
        }
        let deadline = max(now, anomaly.at).rawValue + hours(configuration.resolveHours)
        switch anomaly.phase {
        case .ended(let reason):
            guard let entry = open[key], entry.anomaly.metric == anomaly.metric else { return }
            let word = reason == .accepted ? "accepted" : "back_to_normal"
            resolve(key, entry, at: anomaly.at, reason: word, last: anomaly.sequence, into: &out)
            return
        case .lasts:
            guard let entry = open[key], entry.anomaly.metric == anomaly.metric else { return }
            deadlines[key] = deadline
            return
        case .began, .grew: break
        }
        if var entry = open[key] {
            guard case .grew = anomaly.phase, entry.anomaly.metric == anomaly.metric else {
                suppressed += 1
                return
            }
            var next = transition(anomaly, id: entry.transition.id, symbols: symbols)
            next.seq = entry.transition.seq + 1
            next.startsAt = entry.transition.startsAt
            next.firstSequence = min(entry.transition.firstSequence, next.firstSequence)
            next.reason = anomaly.metric == nil ? "rollout" : "grew"
            next.severity = max(next.severity, entry.transition.severity)
            next.page = next.severity >= configuration.pageSeverity
            entry.transition = next
            entry.anomaly = anomaly
            open[key] = entry
            if anomaly.metric != nil {
                deadlines[key] = deadline
                nextDeadline = min(nextDeadline, deadline)
            }
            out.append(next)
            return
        }
        if anomaly.metric == nil, case .grew = anomaly.phase { return }
        if let said = quiet[key], anomaly.at.rawValue < said.until || anomaly.startsAt <= said.startsAt {
            suppressed += 1
            return
        }
        makeRoom(at: now, symbols: symbols, into: &out)
        let identity = symbols.identities.text(of: anomaly.account)
        let fired = transition(anomaly, id: Self.id(anomaly, identity: identity), symbols: symbols)
        open[key] = Open(transition: fired, anomaly: anomaly)
        deadlines[key] = deadline
        quiet[key] = Quiet(
            until: anomaly.at.rawValue + hours(configuration.quietHours), startsAt: anomaly.startsAt)
        nextDeadline = min(nextDeadline, deadline)
        out.append(fired)
    }

    private mutating func family(_ anomaly: Anomaly) -> Int {
        if anomaly.metric != nil { return 0 }
        let name = anomaly.kind.word + "\0" + (anomaly.value ?? "")
        if let number = families[name] { return number }
        families[name] = families.count + 1
        return families.count
    }

    /// Closes an alert that does not exist under a new configuration.
    public static func superseded(_ alert: AlertTransition, at: Timestamp) -> AlertTransition {
        var last = alert
        last.seq += 1
        last.state = .resolved
        last.at = at
        last.reason = "superseded"
        return last
    }

    /// Nothing was heard until the deadline: a first use is no longer news; an account that fell silent
    /// uses nothing.
    private mutating func expire(
        _ key: Key, _ entry: Open, _ deadline: Int64, into out: inout [AlertTransition]
    ) {
        let reason = entry.anomaly.metric == nil ? "expired" : "back_to_normal"
        resolve(key, entry, at: Timestamp(rawValue: deadline), reason: reason, into: &out)
    }

    mutating func resolve(
        _ key: Key, _ entry: Open, at: Timestamp, reason: String, last: UInt64? = nil,
        into out: inout [AlertTransition]
    ) {
        var resolved = entry.transition
        resolved.seq += 1
        resolved.state = .resolved
        resolved.at = max(at, entry.transition.at)
        resolved.reason = reason
        if let last { resolved.lastSequence = last }
        open[key] = nil
        deadlines[key] = nil
        let until = resolved.at.rawValue + hours(configuration.quietAfterEndHours)
        quiet[key] = Quiet(until: max(quiet[key]?.until ?? until, until), startsAt: resolved.startsAt)
        out.append(resolved)
    }

    private func hours(_ n: Double) -> Int64 { Int64((n * Double(Timestamp.hour)).rounded()) }

    /// `al_` and the first half of the hash of (kind, scope, subject, value, `starts_at`, detector version).
    private static func id(_ a: Anomaly, identity: String) -> String {
        let value = a.value ?? a.metric?.window ?? ""
        let parts = [
            a.kind.word, "account", identity, value, a.startsAt.description, AlertTransition.engineVersion,
        ]
        return "al_" + Hash128(parts: parts.map { Array($0.utf8) }).shortHex
    }

    private func transition(_ a: Anomaly, id: String, symbols: borrowing Symbols) -> AlertTransition {
        let identity = symbols.identities.text(of: a.account)
        let exposed = exposed(a)
        let severity = severity(a, exposed: exposed)
        func dominant(_ dimension: String) -> String? {
            a.contributors.first { $0.dimension == dimension && $0.share >= 0.5 }?.value
        }
        return AlertTransition(
            id: id, seq: 0, state: .firing, at: a.at, startsAt: a.startsAt, kind: a.kind, severity: severity,
            page: severity >= configuration.pageSeverity, historical: a.historical,
            retroactive: a.retroactive,
            identity: identity, team: a.team, tool: dominant("tool"), model: dominant("model"),
            mcpServer: dominant("mcp_server"), title: Explanation.title(of: a, identity: identity),
            reason: "first",
            observed: a.observed, isMoney: a.isMoney, window: a.metric?.window ?? "first_use", basis: a.basis,
            expected: a.expected, contributors: a.contributors, exposed: exposed,
            firstSequence: a.firstSequence,
            lastSequence: a.sequence, configuration: fingerprint)
    }

    /// What lies above the expectation, in nano-dollars; the event's own cost for first uses; nil for tokens.
    private func exposed(_ a: Anomaly) -> Int64? {
        guard a.isMoney else { return nil }
        guard let expected = a.expected else { return a.observed }
        return max(0, a.observed - roundedToThreeDigits(expected.value))
    }

    private func severity(_ a: Anomaly, exposed: Int64?) -> Severity {
        switch a.kind {
        case .newModel:
            if a.adopters > 1 { return .low }
            return a.priceRatio >= 3 ? .high : .low
        case .newMCPServer:
            if case .newToTeam = a.comparison { return .medium }
            return .high
        case .spendSpike:
            let dollars = Double(exposed ?? 0) / 1e9
            if dollars >= configuration.criticalUSD { return .critical }
            if dollars >= configuration.highUSD { return .high }
            return dollars >= configuration.mediumUSD ? .medium : .low
        case .tokenSpike:
            let ratio = Double(a.observed) / max(a.expected?.value ?? 1, 1)
            return ratio >= 30 ? .high : ratio >= 5 ? .medium : .low
        }
    }
}
