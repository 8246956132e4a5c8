/// What retention dropped, or would drop.
public struct LogPruning: Sendable, Hashable {
    /// Segments.
    public internal(set) var segments = 0
    /// Events in them.
    public internal(set) var events: UInt64 = 0
    /// Bytes of them, request ids and sums included.
    public internal(set) var bytes = 0
    /// Sequence of the first event that is kept.
    public internal(set) var firstKept: UInt64 = 0
    /// Bytes of the segments that are kept.
    public internal(set) var bytesKept = 0
}

/// Drops whole sealed segments, the oldest first: those whose events are all too old, and as many as it takes
/// for the rest to be small enough. The last segment always stays.
///
/// The last one that is dropped leaves its file behind, with the control records that are in force and a gap:
/// the log begins there from then on.
public struct LogPruner<D: Disk>: ~Copyable {
    /// How much is kept.
    public struct Policy: Sendable, Hashable {
        /// Events before this time are too old, ms UTC; nil for no limit.
        public var oldest: Int64?
        /// Bytes that all segments together may have; nil for no limit.
        public var bytesMax: Int?

        /// Everything is kept.
        public init() {}
    }

    private let disk: D
    private let directory: LogDirectory

    /// One sealed segment.
    private struct Candidate {
        var first: UInt64
        var end: UInt64
        var events: UInt64
        var bytes: Int
        var latest: Int64
        var isBase: Bool
    }

    /// Drops what a policy does not keep. It may run beside a writer.
    ///
    /// - Parameter keep: called before anything is dropped, with the sequence at which the log will begin;
    ///   what it writes to `LogBase.path` is kept with the log. Where it throws, nothing is dropped.
    public static func prune(
        _ disk: D, directory path: String, policy: Policy, isDryRun: Bool = false,
        keep: (UInt64) throws -> Void = { _ in }
    ) throws -> LogPruning {
        let pruner = LogPruner(disk: disk, directory: LogDirectory(path))
        guard try pruner.directory.list(disk) != nil else { throw LogError.noSuchLog(path: path) }
        let lock = try pruner.directory.takeLock(disk, pruner.directory.sealLock)
        defer { withExtendedLifetime(lock) {} }
        try pruner.directory.refuseWhileErasing(disk)
        if !isDryRun { try pruner.finish() }
        return try pruner.run(policy, isDryRun: isDryRun, keep)
    }

    /// Ends what an earlier run began: what stands before the last base is dropped.
    private func finish() throws(LogError) {
        var segments = try directory.list(disk) ?? []
        var begin: UInt64?
        while let last = segments.popLast() {
            guard case .segment(let file) = try directory.open(disk, last), let seal = file.header.seal,
                seal.isBase
            else { continue }
            begin = seal.endSequence
            try drop(segments)
            break
        }
        try directory.removeLeftovers(disk)
        try directory.dropBases(disk, except: begin)
    }

    private func run(
        _ policy: Policy, isDryRun: Bool, _ keep: (UInt64) throws -> Void
    ) throws -> LogPruning {
        let segments = try directory.list(disk) ?? []
        var candidates: [Candidate] = []
        var total = 0
        var isOpenSeen = false
        for first in segments {
            guard case .segment(var file) = try directory.open(disk, first) else { continue }
            var bytes = file.length
            if let seal = file.header.seal, !isOpenSeen, first != segments.last,
                let index = try file.lastBlock()?.index
            {
                if seal.hasIDs {
                    var ids = IDsFile(disk, directory, first)
                    bytes += try ids.length() ?? 0
                }
                bytes += try directory.bytes(disk, of: directory.cells(first))
                let events = index.rows.filter { $0.count > 0 }
                candidates.append(
                    Candidate(
                        first: first, end: seal.endSequence,
                        events: events.reduce(0) { $0 + UInt64($1.count) }, bytes: bytes,
                        latest: events.map(\.maxTs).max() ?? .min, isBase: seal.isBase))
            } else {
                isOpenSeen = true
            }
            total += bytes
        }
        var report = LogPruning()
        report.bytesKept = total
        report.firstKept = candidates.first?.first ?? segments.first ?? 0
        var count = 0
        for candidate in candidates {
            let isTooOld = policy.oldest.map { candidate.latest < $0 } ?? false
            let isTooMuch = policy.bytesMax.map { report.bytesKept > $0 } ?? false
            guard isTooOld || isTooMuch else { break }
            count += 1
            report.bytesKept -= candidate.bytes
            report.firstKept = candidate.end
            guard candidate.events > 0 else { continue }
            report.segments += 1
            report.events += candidate.events
            report.bytes += candidate.bytes
        }
        guard report.segments > 0, !isDryRun else { return report }
        let dropped = Array(candidates.prefix(count))
        try keep(report.firstKept)
        try makeBase(dropped)
        try drop(dropped.dropLast().map(\.first))
        try directory.dropBases(disk, except: report.firstKept)
        return report
    }

    /// Removes segments, the newest first and each for good before the next: a base may follow any of them.
    private func drop(_ segments: [UInt64]) throws(LogError) {
        for first in segments.reversed() {
            _ = try directory.remove(disk, directory.segment(first))
            _ = try directory.remove(disk, directory.ids(first))
            _ = try directory.remove(disk, directory.cells(first))
            try systemCalls { () throws(IOFailure) in try disk.syncDirectory(directory.segments) }
        }
    }

    /// Puts the base in place of the last segment that is dropped.
    private func makeBase(_ dropped: [Candidate]) throws(LogError) {
        guard let last = dropped.last, case .segment(var file) = try directory.open(disk, last.first),
            var seal = file.header.seal, let footer = try file.lastBlock()
        else { return }
        let carried = try controls(dropped.map(\.first))
        seal.isBase = true
        seal.hasIDs = false
        var header = file.header
        header.seal = seal
        header.writer = SegmentHeader.program
        var base = try systemCalls { () throws(IOFailure) in try SealedFile(disk, file.path, header) }
        var encoder = BlockEncoder()
        for control in carried {
            var block = BlockHeader(kind: .control, firstSequence: last.first)
            block.received = control.received ?? LogFormat.noReceived
            _ = encoder.control(
                name: control.name, payload: control.payload, header: block,
                place: MadeBlock.place(header.identity))
            let bytes = encoder.block
            guard let made = MadeBlock(bytes.span, header.identity) else { continue }
            try systemCalls { () throws(IOFailure) in
                try base.append(bytes.span, header: made.header, directory: made.directory)
            }
        }
        var gap = BlockHeader.gap(
            last.first..<last.end, isOpen: false, length: LogFormat.blockBytesMin, resuming: 0, at: (0, 0))
        gap.count = 2
        try systemCalls { () throws(IOFailure) in
            try base.append([UInt8]().span, header: gap, directory: StreamDirectory())
        }
        try directory.removeCells(disk, last.first)
        try base.publish(lastReceived: footer.header.received)
        _ = try directory.remove(disk, directory.ids(last.first))
    }

    /// The last control record of each name, in the order of the log.
    private func controls(_ segments: [UInt64]) throws(LogError) -> [ControlRecord] {
        var found: [ControlRecord] = []
        var streams = StreamDirectory()
        var decoder = BlockDecoder()
        for first in segments {
            guard case .segment(var file) = try directory.open(disk, first) else { continue }
            var position = file.start
            reading: while true {
                switch try file.block(at: position, directory: &streams) {
                case .end, .torn: break reading
                case .damaged(let damage): throw .damaged(damage)
                case .block(let block, let chain):
                    if block.kind == .control {
                        try file.ensure(position.offset, block.length)
                        let view = file.view(position.offset, block.length)
                        let record: ControlRecord
                        do throws(BlockFault) {
                            let content = try decoder.control(
                                view.window.span.extracting(view.range), directory: streams)
                            record = ControlRecord(
                                name: content.name, payload: content.payload, sequence: block.firstSequence,
                                received: block.received == LogFormat.noReceived ? nil : block.received)
                        } catch { throw .damaged(file.damage(position, .content, block)) }
                        found.removeAll { $0.name == record.name }
                        found.append(record)
                    }
                    position = SegmentFile<D>.Position(
                        offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
                }
            }
        }
        return found
    }
}
