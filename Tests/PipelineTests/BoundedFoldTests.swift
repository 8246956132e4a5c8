import Alerting
import Detection
import EventLog
import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Folds of logs that name more than is kept: what is beyond a bound depends on the log alone, so every fold
/// says the same, and nothing that is spent is lost.
@Suite struct BoundedFoldTests {
    /// Bounds that two months of the events below reach, each of them.
    private static var small: FoldBounds {
        var bounds = FoldBounds()
        bounds.labels = LabelBounds(all: SymbolBounds(names: 12))
        bounds.labels.identities = SymbolBounds(names: 25)
        bounds.labels.teams = SymbolBounds(names: 5)
        bounds.valuesPerAccount = 8
        bounds.teamUses = 30
        bounds.furtherTeams = 8
        bounds.openAlerts = 2
        bounds.quietTimes = 5
        bounds.feedNames = 10
        return bounds
    }

    /// Events of forty accounts with habits, some of which make up names.
    private static func events(_ count: Int, seed: UInt64) -> [UsageEvent] {
        var random = SplitMix64(seed: seed)
        var clock = Int64(1_767_571_200_000)
        return (0..<count).map { number in
            clock += Int64(random.below(Int(20 * Timestamp.minute)))
            let account = random.below(40)
            let late = random.below(15) == 0 ? Int64(random.below(Int(20 * Timestamp.hour))) : 0
            let isFlood = random.below(12) == 0
            var event = UsageEvent(
                ts: Timestamp(rawValue: clock - late),
                identity: isFlood && account < 3 ? "made-up-\(number)" : "p\(account)@acme.example")
            event.team = ["red", "green", nil, "team-\(random.below(9))"][random.below(4)]
            event.tool = isFlood ? "tool-\(number)" : "api"
            event.model = isFlood ? "model-\(random.below(60))" : ["m-a", "m-b", "m-c"][account % 3]
            event.mcpServer = random.below(9) == 0 ? "server-\(random.below(30))" : nil
            event.project = random.below(5) == 0 ? "project-\(random.below(40))" : nil
            let burst: Int64 = random.below(50) == 0 ? 3_000 : 1
            event.inputTokens = Int64(1_000 + random.below(8_000)) * burst
            event.cost = NanoUSD(rawValue: event.inputTokens * 5_000)
            event.requestID = random.below(10) == 0 ? "r\(number - random.below(30))" : "r\(number)"
            for field: Field in [
                .team, .project, .tool, .model, .mcpServer, .inputTokens, .costUSD, .requestID,
            ] {
                event.shape.insert(field)
            }
            return event
        }
    }

    private typealias Log = SnapshotRestartTests.Log

    private func settings(of log: Log) throws {
        var settings = TidemarkConfiguration()
        try settings.apply(assignments: [
            "detection.new_model.learning_days=2", "detection.new_mcp_server.learning_days=2",
            "detection.spend_spike.sensitivity=2",
        ])
        _ = try RunConfiguration.load(settings, into: Log.path, log.disk, observer: IngestObserver())
    }

    private func replay(_ log: Log, threads: Int) throws -> [UInt8] {
        var out: [UInt8] = []
        _ = try Replay.log(log.disk, directory: Log.path, override: nil, threads: threads) {
            for transition in $0 {
                transition.write(into: &out)
                out.append(UInt8(ascii: "\n"))
            }
        }
        return out
    }

    @Test(arguments: 0..<UInt64(3))
    func `pieces, restarts, threads and sealing do not matter beyond the bounds`(seed: UInt64) throws {
        try FoldBounds.$current.withValue(Self.small) {
            var random = SplitMix64(seed: seed &+ 77)
            let events = Self.events(3_000, seed: seed)
            let whole = try Log()
            try settings(of: whole)
            try whole.ingest(events)
            let oracle = whole.journal
            #expect(oracle.count { $0 == 10 } > 40)

            // In pieces, each begun from the snapshot of the one before; sealed now and then.
            let pieces = try Log()
            try settings(of: pieces)
            var first = 0
            while first < events.count {
                let next = min(events.count, first + 1 + random.below(random.below(3) == 0 ? 30 : 900))
                try pieces.ingest(events[first..<next])
                first = next
                try pieces.checkSnapshot()
                if random.below(3) == 0 {
                    _ = try LogSealer.seal(pieces.disk, directory: Log.path)
                }
            }
            #expect(pieces.journal == oracle)
            for log in [whole, pieces] {
                for threads in [1, 2, 3, 8] { #expect(try replay(log, threads: threads) == oracle) }
            }
            _ = try LogSealer.seal(whole.disk, directory: Log.path)
            for threads in [1, 3] { #expect(try replay(whole, threads: threads) == oracle) }

            // Every bound was met.
            var fold = try LogFold(pieces.disk, directory: Log.path)
            var ignored: [AlertTransition] = []
            while try fold.step(into: &ignored) {}
            let symbols = fold.symbols
            for table in [
                symbols.identities, symbols.teams, symbols.projects, symbols.tools, symbols.models,
                symbols.mcpServers,
            ] {
                #expect(table.other != 0 && table.isFull && table.count == table.bounds.names + 2)
            }
            let beyond = fold.engine.beyond
            #expect(beyond.values > 0 && beyond.teamUses > 0 && beyond.members > 0)
            #expect(beyond.alerts > 0 && beyond.quietTimes > 0)
        }
    }

    @Test func `what made-up accounts spend is seen as one account's`() throws {
        var bounds = FoldBounds()
        bounds.labels.identities = SymbolBounds(names: 50)
        try FoldBounds.$current.withValue(bounds) {
            var events: [UsageEvent] = []
            for hour in 0..<(40 * 24) {
                for account in 0..<50 where (hour + account) % 9 == 0 {
                    events.append(event(hour, "p\(account)@acme.example", tokens: 3_000 + hour % 700))
                }
                // Nobody alone is remarkable, all together are.
                for k in 0..<(hour < 30 * 24 ? 1 : 200) {
                    events.append(event(hour, "x\(hour)-\(k)", tokens: 3_000))
                }
            }
            let log = try Log()
            try log.ingest(events)
            let told = String(decoding: log.journal, as: UTF8.self).split(separator: "\n")
            #expect(told.contains { $0.contains("spend_spike") && $0.contains("\"(other)\"") })
            let isEqual = try log.fold().journal == log.journal
            #expect(isEqual)
        }
    }

    private func event(_ hour: Int, _ identity: String, tokens: Int) -> UsageEvent {
        let ts = 1_767_571_200_000 + Int64(hour) * Timestamp.hour
        var event = UsageEvent(ts: Timestamp(rawValue: ts), identity: identity)
        event.model = "m-a"
        event.inputTokens = Int64(tokens)
        event.cost = NanoUSD(rawValue: Int64(tokens) * 50_000)
        for field: Field in [.model, .inputTokens, .costUSD] { event.shape.insert(field) }
        return event
    }

    @Test func `the log keeps every name that was said`() throws {
        try FoldBounds.$current.withValue(Self.small) {
            let events = Self.events(600, seed: 9)
            let log = try Log()
            try log.ingest(events)
            var reader = try LogReader(log.disk, directory: Log.path)
            var batch = EventBatch()
            var symbols = Symbols()
            var tools: Set<String> = []
            while try reader.next(into: &batch, symbols: &symbols) != nil {
                for row in 0..<batch.count { tools.insert(symbols.tools.text(of: batch.tool[row])) }
            }
            #expect(tools.isSubset(of: events.compactMap(\.tool)) && tools.count > 20)
        }
    }

    @Test func `a snapshot with more names than are kept is refused, and the log is read`() throws {
        let events = Self.events(600, seed: 3)
        let log = try Log()
        try log.ingest(events)
        try FoldBounds.$current.withValue(Self.small) {
            let told = try log.ingest([])
            #expect(told.contains { $0.contains("more names than are kept") }, "\(told)")
            let again = try log.ingest([])
            #expect(again == [], "\(again)")
        }
    }
}
