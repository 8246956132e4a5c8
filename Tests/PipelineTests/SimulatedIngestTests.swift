import Alerting
import Connectors
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Whole runs of ingestion on a simulated disk: log, refused lines, configuration and journal, through power
/// cuts, deaths of the process and failing calls.
@Suite struct SimulatedIngestTests {
    private static let log = "/log"
    private static let pieces = 12

    private let directory: TemporaryDirectory
    private let files: [String]
    /// Request ids in the order in which they must stand in the log, and how many each piece completes.
    private let ids: [String]
    private let idsAfter: [Int]
    private let journal: [UInt8]

    init() throws {
        directory = try TemporaryDirectory()
        var files: [String] = []
        var ids: [String] = []
        var idsAfter: [Int] = []
        for piece in 0..<Self.pieces {
            var text = ""
            for n in piece * 8..<piece * 8 + 8 {
                let model = n > 60 && n % 9 == 0 ? "model-\(n)" : "model-a"
                text +=
                    "{\"ts\":\"2026-04-\(10 + piece)T0\(n % 8):00:00Z\","
                    + "\"identity\":\"p\(n % 3)@acme.example\","
                    + "\"model\":\"\(model)\",\"input_tokens\":\(n),\"request_id\":\"r\(n)\"}\n"
                ids.append("r\(n)")
                if n % 5 == 4 { text += "{\"ts\":\"\(n)\"}\n" }
            }
            idsAfter.append(ids.count)
            files.append(try directory.write("piece-\(piece).ndjson", text.utf8))
        }
        self.files = files
        self.ids = ids
        self.idsAfter = idsAfter
        let disk = SimulatedDisk()
        try Self.run(disk, files) { _ in }
        journal = try #require(disk.contents(Journal<SimulatedDisk>.path(inLog: Self.log)))
    }

    private static func run(
        _ disk: SimulatedDisk, _ files: [String], durable: @escaping (Int) -> Void
    ) throws {
        var options = IngestOptions(log: log, feed: FeedOptions(sources: files, prices: .bundled))
        options.segmentBytes = 2_500
        options.environment = ["TIDEMARK_DETECTION_NEW_MODEL_LEARNING_DAYS": "1"]
        var observer = IngestObserver()
        observer.durable = durable
        _ = try Ingest(disk, options: options, observer: observer).run(observer)
    }

    /// What the log holds, as ids.
    private static func recovered(_ disk: SimulatedDisk) throws(LogError) -> [String] {
        var found: [String] = []
        do throws(LogError) {
            var reader = try LogReader(disk, directory: log)
            var batch = EventBatch()
            var symbols = Symbols()
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                guard case .events = record else { continue }
                for row in 0..<batch.count { found.append(batch.requestID[row] ?? "") }
            }
        } catch {
            guard case .noSuchLog = error else { throw error }
        }
        return found
    }

    @Test func `there are alerts to lose`() {
        #expect(journal.count { $0 == 10 } >= 3)
    }

    @Test(arguments: 0..<UInt64(40))
    func `after any crash the log has what was acknowledged, and the journal what the log says`(seed: UInt64)
        throws
    {
        let disk = SimulatedDisk(seed: seed)
        var random = SplitMix64(seed: seed)
        var delivered = 0
        for crash in 0..<6 {
            disk.faults.crashAt = disk.calls + 1 + random.below(160)
            disk.faults.shortWrites = random.below(4) == 0
            if random.below(3) == 0 {
                disk.faults.failAt = disk.calls + 1 + random.below(120)
                disk.faults.errno = random.below(2) == 0 ? IOFailure.deviceError : IOFailure.noSpace
            }
            // The sender goes back a piece: it does not know what arrived.
            let first = max(0, delivered - random.below(2))
            let lines = try files[first...].map { file in
                try directory.read(String(file.split(separator: "/").last ?? "")).count { $0 == 10 }
            }
            let failures = disk.failures
            do {
                try Self.run(disk, Array(files[first...])) { told in
                    var count = 0
                    for (i, n) in lines.enumerated() {
                        count += n
                        if count <= told { delivered = max(delivered, first + i + 1) }
                    }
                }
            } catch {
                #expect(disk.hasCrashed || disk.failures > failures, "seed \(seed), crash \(crash): \(error)")
            }
            if random.below(4) == 0 { disk.kill() } else { disk.crash() }
            let found = try Self.recovered(disk)
            #expect(found == Array(ids.prefix(found.count)), "seed \(seed), crash \(crash)")
            #expect(
                found.count >= (delivered == 0 ? 0 : idsAfter[delivered - 1]), "seed \(seed), crash \(crash)")
        }
        try Self.run(disk, files) { _ in }
        disk.crash()
        #expect(try Self.recovered(disk) == ids)
        #expect(try LogVerifier.verify(disk, directory: Self.log).isSound)
        #expect(disk.contents(Journal<SimulatedDisk>.path(inLog: Self.log)) == journal, "seed \(seed)")
    }
}
