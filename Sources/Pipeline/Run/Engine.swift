public import Alerting
public import Detection
public import UsageEvents

/// The whole of detection as one value: score, judge, alert book. No clock, no I/O, no async.
///
/// The same records and the same configuration give the same transitions, whatever the size of the batches
/// they come in.
public struct Engine: Sendable {
    private var scorer: Scorer
    private var judge: Judge
    private var book: AlertBook
    private var signals: [Signal] = []

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
        signals.removeAll(keepingCapacity: true)
        scorer.learnNames(of: symbols.models)
        scorer.observe(batch, firstSequence: firstSequence, historical: received == nil, into: &signals)
        if let received { tick(received, into: &transitions) }
        // Out of the engine meanwhile, so that no signal has to be copied for fear that it changes.
        var signals: [Signal] = []
        swap(&signals, &self.signals)
        for i in signals.indices {
            // What is only learned from raises nothing, but moves the clock.
            if !judge.learn(signals[i]), let anomaly = judge.observe(signals[i], symbols: symbols) {
                guard let now = judge.now else { continue }
                book.advance(to: now, into: &transitions)
                book.observe(anomaly, now: now, symbols: symbols, into: &transitions)
            } else if let now = judge.now, book.isDue(now) {
                book.advance(to: now, into: &transitions)
            }
        }
        swap(&signals, &self.signals)
    }

    /// The wall clock moved on while nothing was received.
    public mutating func tick(_ received: Timestamp, into transitions: inout [AlertTransition]) {
        judge.observe(received: received)
        if let now = judge.now { book.advance(to: now, into: &transitions) }
    }

    /// What an account's baselines say, for `explain`; nil for an account that was never seen.
    public func profile(of identity: String, symbols: borrowing Symbols) -> AccountProfile? {
        guard let account = symbols.identities.find(identity) else { return nil }
        return scorer.profile(of: account)
    }
}
