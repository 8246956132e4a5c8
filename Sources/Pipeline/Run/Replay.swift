public import Alerting
public import EventLog
public import UsageEvents

/// What a replay did.
public struct ReplaySummary: Sendable {
    /// Events observed.
    public var events: UInt64 = 0
    /// Alerts that fired for the first time.
    public var alerts = 0
    /// Transitions held back because something like them had been told.
    public var suppressed = 0
    /// Seconds of wall time.
    public var seconds = 0.0
    /// Whether the log ended in a block that is not whole.
    public var isTorn = false
    /// Places where the log lacks events: dropped by retention, or lost before a repair.
    public var gaps: [LogGap] = []
    /// What the fold of a log began with.
    public var origin = FoldOrigin.nothing
    /// For sources: lines and what became of them.
    public var counts: FeedCounts?
    /// Inputs that failed.
    public var problems: [InputError] = []
    /// The first lines that were refused, at most ten.
    public var refused: [RefusedLine] = []
    /// The log's clock at the end.
    public var now: Timestamp?
    /// What detection met beyond its bounds.
    public var beyond = BeyondLimits()
    /// Accounts that were seen.
    public var accounts = 0
    /// For sources: the time that their events span.
    public var span = EventSpan()

    fileprivate mutating func finish(
        _ engine: Engine, _ symbols: borrowing Symbols, events: UInt64, isTorn: Bool, gaps: [LogGap],
        beyond: BeyondLimits
    ) {
        self.beyond = beyond
        self.events = events
        self.isTorn = isTorn
        self.gaps = gaps
        suppressed = engine.suppressed
        now = engine.now
        accounts = symbols.identities.count - 1
    }
}

/// Alerts of a whole log, or of sources without writing anything.
public enum Replay {
    /// Folds a log; `emit` takes transitions in journal order.
    ///
    /// - Parameters:
    ///   - until: transitions from this time on are not wanted; where nothing behind can change what lies
    ///     before, it is not read. Some may come all the same.
    ///   - threads: how many work on it; they change nothing but the time. Nil takes one for each processor,
    ///     up to eight.
    public static func log<D: Disk>(
        _ disk: D, directory: String, override: RunConfiguration?, until: Timestamp? = nil,
        threads: Int? = 1,
        progress: (UInt64, Int) -> Void = { _, _ in },
        emit: ([AlertTransition]) throws -> Void
    ) throws -> ReplaySummary {
        let began = monotonicSeconds()
        var summary = ReplaySummary()
        func take(_ events: UInt64, _ transitions: [AlertTransition]) throws {
            summary.alerts += transitions.count { $0.state == .firing && $0.seq == 0 }
            if !transitions.isEmpty { try emit(transitions) }
            progress(events, summary.alerts)
        }
        let end = try until.map { time throws in try ReplayEnd(before: time, disk, directory: directory) }
        let threads = threads ?? min(Threads.processors, 8)
        if threads > 1 {
            var fold = try ThreadedFold(disk, directory: directory, override: override, threads: threads)
            summary.origin = fold.origin
            try fold.run(stopping: end, emit: take)
            summary.finish(
                fold.engine, fold.symbols, events: fold.events, isTorn: fold.isTorn, gaps: fold.gaps,
                beyond: fold.beyond)
        } else {
            var fold = try LogFold(disk, directory: directory, override: override)
            summary.origin = fold.origin
            var transitions: [AlertTransition] = []
            while try fold.step(into: &transitions) {
                try take(fold.events, transitions)
                transitions.removeAll(keepingCapacity: true)
                if let end, end.isReached(fold.nextSequence, now: fold.engine.now) { break }
            }
            summary.finish(
                fold.engine, fold.symbols, events: fold.events, isTorn: fold.isTorn, gaps: fold.gaps,
                beyond: fold.beyond)
        }
        summary.seconds = monotonicSeconds() - began
        return summary
    }

    /// Reads sources as ingestion would, duplicates dropped, sequences from 0, and writes nothing.
    public static func sources(
        _ options: FeedOptions, configuration: RunConfiguration,
        progress: (_ bytes: Int, _ expected: Int?, _ events: Int, _ alerts: Int) -> Void = { _, _, _, _ in },
        emit: ([AlertTransition]) throws -> Void
    ) throws -> ReplaySummary {
        let began = monotonicSeconds()
        var engine = configuration.engine
        var reader = SourceReader(options, refusedMax: 10)
        var labels = FoldedLabels()
        var transitions: [AlertTransition] = []
        var summary = ReplaySummary()
        while try reader.next() {
            let batch = labels.fold(reader.batch, from: reader.symbols)
            engine.observe(
                batch, firstSequence: reader.firstSequence, received: nil, symbols: labels.symbols,
                into: &transitions)
            summary.span.add(reader.batch)
            summary.alerts += transitions.count { $0.state == .firing && $0.seq == 0 }
            if !transitions.isEmpty { try emit(transitions) }
            transitions.removeAll(keepingCapacity: true)
            progress(reader.bytes.read, reader.bytes.expected, Int(reader.events), summary.alerts)
            if reader.forgetNames() { labels.forgetNumbers() }
        }
        summary.events = reader.events
        summary.refused = reader.refused
        summary.counts = reader.counts
        summary.problems = reader.problems
        summary.suppressed = engine.suppressed
        summary.now = engine.now
        summary.beyond = engine.beyond
        summary.accounts = labels.symbols.identities.count - 1
        summary.seconds = monotonicSeconds() - began
        return summary
    }
}
