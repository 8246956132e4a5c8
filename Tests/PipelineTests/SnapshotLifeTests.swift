import Alerting
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Lives of a log that is fed through power cuts, deaths of the process and failing calls, with a snapshot
/// after every batch.
@Suite struct SnapshotLifeTests {
    private typealias Log = SnapshotRestartTests.Log
    private static let pieces = 8

    private let events: [[UsageEvent]]
    private let journal: [UInt8]

    init() throws {
        var organisation = RandomOrganisation(seed: 77)
        events = (0..<Self.pieces).map { _ in
            // With ids: a piece that is fed again is dropped whole.
            organisation.events(60)
        }
        let log = try Self.log(SimulatedDisk())
        for piece in events { try log.ingest(piece) }
        journal = log.journal
    }

    private static func log(_ disk: SimulatedDisk) throws -> Log {
        var log = try Log(disk)
        log.segmentBytes = 6_000
        return log
    }

    @Test func `there are alerts to lose`() { #expect(journal.count { $0 == 10 } >= 3) }

    @Test(arguments: 0..<UInt64(30))
    func `after any crash a start from a snapshot ends where the whole fold does`(seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        let log = try Self.log(disk)
        var random = SplitMix64(seed: seed)
        var piece = 0
        var lives = 0
        while piece < Self.pieces {
            lives += 1
            if lives < 30 {
                disk.faults.crashAt = disk.calls + 1 + random.below(140)
                disk.faults.shortWrites = random.below(4) == 0
                if random.below(3) == 0 {
                    disk.faults.failAt = disk.calls + 1 + random.below(120)
                    disk.faults.errno = random.below(2) == 0 ? IOFailure.deviceError : IOFailure.noSpace
                }
            }
            let failures = disk.failures
            do {
                try log.ingest(events[piece])
                piece += 1
            } catch {
                #expect(disk.hasCrashed || disk.failures > failures, "seed \(seed), life \(lives): \(error)")
            }
            if random.below(4) == 0 { disk.kill() } else { disk.crash() }
            disk.faults = SimulatedDisk.Faults()
            // Whole and of this log means right.
            for name in log.store.names() {
                guard let snapshot = try? log.store.read(name),
                    (try? snapshot.head.mark.reader(disk, directory: Log.path, log: snapshot.head.log)) != nil
                else { continue }
                let (_, digest) = try log.fold(until: snapshot.head.mark)
                #expect(snapshot.head.digest == digest, "seed \(seed), life \(lives), \(name)")
            }
        }
        try log.ingest([])
        let (found, folded) = (log.journal, try log.fold().journal)
        let isEqual = found == journal && found == folded
        #expect(isEqual, "seed \(seed)")
        #expect(try LogVerifier.verify(disk, directory: Log.path).isSound)
        // Whatever unfinished files the crashes left, the next snapshot removes.
        try log.ingest(
            Array("{\"ts\":\"2026-03-01T00:00:00Z\",\"identity\":\"z\",\"input_tokens\":1}\n".utf8))
        #expect(try disk.list("/log/snapshots").count <= 2)
        try log.checkSnapshot()
    }
}
