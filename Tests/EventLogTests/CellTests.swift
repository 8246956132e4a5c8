import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// Sums by day beside sealed segments: what they say, and what becomes of them.
@Suite struct CellTests {
    private static let segments = "/log/segments/"

    private static func options() -> LogSealer<SimulatedDisk>.Options {
        var options = LogSealer<SimulatedDisk>.Options()
        options.makesCells = true
        return options
    }

    /// An open log of several segments.
    private static func open(_ seed: UInt64, events: Int = 900, step: Int = 400_000) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var usage = RandomUsage(seed: seed, step: step)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 7_000
        options.logID = LogID(high: seed, low: 8)
        var writer = try LogWriter(disk, directory: "/log", options: options)
        for _ in 0..<events / 60 {
            _ = try writer.append(usage.batch(60), symbols: usage.symbols, received: nil)
            try writer.commit()
        }
        try writer.close()
        return disk
    }

    private static func sealed(_ seed: UInt64, events: Int = 900) throws -> SimulatedDisk {
        let disk = try open(seed, events: events)
        let report = try LogSealer.seal(disk, directory: "/log", options: options())
        #expect(report.cellsMade == report.sealed && report.cells > 0)
        return disk
    }

    private static func cells(_ disk: SimulatedDisk) throws -> [String] {
        try disk.list("/log/segments").filter { $0.hasSuffix(".cells") }
    }

    /// What a reader of sums finds: sums by what cells keep, and how many of each it was given.
    private struct Found: Equatable {
        var sums: [String: [Int128]] = [:]
        var first: [String: Int64] = [:]
        var last: [String: Int64] = [:]
        var cells = 0
        var events = 0
        var refusals: [CellsRefusal] = []

        init(_ disk: SimulatedDisk, usesCells: Bool) throws {
            var reader = try SumReader(
                disk, directory: "/log", times: EventTimes(), usesCells: usesCells)
            var batch = EventBatch()
            var cells = CellBatch()
            var symbols = Symbols()
            while let part = try reader.next(
                into: &batch, cells: &cells, symbols: &symbols, columns: .all)
            {
                switch part {
                case .events:
                    events += batch.count
                    for row in 0..<batch.count { add(batch, row, 1, batch.ts[row], symbols, isCell: false) }
                case .cells:
                    self.cells += cells.count
                    for row in 0..<cells.count {
                        add(cells.sums, row, cells.events[row], cells.last[row], symbols, isCell: true)
                    }
                }
            }
            refusals = reader.refusals
        }

        /// What two ways of reading must agree in.
        var content: [String] {
            sums.keys.sorted().map { "\($0) \(sums[$0] ?? []) \(first[$0] ?? 0) \(last[$0] ?? 0)" }
        }

        private mutating func add(
            _ batch: EventBatch, _ row: Int, _ count: Int64, _ latest: Int64, _ symbols: Symbols, isCell: Bool
        ) {
            let event = batch.event(at: row, symbols: symbols)
            var words = [
                "\(floorDivide(event.ts.rawValue, Timestamp.day))", event.identity, event.team ?? "",
                event.project ?? "", event.tool ?? "", event.model ?? "", event.mcpServer ?? "",
                event.source ?? "", event.shape.grain.word, "\(event.shape.basis)", "\(event.shape.hasCost)",
            ]
            let tokens = [
                event.inputTokens, event.outputTokens, event.cacheReadTokens, event.cacheWriteTokens,
            ]
            if !event.shape.hasCost {
                let has = isCell ? event.shape.has(CellBatch.hasTokens) : tokens.contains { $0 != 0 }
                words.append("\(has)")
            }
            if event.shape.grain == .correction { words.append("\(event.shape.has(.requests))") }
            let key = words.joined(separator: "|")
            let numbers = tokens + [event.cost.rawValue, event.requests, count]
            let before = sums[key] ?? [Int128](repeating: 0, count: numbers.count)
            sums[key] = zip(before, numbers).map { $0 + Int128($1) }
            first[key] = min(first[key] ?? .max, event.ts.rawValue)
            last[key] = max(last[key] ?? .min, latest)
        }
    }

    @Test func `cells add up to the events of their segments`() throws {
        for seed: UInt64 in 0..<6 {
            let disk = try Self.sealed(seed)
            let found = try Found(disk, usesCells: true)
            let expected = try Found(disk, usesCells: false)
            #expect(found.content == expected.content)
            #expect(found.cells > 50 && found.cells < 450 && found.events < 100)
            #expect(expected.events == 900 && expected.cells == 0)
            let check = try LogVerifier.verify(disk, directory: "/log")
            let stat = try LogStatistics(disk, directory: "/log")
            #expect(check.problems == [] && check.cellsBytes == stat.cellsBytes && stat.cellsBytes > 0)
        }
    }

    @Test func `sums that do not fit into 64 bits are in several cells`() throws {
        let disk = SimulatedDisk(seed: 1)
        var batch = EventBatch()
        var symbols = Symbols()
        for row in 0..<40 {
            var event = UsageEvent(ts: Timestamp(rawValue: Int64(row)), identity: "ana@acme.example")
            event.inputTokens = row < 30 ? .max : .min
            event.cost = NanoUSD(rawValue: row % 3 == 0 ? .min : .max)
            event.requests = .max
            event.shape.insert(.costUSD)
            batch.append(event, symbols: &symbols)
        }
        for _ in 0..<60 {
            batch.append(
                UsageEvent(ts: Timestamp(rawValue: 9), identity: "ben@acme.example"), symbols: &symbols)
        }
        var writer = try LogWriter(disk, directory: "/log")
        _ = try writer.append(batch, symbols: symbols, received: nil)
        try writer.close()
        _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
        let found = try Found(disk, usesCells: true)
        #expect(found.cells > 20 && found.events == 0)
        #expect(found.content == (try Found(disk, usesCells: false).content))
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
    }

    @Test func `where hardly two events share a cell the file says only that`() throws {
        let disk = try Self.open(3, step: 30 * 86_400_000)
        let report = try LogSealer.seal(disk, directory: "/log", options: Self.options())
        #expect(report.cellsMade > 0 && report.cells == 0)
        let names = try Self.cells(disk)
        #expect(!names.isEmpty)
        for name in names { #expect(try #require(disk.contents(Self.segments + name)).count < 500) }
        let found = try Found(disk, usesCells: true)
        #expect(found.cells == 0 && found.events == 900 && found.refusals == [])
        // Nobody adds up the events again to find that out.
        #expect(try LogSealer.seal(disk, directory: "/log", options: Self.options()).cellsMade == 0)
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
    }

    @Test func `every flipped bit of a file of sums is noticed, and no reader believes it`() throws {
        let disk = try Self.sealed(6, events: 60)
        let path = Self.segments + (try #require(Self.cells(disk).first))
        let bytes = try #require(disk.contents(path))
        let expected = try Found(disk, usesCells: false).content
        for at in bytes.indices {
            for bit: UInt8 in 0..<8 {
                var altered = bytes
                altered[at] ^= 1 << bit
                disk.place(path, altered)
                let found = try LogVerifier.verify(disk, directory: "/log")
                if !found.isDamaged { Issue.record("bit \(bit) of byte \(at)") }
                guard at % 7 == 0 else { continue }
                let read = try Found(disk, usesCells: true)
                if read.content != expected || read.refusals.isEmpty {
                    Issue.record("bit \(bit) of byte \(at) is believed")
                }
            }
        }
    }

    @Test func `sums with right checksums and wrong numbers are found by verify`() throws {
        // The same log but for one event: its sums are whole, and tied to another segment.
        let disk = try Self.sealed(7)
        let other = try Self.sealed(7, events: 840)
        let name = try #require(Self.cells(other).last)
        disk.place(Self.segments + name, try #require(other.contents(Self.segments + name)))
        let found = try LogVerifier.verify(disk, directory: "/log")
        #expect(found.problems.map(\.damage.kind) == [.cells])
        #expect(found.problems.first?.description.contains("no event is at risk") == true)
        #expect(try Found(disk, usesCells: true).refusals.map(\.reason) == [.stale])
    }

    @Test func `repair removes sums that are damaged, and sealing makes them again`() throws {
        let disk = try Self.sealed(8)
        let names = try Self.cells(disk)
        let path = Self.segments + names[1]
        let bytes = try #require(disk.contents(path))
        var altered = bytes
        altered[bytes.count / 2] ^= 1
        disk.place(path, altered)
        let plan = try LogRepairer.repair(disk, directory: "/log", isDryRun: true)
        #expect(plan.droppedCells == [path] && !plan.isSound && disk.contents(path) == altered)
        let done = try LogRepairer.repair(disk, directory: "/log")
        #expect(done.droppedCells == [path] && done.losses == [] && disk.contents(path) == nil)
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
        // A log that has sums gets more without being asked.
        #expect(try LogSealer.seal(disk, directory: "/log").cellsMade == 1)
        #expect(disk.contents(path) == bytes)
        // Sealing alone mends it too.
        disk.place(path, altered)
        #expect(try LogSealer.seal(disk, directory: "/log").cellsMade == 1)
        #expect(disk.contents(path) == bytes)
        // None are made where there are none.
        for name in names { disk.takeAway(Self.segments + name) }
        #expect(try LogSealer.seal(disk, directory: "/log").cellsMade == 0)
        #expect(try Self.cells(disk) == [])
    }

    @Test func `what a repair takes from a segment is not in its sums either`() throws {
        let disk = try Self.sealed(9)
        let name = try #require(disk.list("/log/segments").filter { $0.hasSuffix(".seg") }.dropFirst().first)
        var bytes = try #require(disk.contents(Self.segments + name))
        bytes[bytes.count / 2] ^= 4
        disk.place(Self.segments + name, bytes)
        let done = try LogRepairer.repair(disk, directory: "/log")
        #expect(done.lost > 0)
        #expect(try LogVerifier.verify(disk, directory: "/log").problems == [])
        let expected = try Found(disk, usesCells: false).content
        #expect(try Found(disk, usesCells: true).content == expected)
        #expect(try LogSealer.seal(disk, directory: "/log").cellsMade == 1)
        #expect(try Found(disk, usesCells: true).content == expected)
        #expect(try LogVerifier.verify(disk, directory: "/log").problems == [])
    }

    @Test func `an erased account is in no sums, raw or unpacked`() throws {
        let disk = try Self.sealed(10)
        _ = try LogEraser.erase(disk, directory: "/log", identity: "person-1@acme.example")
        _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
        let name = Array("person-1@".utf8)
        for file in try Self.cells(disk) {
            let bytes = try #require(disk.contents(Self.segments + file))
            let isThere = (0..<bytes.count - name.count).contains {
                Array(bytes[$0..<$0 + name.count]) == name
            }
            #expect(!isThere)
        }
        let found = try Found(disk, usesCells: true)
        #expect(found.cells > 0 && !found.content.contains { $0.contains("person-1@") })
        #expect(found.content == (try Found(disk, usesCells: false).content))
    }

    @Test func `a crash at any call of making sums leaves a log that is whole, with old sums or new`() throws
    {
        let intact = try Self.open(11, events: 240)
        let expected = try Found(intact, usesCells: false).content
        let whole = intact.copy()
        _ = try LogSealer.seal(whole, directory: "/log", options: Self.options())
        let cells = try Found(whole, usesCells: true).cells
        var isEnough = false
        for k in 1...4_000 where !isEnough {
            let disk = intact.copy()
            disk.faults.crashAt = disk.calls + k
            let outcome = try? LogSealer.seal(disk, directory: "/log", options: Self.options())
            isEnough = outcome != nil && !disk.hasCrashed
            disk.crash()
            #expect(try LogVerifier.verify(disk, directory: "/log").problems == [], "call \(k)")
            #expect(try Found(disk, usesCells: true).content == expected, "call \(k)")
            _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
            let found = try Found(disk, usesCells: true)
            #expect(found.content == expected && found.cells == cells && found.refusals == [], "call \(k)")
        }
        #expect(isEnough)
    }

    @Test func `a crash at any call of an erasure leaves no name in sums once it is finished`() throws {
        let intact = try Self.sealed(12, events: 240)
        var isEnough = false
        for k in 1...4_000 where !isEnough {
            let disk = intact.copy()
            disk.faults.crashAt = disk.calls + k
            let outcome = try? LogEraser.erase(disk, directory: "/log", identity: "person-0@acme.example")
            isEnough = outcome != nil && !disk.hasCrashed
            disk.crash()
            #expect(try LogVerifier.verify(disk, directory: "/log").problems == [], "call \(k)")
            _ = try LogEraser.finish(disk, directory: "/log")
            let found = try Found(disk, usesCells: true)
            #expect(found.refusals == [], "call \(k)")
            #expect(found.content == (try Found(disk, usesCells: false).content), "call \(k)")
        }
        #expect(isEnough)
    }

    @Test func `sums go with their segments, and count as bytes of the log`() throws {
        let disk = try Self.sealed(13)
        let before = try LogStatistics(disk, directory: "/log")
        var policy = LogPruner<SimulatedDisk>.Policy()
        policy.bytesMax = before.bytes / 2
        let done = try LogPruner.prune(disk, directory: "/log", policy: policy)
        #expect(done.segments > 0)
        let after = try LogStatistics(disk, directory: "/log")
        #expect(after.cellsBytes < before.cellsBytes && after.bytes <= before.bytes / 2 + 1_000)
        let kept = try disk.list("/log/segments").filter { $0.hasSuffix(".seg") }.map { $0.dropLast(4) }
        for name in try Self.cells(disk) { #expect(kept.dropFirst().contains(name.dropLast(6))) }
        #expect(try LogVerifier.verify(disk, directory: "/log").problems == [])
        #expect(try Found(disk, usesCells: true).content == Found(disk, usesCells: false).content)
        // Where the process was killed in between, the next one removes what belongs to nobody.
        disk.place(Self.segments + "00000000000000000001.cells", [1, 2, 3])
        _ = try LogSealer.seal(disk, directory: "/log")
        #expect(disk.contents(Self.segments + "00000000000000000001.cells") == nil)
    }
}
