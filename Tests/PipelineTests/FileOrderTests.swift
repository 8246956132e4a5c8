import EventLog
import Foundation
import Testing
import UsageEvents

@testable import Pipeline

/// Files of every source, through real runs into a real log: however they are split over runs, repeated and
/// ordered, the log's totals are those of one run over all of them.
@Suite struct FileOrderTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures").path

    private static func files(_ format: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixtures + "/" + format).sorted()
            .filter { !$0.hasSuffix(".md") }.map { fixtures + "/" + format + "/" + $0 }
    }

    private static func ingest(_ files: [String], into log: String) throws {
        var feed = FeedOptions(sources: files, prices: .bundled)
        feed.localIdentity = "mira@acme.example"
        // Files of which recognition is not certain go by what they are named for.
        var options = IngestOptions(log: log, feed: feed)
        options.detects = false
        let ingest = try Ingest(PosixDisk(), options: options, observer: IngestObserver())
        _ = try ingest.run(IngestObserver())
    }

    /// Sums by day, account, project, model and server; empty ones left out.
    private static func totals(_ log: String) throws -> [String: [Int64]] {
        var reader = try LogReader(PosixDisk(), directory: log, from: 0)
        var batch = EventBatch()
        var symbols = Symbols()
        var sums: [String: [Int64]] = [:]
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .all) {
            guard case .events = record else { continue }
            for row in 0..<batch.count {
                let e = batch.event(at: row, symbols: symbols)
                let day = e.ts.rawValue / Timestamp.day
                let place =
                    "\(day) \(e.identity) \(e.project ?? "-") \(e.model ?? "-") \(e.mcpServer ?? "-")"
                let amounts = [
                    e.inputTokens, e.outputTokens, e.cacheReadTokens, e.cacheWriteTokens, e.cost.rawValue,
                    e.requests,
                ]
                sums[place] = zip(sums[place] ?? [0, 0, 0, 0, 0, 0], amounts).map { $0 + $1 }
            }
        }
        return sums.filter { $0.value.contains { $0 != 0 } }
    }

    @Test(arguments: ["claude-code", "codex", "cursor", "litellm"], 0..<4)
    func `totals do not depend on how files come`(format: String, seed: Int) throws {
        let files = try Self.files(format)
        #expect(files.count > 5)
        let directory = try TemporaryDirectory()
        try Self.ingest(files, into: directory.path + "/one")
        let expected = try Self.totals(directory.path + "/one")
        #expect(expected.count > 3)

        var random = SplitMix64(seed: UInt64(seed))
        var rest = files + files.filter { _ in random.below(3) == 0 }
        for i in rest.indices.reversed() { rest.swapAt(i, random.below(i + 1)) }
        let log = directory.path + "/parts"
        while !rest.isEmpty {
            let part = Array(rest.prefix(1 + random.below(5)))
            rest.removeFirst(part.count)
            try Self.ingest(part, into: log)
        }
        let totals = try Self.totals(log)
        for place in Set(expected.keys).union(totals.keys).sorted() {
            #expect(totals[place] == expected[place], "\(place)")
        }
    }
}
