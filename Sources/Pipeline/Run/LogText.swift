import Connectors
public import EventLog
public import UsageEvents

/// The events of a log as text, in sequence order: what `log cat` prints and `log export` writes.
public enum LogText {
    /// Bytes that are handed over at a time.
    private static let pieceBytes = 256 << 10

    /// What the text is.
    public enum Form: String, CaseIterable, Sendable {
        /// Canonical NDJSON.
        case ndjson
        /// CSV in the canonical columns, with a header.
        case csv
    }

    /// Which events are wanted.
    public struct Filter: Sendable {
        /// The earliest event time.
        public var since: Timestamp?
        /// The event time before which they lie.
        public var until: Timestamp?
        /// The account.
        public var identity: String?

        /// Every event.
        public init() {}
    }

    /// Reads the log to its end and hands over whole lines; `progress` hears how many events were read.
    ///
    /// - Returns: how many events were written, whether the log ended in a block that is not whole, and what
    ///   a repair of the log could not save.
    public static func write<D: Disk>(
        _ disk: D, directory: String, filter: Filter = Filter(), form: Form = .ndjson,
        progress: (UInt64) -> Void = { _ in }, emit: (Span<UInt8>) throws -> Void
    ) throws -> (lines: UInt64, isTorn: Bool, gaps: [LogGap]) {
        let since = filter.since?.rawValue ?? .min
        let until = filter.until?.rawValue ?? .max
        let isAll = filter.since == nil && filter.until == nil
        var reader = try LogReader(
            disk, directory: directory, times: isAll ? nil : EventTimes(since: since, until: until))
        reader.forgetsNames = true
        let writer = CanonicalEventWriter()
        var batch = EventBatch()
        var symbols = Symbols()
        var out: [UInt8] = []
        out.reserveCapacity(pieceBytes + Limits.rejectedLineBytesMax)
        var lines: UInt64 = 0
        var read: UInt64 = 0
        if form == .csv { out.append(contentsOf: EventTable.header) }
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .all) {
            guard case .events(let block) = record else { continue }
            read += UInt64(block.count)
            progress(read + reader.skippedEvents)
            var wanted: UInt32?
            if let identity = filter.identity {
                guard let symbol = symbols.identities.find(identity) else { continue }
                wanted = symbol
            }
            for row in 0..<batch.count {
                if let wanted, batch.identity[row] != wanted { continue }
                if batch.ts[row] < since || batch.ts[row] >= until { continue }
                switch form {
                case .ndjson: writer.write(batch, row: row, symbols: symbols, into: &out)
                case .csv: EventTable.write(batch, row: row, symbols: symbols, into: &out)
                }
                lines += 1
                if out.count >= pieceBytes {
                    try emit(out.span)
                    out.removeAll(keepingCapacity: true)
                }
            }
        }
        if !out.isEmpty { try emit(out.span) }
        return (lines, reader.tail == .torn, reader.gaps)
    }

    /// One event as a canonical line.
    public static func line(_ event: UsageEvent) -> String {
        var batch = EventBatch()
        var symbols = Symbols()
        batch.append(event, symbols: &symbols)
        var out: [UInt8] = []
        CanonicalEventWriter().write(batch, row: 0, symbols: symbols, into: &out)
        return String(decoding: out.dropLast(), as: UTF8.self)
    }

    /// What the log's clock shows, for times that a user gives relative to it; nil for a log without events.
    ///
    /// The wall clock that the last live block carries; in history the third-largest account clock among
    /// the last events, so that one account with a wrong clock does not move it.
    public static func now<D: Disk>(_ disk: D, directory: String) throws -> Timestamp? {
        var batch = EventBatch()
        var symbols = Symbols()
        var ahead = try LogReader(disk, directory: directory, from: .max)
        while try ahead.next(into: &batch, symbols: &symbols, columns: .ts) != nil {}
        let end = ahead.nextSequence
        guard end > 0 else { return nil }
        let count = UInt64(Limits.eventsPerBlock)
        var reader = try LogReader(disk, directory: directory, from: end > count ? end - count : 0)
        var clocks = AccountClocks()
        var received: Int64?
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: [.ts, .labels]) {
            switch record {
            case .events(let block):
                received = block.received ?? received
                clocks.observe(batch)
            case .tick(let wall): received = wall
            case .control, .durable: continue
            }
        }
        return received.map { Timestamp(rawValue: $0) } ?? clocks.now
    }
}
