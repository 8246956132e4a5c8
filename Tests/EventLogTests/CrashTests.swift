import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct CrashTests {
    /// Each system call of a short session fails once, then for good; whatever was acknowledged before is
    /// there after.
    @Test(
        arguments: ["write", "fdatasync", "ftruncate", "open", "fsync", "unlink", "mkdir", "close"],
        [false, true])
    func `a failing call stops acknowledgements, not the truth`(_ operation: String, _ failsOn: Bool) throws {
        for errno in [IOFailure.deviceError, IOFailure.noSpace] {
            for k in 1...30 {
                let disk = SimulatedDisk(seed: UInt64(k))
                disk.faults.failAt = k
                disk.faults.failing = operation
                disk.faults.failsOn = failsOn
                disk.faults.errno = errno
                let acknowledged = Self.session(disk)
                disk.crash()
                let writer = try LogWriter(disk, directory: "/log")
                #expect(writer.nextSequence >= acknowledged)
                #expect(writer.nextSequence <= 24)
                let log = try WholeLog(disk, "/log")
                #expect(log.events.map(\.inputTokens) == (0..<Int64(writer.nextSequence)).map { $0 })
            }
        }
    }

    /// Appends 12 blocks of two events; gives up at the first error; returns what was acknowledged.
    private static func session(_ disk: SimulatedDisk) -> UInt64 {
        var acknowledged: UInt64 = 0
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 1_200
        var symbols = Symbols()
        do throws(LogError) {
            var writer = try LogWriter(disk, directory: "/log", options: options)
            for block in 0..<12 {
                var batch = EventBatch()
                for k in 0..<2 {
                    var event = UsageEvent(ts: Timestamp(rawValue: 1), identity: "a")
                    event.inputTokens = Int64(2 * block + k)
                    batch.append(event, symbols: &symbols)
                }
                _ = try writer.append(batch, symbols: symbols, received: nil)
                acknowledged = try writer.commit()
            }
            try writer.close()
        } catch {}
        return acknowledged
    }

    @Test func `a torn write at every byte of the last block is cut, and writing goes on`() throws {
        let disk = SimulatedDisk(seed: 9)
        var generator = RandomBatches(seed: 9)
        var writer = try LogWriter(disk, directory: "/log")
        _ = try writer.append(generator.batch(3, .plausible), symbols: generator.symbols, received: nil)
        try writer.commit()
        let path = "/log/segments/00000000000000000000.seg"
        let before = try #require(disk.contents(path))
        _ = try writer.append(generator.batch(5, .plausible), symbols: generator.symbols, received: nil)
        try writer.commit()
        let whole = try #require(disk.contents(path))
        for length in before.count..<whole.count {
            for zeros in length % 4 == 0 ? [0, 700] : [0] {
                let copy = disk.copy()
                copy.place(path, Array(whole[..<length]) + [UInt8](repeating: 0, count: zeros))
                if zeros > 0, length + zeros >= whole.count, length > whole.count - 9 { continue }
                let log = try WholeLog(copy, "/log")
                #expect(log.events.count == 3)
                var again = try LogWriter(copy, directory: "/log")
                #expect(again.nextSequence == 3)
                #expect(again.recovery.tornBytes == length + zeros - before.count)
                #expect(again.recovery.quarantined.count == (length + zeros > before.count ? 1 : 0))
                _ = try again.append(
                    generator.batch(2, .plausible), symbols: generator.symbols, received: nil)
                try again.close()
                #expect(try WholeLog(copy, "/log").events.count == 5)
                #expect(try LogVerifier.verify(copy, directory: "/log").isSound)
            }
        }
    }

    @Test func `a full disk refuses, keeps what was acknowledged, and goes on by itself`() throws {
        let disk = SimulatedDisk(seed: 5)
        var generator = RandomBatches(seed: 5)
        disk.faults.capacity = 40_000
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 7_000
        var writer = try LogWriter(disk, directory: "/log", options: options)
        var sent: [UsageEvent] = []
        var refusals = 0
        while sent.count < 3_000 {
            let batch = generator.batch(40, .plausible)
            while true {
                do throws(LogError) {
                    let first = try writer.append(batch, symbols: generator.symbols, received: nil)
                    #expect(first == UInt64(sent.count))
                    try writer.commit()
                    break
                } catch {
                    guard case .full = error else { throw error }
                    refusals += 1
                    #expect(try WholeLog(disk, "/log").events.count == sent.count)
                    disk.faults.capacity? += 3_000
                }
            }
            for row in 0..<batch.count { sent.append(batch.event(at: row, symbols: generator.symbols)) }
        }
        #expect(refusals > 5)
        try writer.close()
        disk.crash()
        #expect(try WholeLog(disk, "/log").events == sent)
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
    }

    @Test func `after a failed sync the writer refuses to go on, and opening again reads what is there`()
        throws
    {
        let disk = SimulatedDisk(seed: 3)
        var generator = RandomBatches(seed: 3)
        var writer: LogWriter<SimulatedDisk>? = try LogWriter(disk, directory: "/log")
        let batch = generator.batch(4, .plausible)
        _ = try writer?.append(batch, symbols: generator.symbols, received: nil)
        disk.faults.failing = "fdatasync"
        disk.faults.failAt = disk.calls + 1
        #expect(throws: LogError.self) { try writer?.commit() }
        disk.faults = SimulatedDisk.Faults()
        for _ in 0..<3 {
            #expect(throws: LogError.self) { try writer?.commit() }
            #expect(throws: LogError.self) {
                _ = try writer?.append(batch, symbols: generator.symbols, received: nil)
            }
        }
        writer = nil
        // The cache still shows the block: opening writes it once more, so that it is durable when it counts.
        let again = try LogWriter(disk, directory: "/log")
        let count = again.nextSequence
        disk.crash()
        #expect(try WholeLog(disk, "/log").events.count == Int(count))
    }
}
