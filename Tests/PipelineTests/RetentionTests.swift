import Alerting
import Detection
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// What is known of events that retention dropped: the alerts of the rest stay what they were.
@Suite struct RetentionTests {
    private typealias Log = SnapshotRestartTests.Log
    private typealias Pruner = LogPruner<SimulatedDisk>

    /// A sealed log of many segments, with a change of the configuration and, live, with ticks.
    private static func log(seed: UInt64, pieces: Int = 14) throws -> Log {
        var log = try Log()
        log.segmentBytes = 4_000
        log.isLive = seed % 2 == 1
        var organisation = RandomOrganisation(seed: seed)
        for piece in 0..<pieces {
            try log.ingest(organisation.events(60))
            if piece == 4 || piece == 9 {
                var settings = TidemarkConfiguration()
                try settings.apply(assignments: ["detection.new_model.learning_days=\(piece)"])
                #expect(
                    try RunConfiguration.load(settings, into: Log.path, log.disk, observer: IngestObserver()))
            }
            if log.isLive {
                var writer = try LogWriter(log.disk, directory: Log.path)
                try writer.appendTick(received: 1_900_000_000_000 + Int64(piece) * 40_000_000)
                try writer.close()
                try log.ingest([])
            }
        }
        _ = try LogSealer.seal(log.disk, directory: Log.path)
        return log
    }

    private static func policy(_ log: Log, keeping share: Int) throws -> Pruner.Policy {
        var policy = Pruner.Policy()
        policy.bytesMax = try LogStatistics(log.disk, directory: Log.path).bytes * share / 100
        return policy
    }

    /// The log on another disk, without snapshots: it begins with what the log itself says.
    private static func twin(of log: Log, _ disk: SimulatedDisk) throws -> Log {
        var other = try Log(disk)
        other.policy = log.policy
        other.segmentBytes = log.segmentBytes
        other.isLive = log.isLive
        for name in other.store.names() { try disk.remove("/log/snapshots/" + name) }
        return other
    }

    private static func bases(_ log: Log) throws -> [String] {
        try log.disk.list("/log/segments").filter { $0.hasSuffix(".base") }
    }

    /// The lines of the journal that come after where the log begins.
    private static func rest(_ log: Log, of journal: [UInt8]) throws -> [UInt8] {
        let mark = try JournalMark.atStart(log.disk, log: Log.path)
        #expect(mark.bytes <= journal.count && mark.isOf(journal.span.extracting(0..<mark.bytes)))
        return Array(journal[mark.bytes...])
    }

    @Test(arguments: 0..<UInt64(6))
    func `after retention the rest gives the alerts that it gave before, byte for byte`(seed: UInt64) throws {
        let log = try Self.log(seed: seed)
        let full = try log.fold()
        var bytes: [Int] = []
        // Twice: the second time what the first had kept is where it begins.
        for share in [70, 30] {
            let done = try Retention.prune(
                log.disk, directory: Log.path, policy: Self.policy(log, keeping: share))
            #expect(done.segments > 0)
            #expect(try Self.bases(log).count >= 1)
            let base = try #require(try LogBase.find(log.disk, directory: Log.path))
            #expect(base.sequence == done.firstKept)
            let fold = try LogFold(log.disk, directory: Log.path)
            #expect(fold.origin == .base(done.firstKept))
            let pruned = try log.fold()
            #expect(pruned.digest == full.digest, "seed \(seed), \(share) %")
            let isEqual = try pruned.journal == Self.rest(log, of: full.journal)
            #expect(isEqual, "seed \(seed), \(share) %")
            for threads in [1, 2, 3, 8] {
                var told: [UInt8] = []
                let summary = try Replay.log(
                    log.disk, directory: Log.path, override: nil, threads: threads
                ) {
                    for transition in $0 { told += Array(transition.json.utf8) + [UInt8(ascii: "\n")] }
                }
                #expect(summary.origin == fold.origin)
                #expect(told == pruned.journal, "seed \(seed), \(share) %, \(threads) threads")
            }
            bytes.append(pruned.journal.count)
            var lines = full.journal.split(separator: UInt8(ascii: "\n"))
            #expect(fold.journal.isBeginning(of: lines))
            if fold.journal.lines > 0 {
                lines[fold.journal.lines - 1].removeLast()
                #expect(!fold.journal.isBeginning(of: lines))
            }
            #expect(try LogVerifier.verify(log.disk, directory: Log.path).isSound)
            #expect(try Retention.problems(log.disk, directory: Log.path).isEmpty)
            let twin = try Self.twin(of: log, log.disk.copy())
            #expect(try twin.ingest([]) == [])
            let isSame = twin.journal == full.journal
            #expect(isSame, "seed \(seed), \(share) %")
        }
        #expect(bytes[0] > bytes[1] && bytes[1] > 0)
    }

    @Test(arguments: [2, 4] as [UInt64])
    func `a pruned log goes on as the whole one does, with and without snapshots`(seed: UInt64) throws {
        let whole = try Self.log(seed: seed)
        let pruned = try Self.twin(of: whole, whole.disk.copy())
        _ = try Retention.prune(
            pruned.disk, directory: Log.path, policy: Self.policy(pruned, keeping: 40))
        var organisation = RandomOrganisation(seed: seed + 100)
        for _ in 0..<4 {
            let events = organisation.events(50)
            try whole.ingest(events)
            try pruned.ingest(events)
            let isEqual = pruned.journal == whole.journal
            #expect(isEqual)
            try pruned.checkSnapshot(whole)
            let cold = try Self.twin(of: pruned, pruned.disk.copy())
            #expect(try cold.ingest([]) == [])
            let isSame = cold.journal == whole.journal
            #expect(isSame)
        }
    }

    @Test func `under another configuration nothing that was known becomes new, and it is told`() throws {
        let log = try Self.log(seed: 4)
        var settings = TidemarkConfiguration()
        try settings.apply(assignments: ["detection.spend_spike.sensitivity=2"])
        let other = RunConfiguration(settings)
        func news() throws -> (told: [AlertTransition], origin: FoldOrigin) {
            var told: [AlertTransition] = []
            let summary = try Replay.log(log.disk, directory: Log.path, override: other, threads: 2) {
                told += $0.filter { $0.kind == .newModel || $0.kind == .newMCPServer }
            }
            return (told.filter { $0.state == .firing && $0.seq == 0 }, summary.origin)
        }
        let before = try news()
        #expect(before.origin == .nothing && before.origin.notice == nil)
        let done = try Retention.prune(
            log.disk, directory: Log.path, policy: Self.policy(log, keeping: 50))
        let after = try news()
        let expected = before.told.filter { $0.firstSequence >= done.firstKept }
        #expect(after.told.map(\.json) == expected.map(\.json))
        #expect(!after.told.isEmpty)
        guard case .learned(done.firstKept, let name) = after.origin else {
            Issue.record("\(after.origin)")
            return
        }
        #expect(after.origin.notice?.contains(name) ?? false)
    }

    @Test func `what is damaged, cut off or of another log is told and not used`() throws {
        let log = try Self.log(seed: 6)
        let done = try Retention.prune(
            log.disk, directory: Log.path, policy: Self.policy(log, keeping: 50))
        let path = LogBase.path(inLog: Log.path, at: done.firstKept)
        let sound = try #require(log.disk.contents(path))
        let foreign = try Self.log(seed: 2)
        let theirs = try Retention.prune(
            foreign.disk, directory: Log.path, policy: Self.policy(foreign, keeping: 50))
        var spoiled = [
            [], Array(sound.dropLast()), sound + [0],
            try #require(foreign.disk.contents(LogBase.path(inLog: Log.path, at: theirs.firstKept))),
        ]
        for i in stride(from: 0, to: sound.count, by: max(sound.count / 200, 1)) {
            var bytes = sound
            bytes[i] ^= 1 << UInt8(i % 8)
            spoiled.append(bytes)
        }
        for (i, bytes) in spoiled.enumerated() {
            log.disk.place(path, bytes)
            let fold = try LogFold(log.disk, directory: Log.path)
            guard case .lost(done.firstKept, _) = fold.origin else {
                Issue.record("\(i): \(fold.origin)")
                continue
            }
            #expect(fold.events == 0 && fold.journal == JournalMark())
        }
        #expect(try Retention.problems(log.disk, directory: Log.path).map(\.path) == [path])
        let told = try Self.twin(of: log, log.disk.copy()).ingest([])
        #expect(told.contains { $0.contains("is not used: it is damaged") }, "\(told)")
    }

    @Test func `a crash at any call leaves a log with the same alerts, and another run ends the work`() throws
    {
        let log = try Self.log(seed: 5, pieces: 5)
        // Something was dropped before.
        _ = try Retention.prune(log.disk, directory: Log.path, policy: Self.policy(log, keeping: 80))
        let policy = try Self.policy(log, keeping: 50)
        let journal = log.journal
        let wanted = try Self.twin(of: log, log.disk.copy())
        _ = try Retention.prune(wanted.disk, directory: Log.path, policy: policy)
        let files = try wanted.disk.list("/log/segments")
        var isEnough = false
        for k in 1...3_000 where !isEnough {
            let disk = log.disk.copy()
            disk.faults.crashAt = disk.calls + k
            isEnough =
                (try? Retention.prune(disk, directory: Log.path, policy: policy)) != nil && !disk.hasCrashed
            disk.crash()
            disk.faults = SimulatedDisk.Faults()
            let crashed = try Self.twin(of: log, disk)
            #expect(try LogVerifier.verify(disk, directory: Log.path).problems == [], "call \(k)")
            let isEqual = try crashed.fold().journal == Self.rest(crashed, of: journal)
            #expect(isEqual, "call \(k)")
            _ = try Retention.prune(disk, directory: Log.path, policy: policy)
            #expect(try disk.list("/log/segments") == files, "call \(k)")
            guard k % 8 == 0 else { continue }
            #expect(try crashed.ingest([]) == [], "call \(k)")
            let isSame = crashed.journal == journal
            #expect(isSame, "call \(k)")
        }
        #expect(isEnough)
    }

    // MARK: - Erasure

    private static let erased = "p7@acme.example"

    /// Whether a stored or unpacked byte of what is kept still spells a name.
    private static func isFound(_ name: String, _ disk: SimulatedDisk) throws -> Bool {
        for file in try disk.list("/log/segments") {
            let path = "/log/segments/" + file
            let bytes = disk.contents(path) ?? []
            if bytes.firstRange(of: Array(name.utf8)) != nil { return true }
            guard file.hasSuffix(".base") else { continue }
            let snapshot = try SnapshotFile.read(disk, path)
            if snapshot.state.firstRange(of: Array(name.utf8)) != nil { return true }
        }
        return false
    }

    /// A pruned log, with a server that only the account has ever used.
    private static func prunedLog() throws -> Log {
        let log = try Log()
        var organisation = RandomOrganisation(seed: 8)
        var sized = log
        sized.segmentBytes = 4_000
        var events = organisation.events(500)
        for i in events.indices where events[i].identity == erased {
            events[i].mcpServer = "only-p7-has-this"
            events[i].shape.insert(.mcpServer)
        }
        for piece in 0..<10 { try sized.ingest(events[piece * 50..<piece * 50 + 50]) }
        _ = try LogSealer.seal(log.disk, directory: Log.path)
        _ = try Retention.prune(log.disk, directory: Log.path, policy: policy(log, keeping: 50))
        return sized
    }

    @Test func `an erased account is gone from what was known, and all others are as known as before`() throws
    {
        let log = try Self.prunedLog()
        let others = (0..<12).map { "p\($0)@acme.example" }.filter { $0 != Self.erased }
        #expect(try Self.isFound(Self.erased, log.disk) && Self.isFound("only-p7-has-this", log.disk))
        let before = try LogFold(log.disk, directory: Log.path)
        let profiles = others.map { before.engine.profile(of: $0, symbols: before.symbols) }
        let done = try Retention.erase(log.disk, directory: Log.path, identity: Self.erased)
        #expect(done.events > 0)
        #expect(try !Retention.knows(Self.erased, log.disk, directory: Log.path))
        #expect(try Retention.knows(others[0], log.disk, directory: Log.path))
        #expect(try !Self.isFound(Self.erased, log.disk) && !Self.isFound("only-p7-has-this", log.disk))
        let after = try LogFold(log.disk, directory: Log.path)
        #expect(after.origin == before.origin)
        #expect(
            others.map { "\(String(describing: after.engine.profile(of: $0, symbols: after.symbols)))" }
                == profiles.map { "\(String(describing: $0))" })
        #expect(after.engine.profile(of: Self.erased, symbols: after.symbols) == nil)
        // What was told of others before is told, and goes on from there.
        _ = try Self.rest(log, of: log.journal)
        let told = log.journal.prefix(after.journal.bytes)
        try log.ingest([])
        #expect(log.journal.prefix(after.journal.bytes) == told)
        let isEqual = try log.fold().journal == Self.rest(log, of: log.journal)
        #expect(isEqual)
        // A model that everybody uses is no news of a new account.
        var event = UsageEvent(ts: Timestamp(rawValue: 1_800_000_000_000), identity: "p13@acme.example")
        event.model = "m-a"
        event.inputTokens = 10
        event.shape.insert(.model)
        event.shape.insert(.inputTokens)
        try log.ingest([event])
        #expect(!String(decoding: log.journal, as: UTF8.self).contains("p13@acme.example"))
    }

    @Test func `an erasure that crashes at any call can be finished, in what was known as well`() throws {
        let log = try Self.prunedLog()
        let before = log.journal
        var isEnough = false
        for k in 1...3_000 where !isEnough {
            let disk = log.disk.copy()
            disk.faults.crashAt = disk.calls + k
            isEnough =
                (try? Retention.erase(disk, directory: Log.path, identity: Self.erased)) != nil
                && !disk.hasCrashed
            disk.crash()
            disk.faults = SimulatedDisk.Faults()
            let crashed = try Self.twin(of: log, disk)
            if try Retention.finishErasure(disk, directory: Log.path) == nil, crashed.journal == before {
                continue
            }
            #expect(try !Self.isFound(Self.erased, disk), "call \(k)")
            _ = try Self.rest(crashed, of: crashed.journal)
            #expect(try LogVerifier.verify(disk, directory: Log.path).problems == [], "call \(k)")
        }
        #expect(isEnough)
    }

    @Test func `what cannot be read is removed by an erasure: nobody can say who is in it`() throws {
        let log = try Self.prunedLog()
        let base = try #require(try LogBase.find(log.disk, directory: Log.path))
        log.disk.place(base.path, [1, 2, 3])
        _ = try Retention.erase(log.disk, directory: Log.path, identity: Self.erased)
        #expect(try Self.bases(log) == [])
    }
}
