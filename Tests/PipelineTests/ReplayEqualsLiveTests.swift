import Alerting
import Connectors
import EventLog
import Foundation
import Testing
import UsageEvents

@testable import Pipeline

/// Same events and same configuration give the same alerts, byte for byte, however they came.
@Suite struct ReplayEqualsLiveTests {
    private let corpus = DemoCorpus.bytes()

    /// The distinct events of the corpus and the transitions of one replay of it.
    private func reference() throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("demo.ndjson", corpus)
        return try replay(sources: [file])
    }

    private func replay(sources: [String]) throws -> [UInt8] {
        var out: [UInt8] = []
        _ = try Replay.sources(
            FeedOptions(sources: sources, prices: .bundled),
            configuration: RunConfiguration(TidemarkConfiguration())
        ) { transitions in Self.write(transitions, into: &out) }
        return out
    }

    private static func write(_ transitions: [AlertTransition], into out: inout [UInt8]) {
        for transition in transitions {
            transition.write(into: &out)
            out.append(UInt8(ascii: "\n"))
        }
    }

    private func ingest(_ sources: [String], into log: String, live: Bool = false) throws -> IngestSummary {
        var feed = FeedOptions(sources: sources, prices: .bundled)
        feed.isLive = live
        let ingest = try Ingest(
            PosixDisk(), options: IngestOptions(log: log, feed: feed), observer: IngestObserver())
        return try ingest.run(IngestObserver())
    }

    private func replay(log: String) throws -> [UInt8] {
        var out: [UInt8] = []
        _ = try Replay.log(PosixDisk(), directory: log, override: nil) { Self.write($0, into: &out) }
        return out
    }

    @Test func `the corpus has alerts to compare`() throws {
        let lines = try reference().split(separator: UInt8(ascii: "\n"))
        #expect(lines.count >= 8)
    }

    @Test(arguments: [1, 7, 1_000, 65_536])
    func `the size of batches changes nothing`(size: Int) throws {
        var symbols = Symbols()
        var all = EventBatch()
        var decoder = NDJSONDecoder(options: DecoderOptions(prices: .bundled))
        _ = decoder.decode(corpus.span, isFinal: true, into: &all, symbols: &symbols, limit: .max)
        var duplicates = DuplicateWindow()
        if let fresh = try duplicates.admit(all, symbols: symbols, firstSequence: 0) { all.keep(fresh) }
        var engine = RunConfiguration(TidemarkConfiguration()).engine
        var transitions: [AlertTransition] = []
        var out: [UInt8] = []
        var first = 0
        while first < all.count {
            var part = EventBatch()
            for row in first..<min(first + size, all.count) {
                part.append(all.event(at: row, symbols: symbols), symbols: &symbols)
            }
            engine.observe(
                part, firstSequence: UInt64(first), received: nil, symbols: symbols, into: &transitions)
            first += size
        }
        Self.write(transitions, into: &out)
        #expect(out == (try reference()))
    }

    @Test func `one run, five runs and runs of uneven pieces leave the same journal, and replay agrees`()
        throws
    {
        let expected = try reference()
        let lines = corpus.split(separator: UInt8(ascii: "\n"))
        for cuts in [[0, 1], [0, 0.2, 0.4, 0.6, 0.8, 1], [0, 0.001, 0.5, 0.501, 0.97, 0.971, 1]] as [[Double]]
        {
            let directory = try TemporaryDirectory()
            let log = directory.path + "/log"
            for (from, to) in zip(cuts, cuts.dropFirst()) {
                let range = Int(from * Double(lines.count))..<Int(to * Double(lines.count))
                let piece = lines[range].joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]
                _ = try ingest([try directory.write("piece.ndjson", piece)], into: log)
            }
            #expect(try directory.read("log/journal/alerts.ndjson") == expected)
            #expect(try replay(log: log) == expected)
        }
    }

    @Test func `a restart after every few blocks changes nothing`() throws {
        let expected = try reference()
        let lines = corpus.split(separator: UInt8(ascii: "\n"))
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        var first = 0
        for size in [1, 2, 3, 500, 1, 4_000, 7, 3_000] + Array(repeating: 1_500, count: 5)
        where first < lines.count {
            let piece = lines[first..<min(first + size, lines.count)].joined(separator: [UInt8(ascii: "\n")])
            _ = try ingest([try directory.write("piece.ndjson", piece)], into: log)
            first += size
        }
        #expect(first >= lines.count)
        #expect(try replay(log: log) == expected)
        #expect(try directory.read("log/journal/alerts.ndjson") == expected)
    }

    @Test func `feeding everything again changes nothing`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        let file = try directory.write("demo.ndjson", corpus)
        let once = try ingest([file], into: log)
        let journal = try directory.read("log/journal/alerts.ndjson")
        let again = try ingest([file], into: log)
        #expect(again.accepted < once.accepted / 100)
        #expect(try directory.read("log/journal/alerts.ndjson") == journal)
    }

    @Test func `a lost or cut journal is written again as it was`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        _ = try ingest([try directory.write("demo.ndjson", corpus)], into: log)
        let journal = try directory.read("log/journal/alerts.ndjson")
        for keep in [0, 1, journal.count / 2, journal.count - 1] {
            try Data(journal[..<keep]).write(to: URL(filePath: log + "/journal/alerts.ndjson"))
            _ = try ingest([], into: log)
            #expect(try directory.read("log/journal/alerts.ndjson") == journal)
        }
    }

    @Test func `a journal that says something else is kept under another name and written anew`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        _ = try ingest([try directory.write("demo.ndjson", corpus)], into: log)
        let journal = try directory.read("log/journal/alerts.ndjson")
        var other = journal
        other[journal.count / 2] = UInt8(ascii: "#")
        try Data(other).write(to: URL(filePath: log + "/journal/alerts.ndjson"))
        let summary = try ingest([], into: log)
        #expect(summary.journalMoved != nil)
        #expect(try directory.read("log/journal/alerts.ndjson") == journal)
        #expect(try directory.read("log/journal/alerts-replaced-1.ndjson") == other)
    }

    @Test func `live blocks replay to the journal they wrote`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        let lines = corpus.split(separator: UInt8(ascii: "\n"))
        for half in [lines[..<(lines.count / 2)], lines[(lines.count / 2)...]] {
            let piece = half.joined(separator: [UInt8(ascii: "\n")])
            _ = try ingest([try directory.write("piece.ndjson", piece)], into: log, live: true)
        }
        let journal = try directory.read("log/journal/alerts.ndjson")
        #expect(!journal.isEmpty)
        #expect(try replay(log: log) == journal)
        #expect(String(decoding: journal, as: UTF8.self).contains("\"historical\":false"))
    }

    @Test func `a configuration loaded in the middle begins an epoch that replay repeats`() throws {
        let directory = try TemporaryDirectory()
        let log = directory.path + "/log"
        let lines = corpus.split(separator: UInt8(ascii: "\n"))
        let cut = lines.count * 9 / 10
        for (i, part) in [lines[..<cut], lines[cut...]].enumerated() {
            _ = try ingest([try directory.write("piece.ndjson", part.joined(separator: [10]))], into: log)
            guard i == 0 else { continue }
            var settings = TidemarkConfiguration()
            try settings.apply(assignments: [
                "detection.spend_spike.sensitivity=9", "detection.new_model.enabled=false",
            ])
            #expect(try RunConfiguration.load(settings, into: log, PosixDisk(), observer: IngestObserver()))
        }
        let journal = try directory.read("log/journal/alerts.ndjson")
        #expect(try replay(log: log) == journal)
    }
}
