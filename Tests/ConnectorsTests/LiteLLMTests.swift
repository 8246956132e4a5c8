import Testing
import UsageEvents

@testable import Connectors

/// Requests through LiteLLM as JSON: every quirk has a fixture, and the sums are those of their README.
@Suite struct LiteLLMTests {
    private static let fixtures = DocumentFixtures(folder: FixtureFolder("litellm"), format: .litellm)
    private static let names = fixtures.names

    private static func sums(_ events: [UsageEvent]) -> [[String]] {
        DocumentFixtures.sums(DocumentFixtures.counted(events), reasoning: true, bases: [.list, .estimated])
    }

    @Test func `the sums of all fixtures are those worked out by hand`() throws {
        #expect(Self.names.count > 10)
        let events = try Self.names.flatMap { try Self.fixtures.run($0).events }
        let wanted = try Self.fixtures.folder.sums(columns: 12)
        #expect(Self.sums(events) == wanted)
        // Any order and any repetition of the files gives the same.
        #expect(Self.sums(Array(events.reversed())) == wanted)
        #expect(Self.sums(events + events) == wanted)
        let uses = HandWorked.toolUses(DocumentFixtures.counted(events))
        #expect(uses == (try Self.fixtures.folder.sums(columns: 4)))
    }

    @Test(arguments: names)
    func `nothing that people or models wrote reaches an event or a message`(name: String) throws {
        for text in try Self.fixtures.run(name).texts { #expect(!text.contains("CANARY"), "\(text)") }
    }

    @Test(arguments: names, [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.fixtures.run(name, pieceBytes: pieceBytes) == (try Self.fixtures.run(name)))
    }

    @Test(arguments: names)
    func `the files are recognised by what they hold`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.fixtures.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "litellm")
    }

    @Test func `canonical events are not taken for those of a gateway or of Cursor`() {
        let line =
            "{\"ts\":1,\"identity\":\"x\",\"model\":\"m\",\"prompt_tokens\":1,\"spend\":2,\"timestamp\":3}\n"
        let head = InputHead(path: "x.json", bytes: Array(line.utf8))
        #expect(!EventFormat.litellm.recognises(head) && !EventFormat.cursor.recognises(head))
    }

    @Test func `each record is rejected with its place and its reason`() throws {
        let run = try Self.fixtures.run("changed-types.ndjson")
        #expect(run.events.count == 1)
        #expect(
            run.rejections.map { "\($0.line) \($0.reason.rawValue) \($0.field?.key ?? "-")" } == [
                "1 invalid_time ts", "2 wrong_type ts", "3 missing_field ts", "4 invalid_time ts",
                "5 wrong_type model", "6 wrong_type input_tokens", "7 out_of_range input_tokens",
                "8 out_of_range input_tokens", "9 wrong_type output_tokens", "10 wrong_type cost_usd",
                "11 out_of_range cost_usd", "12 wrong_type -", "13 malformed_json -",
                "14 wrong_type cache_read_tokens", "15 wrong_type identity", "16 wrong_type identity",
                "17 missing_field input_tokens", "18 malformed_json -", "19 too_long model",
                "20 control_character model", "21 malformed_json -",
            ])
        let accounts = try Self.fixtures.run("accounts.ndjson").rejections
        #expect(
            accounts.map { "\($0.line) \($0.detail)" } == [
                "9 no user, key or end user is named and there is no default: "
                    + "type --identity with the account"
            ])
    }

    @Test func `an event says who, when, where and by which program`() throws {
        let event = try #require(try Self.fixtures.run("callback-array.json").events.first)
        #expect(event.ts.description == "2026-05-04T10:22:06.020Z")
        #expect(
            event.identity == "mira@acme.example" && event.team == "platform" && event.project == "search")
        #expect(event.tool == "claude-cli" && event.source == "litellm" && event.model == "claude-sonnet-5")
        #expect(event.requestID == "call-0001" && event.sessionID == "s1" && event.requests == 1)
        #expect(event.shape.basis == .list && event.shape.has(.cacheWriteTokens))
        let row = try #require(try Self.fixtures.run("spend-logs-page.json").events.first)
        #expect(row.ts == event.ts && row.identity == event.identity && row.tool == event.tool)
        #expect(row.requestID == event.requestID && row.cost == event.cost && row.team == event.team)
    }

    @Test func `tools are programs that give their name`() throws {
        let run = try Self.fixtures.run("tools.ndjson")
        #expect(run.events.map(\.tool) == ["claude-cli", "api", "codex_cli_rs", "api", "copilot", "api"])
    }

    @Test func `the use of a tool is no request to a model`() throws {
        let run = try Self.fixtures.run("mcp-calls.json")
        #expect(run.events.map(\.requests) == [0, 0, 0, 1])
        #expect(run.events.map(\.requestID) == ["mcp-call-0030", "mcp-call-0031", "mcp-mcp-3", "call-0030"])
        #expect(run.ignored == ["list_mcp_tools=1"])
        #expect(
            try Self.fixtures.run("answers-fetched-again.ndjson").ignored == [
                "aget_responses=1", "get_responses=1",
            ])
    }

    @Test func `a key in the clear is not shown, nor any part of it`() throws {
        let identity = try #require(
            try Self.fixtures.run("accounts.ndjson").events.dropFirst(5).first?.identity)
        #expect(identity.hasPrefix("key:") && identity.utf8.count == 16 && !identity.contains("sk-"))
    }

    @Test func `no damage makes it crash, and pieces change nothing`() throws {
        var fuzz = try DocumentFuzz(seed: 15, Self.fixtures)
        for round in 0..<20_000 { fuzz.check(.litellm, round: round) }
    }
}
