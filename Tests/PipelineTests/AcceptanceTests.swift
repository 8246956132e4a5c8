import Alerting
import Detection
import EventLog
import Foundation
import Testing
import UsageEvents

@testable import Pipeline

/// `ack --expected`: a control record that scorer, judge and alert book obey at its place in the sequence.
@Suite struct AcceptanceTests {
    private let directory: TemporaryDirectory
    private var log: String { directory.path + "/log" }

    init() throws { directory = try TemporaryDirectory() }

    private static let day = 24 * 3_600_000
    private static let start = 1_785_715_200_000

    /// An account that spends a dollar every ten minutes of eight hours a day, and ten times that from the
    /// fifteenth day on; a second one uses a new server on the eleventh, one of another team later.
    private static func lines(_ days: Range<Int>) -> [String] {
        var out: [(Int, String)] = []
        for d in days {
            for slot in 54..<102 {
                for (n, who) in ["ann", "ben", "cid"].enumerated() {
                    let ts = start + d * day + slot * 600_000 + n * 60_000
                    let cost = who == "ann" && d >= 14 ? 10 : 1
                    let server = who == "ben" && d >= 10 || who == "cid" && d >= 12 ? "github" : "jira"
                    let labels = "\"team\":\"\(who)-team\",\"model\":\"m-a\",\"mcp_server\":\"\(server)\""
                    out.append(
                        (
                            ts,
                            "{\"ts\":\(ts),\"identity\":\"\(who)@acme.example\",\(labels)"
                                + ",\"input_tokens\":\(cost)000,\"cost_usd\":\(cost)}"
                        ))
                }
            }
        }
        return out.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func options(_ lines: [String]) throws -> IngestOptions {
        let file = try directory.write("piece.ndjson", Array(lines.joined(separator: "\n").utf8))
        return IngestOptions(log: log, feed: FeedOptions(sources: [file], prices: .bundled))
    }

    private func ingest(_ lines: [String]) throws {
        let run = try Ingest(PosixDisk(), options: options(lines), observer: IngestObserver())
        _ = try run.run(IngestObserver())
    }

    private func journal() throws -> [AlertTransition] {
        try directory.read("log/journal/alerts.ndjson").split(separator: 10).compactMap {
            AlertTransition(json: $0)
        }
    }

    private func open(_ kind: String) throws -> [AlertTransition] {
        var last: [String: AlertTransition] = [:]
        for transition in try journal() { last[transition.id] = transition }
        return last.values.filter { $0.state == .firing && $0.kind.word == kind }.sorted { $0.id < $1.id }
    }

    private func accept(_ alert: AlertTransition) throws -> Acceptance.Outcome {
        try Acceptance(alert: alert.id).submit(to: PosixDisk(), log: log, observer: IngestObserver())
    }

    /// The journal is what a replay says, whatever the number of threads.
    private func expectReplay() throws {
        let journal = try directory.read("log/journal/alerts.ndjson")
        for threads in [1, 2, 3, 8] {
            var out: [UInt8] = []
            _ = try Replay.log(PosixDisk(), directory: log, override: nil, threads: threads) {
                for transition in $0 {
                    transition.write(into: &out)
                    out.append(10)
                }
            }
            #expect(out == journal, "\(threads) threads")
        }
    }

    @Test func `an accepted level is usual from then on, and every replay agrees`() throws {
        try ingest(Self.lines(0..<15))
        let spikes = try open("spend_spike") + open("token_spike")
        #expect(!spikes.isEmpty)
        for alert in spikes { #expect(try accept(alert) == .accepted) }
        #expect(try open("spend_spike").isEmpty)
        for alert in spikes {
            let last = try #require(journal().last { $0.id == alert.id })
            #expect(last.state == .resolved && last.reason == "accepted")
        }
        try ingest(Self.lines(15..<21))
        let later = try journal().filter {
            $0.state == .firing && $0.identity == "ann@acme.example"
                && $0.at.rawValue > Self.start + 15 * Self.day
        }
        #expect(later.isEmpty, "\(later.map(\.title))")
        try expectReplay()
    }

    @Test func `without an acceptance the same level goes on being told`() throws {
        try ingest(Self.lines(0..<15))
        try ingest(Self.lines(15..<18))
        let accepted = try journal().filter { $0.reason == "accepted" }
        #expect(accepted.isEmpty)
        #expect(
            try !open("spend_spike").isEmpty
                || journal().contains { $0.at.rawValue > Self.start + 15 * Self.day })
    }

    @Test(arguments: [1, 5, 40]) func `restarts from snapshots in between change nothing`(pieces: Int) throws
    {
        let lines = Self.lines(0..<21)
        let cut = Self.lines(0..<15).count
        for i in 0..<pieces {
            try ingest(Array(lines[cut * i / pieces..<cut * (i + 1) / pieces]))
        }
        for alert in try open("spend_spike") { _ = try accept(alert) }
        let rest = lines.count - cut
        for i in 0..<pieces {
            try ingest(Array(lines[cut + rest * i / pieces..<cut + rest * (i + 1) / pieces]))
        }
        #expect(try journal().contains { $0.reason == "accepted" })
        try expectReplay()
    }

    @Test func `a server that is accepted for the organisation is no news to its teams`() throws {
        try ingest(Self.lines(0..<11))
        let news = try open("new_mcp_server")
        #expect(news.map(\.mcpServer) == ["github"])
        #expect(try accept(news[0]) == .accepted)
        try ingest(Self.lines(11..<14))
        #expect(try journal().filter { $0.kind == .newMCPServer && $0.state == .firing }.count == 1)
        try expectReplay()
    }

    @Test func `a configuration that begins right behind an acceptance keeps the level`() throws {
        try ingest(Self.lines(0..<15))
        for alert in try open("spend_spike") { _ = try accept(alert) }
        var settings = TidemarkConfiguration()
        try settings.apply(assignments: ["detection.new_model.enabled=false"])
        _ = try RunConfiguration.load(settings, into: log, PosixDisk(), observer: IngestObserver())
        #expect(try open("spend_spike").isEmpty)
        try ingest(Self.lines(15..<18))
        try expectReplay()
    }

    @Test func `what is not open is passed over and leaves no record`() throws {
        try ingest(Self.lines(0..<15))
        let alert = try #require(open("spend_spike").first)
        #expect(try accept(alert) == .accepted)
        let before = try directory.read("log/journal/alerts.ndjson")
        var reader = try LogReader(PosixDisk(), directory: log)
        #expect(try accept(alert) == .notOpen)
        #expect(try directory.read("log/journal/alerts.ndjson") == before)
        var batch = EventBatch()
        var symbols = Symbols()
        var controls = 0
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .ts) {
            if case .control = record { controls += 1 }
        }
        #expect(controls == 1)
    }

    @Test func `where a process holds the log, it takes what was left for it`() throws {
        try ingest(Self.lines(0..<15))
        let alert = try #require(open("spend_spike").first)
        let holder = try Ingest(
            PosixDisk(), options: options(Self.lines(15..<16)), observer: IngestObserver())
        #expect(try accept(alert) == .left)
        #expect(try accept(alert) == .left, "asking twice is asking once")
        _ = try holder.run(IngestObserver())
        #expect(try journal().last { $0.id == alert.id }?.reason == "accepted")
        #expect(try Inbox.waiting(in: PosixDisk(), log: log).isEmpty)
        try expectReplay()
    }
}
