public import Alerting
public import Detection
public import UsageEvents

/// The whole of detection as one value: score, judge, alert book. No clock, no I/O, no async.
///
/// The same records and the same configuration give the same transitions, whatever the size of the batches
/// they come in.
public struct Engine: Sendable {
    var scorer: Scorer
    var judge: Judge
    var book: AlertBook
    private var signals: [Signal] = []
    /// What was counted of labels; see `beyond`.
    var labelsBeyond = BeyondLimits()

    /// An engine that has seen nothing; `fingerprint` goes into each alert's evidence.
    public init(configuration: TidemarkConfiguration, fingerprint: String) {
        scorer = Scorer(configuration: configuration.detection)
        judge = Judge(configuration: configuration.detection)
        book = AlertBook(configuration: configuration.alerting, fingerprint: fingerprint)
    }

    /// The last transition of each alert that is open, by id.
    public var openAlerts: [AlertTransition] { book.openAlerts }

    /// Anomalies that were held back because something like them had been told.
    public var suppressed: Int { book.suppressed }

    /// Events too late for any window.
    public var lateEvents: UInt64 { scorer.lateEvents }

    /// The log's clock; nil before the first signal.
    public var now: Timestamp? { judge.now }

    /// Observes a block of events; `received` is the wall clock of a live block, nil for imported history.
    public mutating func observe(
        _ batch: borrowing EventBatch, firstSequence: UInt64, received: Timestamp?,
        symbols: borrowing Symbols,
        into transitions: inout [AlertTransition]
    ) {
        // Out of the engine meanwhile, so that no signal has to be copied for fear that it changes.
        var signals: [Signal] = []
        swap(&signals, &self.signals)
        signals.removeAll(keepingCapacity: true)
        scorer.learnNames(of: symbols.models)
        scorer.observe(batch, firstSequence: firstSequence, historical: received == nil, into: &signals)
        judge([signals], received: received, symbols: symbols, into: &transitions)
        swap(&signals, &self.signals)
        countBeyond(batch, symbols: symbols)
    }

    /// Judges the signals of a block, those of several scorers in the order of their sequences.
    mutating func judge(
        _ parts: [[Signal]], received: Timestamp?, symbols: borrowing Symbols,
        into transitions: inout [AlertTransition]
    ) {
        if let received { tick(received, into: &transitions) }
        if parts.count == 1 {
            let only = parts[0]
            let signals = only.span
            for i in signals.indices { judge(signals[i], symbols: symbols, into: &transitions) }
            return
        }
        var heads = [Int](repeating: 0, count: parts.count)
        while let part = Self.first(of: parts, heads) {
            judge(parts[part][heads[part]], symbols: symbols, into: &transitions)
            heads[part] += 1
        }
    }

    @inline(__always)
    private mutating func judge(
        _ signal: Signal, symbols: borrowing Symbols, into transitions: inout [AlertTransition]
    ) {
        // What is only learned from raises nothing, but moves the clock.
        if !judge.learn(signal), let anomaly = judge.observe(signal, symbols: symbols) {
            guard let now = judge.now else { return }
            book.advance(to: now, into: &transitions)
            book.observe(anomaly, now: now, symbols: symbols, into: &transitions)
        } else if let now = judge.now, book.isDue(now) {
            book.advance(to: now, into: &transitions)
        }
    }

    /// Which part has the signal with the lowest sequence. An event belongs to one account, so no two parts
    /// have the same.
    private static func first(of parts: [[Signal]], _ heads: [Int]) -> Int? {
        var best: Int?
        var lowest = UInt64.max
        for part in parts.indices where heads[part] < parts[part].count {
            let sequence = parts[part][heads[part]].sequence
            if best == nil || sequence < lowest { (best, lowest) = (part, sequence) }
        }
        return best
    }

    /// The wall clock moved on while nothing was received.
    public mutating func tick(_ received: Timestamp, into transitions: inout [AlertTransition]) {
        judge.observe(received: received)
        if let now = judge.now { book.advance(to: now, into: &transitions) }
    }

    /// The transitions with which another engine takes over, which has seen the same events under another
    /// configuration: what is gone under it is superseded, what is new is recorded.
    func handOver(to next: Engine, into transitions: inout [AlertTransition]) {
        let now = next.now ?? Timestamp(rawValue: 0)
        let before = openAlerts
        let after = next.openAlerts
        for alert in before where !after.contains(where: { $0.id == alert.id }) {
            transitions.append(AlertBook.superseded(alert, at: max(now, alert.at)))
        }
        transitions.append(contentsOf: after.filter { alert in !before.contains { $0.id == alert.id } })
    }

    /// What an account's baselines say, for `explain`; nil for an account that was never seen.
    public func profile(of identity: String, symbols: borrowing Symbols) -> AccountProfile? {
        guard let account = symbols.identities.find(identity) else { return nil }
        return scorer.profile(of: account)
    }
}
