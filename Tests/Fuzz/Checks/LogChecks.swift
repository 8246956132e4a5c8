import Alerting
import Connectors
import Pipeline
import TidemarkTestKit
import UsageEvents

@testable import EventLog

extension FuzzTarget {
    /// What reads a log.
    static let logs: [FuzzTarget] = [
        FuzzTarget(name: "segment", seeds: Seeds.segments) { try SegmentUnderTest($0).check() },
        // Most changes end at a checksum; here they all agree, so that what is behind them is reached.
        FuzzTarget(name: "forged-segment", seeds: Seeds.segments) { bytes in
            try SegmentUnderTest(SegmentForgery.repaired(bytes)).check()
        },
        FuzzTarget(name: "sealed-segment", seeds: Seeds.sealedSegments) { try SegmentUnderTest($0).check() },
        // The index of a sealed segment, and how the rows of a block arrived: checksums are made to agree.
        FuzzTarget(name: "index", seeds: Seeds.indexes) { try checkIndex($0) },
        FuzzTarget(name: "forged-replay", seeds: Seeds.segments) { bytes in
            try SegmentUnderTest(SegmentForgery.repaired(bytes)).replay()
        },
    ]
}

/// Any bytes as the rows of an index behind a header that fits, and as runs.
func checkIndex(_ bytes: [UInt8]) throws {
    let file = FileIdentity(logID: LogID(high: 1, low: 2), firstSequence: 0)
    if let runs = BlockRuns(bytes.span, rows: bytes.count) {
        try promiseEqual(runs.rows, bytes.count, "rows of runs, and of the block")
        try promiseEqual(BlockRuns(runs.encoded().span, rows: bytes.count), runs, "runs written and read")
    }
    let size = LogFormat.blockBytesMin + 8
    let rows = Array(bytes.prefix((bytes.count) / SegmentFooter.rowBytes * SegmentFooter.rowBytes))
    var content = rows + [0, 0, 0, 0]
    content.append(littleEndian: UInt32(size + rows.count))
    var header = BlockHeader(kind: .footer, firstSequence: 0)
    header.length = size + rows.count
    header.directoryChecksum = CRC32C.of(content.span)
    var block: [UInt8] = []
    _ = header.write(into: &block, file: file, offset: 0)
    block += content
    block.append(littleEndian: LogFormat.endMark)
    guard let index = SegmentFooter(block.span, header: header) else {
        throw BrokenPromise(description: "an index with checksums that agree is refused")
    }
    try promiseEqual(index.rows.count, rows.count / SegmentFooter.rowBytes, "rows of an index")
    for sequence in [0, 1, UInt64(bytes.count), .max] {
        guard let row = index.row(at: sequence) else { continue }
        try promise(row.firstSequence <= sequence, "a row behind the sequence")
    }
    let again = index.block(file, offset: 0, previous: 0, endSequence: 0, lastReceived: LogFormat.noReceived)
    try promiseEqual(again, block, "an index written again")
}

/// A log of one segment that holds any bytes.
struct SegmentUnderTest {
    static let log = "/log"
    static let path = "/log/segments/00000000000000000000.seg"

    let disk: SimulatedDisk

    private init(disk: SimulatedDisk) { self.disk = disk }

    init(_ bytes: [UInt8]) throws {
        disk = SimulatedDisk()
        try disk.makeDirectory(Self.log)
        try disk.makeDirectory(Self.log + "/segments")
        disk.place(Self.path, bytes)
    }

    /// What a reader delivers before it stops.
    struct Reading {
        var events: [UsageEvent] = []
        var error: LogError?
    }

    func read(_ columns: ColumnSet = .all) -> Reading {
        var reading = Reading()
        do throws(LogError) {
            var reader = try LogReader(disk, directory: Self.log)
            var batch = EventBatch()
            var symbols = Symbols()
            var lines: [UInt8] = []
            let writer = CanonicalEventWriter()
            while let record = try reader.next(into: &batch, symbols: &symbols, columns: columns) {
                guard case .events(let block) = record, columns == .all else { continue }
                precondition(block.count == batch.count)
                for row in 0..<batch.count {
                    reading.events.append(batch.event(at: row, symbols: symbols))
                }
                writer.write(batch, rows: 0..<batch.count, symbols: symbols, into: &lines)
            }
        } catch {
            reading.error = error
        }
        return reading
    }

    func verify() -> LogVerification? { try? LogVerifier.verify(disk, directory: Self.log) }

    /// A repair leaves a sound log, and counts every event that it gives up.
    private func checkRepair(_ before: Reading) throws {
        let other = SegmentUnderTest(disk: disk.copy())
        let plan: LogRepair
        do throws(LogError) {
            plan = try LogRepairer.repair(other.disk, directory: Self.log)
        } catch {
            return
        }
        let after = other.read()
        try promise(after.error == nil, "repaired, yet the reader says: \(after.error.debugDescription)")
        try promiseEqual(plan.kept, UInt64(after.events.count), "events that a repair says it kept, and read")
        // A reader delivers a block of which only padding is damaged; the repair gives it up, and counts it.
        try promise(
            before.events.count <= after.events.count + Int(plan.lost), "lost and not counted: \(plan)")
        try promise(
            other.verify()?.isDamaged == false, "repaired, yet damaged: \(other.verify().debugDescription)")
    }

    /// Reader, verifier, statistics, repair and recovery end in peace and do not contradict each other.
    func check() throws {
        let before = read()
        for columns: ColumnSet in [.detection, .duplicateKeys, .revisions, .tsEnd, .texts] {
            _ = read(columns)
        }
        _ = try? LogStatistics(disk, directory: Self.log)
        let found = verify()
        if let found, found.isSound {
            try promise(before.error == nil, "sound, yet the reader says: \(before.error.debugDescription)")
            try promiseEqual(found.events, UInt64(before.events.count), "events verified and read")
        }
        try checkRepair(before)
        do throws(LogError) {
            try LogWriter(disk, directory: Self.log).close()
        } catch {
            return
        }
        let after = read()
        try promiseEqual(before.events, after.events, "events before and after recovery")
        // Of a sealed segment recovery reads the header and the index; damage in between is left to readers.
        if let found, found.sealed > 0 {
            try promiseEqual(
                before.error.map { "\($0)" }, after.error.map { "\($0)" }, "what the reader says")
            return try promiseEqual(found.problems, verify()?.problems ?? [], "what is damaged")
        }
        // What was synced long ago recovery compares with its checksums only: a block that contradicts itself
        // under the right ones, as a forger makes it, is told by readers and by `verify`, then as before.
        let said = after.error.map { "\($0)" }
        try promise(
            said == nil || said == before.error.map { "\($0)" },
            "recovered, yet the reader says: \(said ?? "")")
        let now = verify()
        try promise(
            now?.problems.allSatisfy { found?.problems.contains($0) ?? false } ?? false,
            "recovered, yet damaged: \(now.debugDescription)")
    }

    /// The fold of a whole log ends in peace, and what it finds can be written and read back.
    func replay() throws {
        var told: [AlertTransition] = []
        do {
            var fold = try LogFold(disk, directory: Self.log)
            while try fold.step(into: &told) {}
        } catch {
            return
        }
        // The log takes any time; what reads usage data accepts these only, and so does what reads the
        // journal.
        let times = Timestamp(rawValue: 0)...Timestamp(rawValue: 253_402_300_799_999)
        for transition in told where times.contains(transition.at) && times.contains(transition.startsAt) {
            try checkTransition(transition)
        }
    }
}

/// Makes the checksums, chain and sequences of a segment agree with whatever its bytes say.
enum SegmentForgery {
    /// Where a block begins, and what it continues.
    struct Place {
        var offset: Int
        var chain: UInt32
        var sequence: UInt64
    }

    /// A copy whose headers are those that a writer of this content would have written.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        guard out.count >= LogFormat.segmentHeaderBytes else { return out }
        let header = SegmentHeader(logID: LogID(high: 1, low: 2), firstSequence: 0).encoded()
        out.replaceSubrange(0..<header.count, with: header)
        let start = Place(offset: header.count, chain: SegmentHeader.chain(of: header.span), sequence: 0)
        _ = repair(&out, FileIdentity(logID: LogID(high: 1, low: 2), firstSequence: 0), from: start)
        return out
    }

    /// Gives the blocks from a place on the headers that fit; returns where each begins, and the end of the
    /// last.
    static func repair(_ out: inout [UInt8], _ file: FileIdentity, from start: Place) -> [Place] {
        var places = [start]
        var (at, chain, sequence) = (start.offset, start.chain, start.sequence)
        while at + LogFormat.blockBytesMin <= out.count {
            let entries = Int(out.span.littleEndian(UInt16.self, at: at + 6))
            let length = Int(out.span.littleEndian(UInt32.self, at: at + 8))
            let directory = at + LogFormat.blockHeaderBytes..<at + LogFormat.blockHeaderBytes + 16 * entries
            guard length >= LogFormat.blockBytesMin, length <= out.count - at,
                directory.upperBound <= at + length - LogFormat.endMarkBytes
            else { break }
            sumStreams(&out, directory, end: at + length - LogFormat.endMarkBytes)
            out.set(littleEndian: LogFormat.endMark, at: at + length - LogFormat.endMarkBytes)
            out.set(littleEndian: LogFormat.blockMagic, at: at)
            out[at + 5] = 0
            out.set(littleEndian: chain, at: at + 16)
            out.set(littleEndian: UInt32(at), at: at + 20)
            out.set(littleEndian: sequence, at: at + 24)
            let isGap = out[at + 4] == BlockKind.gap.rawValue
            // In a gap this is the chain that the block behind it continues.
            if !isGap { out.set(littleEndian: CRC32C.of(out.span.extracting(directory)), at: at + 36) }
            let sum = file.checksum(of: out.span.extracting(at..<at + LogFormat.blockHeaderBytes), at: at)
            out.set(littleEndian: sum, at: at + 12)
            if isGap {
                chain = out.span.littleEndian(UInt32.self, at: at + 36)
                sequence = out.span.littleEndian(UInt64.self, at: at + 40)
            } else {
                chain = sum
                sequence &+= UInt64(out.span.littleEndian(UInt32.self, at: at + 32))
            }
            at += length
            places.append(Place(offset: at, chain: chain, sequence: sequence))
        }
        return places
    }

    /// Each stream's checksum, and zeros behind the last stream.
    private static func sumStreams(_ out: inout [UInt8], _ directory: Range<Int>, end: Int) {
        var stream = directory.upperBound
        for entry in stride(from: directory.lowerBound, to: directory.upperBound, by: LogFormat.entryBytes) {
            if out[entry + 2] == Encoding.constant.rawValue {
                out.set(littleEndian: UInt32(0), at: entry + 12)
                continue
            }
            let stored = Int(out.span.littleEndian(UInt32.self, at: entry + 8))
            guard stored <= end - stream else { return }
            let sum = CRC32C.of(out.span.extracting(stream..<stream + stored))
            out.set(littleEndian: sum, at: entry + 12)
            stream += stored
        }
        for i in stream..<end { out[i] = 0 }
    }
}
