import Alerting
import EventLog
import Foundation
import Testing
import UsageEvents

@testable import Pipeline

/// However many threads replay a log, it says the same: one thread is the oracle.
@Suite struct ThreadedReplayTests {
    private let directory: TemporaryDirectory
    private var log: String { directory.path + "/log" }

    init() throws { directory = try TemporaryDirectory() }

    /// Ingests lines in pieces, a block or more each.
    private func ingest(
        _ lines: some RandomAccessCollection<ArraySlice<UInt8>>, pieces: Int, live: Bool = false,
        segmentBytes: Int = 64 << 20
    ) throws {
        for i in 0..<pieces {
            let from = lines.index(lines.startIndex, offsetBy: lines.count * i / pieces)
            let to = lines.index(lines.startIndex, offsetBy: lines.count * (i + 1) / pieces)
            let piece = lines[from..<to].joined(separator: [UInt8(ascii: "\n")])
            var feed = FeedOptions(
                sources: [try directory.write("piece.ndjson", piece)], prices: .bundled)
            feed.isLive = live
            var options = IngestOptions(log: log, feed: feed)
            options.detects = false
            options.segmentBytes = segmentBytes
            let run = try Ingest(PosixDisk(), options: options, observer: IngestObserver())
            _ = try run.run(IngestObserver())
        }
    }

    /// What a replay says, and how it ended.
    private func replay(threads: Int) -> Said {
        var out: [UInt8] = []
        do {
            let summary = try Replay.log(PosixDisk(), directory: log, override: nil, threads: threads) {
                for transition in $0 {
                    transition.write(into: &out)
                    out.append(UInt8(ascii: "\n"))
                }
            }
            return Said(
                alerts: out,
                end: "\(summary.events) \(summary.alerts) \(summary.suppressed) \(summary.isTorn) "
                    + "\(summary.accounts) \(String(describing: summary.now))"
            )
        } catch { return Said(alerts: out, end: "\(error)") }
    }

    private struct Said: Equatable {
        var alerts: [UInt8]
        var end: String
    }

    /// Compares all numbers of threads with one, and returns what that said.
    @discardableResult
    private func expectEqual() -> Said {
        let one = replay(threads: 1)
        for threads in [2, 3, 8] {
            let other = replay(threads: threads)
            #expect(other.alerts == one.alerts, "\(threads) threads")
            #expect(other.end == one.end, "\(threads) threads")
        }
        return one
    }

    private var corpus: [ArraySlice<UInt8>] { DemoCorpus.bytes().split(separator: UInt8(ascii: "\n")) }

    @Test(arguments: [1, 40]) func `the demo's corpus, in few blocks and in many`(pieces: Int) throws {
        try ingest(corpus, pieces: pieces)
        #expect(!expectEqual().alerts.isEmpty)
    }

    @Test(arguments: [false, true])
    func `open, partly sealed and wholly sealed, the same alerts`(live: Bool) throws {
        let lines = corpus
        let cut = lines.count * 2 / 3
        try ingest(lines[..<cut], pieces: 30, live: live, segmentBytes: 60_000)
        try ingest(lines[cut...], pieces: 15, live: live, segmentBytes: 60_000)
        let open = expectEqual()
        #expect(!open.alerts.isEmpty)
        // With a writer on it the last segment stays open.
        let writer = try LogWriter(PosixDisk(), directory: log)
        let report = try LogSealer.seal(PosixDisk(), directory: log)
        #expect(report.sealed > 1 && report.open == 1)
        #expect(expectEqual() == open)
        try writer.close()
        try ingest(lines[..<900], pieces: 3, live: live, segmentBytes: 60_000)
        let more = expectEqual()
        #expect(try LogSealer.seal(PosixDisk(), directory: log).open == 0)
        #expect(expectEqual() == more)
    }

    @Test func `live blocks, each with its wall clock`() throws {
        try ingest(corpus, pieces: 12, live: true)
        #expect(!expectEqual().alerts.isEmpty)
    }

    @Test func `a configuration that begins an epoch in the middle`() throws {
        let lines = corpus
        let cut = lines.count * 9 / 10
        try ingest(lines[..<cut], pieces: 9)
        var settings = TidemarkConfiguration()
        try settings.apply(assignments: [
            "detection.spend_spike.sensitivity=9", "detection.new_model.enabled=false",
        ])
        #expect(try RunConfiguration.load(settings, into: log, PosixDisk(), observer: IngestObserver()))
        try ingest(lines[cut...], pieces: 5)
        #expect(!expectEqual().alerts.isEmpty)
    }

    @Test(arguments: [3, 14, 159] as [UInt64]) func `random accounts, late events and bursts`(seed: UInt64)
        throws
    {
        var random = SplitMix64(seed: seed)
        var lines: [ArraySlice<UInt8>] = []
        for i in 0..<12_000 {
            let minutes = i * 4 - (random.below(9) == 0 ? random.below(2_000) : 0)
            let ts = 1_785_542_400_000 + minutes * 60_000
            let tokens = random.below(2_000) * (random.below(300) == 0 ? 400 : 1)
            let line =
                "{\"ts\":\(ts),\"identity\":\"user.\(random.below(23))@acme.example\""
                + ",\"team\":\"team-\(random.below(4))\",\"tool\":\"api\",\"model\":\"m-\(random.below(5))\""
                + ",\"input_tokens\":\(tokens),\"cost_usd\":0.\(100_000 + random.below(800_000))}"
            lines.append(ArraySlice(line.utf8))
        }
        try ingest(lines, pieces: 25)
        #expect(!expectEqual().alerts.isEmpty)
    }

    @Test func `a flipped bit ends every replay at the same place with the same words`() throws {
        try ingest(corpus, pieces: 20)
        let file = log + "/segments/00000000000000000000.seg"
        let sound = try Data(contentsOf: URL(filePath: file))
        var ends: Set<String> = []
        for part in 1...12 {
            var bytes = sound
            bytes[bytes.count * part / 13] ^= 1
            try bytes.write(to: URL(filePath: file))
            ends.insert(expectEqual().end)
        }
        // Some bits lie in streams that detection does not read, and end nothing.
        #expect(ends.count > 1)
    }

    @Test func `a torn tail ends every replay before it`() throws {
        try ingest(corpus, pieces: 20)
        let file = log + "/segments/00000000000000000000.seg"
        let sound = try Data(contentsOf: URL(filePath: file))
        for part in [0.35, 0.9, 0.97] {
            try sound[..<Int(Double(sound.count) * part)].write(to: URL(filePath: file))
            expectEqual()
        }
    }
}
