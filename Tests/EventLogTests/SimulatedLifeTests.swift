import EventLog
import Testing
import TidemarkTestKit

/// `make simulate` runs the same lives in a release build, many more of them.
@Suite struct SimulatedLifeTests {
    @Test func `no crash loses, alters, invents, repeats or reorders what was acknowledged`() {
        var sum = SimulatedLife.Result()
        for seed: UInt64 in 0..<120 { sum += SimulatedLife.run(seed: seed) }
        #expect(sum.violations == [])
        #expect(sum.crashPoints > 700)
        #expect(sum.tornTails > 10 && sum.refusals > 0 && sum.failures > 20, "the weather is too fair")
    }

    /// Faults that stand for a mistake in the log; the drill must see each within so many lives.
    @Test(
        arguments: [
            ("acknowledging before the sync", \SimulatedDisk.Faults.ignoresSync),
            ("not syncing the directory", \.ignoresDirectorySync),
            ("not cutting the torn tail", \.ignoresTruncate),
            ("not comparing checksums", \.forges),
        ] as [(String, any WritableKeyPath<SimulatedDisk.Faults, Bool> & Sendable)])
    func `a planted mistake is caught`(
        _ mistake: String, _ fault: any WritableKeyPath<SimulatedDisk.Faults, Bool> & Sendable
    ) {
        var planted = SimulatedDisk.Faults()
        planted[keyPath: fault] = true
        let caught = (0..<60).first { !SimulatedLife.run(seed: $0, planted: planted).violations.isEmpty }
        #expect(caught != nil, "\(mistake) went unnoticed")
    }

    @Test func `a seed repeats itself`() {
        let once = SimulatedLife.run(seed: 7)
        let again = SimulatedLife.run(seed: 7)
        #expect(once.crashPoints == again.crashPoints && once.events == again.events)
        #expect(once.failures == again.failures && once.tornTails == again.tornTails)
    }

    /// A segment whose header is zeros, with records behind it, is no file that was only being created.
    @Test func `a header turned to zeros in front of records is damage, not a torn tail`() throws {
        let log = try SmallLog()
        let last = try #require(log.paths.last)
        var bytes = try #require(log.disk.contents(last))
        for i in 0..<128 { bytes[i] = 0 }
        log.disk.place(last, bytes)
        #expect(try LogVerifier.verify(log.disk, directory: "/log").isDamaged)
        #expect(throws: LogError.self) { _ = try LogWriter(log.disk, directory: "/log").nextSequence }
        #expect(log.disk.contents(last) == bytes)
    }

    /// The header of a new segment could not be synced: the cache shows it, the device never got it.
    @Test func `recovery writes a header once more that nobody knows to be durable`() throws {
        let disk = SimulatedDisk(seed: 11)
        disk.faults.failing = "fdatasync"
        disk.faults.failAt = 1
        disk.faults.failsOn = true
        #expect(throws: LogError.self) { _ = try LogWriter(disk, directory: "/log").nextSequence }
        disk.kill()
        var writer = try LogWriter(disk, directory: "/log")
        try writer.appendTick(received: 1)
        try writer.close()
        disk.crash()
        #expect(try WholeLog(disk, "/log").records == ["tick 1", "durable"])
    }
}
