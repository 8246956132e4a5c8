import Testing
import UsageEvents

@testable import Connectors

/// Transcripts of Codex: every quirk has a fixture, and the sums are those of their README.
@Suite struct CodexTests {
    private static let folder = FixtureFolder("codex")
    private static let names = folder.transcripts

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        TranscriptRun(.codex, try folder.bytes(name), path: name + ".jsonl", pieceBytes: pieceBytes)
    }

    @Test func `the sums of all fixtures are those worked out by hand`() throws {
        let counted = LargestCopies.of(try Self.names.flatMap { try Self.run($0).events })
        #expect(HandWorked.requests(counted, reasoning: true) == (try Self.folder.sums(columns: 10)))
        #expect(HandWorked.toolUses(counted) == (try Self.folder.sums(columns: 4)))
    }

    @Test(arguments: names)
    func `nothing that people or models wrote reaches an event or a message`(name: String) throws {
        for text in try Self.run(name).texts {
            #expect(!text.contains("CANARY"), "\(text)")
        }
    }

    @Test(arguments: names, [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.run(name, pieceBytes: pieceBytes) == (try Self.run(name)))
    }

    @Test(arguments: names)
    func `the files are recognised by what they hold`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.folder.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "codex")
    }

    @Test func `an event says who, where, with what and by which tool`() throws {
        let events = try Self.run("repeated-counts").events
        let first = try #require(events.first)
        #expect(first.identity == "mira@acme.example" && first.project == "shop")
        #expect(first.tool == "codex" && first.source == "codex" && first.model == "gpt-5.1-codex")
        #expect(first.sessionID == "0196aaaa-0000-7000-8000-000000000001")
        #expect(first.inputTokens == 600 && first.cacheReadTokens == 400 && first.reasoningTokens == 20)
        #expect(first.shape.hasCost && first.shape.basis == .estimated)
        let use = try #require(events.first { $0.mcpServer != nil })
        #expect(use.requests == 0 && use.model == nil && !use.shape.hasCost && use.mcpTool == "create_issue")
    }

    @Test func `what a fork repeats of its parent is counted as such`() throws {
        let run = try Self.run("forked-agent")
        #expect(
            run.ignored == [
                "event_msg/token_count, replayed by a fork=2",
                "event_msg/mcp_tool_call_end, replayed by a fork=1",
            ])
        #expect(run.events.map(\.project) == ["shop-worktree"])
        #expect(run.events.map(\.sessionID) == ["0196aaaa-0000-7000-8000-000000000003"])
    }

    @Test func `what is of no use is ignored and counted by its type`() throws {
        #expect(
            try Self.run("repeated-counts").ignored == [
                "event_msg/user_message=1", "event_msg/token_count, nothing new=2", "response_item=1",
                "event_msg/agent_message=1",
            ])
    }

    @Test func `a changed type is rejected with its line and its key`() throws {
        let run = try Self.run("changed-types")
        #expect(run.rejections.map(\.line) == Array(3...13))
        let usage = "payload.info."
        #expect(
            run.rejections.map(\.detail) == [
                "\(usage)total_token_usage.input_tokens is a string, a whole number is wanted",
                "\(usage)last_token_usage.output_tokens is a fraction, a whole number is wanted",
                "\(usage)total_token_usage.cached_input_tokens is -1, 0 or more is wanted",
                "payload.info is an array, an object is wanted",
                "payload is a string, an object is wanted",
                "timestamp is a number, a string is wanted",
                "type is a number, a string is wanted",
                "payload.model is an array, a string is wanted",
                "payload.invocation.server is an object, a string is wanted",
                "the record ends at byte 347, ',' is wanted",
                "the line is no JSON object, one is wanted",
            ])
    }

    @Test func `the name of the file names the conversation until the file does`() {
        let id = "0196aaaa-bbbb-7ccc-8ddd-eeeeffff0000"
        #expect(CodexSession(path: "a/b/rollout-2026-05-04T10-22-03-\(id).jsonl").id == id)
        #expect(CodexSession(path: "C:\\x\\rollout-2026-05-04T10-22-03-\(id).jsonl").id == id)
        #expect(CodexSession(path: "-").id == nil)
        #expect(CodexSession(path: "rollout-.jsonl").id == nil)
    }

    @Test func `whatever is done to the bytes, nothing traps and where they are cut changes nothing`() throws
    {
        var fuzz = try TranscriptFuzz(seed: 22, texts: Self.names.map { try Self.folder.bytes($0) })
        for round in 0..<20_000 { fuzz.check(.codex, round: round) }
    }
}
