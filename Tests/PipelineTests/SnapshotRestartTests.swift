import Alerting
import Connectors
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Runs of ingestion that begin from snapshots, against the fold of the whole log.
@Suite struct SnapshotRestartTests {
    /// One log on a simulated disk that is fed piece by piece; every run makes a snapshot.
    struct Log {
        static let path = "/log"
        let disk: SimulatedDisk
        let directory: TemporaryDirectory
        var policy = SnapshotPolicy(workMin: 0, workPerAccount: 0, workMax: 0, seconds: 0)
        var isLive = false
        var segmentBytes = 20_000

        init(_ disk: SimulatedDisk = SimulatedDisk()) throws {
            self.disk = disk
            directory = try TemporaryDirectory()
        }

        /// Runs ingestion over some lines; returns what the user was told.
        @discardableResult
        func ingest(_ lines: [UInt8], environment: [String: String] = [:]) throws -> [String] {
            let file = try directory.write("piece.ndjson", lines)
            var feed = FeedOptions(sources: lines.isEmpty ? [] : [file], prices: .bundled)
            feed.isLive = isLive
            var options = IngestOptions(log: Self.path, feed: feed)
            options.snapshots = policy
            options.segmentBytes = segmentBytes
            options.environment = environment
            var told: [String] = []
            var observer = IngestObserver()
            observer.notice = { told.append($0) }
            let summary = try Ingest(disk, options: options, observer: observer).run(observer)
            #expect(summary.counts.rejected.isEmpty)
            return told
        }

        func ingest(_ events: some Collection<UsageEvent>) throws {
            var symbols = Symbols()
            var batch = EventBatch()
            for event in events { batch.append(event, symbols: &symbols) }
            var lines: [UInt8] = []
            CanonicalEventWriter().write(batch, rows: 0..<batch.count, symbols: symbols, into: &lines)
            try ingest(lines)
        }

        var store: SnapshotStore<SimulatedDisk> { SnapshotStore(disk, log: Self.path) }
        var journal: [UInt8] { disk.contents(Journal<SimulatedDisk>.path(inLog: Self.path)) ?? [] }

        /// The journal that a fold of the whole log gives, and the digest of the engine at a mark.
        func fold(until mark: LogMark? = nil) throws -> (journal: [UInt8], digest: Hash128) {
            var fold = try LogFold(disk, directory: Self.path)
            var out: [UInt8] = []
            var transitions: [AlertTransition] = []
            while fold.mark != mark, try fold.step(into: &transitions) {
                for transition in transitions {
                    transition.write(into: &out)
                    out.append(UInt8(ascii: "\n"))
                }
                transitions.removeAll(keepingCapacity: true)
            }
            if let mark { #expect(fold.mark == mark) }
            return (out, fold.engine.digest(symbols: fold.symbols))
        }

        /// Whether the newest snapshot says what the whole log says up to its place, or another log that
        /// has the same events.
        func checkSnapshot(_ whole: Log? = nil) throws {
            for name in store.names().prefix(1) {
                let snapshot = try store.read(name)
                let (journal, digest) = try (whole ?? self).fold(until: snapshot.head.mark)
                #expect(snapshot.head.digest == digest, "\(name)")
                #expect(snapshot.head.journal.bytes == journal.count)
                #expect(snapshot.head.journal.checksum == CRC32C.of(journal.span))
            }
        }
    }

    @Test func `the demo's corpus in pieces: every snapshot is the state of the whole fold`() throws {
        var log = try Log()
        log.segmentBytes = 60_000
        let lines = DemoCorpus.bytes().split(separator: UInt8(ascii: "\n"))
        var first = 0
        for size in [1, 3, 700, 40, 2_000, 1, 6_000] + Array(repeating: 4_000, count: 6)
        where first < lines.count {
            let piece = lines[first..<min(first + size, lines.count)].joined(separator: [10])
            let told = try log.ingest(Array(piece))
            #expect(told == [], "\(told)")
            first += size
            try log.checkSnapshot()
            #expect(log.store.names().count <= 2)
        }
        #expect(first >= lines.count)
        #expect(log.store.names().count == 2)
        let isEqual = log.journal == (try log.fold().journal)
        #expect(isEqual)
        #expect(log.journal.count { $0 == 10 } >= 8)
    }

    @Test(arguments: 0..<UInt64(4))
    func `random streams with a new configuration in the middle`(seed: UInt64) throws {
        var log = try Log()
        log.isLive = seed % 3 == 1
        var random = SplitMix64(seed: seed)
        var organisation = RandomOrganisation(seed: seed)
        for run in 0..<10 {
            try log.ingest(organisation.events(40 + random.below(250)))
            if run == 3 || run == 6 {
                var settings = TidemarkConfiguration()
                try settings.apply(assignments: [
                    "detection.spend_spike.sensitivity=\(run)",
                    "detection.new_model.learning_days=\(run - 2)",
                ])
                #expect(
                    try RunConfiguration.load(settings, into: Log.path, log.disk, observer: IngestObserver()))
            }
            if run == 5 {
                // Another one and back: both stand at the same sequence.
                for days in ["1", "2"] {
                    try log.ingest([], environment: ["TIDEMARK_DETECTION_NEW_MODEL_LEARNING_DAYS": days])
                }
            }
            if log.isLive, run % 2 == 1 {
                var writer = try LogWriter(log.disk, directory: Log.path)
                try writer.appendTick(received: 1_900_000_000_000 + Int64(run) * 7_200_000)
                try writer.close()
                try log.ingest([])
            }
            try log.checkSnapshot()
            let isEqual = log.journal == (try log.fold().journal)
            #expect(isEqual, "seed \(seed), run \(run)")
        }
        #expect(log.journal.count { $0 == 10 } >= 5)
        #expect(log.store.names().count == 2)
    }

    @Test func `a run that begins from a snapshot reads the tail only`() throws {
        var log = try Log()
        log.segmentBytes = 4_000
        var organisation = RandomOrganisation(seed: 9)
        for _ in 0..<6 { try log.ingest(organisation.events(200)) }
        log.policy.workMin = .max
        try log.ingest(organisation.events(100))
        // Without the first segments nothing that reads them can succeed.
        let names = try log.disk.list("/log/segments")
        #expect(names.count >= 3)
        let expected = try log.fold()
        let spoiled = log.disk.copy()
        for name in names.prefix(1) {
            let path = "/log/segments/" + name
            guard var bytes = spoiled.contents(path) else { continue }
            for i in 200..<bytes.count { bytes[i] ^= 0x55 }
            spoiled.place(path, bytes)
        }
        var other = try Log(spoiled)
        other.policy = log.policy
        #expect(throws: LogError.self) { try other.fold() }
        #expect(try other.ingest([]) == [])
        #expect(other.journal == expected.journal)
    }

    @Test func `sealing changes neither where a snapshot stands nor what it is`() throws {
        var log = try Log()
        log.segmentBytes = 4_000
        log.isLive = true
        var organisation = RandomOrganisation(seed: 5)
        for _ in 0..<5 { try log.ingest(organisation.events(40)) }
        log.policy.workMin = .max
        try log.ingest(organisation.events(30))
        let before = try log.fold()
        #expect(try LogSealer.seal(log.disk, directory: Log.path).sealed > 0)
        try log.checkSnapshot()
        let told = try log.ingest([])
        #expect(told == [], "\(told)")
        let after = try log.fold()
        #expect(after.digest == before.digest)
        let isEqual = log.journal == after.journal && log.journal == before.journal
        #expect(isEqual)
    }

    @Test func `without a snapshot worth its while none is made, and small runs add up to one`() throws {
        var log = try Log()
        log.policy = SnapshotPolicy(workMin: 700, workPerAccount: 1, workMax: 1 << 20, seconds: 3_600)
        var organisation = RandomOrganisation(seed: 2)
        try log.ingest(organisation.events(300))
        #expect(log.store.names() == [])
        try log.ingest(organisation.events(500))
        #expect(log.store.names().count == 1)
        try log.ingest(organisation.events(100))
        #expect(log.store.names().count == 1)
        log.policy.workMin = 0
        log.policy.workPerAccount = 1_000
        try log.ingest(organisation.events(100))
        #expect(log.store.names().count == 1)
        log.policy.workPerAccount = 10
        try log.ingest(organisation.events(100))
        #expect(log.store.names().count == 2)
        try log.checkSnapshot()
    }

    @Test func `the configuration in force is found without reading the whole log`() throws {
        let log = try Log()
        var organisation = RandomOrganisation(seed: 2)
        try log.ingest(organisation.events(300))
        for hours in [5, 7] {
            var settings = TidemarkConfiguration()
            try settings.apply(assignments: ["alerting.quiet_hours=\(hours)"])
            _ = try RunConfiguration.load(settings, into: Log.path, log.disk, observer: IngestObserver())
            let found = try AccountHistory.configuration(log.disk, directory: Log.path)
            #expect(found.settings.canonicalText == settings.canonicalText)
            try log.ingest(organisation.events(30))
            #expect(
                try AccountHistory.configuration(log.disk, directory: Log.path).fingerprint
                    == found.fingerprint)
        }
    }
}
