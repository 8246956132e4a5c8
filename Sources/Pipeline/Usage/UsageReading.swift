public import EventLog
public import UsageEvents

/// What reading events for a report brought, beside the sums.
public struct UsageReading: Sendable {
    /// The names of groups.
    public var names: UsageNames
    /// Events read, those that did not match among them.
    public var events: UInt64 = 0
    /// Events of blocks that were not read, because all of them lie outside the times of the filter.
    public var skipped: UInt64 = 0
    /// Whether the log ended in a block that is not whole.
    public var isTorn = false
    /// For sources: lines and what became of them.
    public var counts: FeedCounts?
    /// Inputs that failed.
    public var problems: [InputError] = []

    /// Files of sums by day that could not be used, so that events were read instead.
    public var refusals: [CellsRefusal] = []

    /// Adds every event of a log, from the sums by day where those beside its sealed segments tell enough.
    public static func log<D: Disk>(
        _ disk: D, directory: String, into fold: inout UsageFold, progress: (UInt64) -> Void = { _ in }
    ) throws -> UsageReading {
        var reader = try SumReader(
            disk, directory: directory, times: fold.filter.times, usesCells: fold.needsNoEvents)
        var batch = EventBatch()
        var cells = CellBatch()
        var symbols = Symbols()
        let columns = fold.columns
        var events: UInt64 = 0
        while let part = try reader.next(
            into: &batch, cells: &cells, symbols: &symbols, columns: columns)
        {
            switch part {
            case .events(let sequence, let times):
                try fold.add(batch, symbols: symbols, from: sequence, within: times)
                events += UInt64(batch.count)
            case .cells(let segment, let times):
                try fold.add(cells, symbols: symbols, from: segment, within: times)
                for row in 0..<cells.count where times.contains(cells.sums.ts[row]) {
                    events += UInt64(cells.events[row])
                }
            }
            progress(events + reader.skippedEvents)
        }
        return UsageReading(
            names: fold.names(symbols), events: events, skipped: reader.skippedEvents,
            isTorn: reader.tail == .torn, refusals: reader.refusals)
    }

    /// Adds every event of sources, duplicate deliveries dropped, and writes nothing.
    public static func sources(
        _ options: FeedOptions, into fold: inout UsageFold,
        progress: (_ bytes: Int, _ expected: Int?, _ events: UInt64) -> Void = { _, _, _ in }
    ) throws -> UsageReading {
        var reading = UsageReading(names: fold.names(Symbols()))
        try read(options, into: &reading, progress: progress) { batch, symbols in
            try fold.add(batch, symbols: symbols)
        }
        reading.names = fold.names(reading.names.symbols)
        return reading
    }

    /// What the clock of a log made from sources would show, for times relative to it; nil without events.
    ///
    /// Reads them to their end, so standard input and pipes have nothing left for a second reading.
    public static func clock(
        of options: FeedOptions,
        progress: (_ bytes: Int, _ expected: Int?, _ events: UInt64) -> Void = { _, _, _ in }
    ) throws -> Timestamp? {
        var clocks = AccountClocks()
        var reading = UsageReading(names: UsageFold([]).names(Symbols()))
        try read(options, into: &reading, progress: progress) { batch, _ in clocks.observe(batch) }
        return clocks.now
    }

    private static func read(
        _ options: FeedOptions, into reading: inout UsageReading,
        progress: (_ bytes: Int, _ expected: Int?, _ events: UInt64) -> Void,
        take: (borrowing EventBatch, borrowing Symbols) throws -> Void
    ) throws {
        var reader = SourceReader(options)
        while try reader.next() {
            try take(reader.batch, reader.symbols)
            progress(reader.bytes.read, reader.bytes.expected, reader.events)
        }
        reading.names.symbols = reader.symbols
        reading.events = reader.events
        reading.counts = reader.counts
        reading.problems = reader.problems
    }
}

/// The clock of each account, and from them that of a log of history: the third-largest, so that one account
/// with a wrong clock does not move it.
struct AccountClocks {
    private var clocks: [Int64] = []

    mutating func observe(_ batch: borrowing EventBatch) {
        for row in 0..<batch.count {
            let account = Int(batch.identity[row])
            while clocks.count <= account { clocks.append(.min) }
            clocks[account] = max(clocks[account], batch.ts[row])
        }
    }

    /// The third-largest clock, the smallest of fewer than three; nil without events.
    var now: Timestamp? {
        let sorted = clocks.filter { $0 != .min }.sorted(by: >)
        return sorted.isEmpty ? nil : Timestamp(rawValue: sorted[min(2, sorted.count - 1)])
    }
}
