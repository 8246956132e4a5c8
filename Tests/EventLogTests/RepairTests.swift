import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct RepairTests {
    /// The events that a reader delivers, with their numbers; gaps too.
    private static func read(
        _ disk: SimulatedDisk
    ) throws -> (events: [(sequence: Int, event: UsageEvent)], gaps: [LogGap]) {
        var reader = try LogReader(disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        var events: [(Int, UsageEvent)] = []
        while let record = try reader.next(into: &batch, symbols: &symbols) {
            guard case .events(let block) = record else { continue }
            for row in 0..<batch.count {
                events.append((Int(block.firstSequence) + row, batch.event(at: row, symbols: symbols)))
            }
        }
        return (events, reader.gaps)
    }

    private static func segments(_ disk: SimulatedDisk) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        for name in try disk.list("/log/segments") {
            found[name] = disk.contents("/log/segments/" + name)
        }
        return found
    }

    /// Checks that a log is sound, that what it delivers is what was put in under the same numbers, that what
    /// it does not deliver is in its gaps, and that it can be written to.
    private static func check(_ disk: SimulatedDisk, _ sent: [UsageEvent], _ what: String) throws {
        let found = try LogVerifier.verify(disk, directory: "/log")
        #expect(!found.isDamaged, "\(what): \(found.problems)")
        let (events, gaps) = try read(disk)
        #expect(gaps == found.gaps, "\(what)")
        for (sequence, event) in events where event != sent[sequence] {
            Issue.record("\(what): event \(sequence) is another")
        }
        var missing = Set(0..<sent.count)
        for (sequence, _) in events { missing.remove(sequence) }
        for gap in gaps { for lost in gap.firstSequence..<gap.endSequence { missing.remove(Int(lost)) } }
        if !gaps.contains(where: \.isOpen) { #expect(missing == [], "\(what)") }
        let copy = disk.copy()
        var writer = try LogWriter(copy, directory: "/log")
        var generator = RandomBatches(seed: 5)
        let more = generator.batch(3, .plausible)
        let first = try writer.append(more, symbols: generator.symbols, received: nil)
        if !gaps.contains(where: \.isOpen) { #expect(first == UInt64(sent.count), "\(what)") }
        try writer.close()
        #expect(try read(copy).events.count == events.count + 3, "\(what)")
        #expect(try LogVerifier.verify(copy, directory: "/log").isSound, "\(what)")
    }

    private static let beyond: Set<String> = [
        "the first segment is missing", "the second segment is missing", "a segment under another's name",
        "a byte of a segment header",
    ]

    @Test(arguments: DamageTests.table)
    func `each kind of damage is repaired, or refused without a change`(_ mutation: Mutation) throws {
        let log = try SmallLog()
        mutation.apply(log.disk, log.paths)
        let before = try Self.segments(log.disk)
        if Self.beyond.contains(mutation.name) {
            do throws(LogError) {
                _ = try LogRepairer.repair(log.disk, directory: "/log")
                Issue.record("it was repaired")
            } catch {
                guard case .beyondRepair = error else { throw error }
                #expect("\(error)".contains("backup"))
            }
            #expect(try Self.segments(log.disk) == before)
            return
        }
        let plan = try LogRepairer.repair(log.disk, directory: "/log", isDryRun: true)
        #expect(try Self.segments(log.disk) == before)
        #expect(plan.losses.isEmpty == (mutation.outcome != .damaged))
        #expect(plan.hasTornTail == (mutation.outcome == .torn))
        let done = try LogRepairer.repair(log.disk, directory: "/log")
        #expect(done.losses.map(\.events) == plan.losses.map(\.events))
        #expect(done.kept + done.lost == 108)
        for loss in done.losses where loss.bytes > 0 {
            let name = String(loss.file.split(separator: "/").last ?? "")
            let old = try #require(before[name])
            let kept = log.disk.contents(loss.quarantined ?? "")
            #expect(kept == Array(old[loss.offset..<loss.offset + loss.bytes]))
        }
        try Self.check(log.disk, log.events, mutation.name)
        if mutation.outcome != .damaged { #expect(try Self.segments(log.disk) == before) }
        let after = try Self.segments(log.disk)
        #expect(try LogRepairer.repair(log.disk, directory: "/log").losses == [])
        #expect(try Self.segments(log.disk) == after)
    }

    @Test func `the lost events are named, with the times around them`() throws {
        let log = try SmallLog()
        Mutation.edit(log.disk, log.paths[1]) { bytes, blocks in bytes[blocks[1] + 200] ^= 1 }
        let problems = try LogVerifier.verify(log.disk, directory: "/log").problems
        let damage = try #require(problems.first?.damage)
        let losses = try LogRepairer.repair(log.disk, directory: "/log").losses
        let loss = try #require(losses.first)
        #expect(loss.firstSequence == damage.firstSequence && loss.endSequence == damage.endSequence)
        let first = Int(loss.firstSequence)
        #expect(loss.timeBefore == log.events[first - 1].ts.rawValue)
        #expect(loss.timeAfter == log.events[first + 9].ts.rawValue)
        let found = try LogVerifier.verify(log.disk, directory: "/log")
        #expect(found.isSound && found.missing == 9 && found.gaps.count == 1)
        #expect(try LogStatistics(log.disk, directory: "/log").events == 99)
    }

    @Test func `every flipped bit is repaired, and costs one block at most`() throws {
        let log = try SmallLog(blocks: 3, rows: 2, segmentBytes: 600)
        for path in log.paths {
            let bytes = try #require(log.disk.contents(path))
            for bit in stride(from: 128 * 8, to: bytes.count * 8, by: 41) {
                let disk = log.disk.copy()
                var changed = bytes
                changed[bit >> 3] ^= 1 << UInt8(bit & 7)
                disk.place(path, changed)
                let done = try LogRepairer.repair(disk, directory: "/log")
                #expect(done.lost <= 2 && done.losses.count <= 1, "bit \(bit) of \(path)")
                try Self.check(disk, log.events, "bit \(bit) of \(path)")
            }
        }
    }

    /// Two segments damaged in three places, one of them at the end of a segment.
    private static func damaged() throws -> SmallLog {
        let log = try SmallLog()
        Mutation.edit(log.disk, log.paths[0]) { bytes, b in
            bytes[b[0] + 300] ^= 4
            bytes[b[b.count - 2] + 20] ^= 4
        }
        Mutation.edit(log.disk, log.paths[1]) { bytes, b in
            for i in b[1]..<b[2] + 80 { bytes[i] = 0x55 }
        }
        return log
    }

    @Test func `a crash at any call leaves each segment old or new, and another repair ends the work`()
        throws
    {
        let log = try Self.damaged()
        let old = try Self.segments(log.disk)
        let whole = log.disk.copy()
        let calls = whole.calls
        let wanted = try LogRepairer.repair(whole, directory: "/log")
        let total = whole.calls - calls
        let new = try Self.segments(whole)
        #expect(wanted.losses.map(\.events) == [9, 9, 18])
        #expect(old.keys.sorted() == new.keys.sorted())
        #expect(total > 40)
        for k in 1...total {
            let disk = log.disk.copy()
            disk.faults.crashAt = disk.calls + k
            #expect(throws: LogError.self, "call \(k)") {
                _ = try LogRepairer.repair(disk, directory: "/log")
                // What fails after the last rename is the closing of files, which is told nobody.
                if disk.hasCrashed { throw LogError.noSuchLog(path: "") }
            }
            disk.crash()
            for (name, bytes) in try Self.segments(disk) where name.hasSuffix(".seg") {
                #expect(bytes == old[name] || bytes == new[name], "call \(k): \(name)")
            }
            _ = try LogRepairer.repair(disk, directory: "/log")
            #expect(try Self.segments(disk) == new, "call \(k)")
            try Self.check(disk, log.events, "call \(k)")
        }
    }

    @Test func `the check above would see a repair that does not sync before it renames`() throws {
        let log = try Self.damaged()
        let old = try Self.segments(log.disk)
        let whole = log.disk.copy()
        _ = try LogRepairer.repair(whole, directory: "/log")
        let new = try Self.segments(whole)
        var isCaught = false
        for seed: UInt64 in 0..<4 where !isCaught {
            // The cut comes after the last call: nothing but a sync that did its work can help.
            let disk = SimulatedDisk(seed: seed)
            try disk.makeDirectory("/log")
            try disk.makeDirectory("/log/segments")
            for (name, bytes) in old { disk.place("/log/segments/" + name, bytes) }
            disk.faults.ignoresSync = true
            _ = try LogRepairer.repair(disk, directory: "/log")
            disk.crash()
            isCaught = try Self.segments(disk).contains { $1 != old[$0] && $1 != new[$0] }
        }
        #expect(isCaught)
    }

    @Test(arguments: [IOFailure.deviceError, IOFailure.noSpace])
    func `a failing call stops the repair, and another one ends the work`(_ errno: Int32) throws {
        let log = try Self.damaged()
        let old = try Self.segments(log.disk)
        let whole = log.disk.copy()
        _ = try LogRepairer.repair(whole, directory: "/log")
        let new = try Self.segments(whole)
        for k in 1...60 {
            let disk = log.disk.copy()
            disk.faults.failAt = disk.calls + k
            disk.faults.errno = errno
            do throws(LogError) {
                _ = try LogRepairer.repair(disk, directory: "/log")
            } catch {
                for (name, bytes) in try Self.segments(disk) where name.hasSuffix(".seg") {
                    #expect(bytes == old[name] || bytes == new[name], "call \(k): \(name)")
                }
            }
            disk.faults = SimulatedDisk.Faults()
            disk.crash()
            _ = try LogRepairer.repair(disk, directory: "/log")
            #expect(try Self.segments(disk) == new, "call \(k)")
        }
    }

    @Test func `what was lost is read again from its source, everything else is a duplicate`() throws {
        let log = try SmallLog()
        Mutation.edit(log.disk, log.paths[1]) { bytes, blocks in bytes[blocks[1] + 200] ^= 1 }
        let losses = try LogRepairer.repair(log.disk, directory: "/log").losses
        let loss = try #require(losses.first)
        var writer = try LogWriter(log.disk, directory: "/log")
        var window = try DuplicateWindow.restore(
            log.disk, directory: "/log", horizon: writer.recovery.duplicates)
        var symbols = Symbols()
        var batch = EventBatch()
        for event in log.events { batch.append(event, symbols: &symbols) }
        let mask = try window.admit(batch, symbols: symbols, firstSequence: writer.nextSequence)
        batch.keep(try #require(mask))
        _ = try writer.append(batch, symbols: symbols, received: nil, duplicates: window.horizon)
        try writer.close()
        let read = try Self.read(log.disk).events
        let lost = Int(loss.firstSequence)..<Int(loss.endSequence)
        #expect(read.suffix(9).map(\.event) == Array(log.events[lost]))
        #expect(read.suffix(9).map(\.sequence) == Array(108..<117))
    }

    @Test func `a log that is written to is left alone, and so is what is no log`() throws {
        let log = try SmallLog(isClosed: false)
        let writer = try LogWriter(log.disk, directory: "/log")
        #expect(throws: LogError.locked(path: "/log", holder: 4_711)) {
            _ = try LogRepairer.repair(log.disk, directory: "/log")
        }
        #expect(writer.nextSequence == 108)
        #expect(throws: LogError.noSuchLog(path: "/none")) {
            _ = try LogRepairer.repair(log.disk, directory: "/none")
        }
        #expect(try log.disk.list("/") == ["log"])
    }
}
