import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct PruneTests {
    private static func sealed(_ seed: UInt64) throws -> SimulatedDisk {
        let disk = try SealTests.write(seed, segmentBytes: 2_500)
        _ = try LogSealer.seal(disk, directory: "/log")
        return disk
    }

    private static func configurations(_ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("control configuration") }.map { String($0.split(separator: " ")[3]) }
    }

    @Test func `the oldest segments go, the rest reads as before, and the configuration is carried on`()
        throws
    {
        for seed: UInt64 in 0..<6 {
            let disk = try Self.sealed(seed)
            let before = try Records(disk).lines
            let bytes = try LogStatistics(disk, directory: "/log").bytes
            var policy = LogPruner<SimulatedDisk>.Policy()
            policy.bytesMax = bytes / 2
            let plan = try LogPruner.prune(disk, directory: "/log", policy: policy, isDryRun: true)
            #expect(try Records(disk).lines == before)
            let done = try LogPruner.prune(disk, directory: "/log", policy: policy)
            #expect(done == plan && done.segments > 0 && done.bytesKept <= bytes / 2)
            let after = try Records(disk).lines
            let kept = after.filter { !$0.hasPrefix("control") && !$0.hasPrefix("tick") }
            #expect(
                kept
                    == before.filter {
                        UInt64($0.split(separator: " ")[0]) ?? 0 >= done.firstKept && !$0.hasPrefix("control")
                            && !$0.hasPrefix("tick")
                    })
            #expect(Self.configurations(after).last == Self.configurations(before).last)
            let found = try LogVerifier.verify(disk, directory: "/log")
            #expect(found.problems == [] && found.expired > 0 && found.missing == 0)
            #expect(found.events == UInt64(kept.count))
            #expect(try LogPruner.prune(disk, directory: "/log", policy: policy).segments == 0)
            var writer = try LogWriter(disk, directory: "/log")
            var generator = RandomBatches(seed: 9)
            let more = generator.batch(2, .plausible)
            #expect(try writer.append(more, symbols: generator.symbols, received: nil) == 149)
            try writer.close()
            policy.bytesMax = 0
            _ = try LogPruner.prune(disk, directory: "/log", policy: policy)
            #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
            #expect(Self.configurations(try Records(disk).lines).last == Self.configurations(before).last)
        }
    }

    @Test func `only segments whose events are all too old go`() throws {
        let disk = try Self.sealed(2)
        let stat = try LogStatistics(disk, directory: "/log")
        var policy = LogPruner<SimulatedDisk>.Policy()
        policy.oldest = stat.firstTs
        #expect(try LogPruner.prune(disk, directory: "/log", policy: policy).segments == 0)
        policy.oldest = stat.lastTs.map { $0 + 1 }
        // The last segment always stays.
        #expect(try LogPruner.prune(disk, directory: "/log", policy: policy).segments == stat.segments - 1)
    }

    @Test func `a crash at any call leaves a log that opens, and another run ends the work`() throws {
        let intact = try Self.sealed(4)
        var policy = LogPruner<SimulatedDisk>.Policy()
        policy.bytesMax = 3_000
        let wanted = intact.copy()
        _ = try LogPruner.prune(wanted, directory: "/log", policy: policy)
        let after = try Records(wanted).lines
        let before = try Records(intact).lines
        var isEnough = false
        for k in 1...2_000 where !isEnough {
            let disk = intact.copy()
            disk.faults.crashAt = disk.calls + k
            isEnough =
                (try? LogPruner.prune(disk, directory: "/log", policy: policy)) != nil && !disk.hasCrashed
            disk.crash()
            #expect(try LogVerifier.verify(disk, directory: "/log").problems == [], "call \(k)")
            let lines = try Records(disk).lines
            #expect(lines.suffix(5) == before.suffix(5), "call \(k)")
            try LogWriter(disk, directory: "/log").close()
            _ = try LogPruner.prune(disk, directory: "/log", policy: policy)
            #expect(try Records(disk).lines == after, "call \(k)")
        }
        #expect(isEnough)
    }
}
