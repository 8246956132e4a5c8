import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// Every record of a log, events one by one with their sequence and wall clock, marks of durability left out.
struct Records: Equatable {
    var lines: [String] = []

    init(_ disk: SimulatedDisk, from: UInt64 = 0, columns: ColumnSet = .all) throws {
        var reader = try LogReader(disk, directory: "/log", from: from)
        var batch = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: columns) {
            switch record {
            case .durable: break
            case .tick(let wall): lines.append("tick \(wall)")
            case .control(let control):
                lines.append("control \(control.name) \(control.sequence) \(control.payload.count)")
            case .events(let block):
                #expect(batch.count == block.count)
                for row in 0..<batch.count {
                    let wall = block.received.map(String.init) ?? "history"
                    let what =
                        columns == .all ? "\(batch.event(at: row, symbols: symbols))" : "\(batch.ts[row])"
                    lines.append("\(block.firstSequence + UInt64(row)) \(wall) \(what)")
                }
                #expect(reader.nextSequence >= block.firstSequence + UInt64(block.count))
            }
        }
    }
}

@Suite struct SealTests {
    /// A log with commits of all sizes, live and not, ticks and control records between them.
    static func write(
        _ seed: UInt64, commits: [Int] = [1, 3, 1, 1, 40, 2, 1, 90, 1, 1, 7, 1], segmentBytes: Int = 9_000,
        style: RandomBatches.Style = .plausible, controls: Bool = true
    ) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var random = SplitMix64(seed: seed)
        var generator = RandomBatches(seed: seed)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = segmentBytes
        options.logID = LogID(high: seed, low: 5)
        var writer = try LogWriter(disk, directory: "/log", options: options)
        var clock: Int64 = 1_772_000_000_000
        for rows in commits {
            let batch = generator.batch(rows, style)
            let isLive = random.below(3) > 0
            if random.below(2) == 0 { clock += Int64(random.below(5_000)) }
            _ = try writer.append(
                batch, symbols: generator.symbols, received: isLive ? clock : nil,
                duplicates: DuplicateHorizon(from: 0, sources: [.init(name: "gateway", from: 1)]))
            if random.below(3) == 0 {
                clock += 61_000
                try writer.appendTick(received: clock)
            }
            if controls, random.below(4) == 0 {
                try writer.appendControl("configuration", payload: Array("a: \(rows)".utf8))
            }
            try writer.commit()
            if random.below(4) == 0 { try writer.markDurable() }
        }
        try writer.close()
        return disk
    }

    @Test(arguments: [false, true])
    func `columns and framing are all of a log, and each block has a header`(isSealed: Bool) throws {
        let disk = try Self.write(21)
        if isSealed { #expect(try LogSealer.seal(disk, directory: "/log").sealed > 1) }
        let stat = try LogStatistics(disk, directory: "/log")
        #expect(stat.columns.reduce(0) { $0 + $1.bytes } == stat.bytes)
        let framing = try #require(stat.columns.last { $0.name == "framing" })
        #expect(framing.bytes >= 64 * stat.blocks)
    }

    @Test(arguments: RandomBatches.Style.allCases)
    func `a sealed log reads as the open one did`(_ style: RandomBatches.Style) throws {
        for seed: UInt64 in 0..<8 {
            let disk = try Self.write(seed, style: style)
            let before = try Records(disk)
            let report = try LogSealer.seal(disk, directory: "/log")
            #expect(report.sealed > 0 && report.open == 0)
            #expect(try Records(disk) == before)
            #expect(try Records(disk, columns: .detection).lines.count == before.lines.count)
            let found = try LogVerifier.verify(disk, directory: "/log")
            #expect(found.problems == [])
            #expect(found.sealed == found.files)
            for start: UInt64 in [1, 5, 47, 100, 148, 149] {
                let part = try Records(disk, from: start)
                #expect(part == (try Records(Self.write(seed, style: style), from: start)))
            }
            // Once more changes nothing.
            let again = try LogSealer.seal(disk, directory: "/log")
            #expect(again.sealed == 0 && again.before == report.sealed)
        }
    }

    @Test func `small commits become one block, and much smaller`() throws {
        let disk = try Self.write(
            3, commits: Array(repeating: 1, count: 600), segmentBytes: 1 << 20, controls: false)
        let before = try LogStatistics(disk, directory: "/log")
        let report = try LogSealer.seal(disk, directory: "/log")
        let after = try LogStatistics(disk, directory: "/log")
        #expect(after.events == before.events && after.accounts == before.accounts)
        #expect(report.bytesAfter * 6 < report.bytesBefore)
        #expect(after.sealedSegments == 1 && after.idsBytes > 600 * 8)
        #expect(after.firstTs == before.firstTs && after.lastTs == before.lastTs)
    }

    @Test func `writing goes on behind a sealed log, and duplicates are known`() throws {
        let disk = try Self.write(4)
        _ = try LogSealer.seal(disk, directory: "/log")
        let window = try DuplicateWindow.restore(
            disk, directory: "/log", horizon: DuplicateHorizon())
        #expect(window.keys == 149)
        let before = try Records(disk)
        var writer = try LogWriter(disk, directory: "/log")
        #expect(writer.nextSequence == 149)
        #expect(writer.recovery.duplicates.sources.map(\.name) == ["gateway"])
        var generator = RandomBatches(seed: 9)
        let more = generator.batch(5, .plausible)
        #expect(try writer.append(more, symbols: generator.symbols, received: nil) == 149)
        try writer.close()
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
        let after = try Records(disk)
        #expect(Array(after.lines.prefix(before.lines.count)) == before.lines)
        #expect(after.lines.count == before.lines.count + 5)
        #expect(try LogSealer.seal(disk, directory: "/log").sealed == 1)
        #expect(try Records(disk) == after)
    }

    @Test func `beside a writer only complete segments are sealed, and the writer notices nothing`() throws {
        let disk = SimulatedDisk(seed: 1)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 2_000
        var writer = try LogWriter(disk, directory: "/log", options: options)
        var generator = RandomBatches(seed: 1)
        var follower = try LogReader(disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        var read: UInt64 = 0
        for _ in 0..<30 {
            let events = generator.batch(4, .plausible)
            _ = try writer.append(events, symbols: generator.symbols, received: nil)
            try writer.commit()
            let report = try LogSealer.seal(disk, directory: "/log")
            #expect(report.isBesideWriter && report.open == 1)
            while case .events(let block)? = try follower.next(into: &batch, symbols: &symbols) {
                read += UInt64(block.count)
            }
            #expect(read == writer.nextSequence)
        }
        try writer.close()
        let found = try LogVerifier.verify(disk, directory: "/log")
        #expect(found.isSound && found.sealed > 3 && found.events == 120)
    }

    @Test func `every flipped bit of a sealed segment and of its ids is noticed`() throws {
        let disk = try Self.write(6, commits: [1, 2], segmentBytes: 1 << 20)
        _ = try LogSealer.seal(disk, directory: "/log")
        for path in ["/log/segments/00000000000000000000.seg", "/log/segments/00000000000000000000.ids"] {
            let bytes = try #require(disk.contents(path))
            for at in bytes.indices {
                for bit: UInt8 in 0..<8 {
                    var altered = bytes
                    altered[at] ^= 1 << bit
                    disk.place(path, altered)
                    do throws(LogError) {
                        let found = try LogVerifier.verify(disk, directory: "/log")
                        if !found.isDamaged { Issue.record("bit \(bit) of byte \(at) of \(path)") }
                    } catch {
                        switch error {
                        case .notALog, .newerFormat: break
                        default: Issue.record("bit \(bit) of byte \(at) of \(path): \(error)")
                        }
                    }
                }
            }
            disk.place(path, bytes)
        }
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
    }

    @Test func `a damaged or missing part of a sealed log is repaired`() throws {
        let intact = try Self.write(8)
        _ = try LogSealer.seal(intact, directory: "/log")
        let before = try Records(intact).lines
        let names = try intact.list("/log/segments")
        for name in names {
            let path = "/log/segments/" + name
            let bytes = try #require(intact.contents(path))
            for cut in [bytes.count - 8, bytes.count / 2, 200] {
                let disk = intact.copy()
                disk.place(path, Array(bytes[..<cut]))
                try Self.checkRepair(disk, before, "\(name) cut at \(cut)")
            }
            for at in stride(from: 130, to: bytes.count, by: 61) {
                let disk = intact.copy()
                var altered = bytes
                altered[at] ^= 4
                disk.place(path, altered)
                try Self.checkRepair(disk, before, "\(name) altered at \(at)")
            }
            guard name.hasSuffix(".ids") else { continue }
            let disk = intact.copy()
            disk.takeAway(path)
            try Self.checkRepair(disk, before, "\(name) gone")
        }
    }

    private static func checkRepair(_ disk: SimulatedDisk, _ before: [String], _ what: String) throws {
        #expect(try LogVerifier.verify(disk, directory: "/log").isDamaged, "\(what)")
        let done = try LogRepairer.repair(disk, directory: "/log")
        let found = try LogVerifier.verify(disk, directory: "/log")
        #expect(found.problems == [], "\(what)")
        #expect(found.events == done.kept && done.kept + done.lost == 149, "\(what)")
        // A tick or a control record takes no sequence, but may be what was hit.
        func events(_ lines: [String]) -> [String] { lines.filter { $0.first?.isNumber ?? false } }
        if done.lost == 0, done.lostIDs == [] {
            #expect(try events(Records(disk).lines) == events(before), "\(what)")
        }
        #expect(try LogWriter(disk, directory: "/log").nextSequence == 149, "\(what)")
    }
}
