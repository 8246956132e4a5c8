public import UsageEvents

/// Reads a log for sums that know days: where a sealed segment has cells they are delivered in place of its
/// events, and events only of the days that are not asked for whole.
///
/// What is delivered, added up within the times that come with it, is what the events of the log add up to
/// within the times that were asked for.
public struct SumReader<D: Disk>: ~Copyable {
    /// What was read.
    public enum Part: Sendable {
        /// Events in the batch; `firstSequence` is that of the first.
        case events(firstSequence: UInt64, within: EventTimes)
        /// Cells of a segment that begins at a sequence. One belongs to the times that its earliest event is
        /// in.
        case cells(segment: UInt64, within: EventTimes)
    }

    /// Events that were passed over, because their times do not matter.
    public private(set) var skippedEvents: UInt64 = 0
    /// What stood behind the last event.
    public private(set) var tail = LogReader<D>.TailState.clean
    /// Files of cells that could not be used.
    public private(set) var refusals: [CellsRefusal] = []

    private let disk: D
    private let directory: LogDirectory
    private let times: EventTimes
    /// The days that are wanted whole; nil where cells are of no use.
    private let days: EventTimes?
    private let segments: [UInt64]
    /// The segment that comes next.
    private var next = 0
    /// Its cells, where they were found to be usable and have not been read.
    private var found: Ready?
    /// The cells that are being read.
    private var cells: Ready?
    /// Times of the segment of the cells whose events have to be read.
    private var edges: [EventTimes] = []
    private var events: Reading?
    /// The segment before the next one, where its cells were read in place of it.
    private var before: SegmentHeader?
    private var isDone = false

    /// Begins to read a log.
    ///
    /// - Parameters:
    ///   - times: what is asked for.
    ///   - usesCells: whether days tell enough: not for sums by the hour, or by what cells do not have.
    public init(
        _ disk: D, directory path: String, times: EventTimes, usesCells: Bool
    ) throws(LogError) {
        self.disk = disk
        self.times = times
        directory = LogDirectory(path)
        days = usesCells ? times.days : nil
        guard let found = try directory.list(disk) else { throw .noSuchLog(path: path) }
        try directory.refuseWhileErasing(disk)
        segments = found
    }

    /// The next events or cells, in `batch` or in `cells` in place of what they held; nil at the end.
    public mutating func next(
        into batch: inout EventBatch, cells out: inout CellBatch, symbols: inout Symbols, columns: ColumnSet
    ) throws(LogError) -> Part? {
        while true {
            if let part = try nextEvents(into: &batch, symbols: &symbols, columns: columns) { return part }
            if let part = try nextCells(into: &out, symbols: &symbols) { return part }
            if isDone { return nil }
            try open()
        }
    }

    // MARK: - Events

    /// A reader of a part of the log.
    private struct Reading: ~Copyable {
        var reader: LogReader<D>
        /// The times that count of what it delivers.
        let within: EventTimes
        /// The sequence in front of which it ends; nil for the end of the log.
        let end: UInt64?
        /// Whether what it passes over is not read elsewhere.
        let isWhole: Bool
    }

    private mutating func nextEvents(
        into batch: inout EventBatch, symbols: inout Symbols, columns: ColumnSet
    ) throws(LogError) -> Part? {
        guard let within = events?.within else { return nil }
        let end = events?.end ?? .max
        while let record = try events?.reader.next(into: &batch, symbols: &symbols, columns: columns) {
            guard case .events(let block) = record else { continue }
            // The log may have grown behind the segment meanwhile.
            guard block.firstSequence < end else { break }
            return .events(firstSequence: block.firstSequence, within: within)
        }
        if events?.isWhole ?? false { skippedEvents += events?.reader.skippedEvents ?? 0 }
        if events?.end == nil { tail = events?.reader.tail ?? .clean }
        events = nil
        return nil
    }

    private mutating func read(
        from start: UInt64, before end: UInt64?, _ within: EventTimes, isWhole: Bool
    ) throws(LogError) {
        let isAll = within == EventTimes()
        events = Reading(
            reader: try LogReader(
                disk, directory: directory.path, from: start, beforeSegment: end,
                times: isAll ? nil : within),
            within: within, end: end, isWhole: isWhole)
    }

    // MARK: - Cells

    /// A file of cells, and the segment beside which it stands.
    private struct Ready: ~Copyable {
        var file: CellsFile<D>
        let header: SegmentHeader
        let end: UInt64
        /// Events of cells that were delivered.
        var delivered: UInt64 = 0
    }

    private mutating func nextCells(
        into out: inout CellBatch, symbols: inout Symbols
    ) throws(LogError) -> Part? {
        guard let days, let header = cells?.header else { return nil }
        if try cells?.file.next(into: &out, symbols: &symbols, times: days) ?? false {
            for row in 0..<out.count where days.contains(out.sums.ts[row]) {
                cells?.delivered += UInt64(out.events[row])
            }
            return .cells(segment: header.firstSequence, within: days)
        }
        if let edge = edges.popLast(), let end = cells?.end {
            try read(from: header.firstSequence, before: end, edge, isWhole: false)
            return nil
        }
        if let all = cells?.file.events, let delivered = cells?.delivered { skippedEvents += all - delivered }
        before = header
        cells = nil
        return nil
    }

    // MARK: - Segments

    /// Goes on to the next segment with cells, or to all segments in front of it.
    private mutating func open() throws(LogError) {
        if cells != nil { return }
        let start = next
        while next < segments.count {
            try look(segments[next])
            if found != nil { break }
            next += 1
        }
        if next > start || found == nil {
            isDone = found == nil
            // Behind a last segment whose cells were read there may be another by now.
            let from = start < segments.count ? segments[start] : before?.seal?.endSequence ?? 0
            try follow(start < segments.count ? segments[start] : nil)
            try read(
                from: from, before: next < segments.count ? segments[next] : nil, times, isWhole: true)
            return
        }
        try follow(segments[next])
        cells = found.take()
        edges = times.edges
        next += 1
    }

    /// Looks for cells beside a segment.
    private mutating func look(_ first: UInt64) throws(LogError) {
        guard days != nil, found == nil else { return }
        guard
            case .segment(var segment) = try SegmentFile.open(
                disk, directory.segment(first), firstSequence: first),
            let seal = segment.header.seal, !seal.isBase
        else { return }
        switch try CellsFile.open(disk, directory, of: &segment) {
        case .missing: break
        case .refused(let refusal): refusals.append(refusal)
        case .usable(let file):
            guard !file.isEmpty else { break }
            found = Ready(file: file, header: segment.header, end: seal.endSequence)
        }
    }

    /// Checks that a segment follows the one whose cells were read in place of it: of others the reader of
    /// the log sees to that.
    private mutating func follow(_ first: UInt64?) throws(LogError) {
        defer { before = nil }
        guard let before, let first,
            case .segment(let segment) = try SegmentFile.open(
                disk, directory.segment(first), firstSequence: first)
        else { return }
        let length = before.seal?.openLength
        if let damage = segment.header.contradiction(segment.path, after: before, length: length) {
            throw .damaged(damage)
        }
    }
}

extension EventTimes {
    /// Whether an instant lies in the span.
    @inline(__always)
    public func contains(_ ts: Int64) -> Bool { ts >= since && (ts < until || until == .max) }

    /// The full days in the span; nil where there is none.
    var days: EventTimes? {
        guard since < Int64.max - Timestamp.day else { return nil }
        let from =
            since == .min ? since : floorDivide(since + Timestamp.day - 1, Timestamp.day) * Timestamp.day
        let to = until == .max ? until : floorDivide(until, Timestamp.day) * Timestamp.day
        return from < to ? EventTimes(since: from, until: to) : nil
    }

    /// What lies in the span before and behind its full days.
    var edges: [EventTimes] {
        guard let days else { return [] }
        return [EventTimes(since: since, until: days.since), EventTimes(since: days.until, until: until)]
            .filter { $0.since < $0.until }
    }
}
