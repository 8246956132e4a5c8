import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// A small closed log of three segments, and what was put in.
struct SmallLog {
    let disk = SimulatedDisk(seed: 77)
    var events: [UsageEvent] = []
    var paths: [String] = []

    init(blocks: Int = 12, rows: Int = 9, segmentBytes: Int = 4_000, isClosed: Bool = true) throws {
        var generator = RandomBatches(seed: 77)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = segmentBytes
        options.logID = LogID(high: 1, low: 2)
        var writer = try LogWriter(disk, directory: "/log", options: options)
        for block in 0..<blocks {
            let batch = generator.batch(rows, .plausible)
            _ = try writer.append(
                batch, symbols: generator.symbols, received: block % 2 == 0 ? nil : Int64(block))
            for row in 0..<batch.count { events.append(batch.event(at: row, symbols: generator.symbols)) }
            if block == 2 { try writer.appendControl("configuration", payload: Array("a: 1".utf8)) }
            try writer.commit()
        }
        if isClosed { try writer.close() }
        paths = try disk.list("/log/segments").map { "/log/segments/" + $0 }
    }

    /// The events that a reader delivers before it stops, and why it stopped.
    static func read(_ disk: SimulatedDisk) -> (events: [UsageEvent], error: LogError?, isTorn: Bool) {
        var events: [UsageEvent] = []
        do throws(LogError) {
            var reader = try LogReader(disk, directory: "/log")
            var batch = EventBatch()
            var symbols = Symbols()
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                guard case .events = record else { continue }
                for row in 0..<batch.count { events.append(batch.event(at: row, symbols: symbols)) }
            }
            return (events, nil, reader.tail == .torn)
        } catch {
            return (events, error, false)
        }
    }

    /// Where the blocks of a segment begin, and where the last one ends.
    static func blocks(_ bytes: [UInt8]) -> [Int] {
        var at = 128
        var found: [Int] = []
        while at + 64 <= bytes.count {
            found.append(at)
            at += Int(bytes[at + 8]) | Int(bytes[at + 9]) << 8 | Int(bytes[at + 10]) << 16
        }
        found.append(at)
        return found
    }
}

/// What is done to a log.
struct Mutation: Sendable, CustomTestStringConvertible {
    let name: String
    /// What a reader finds: an end, a torn tail, or damage.
    let outcome: Outcome
    /// How many of the nine-event blocks are delivered before that; nil where it does not matter.
    let blocks: Int?
    let apply: @Sendable (SimulatedDisk, [String]) -> Void

    enum Outcome: Sendable { case clean, torn, damaged }
    var testDescription: String { name }

    init(
        _ name: String, _ outcome: Outcome, blocks: Int?,
        _ apply: @escaping @Sendable (SimulatedDisk, [String]) -> Void
    ) {
        self.name = name
        self.outcome = outcome
        self.blocks = blocks
        self.apply = apply
    }

    /// Changes the bytes of one segment.
    static func edit(_ disk: SimulatedDisk, _ path: String, _ change: (inout [UInt8], [Int]) -> Void) {
        guard var bytes = disk.contents(path) else { return }
        let blocks = SmallLog.blocks(bytes)
        change(&bytes, blocks)
        disk.place(path, bytes)
    }
}

@Suite struct DamageTests {
    static let table: [Mutation] = [
        Mutation("nothing", .clean, blocks: 12) { _, _ in },
        Mutation("the durable record is cut off", .clean, blocks: 12) { disk, paths in
            Mutation.edit(disk, paths[paths.count - 1]) { bytes, _ in bytes.removeLast(64) }
        },
        Mutation("the last record is cut in half", .torn, blocks: 12) { disk, paths in
            Mutation.edit(disk, paths[paths.count - 1]) { bytes, _ in bytes.removeLast(30) }
        },
        Mutation("zeros behind the end", .torn, blocks: 12) { disk, paths in
            Mutation.edit(disk, paths[paths.count - 1]) { bytes, _ in
                bytes += [UInt8](repeating: 0, count: 999)
            }
        },
        Mutation("noise behind the end", .damaged, blocks: 12) { disk, paths in
            var random = SplitMix64(seed: 1)
            Mutation.edit(disk, paths[paths.count - 1]) { bytes, _ in
                for _ in 0..<999 { bytes.append(UInt8(truncatingIfNeeded: random.next()) | 1) }
            }
        },
        Mutation("a byte of the first block", .damaged, blocks: 0) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, blocks in bytes[blocks[0] + 300] ^= 0x10 }
        },
        Mutation("a byte of the second block's header", .damaged, blocks: 1) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, blocks in bytes[blocks[1] + 24] ^= 1 }
        },
        Mutation("zeros over the first block", .damaged, blocks: 0) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, blocks in for i in blocks[0]..<blocks[1] { bytes[i] = 0 } }
        },
        Mutation("two blocks exchanged", .damaged, blocks: 1) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, b in
                bytes = Array(bytes[..<b[1]] + bytes[b[2]..<b[3]] + bytes[b[1]..<b[2]] + bytes[b[3]...])
            }
        },
        Mutation("a block twice", .damaged, blocks: 2) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, b in bytes = Array(bytes[..<b[2]] + bytes[b[1]...]) }
        },
        Mutation("a block left out", .damaged, blocks: 1) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, b in bytes = Array(bytes[..<b[1]] + bytes[b[2]...]) }
        },
        Mutation("the first segment cut short", .damaged, blocks: nil) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, b in bytes.removeLast(bytes.count - b[b.count - 2]) }
        },
        Mutation("the first segment continued", .damaged, blocks: nil) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, b in bytes += bytes[b[0]..<b[1]] }
        },
        Mutation("the first segment is missing", .damaged, blocks: 0) { disk, paths in disk.takeAway(paths[0])
        },
        Mutation("the second segment is missing", .damaged, blocks: nil) { disk, paths in
            disk.takeAway(paths[1])
        },
        Mutation("a segment under another's name", .damaged, blocks: nil) { disk, paths in
            disk.place(paths[1], disk.contents(paths[0]) ?? [])
        },
        Mutation("a byte of a segment header", .damaged, blocks: 0) { disk, paths in
            Mutation.edit(disk, paths[0]) { bytes, _ in bytes[70] ^= 4 }
        },
        Mutation("the last segment was only being created", .torn, blocks: nil) { disk, paths in
            disk.place("/log/segments/00000000000000000108.seg", Array("TIDEMARK".utf8))
        },
        Mutation("an empty file as the last segment", .torn, blocks: nil) { disk, paths in
            disk.place("/log/segments/00000000000000000108.seg", [])
        },
    ]

    @Test(arguments: table)
    func `each kind of damage is told from an end and from a torn tail`(_ mutation: Mutation) throws {
        let log = try SmallLog()
        #expect(log.paths.count >= 3)
        mutation.apply(log.disk, log.paths)
        let found = SmallLog.read(log.disk)
        // Whatever is delivered is what was put in.
        #expect(found.events == Array(log.events.prefix(found.events.count)))
        if let blocks = mutation.blocks { #expect(found.events.count == 9 * blocks) }
        let report = try LogVerifier.verify(log.disk, directory: "/log")
        switch mutation.outcome {
        case .clean:
            #expect(found.error == nil && !found.isTorn)
            #expect(report.isSound)
        case .torn:
            #expect(found.error == nil && found.isTorn)
            #expect(!report.isSound && !report.isDamaged)
            let writer = try LogWriter(log.disk, directory: "/log")
            #expect(writer.nextSequence == 108)
        case .damaged:
            guard case .damaged? = found.error else {
                Issue.record("expected damage, found \(String(describing: found.error))")
                return
            }
            #expect(report.isDamaged)
        }
    }

    @Test func `every single bit of a small log is under a check`() throws {
        let log = try SmallLog(blocks: 2, rows: 2, segmentBytes: 300)
        for path in log.paths {
            let bytes = try #require(log.disk.contents(path))
            for bit in 0..<bytes.count * 8 {
                var changed = bytes
                changed[bit >> 3] ^= 1 << UInt8(bit & 7)
                log.disk.place(path, changed)
                let verified: Bool
                do throws(LogError) {
                    verified = try LogVerifier.verify(log.disk, directory: "/log").isSound
                } catch { verified = false }
                if verified { Issue.record("bit \(bit) of \(path) is not checked") }
                let found = SmallLog.read(log.disk)
                if found.events != Array(log.events.prefix(found.events.count)) {
                    Issue.record("bit \(bit) of \(path) changes an event")
                }
            }
            log.disk.place(path, bytes)
        }
    }

    @Test func `damage to one block costs that block only, and verify names the events`() throws {
        let log = try SmallLog()
        Mutation.edit(log.disk, log.paths[1]) { bytes, blocks in bytes[blocks[0] + 200] ^= 1 }
        let report = try LogVerifier.verify(log.disk, directory: "/log")
        #expect(report.problems.count == 1)
        let damage = try #require(report.problems.first?.damage)
        #expect(damage.kind == .stream || damage.kind == .directory)
        #expect(damage.endSequence == damage.firstSequence + 9)
        #expect(report.events == 12 * 9 - 9)
        #expect(report.description(of: damage).contains("events \(damage.firstSequence) to"))
    }

    @Test func `damage to acknowledged events stops the writer, and changes nothing`() throws {
        let log = try SmallLog()
        let path = log.paths[log.paths.count - 1]
        Mutation.edit(log.disk, path) { bytes, blocks in bytes[blocks[0] + 200] ^= 1 }
        let before = log.disk.contents(path)
        do throws(LogError) {
            _ = try LogWriter(log.disk, directory: "/log")
            Issue.record("it opened")
        } catch {
            guard case .damaged = error else { throw error }
            #expect("\(error)".contains("tidemark log verify"))
        }
        #expect(log.disk.contents(path) == before)
    }
}

extension LogVerification {
    func description(of damage: LogDamage) -> String {
        problems.first { $0.damage == damage }.map(\.description) ?? ""
    }
}
