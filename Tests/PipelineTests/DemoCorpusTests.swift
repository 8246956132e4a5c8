import FoundationEssentials
import Pipeline
import Testing
import UsageEvents

@Suite struct DemoCorpusTests {
    /// `Fixtures/corpus/demo.ndjson`, found from this file's own place.
    private static let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/corpus/demo.ndjson")

    @Test func `the generator writes the fixture byte for byte`() throws {
        let bytes = DemoCorpus.bytes()
        if ProcessInfo.processInfo.environment["TIDEMARK_WRITE_FIXTURES"] == "1" {
            try Data(bytes).write(to: Self.file)
        }
        let stored = [UInt8](try Data(contentsOf: Self.file))
        let firstDifference = zip(bytes, stored).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(firstDifference == nil)
        #expect(bytes.count == stored.count)
    }

    @Test func `pieces joined are the whole, and each piece ends with a line`() {
        var joined: [UInt8] = []
        DemoCorpus.write { piece in
            #expect(piece[piece.count - 1] == UInt8(ascii: "\n"))
            for i in piece.indices { joined.append(piece[i]) }
        }
        #expect(joined == DemoCorpus.bytes())
    }

    @Test func `the corpus is small, and none of its lines needs an escape`() {
        let bytes = DemoCorpus.bytes()
        let lines = bytes.count { $0 == UInt8(ascii: "\n") }
        #expect((12_000...20_000).contains(lines))
        #expect(bytes.count <= 4 << 20)
        #expect(
            bytes.allSatisfy {
                ($0 >= 32 && $0 < 127 && $0 != UInt8(ascii: "\\")) || $0 == UInt8(ascii: "\n")
            })
    }

    @Test func `the story is told in order, in its last two weeks, and one thing stays silent`() {
        let story = DemoCorpus.story
        #expect(story.count == 5)
        #expect(story.filter(\.mustStaySilent).map(\.name) == ["release day"])
        #expect(story.map(\.start) == story.map(\.start).sorted())
        for incident in story {
            #expect(incident.start >= DemoCorpus.storyStart)
            #expect(incident.start < incident.end)
            #expect(incident.end <= DemoCorpus.end)
        }
    }

    /// A line as the test's own reader sees it: only what the assertions below need.
    private struct Line: Decodable {
        var ts: String
        var identity: String
        var team: String
        var tool: String
        var model: String
        var mcp_server: String?
        var input_tokens: Int64
        var output_tokens: Int64
        var cache_read_tokens: Int64
        var cache_write_tokens: Int64?
        var cost_usd: Decimal?
        var request_id: String

        var tokens: Int64 { input_tokens + output_tokens + cache_read_tokens + (cache_write_tokens ?? 0) }
    }

    private static func lines() throws -> [(ts: Timestamp, line: Line)] {
        let decoder = JSONDecoder()
        return try DemoCorpus.bytes().split(separator: UInt8(ascii: "\n")).map { text in
            let line = try decoder.decode(Line.self, from: Data(text))
            return (try #require(Timestamp(rfc3339: line.ts.utf8)), line)
        }
    }

    @Test func `costs are exact at the list price of each model`() throws {
        // Input, output, cache read, cache write; dollars a million tokens.
        let prices: [String: [Decimal]] = [
            "claude-haiku-4-5": [1, 5, 0.1, 1.25], "claude-sonnet-4-6": [3, 15, 0.3, 3.75],
            "claude-opus-4-6": [5, 25, 0.5, 6.25], "gpt-5.1": [1.25, 10, 0.125, 0],
            "gpt-5-mini": [0.25, 2, 0.025, 0],
        ]
        var priced = 0
        for (_, line) in try Self.lines() {
            let p = try #require(prices[line.model])
            guard let cost = line.cost_usd else { continue }
            priced += 1
            let dollars =
                Decimal(line.input_tokens) * p[0] + Decimal(line.output_tokens) * p[1]
                + Decimal(line.cache_read_tokens) * p[2] + Decimal(line.cache_write_tokens ?? 0) * p[3]
            #expect(cost * 1_000_000 == dollars)
        }
        #expect(priced > 10_000)
    }

    @Test func `some lines come late and some twice, and the last of the story is there`() throws {
        let lines = try Self.lines()
        var newest = Timestamp(rawValue: 0)
        var late = 0
        var ids: Set<String> = []
        for (ts, line) in lines {
            if ts.rawValue < newest.rawValue - 10 * Timestamp.minute { late += 1 }
            newest = max(newest, ts)
            ids.insert(line.request_id)
        }
        #expect((50...400).contains(late))
        #expect((20...80).contains(lines.count - ids.count))
        #expect(lines.allSatisfy { $0.ts >= DemoCorpus.start && $0.ts < DemoCorpus.end })
    }

    @Test func `each thing that happens stands out, and nothing of it happened before`() throws {
        let lines = try Self.lines()
        func hourly(_ identity: String, _ from: Timestamp, _ to: Timestamp) -> Int64 {
            let total = lines.reduce(0) { sum, at in
                at.line.identity == identity && at.ts >= from && at.ts < to ? sum + at.line.tokens : sum
            }
            return total * Timestamp.hour / (to.rawValue - from.rawValue)
        }
        for incident in DemoCorpus.story where incident.expected.contains("token_spike") {
            let identity = try #require(incident.identity)
            let usual = hourly(identity, DemoCorpus.start, DemoCorpus.storyStart)
            #expect(hourly(identity, incident.start, incident.end) > 20 * usual)
        }
        for (ts, line) in lines {
            if line.model == "claude-opus-4-6" {
                #expect(line.identity == "omar@example.com" && ts >= DemoCorpus.story[2].start)
            }
            if line.mcp_server == "shadow-notes" {
                #expect(line.identity == "noor@example.com" && ts >= DemoCorpus.story[3].start)
            }
        }
        #expect(lines.contains { $0.line.model == "claude-opus-4-6" })
        #expect(lines.contains { $0.line.mcp_server == "shadow-notes" })
    }
}
