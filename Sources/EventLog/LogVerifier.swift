internal import UsageEvents

/// What checking a whole log found.
public struct LogVerification: Sendable, Hashable {
    /// Something that is not as it was written.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// What, where, and which events are at risk.
        public let damage: LogDamage
        /// Whether it is what a crash, or a writer at work, leaves at the end of the log: nothing
        /// acknowledged is lost.
        public let isTornTail: Bool

        /// A line for people.
        public var description: String {
            guard isTornTail else { return damage.description }
            return
                "\(damage.file) ends at byte \(damage.offset) with a block that is not whole: a writer is at"
                + " work or was interrupted; nothing acknowledged is lost, and the next `tidemark ingest`"
                + " moves it to quarantine/"
        }
    }

    /// Segment files.
    public internal(set) var files = 0
    /// Blocks that are as they were written.
    public internal(set) var blocks = 0
    /// Events in those blocks.
    public internal(set) var events: UInt64 = 0
    /// Bytes of all segment files.
    public internal(set) var bytes = 0
    /// In the order of the log.
    public internal(set) var problems: [Problem] = []
    /// What repairs could not save or retention dropped, in the order of the log; not a problem any more.
    public internal(set) var gaps: [LogGap] = []
    /// Segments that are sealed.
    public internal(set) var sealed = 0
    /// Bytes of request ids beside them.
    public internal(set) var idsBytes = 0
    /// Bytes of sums by day beside them.
    public internal(set) var cellsBytes = 0
    /// Events of accounts that were erased.
    public internal(set) var erased: UInt64 = 0

    /// Events that repairs could not save, as far as is known.
    public var missing: UInt64 { gaps.reduce(0) { $0 + ($1.isExpired ? 0 : $1.events) } }

    /// Events that retention dropped.
    public var expired: UInt64 { gaps.reduce(0) { $0 + ($1.isExpired ? $1.events : 0) } }

    /// Whether there is no problem.
    public var isSound: Bool { problems.isEmpty }

    /// Whether something that had been written whole has changed.
    public var isDamaged: Bool { problems.contains { !$0.isTornTail } }
}

/// Checks every byte of a log: headers, checksums, chain, sequences, counts, times, and that the content
/// decodes.
///
/// It needs no lock and changes nothing. Behind damage it finds the next intact block and goes on, so one run
/// names everything that is wrong.
public struct LogVerifier<D: Disk> {
    private let disk: D
    private let directory: LogDirectory
    private var result = LogVerification()
    private var decoderDirectory = StreamDirectory()
    /// From here on request ids are read after a restart, as the last block of events says.
    private var horizon: UInt64 = 0
    /// Sealed segments without the ids that they had: where they begin and end.
    private var withoutIDs: [(first: UInt64, end: UInt64)] = []

    private init(_ disk: D, _ path: String) {
        self.disk = disk
        directory = LogDirectory(path)
    }

    /// Verifies the log in a directory. Throws only where it cannot be read: no log, a newer format, a
    /// failing device.
    public static func verify(_ disk: D, directory path: String) throws(LogError) -> LogVerification {
        var verifier = LogVerifier(disk, path)
        guard let segments = try verifier.directory.list(disk) else { throw .noSuchLog(path: path) }
        var before: (header: SegmentHeader, end: SegmentFile<D>.Position, length: Int)?
        for (i, first) in segments.enumerated() {
            before = try verifier.segment(first, isLast: i == segments.count - 1, after: before)
        }
        for segment in verifier.withoutIDs where segment.end > verifier.horizon {
            verifier.report(
                LogDamage(
                    file: verifier.directory.ids(segment.first), offset: 0, kind: .ids,
                    firstSequence: segment.first, endSequence: segment.end))
        }
        return verifier.result
    }

    private mutating func report(_ damage: LogDamage, isTornTail: Bool = false) {
        result.problems.append(LogVerification.Problem(damage: damage, isTornTail: isTornTail))
    }

    /// Verifies one segment; returns its header and its end, nil where the header is lost.
    private mutating func segment(
        _ first: UInt64, isLast: Bool,
        after before: (header: SegmentHeader, end: SegmentFile<D>.Position, length: Int)?
    ) throws(LogError) -> (header: SegmentHeader, end: SegmentFile<D>.Position, length: Int)? {
        let path = directory.segment(first)
        result.files += 1
        switch try SegmentFile.open(disk, path, firstSequence: first) {
        case .bad(.damaged(let damage)):
            report(damage)
            return nil
        case .bad(let error):
            throw error
        case .torn:
            report(
                LogDamage(
                    file: path, offset: 0, kind: .segmentHeader, firstSequence: first, endSequence: nil),
                isTornTail: isLast)
            return nil
        case .segment(var file):
            result.bytes += file.length
            let header = file.header
            if let damage = header.contradiction(path, after: before?.header, length: before?.length) {
                report(damage)
            } else if !(header.seal?.isBase ?? false), let before,
                before.end.chain != header.previousChain || before.end.sequence != first
            {
                report(
                    LogDamage(
                        file: path, offset: 0, kind: .chain, firstSequence: before.end.sequence,
                        endSequence: first))
            }
            var index = IndexCheck()
            let end = try blocks(&file, isLast: isLast, &index)
            if header.seal != nil {
                result.sealed += 1
                if let footer = try file.lastBlock()?.index, !index.agrees(with: footer) {
                    report(file.footerDamage(file.start))
                }
                try verifyIDs(header, index)
                try verifyCells(&file)
            }
            return (header, file.statedEnd(end), file.statedLength)
        }
    }

    private mutating func count(
        _ block: BlockHeader, in file: borrowing SegmentFile<D>, at position: SegmentFile<D>.Position,
        _ decoder: inout BlockDecoder
    ) throws(LogError) {
        let range = decoderDirectory.range(of: .duplicatesFrom)
        horizon =
            range.isEmpty
            ? 0 : UInt64(bitPattern: decoderDirectory.entries[range.lowerBound].constant)
        let view = file.view(position.offset, block.length)
        let runs: BlockRuns?
        do throws(BlockFault) {
            runs = try decoder.runs(
                view.window.span.extracting(view.range), header: block, directory: decoderDirectory)
        } catch { throw .damaged(file.damage(position, .content, block)) }
        let erased = UInt64(runs?.erased ?? 0)
        result.events += UInt64(block.count) - erased
        result.erased += erased
    }

    /// Verifies the file of request ids beside a sealed segment.
    private mutating func verifyIDs(_ header: SegmentHeader, _ segment: IndexCheck) throws(LogError) {
        guard let seal = header.seal, seal.hasIDs else { return }
        let first = header.firstSequence
        let lost = LogDamage(
            file: directory.ids(first), offset: 0, kind: .ids, firstSequence: first,
            endSequence: seal.endSequence)
        do throws(LogError) {
            switch try SegmentFile.open(disk, directory.ids(first), firstSequence: first, as: .ids) {
            case .torn: report(lost)
            case .bad(let error):
                guard case .damaged = error else { throw error }
                report(lost)
            case .segment(var file):
                result.idsBytes += file.length
                let blocksBefore = result.blocks
                var index = IndexCheck()
                _ = try blocks(&file, isLast: false, &index)
                result.blocks = blocksBefore
                let belongs =
                    file.header.logID == header.logID && file.header.seal?.endSequence == seal.endSequence
                    && segment.hasCompanions(index)
                if !belongs { report(lost) }
                if let footer = try file.lastBlock()?.index, !index.agrees(with: footer) { report(lost) }
            }
        } catch {
            guard case .io(let failure) = error, failure.cause == .missing else { throw error }
            withoutIDs.append((first, seal.endSequence))
        }
    }

    /// Verifies the file of sums beside a sealed segment against the sum of its events. That there is none is
    /// no damage.
    private mutating func verifyCells(_ file: inout SegmentFile<D>) throws(LogError) {
        let first = file.header.firstSequence
        var damage = LogDamage(
            file: directory.cells(first), offset: 0, kind: .cells, firstSequence: first, endSequence: first)
        switch try CellsFile.open(disk, directory, of: &file) {
        case .missing: return
        case .refused(let refusal):
            if refusal.reason == .newer { return }
            if case .damaged(let offset) = refusal.reason { damage = damage.at(offset) }
            report(damage)
        case .usable(let cells):
            result.cellsBytes += cells.length
            do throws(LogError) {
                if try !CellsWriter(disk, directory).agrees(cells, with: file) { report(damage) }
            } catch {
                // What is wrong with the segment has been said; beside an erasure nobody reads.
                switch error {
                case .damaged, .erasing: return
                default: throw error
                }
            }
        }
    }

    private mutating func blocks(
        _ file: inout SegmentFile<D>, isLast: Bool, _ index: inout IndexCheck
    ) throws(LogError) -> SegmentFile<D>.Position {
        var position = file.start
        var decoder = BlockDecoder()
        while true {
            switch try file.wholeBlock(at: position, directory: &decoderDirectory, decoder: &decoder) {
            case .end:
                return position
            case .torn:
                report(
                    file.damage(position, .blockHeader, first: position.sequence, end: nil),
                    isTornTail: isLast)
                return position
            case .damaged(let damage):
                guard let next = try file.resume(after: position) else {
                    report(damage)
                    return position
                }
                report(
                    LogDamage(
                        file: damage.file, offset: damage.offset, kind: damage.kind,
                        firstSequence: damage.firstSequence,
                        endSequence: max(next.sequence, damage.firstSequence)))
                position = next
            case .block(let block, let chain):
                result.blocks += 1
                switch block.kind {
                case .gap where file.header.role == .events: result.gaps.append(LogGap(block))
                case .events where file.header.role == .events:
                    try count(block, in: file, at: position, &decoder)
                default: break
                }
                index.add(block, decoderDirectory, at: position.offset, isIDs: file.header.role == .ids)
                position.offset += block.length
                position.chain = chain
                position.sequence = block.endSequence
            }
        }
    }
}

extension SegmentFile {
    /// The next place behind a bad block at which an intact header stands, with what that block says it
    /// continues.
    ///
    /// No block is shorter than 64 bytes, so that there is always room for a gap in between.
    mutating func resume(after position: Position) throws(LogError) -> Position? {
        var offset = position.offset + LogFormat.blockBytesMin
        while offset + LogFormat.blockHeaderBytes <= length {
            try ensure(offset, LogFormat.blockHeaderBytes)
            let view = view(offset, LogFormat.blockHeaderBytes)
            let bytes = view.window.span.extracting(view.range)
            if bytes.littleEndian(UInt32.self, at: 0) == LogFormat.blockMagic,
                case .header(let block, _) = BlockHeader.parse(bytes, file: header.identity, offset: offset)
            {
                return Position(offset: offset, chain: block.previous, sequence: block.firstSequence)
            }
            offset += LogFormat.alignment
        }
        return nil
    }
}
