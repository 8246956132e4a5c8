/// What sealing a log came to, or would.
public struct LogSealingReport: Sendable, Hashable {
    /// Segments that were open and are sealed now.
    public internal(set) var sealed = 0
    /// Segments that had been sealed before.
    public internal(set) var before = 0
    /// Segments that stay open: the last one beside a running writer, or one without events.
    public internal(set) var open = 0
    /// Events in the segments that were sealed.
    public internal(set) var events: UInt64 = 0
    /// Blocks that were copied as they were, and such as were made of smaller ones.
    public internal(set) var copied = 0
    /// Blocks that were encoded anew from smaller ones.
    public internal(set) var encoded = 0
    /// Bytes of those segments before.
    public internal(set) var bytesBefore = 0
    /// Bytes of those segments now, without request ids.
    public internal(set) var bytesAfter = 0
    /// Bytes of request ids beside them.
    public internal(set) var idsBytes = 0
    /// Files of sums by day that were made.
    public internal(set) var cellsMade = 0
    /// Sums in those files; none where they would hardly be fewer than the events.
    public internal(set) var cells = 0
    /// Bytes of those files.
    public internal(set) var cellsBytes = 0
    /// Files of request ids that were dropped: no repetition can be recognised by them any more.
    public internal(set) var idsDropped = 0
    /// Bytes of those files.
    public internal(set) var idsDroppedBytes = 0
    /// Whether a writer is at work, so that the last segment was left alone.
    public internal(set) var isBesideWriter = false
    /// Segments that would be sealed, where nothing was to be changed.
    public internal(set) var planned = 0
}

/// Seals the segments of a log: small blocks are joined, request ids go into files of their own, an index
/// ends each. Runs beside a writer; a crash leaves each segment in its old form or its new one.
public struct LogSealer<D: Disk>: ~Copyable {
    /// What is done.
    public struct Options: Sendable {
        /// Whether request ids are kept after the duplicate window has passed them.
        public var keepsIDs = false
        /// Whether sums by day are made beside the segments that have none. A log that has some gets more
        /// without being asked for them.
        public var makesCells = false
        /// Whether nothing is changed.
        public var isDryRun = false

        /// The defaults.
        public init() {}
    }

    private let disk: D
    private let directory: LogDirectory
    private let options: Options

    private init(_ disk: D, _ path: String, _ options: Options) {
        self.disk = disk
        self.options = options
        directory = LogDirectory(path)
    }

    /// Seals what can be sealed. `progress` hears how many segments of how many have been looked at.
    ///
    /// Throws `locked` where another process seals, erases or repairs, and `damaged` where a segment does not
    /// pass its checks, which is left as it is.
    public static func seal(
        _ disk: D, directory path: String, options: Options = Options(),
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(LogError) -> LogSealingReport {
        try LogSealer(disk, path, options).run(progress)
    }

    private func run(_ progress: (Int, Int) -> Void) throws(LogError) -> LogSealingReport {
        guard try directory.list(disk) != nil else { throw .noSuchLog(path: directory.path) }
        let lock = try directory.takeLock(disk, directory.sealLock)
        defer { withExtendedLifetime(lock) {} }
        var report = LogSealingReport()
        if options.isDryRun {
            try plan(&report)
            return report
        }
        try directory.removeLeftovers(disk)
        let writing = try directory.takeWriterLock(disk)
        defer { withExtendedLifetime(writing) {} }
        report.isBesideWriter = writing == nil
        let horizon = options.keepsIDs ? 0 : try horizon()
        let segments = try directory.list(disk) ?? []
        // `||` would widen the type of what is thrown.
        var makesCells = options.makesCells
        if !makesCells { makesCells = try directory.hasCells(disk) }
        for (i, first) in segments.enumerated() {
            progress(i, segments.count)
            let next = i + 1 < segments.count ? segments[i + 1] : nil
            try seal(
                first, next: next, &report, isLastAllowed: !report.isBesideWriter, idsFrom: horizon)
            if makesCells { try makeCells(first, &report) }
        }
        try dropIDs(segments, before: horizon, &report)
        progress(segments.count, segments.count)
        return report
    }

    private func plan(_ report: inout LogSealingReport) throws(LogError) {
        for first in try directory.list(disk) ?? [] {
            guard case .segment(let file) = try directory.open(disk, first) else { continue }
            if file.header.seal != nil {
                report.before += 1
            } else {
                report.planned += 1
                report.bytesBefore += file.length
            }
        }
    }

    private func seal(
        _ first: UInt64, next: UInt64?, _ report: inout LogSealingReport, isLastAllowed: Bool,
        idsFrom horizon: UInt64
    ) throws(LogError) {
        // The last segment of a running writer may be no more than a beginning.
        guard case .segment(var file) = try directory.open(disk, first) else {
            report.open += 1
            return
        }
        guard file.header.seal == nil else {
            report.before += 1
            return
        }
        guard
            let end = try directory.end(
                disk, of: &file, next: next, isLastAllowed: isLastAllowed), end.sequence > first
        else {
            report.open += 1
            return
        }
        var sealer = try SegmentSealer.begin(
            disk, directory, file, end: end, keepsIDs: end.sequence > horizon)
        let done = try sealer.run()
        report.sealed += 1
        report.events += done.events
        report.copied += done.copied
        report.encoded += done.encoded
        report.bytesBefore += done.bytesBefore
        report.bytesAfter += done.bytesAfter
        report.idsBytes += done.idsBytes
    }

    /// Makes the sums of a sealed segment that has none that can be used.
    private func makeCells(_ first: UInt64, _ report: inout LogSealingReport) throws(LogError) {
        guard case .segment(var file) = try directory.open(disk, first), let seal = file.header.seal,
            !seal.isBase
        else { return }
        switch try CellsFile.open(disk, directory, of: &file) {
        case .usable: return
        case .missing: break
        case .refused(let refusal):
            if refusal.reason == .newer { return }
        }
        guard let made = try CellsWriter(disk, directory).write(&file) else { return }
        report.cellsMade += 1
        report.cells += made.cells
        report.cellsBytes += made.bytes
    }

    // MARK: - Request ids

    /// The sequence from which on request ids are read after a restart, as the last block of events says.
    private func horizon() throws(LogError) -> UInt64 {
        for first in (try directory.list(disk) ?? []).reversed() {
            guard case .segment(var file) = try directory.open(disk, first) else { continue }
            var position = file.start
            var streams = StreamDirectory()
            var found: UInt64?
            while case .block(let block, let chain) = try file.block(at: position, directory: &streams) {
                if block.kind == .events {
                    let range = streams.range(of: .duplicatesFrom)
                    found =
                        range.isEmpty
                        ? 0 : UInt64(bitPattern: streams.entries[range.lowerBound].constant)
                }
                position = SegmentFile<D>.Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            }
            if let found { return found }
        }
        return 0
    }

    /// Removes the ids that no duplicate window reads any more.
    private func dropIDs(
        _ segments: [UInt64], before horizon: UInt64, _ report: inout LogSealingReport
    ) throws(LogError) {
        for first in segments {
            guard case .segment(let file) = try directory.open(disk, first), let seal = file.header.seal,
                seal.hasIDs,
                seal.endSequence <= horizon
            else { continue }
            var ids = IDsFile(disk, directory, first)
            guard let length = try ids.length() else { continue }
            try systemCalls { () throws(IOFailure) in try disk.remove(directory.ids(first)) }
            report.idsDropped += 1
            report.idsDroppedBytes += length
        }
        guard report.idsDropped > 0 else { return }
        try systemCalls { () throws(IOFailure) in try disk.syncDirectory(directory.segments) }
    }
}
