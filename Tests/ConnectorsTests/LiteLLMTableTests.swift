import Testing
import UsageEvents

@testable import Connectors

/// CSV exports of LiteLLM's spend logs: the sums are those worked out by hand, and a row says what it says as
/// JSON.
@Suite struct LiteLLMTableTests {
    private static let fixtures = TableFixtures("litellm", document: "CSV.md")
    private static let names = fixtures.names(".csv")
    private static let options = DecoderOptions(prices: .bundled)

    private static func run(_ bytes: [UInt8], pieceBytes: Int = .max) -> TranscriptRun {
        let head = InputHead(path: "-", bytes: Array(bytes.prefix(InputHead.bytesMax)))
        var decoder = EventFormat.litellm.makeDecoder(options, head)
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes)
    }

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        run(try fixtures.bytes(name), pieceBytes: pieceBytes)
    }

    @Test(arguments: names)
    func `the sums of a fixture are those worked out by hand`(name: String) throws {
        let events = LargestCopies.of(try Self.run(name).events)
        let sums = try Self.fixtures.sums(of: name)
        #expect(!sums.isEmpty)
        #expect(HandWorked.requests(events, reasoning: false) == sums.filter { $0.count == 9 })
        #expect(HandWorked.toolUses(events) == sums.filter { $0.count == 4 })
    }

    @Test func `overlapping exports count once in either order`() throws {
        let first = try Self.run("spend-logs.csv").events
        let second = try Self.run("overlapping-export.csv").events
        let wanted = try Self.fixtures.sums(of: "both exports together")
        for events in [first + second, second + first, first + second + first] {
            #expect(HandWorked.requests(LargestCopies.of(events), reasoning: false) == wanted)
        }
    }

    @Test(arguments: names)
    func `nothing that people or models wrote reaches an event or a message`(name: String) throws {
        for text in try Self.run(name).texts { #expect(!text.contains("CANARY"), "\(text)") }
    }

    @Test(arguments: names, [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.run(name, pieceBytes: pieceBytes) == (try Self.run(name)))
    }

    @Test(arguments: names)
    func `the files are recognised by their header`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.fixtures.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "litellm")
    }

    @Test func `a row says who, where, with what and by which tool`() throws {
        let event = try #require(try Self.run("spend-logs.csv").events.first)
        #expect(event.ts.description == "2026-05-04T10:22:06.020Z")
        #expect(event.team == "platform" && event.tool == "claude-cli" && event.source == "litellm")
        #expect(event.requestID == "chatcmpl-1" && event.sessionID == "s1" && event.shape.basis == .list)
        let run = try Self.run("failed-fetched-and-tools.csv")
        #expect(run.ignored == ["aget_responses=1"])
        let use = try #require(run.events.last)
        #expect(use.mcpServer == "wiki" && use.mcpTool == "search" && use.requests == 0)
    }

    @Test func `a row as CSV and as JSON is the same event`() throws {
        let metadata =
            #"{"user_api_key_user_email":"a@acme.example","usage_object":{"cache_read_input_tokens":5}}"#
        let json = """
            {"request_id":"r1","call_type":"acompletion","spend":0.25,"prompt_tokens":20,\
            "completion_tokens":3,\
            "startTime":"2026-05-04T10:00:00Z","endTime":"2026-05-04T10:00:01.500Z","model":"gpt-4o-mini",\
            "metadata":\(metadata),"cache_hit":"False","request_tags":["User-Agent: codex/2.0"],"team_id":"t"}
            """
        let cell = metadata.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        let csv = """
            request_id,call_type,spend,prompt_tokens,completion_tokens,startTime,endTime,model,metadata,\
            cache_hit,request_tags,team_id
            r1,acompletion,0.25,20,3,2026-05-04 10:00:00,2026-05-04 10:00:01.5,gpt-4o-mini,"\(cell)",False,\
            "[""User-Agent: codex/2.0""]",t
            """
        let fromCSV = Self.run(Array(csv.utf8))
        #expect(fromCSV.events.count == 1 && fromCSV.events == Self.run(Array(json.utf8)).events)
    }

    @Test func `broken rows are rejected with the line where they begin`() throws {
        let rejections = try Self.run("broken-rows.csv").rejections
        #expect(rejections.map(\.line) == [2, 4, 6, 8, 10])
        #expect(
            rejections.map(\.reason) == [.invalidTime, .wrongType, .wrongType, .malformedJSON, .wrongType])
        #expect(rejections.allSatisfy { $0.bytes.isEmpty })
    }

    @Test func `20,000 damaged exports end in events and rejections, and nothing leaks`() throws {
        var fuzz = TableFuzz(seed: 32, texts: try Self.names.map { try Self.fixtures.bytes($0) })
        for round in 0..<20_000 {
            fuzz.check({ TableRecords(LiteLLMTable(Self.options), options: Self.options) }, round: round)
        }
    }
}
