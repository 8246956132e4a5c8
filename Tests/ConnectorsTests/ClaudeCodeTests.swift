import Testing
import UsageEvents

@testable import Connectors

/// Transcripts of Claude Code: every quirk has a fixture, and the sums are those of their README.
@Suite struct ClaudeCodeTests {
    private static let folder = FixtureFolder("claude-code")
    private static let names = folder.transcripts

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        TranscriptRun(.claudeCode, try folder.bytes(name), path: name + ".jsonl", pieceBytes: pieceBytes)
    }

    private static func decode(_ lines: [String]) -> TranscriptRun {
        TranscriptRun(.claudeCode, Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    @Test func `the sums of all fixtures are those worked out by hand`() throws {
        let events = try Self.names.flatMap { try Self.run($0).events }
        let counted = LargestCopies.of(events)
        #expect(HandWorked.requests(counted, reasoning: false) == (try Self.folder.sums(columns: 9)))
        #expect(HandWorked.toolUses(counted) == (try Self.folder.sums(columns: 4)))
        // Whichever file is read first.
        let reversed = LargestCopies.of(Array(events.reversed()))
        #expect(HandWorked.requests(reversed, reasoning: false) == (try Self.folder.sums(columns: 9)))
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
        #expect(ConnectorRegistry.recognise(head).name == "claude-code")
    }

    @Test(arguments: [
        #"{"ts":1,"type":"a","sessionId":"b","uuid":"c"}"#, #"{"type":"a","sessionId":"b","cost":1}"#,
        #"{"timestamp":"t","type":"event_msg","payload":{"sessionId":"a","uuid":"b","type":"c"}}"#,
        #"{"note":"{\"type\":\"a\",\"sessionId\":\"b\",\"uuid\":\"c\"}"}"#, "type,sessionId,uuid", "[]", "",
    ])
    func `files of other kinds are not claimed`(text: String) {
        #expect(!EventFormat.claudeCode.recognises(InputHead(path: "x.jsonl", bytes: Array(text.utf8))))
    }

    @Test func `an event says who, where, with what and by which tool`() throws {
        let run = try Self.run("repeated-content-blocks")
        let last = try #require(run.events.first { $0.outputTokens == 845 })
        #expect(last.ts.description == "2026-05-04T10:22:03.456Z")
        #expect(last.identity == "mira@acme.example" && last.project == "shop")
        #expect(last.tool == "claude-code" && last.source == "claude-code")
        #expect(last.requestID == "msg_A1/req_A1" && last.requests == 1 && !last.shape.has(.requests))
        #expect(last.sessionID == "3c9d0000-1111-4222-8333-444455550001")
        #expect(last.shape.hasCost && last.shape.basis == .estimated)
        let use = try #require(run.events.first { $0.mcpServer != nil })
        #expect(use.requestID == "toolu_A1" && use.requests == 0 && use.model == nil)
        #expect(use.ts == last.ts && use.sessionID == last.sessionID && use.project == "shop")
        #expect(use.mcpServer == "linear" && use.mcpTool == "create_issue" && !use.shape.hasCost)
    }

    @Test func `what is of no use is ignored and counted by its type`() throws {
        let run = try Self.run("other-types")
        #expect(run.events.isEmpty && run.rejections.isEmpty)
        #expect(
            run.ignored == [
                "user=2", "system=1", "summary=1", "file-history-snapshot=1", "queue-operation=1",
                "x-new-kind=1", "without type=2", "assistant, without usage=1",
            ])
        #expect(
            try Self.run("failed-and-local").ignored == [
                "assistant, failed call=1", "assistant, local message=1",
            ])
    }

    @Test func `a line that is still being written is left for later`() throws {
        let run = try Self.run("unfinished-last-line")
        #expect(run.events.count == 1 && run.rejections.isEmpty)
        #expect(run.unfinishedLines == 1 && run.linesRead == 1 && run.left > 0)
    }

    @Test func `a changed type is rejected with its line and its key`() throws {
        let run = try Self.run("changed-types")
        #expect(run.rejections.map(\.line) == Array(1...17))
        #expect(run.rejections.allSatisfy { $0.bytes.isEmpty })
        let prefix = "message.usage."
        #expect(
            run.rejections.map(\.detail) == [
                "\(prefix)input_tokens is a string, a whole number is wanted",
                "\(prefix)output_tokens is a fraction, a whole number is wanted",
                "\(prefix)output_tokens is -1, 0 or more is wanted",
                "\(prefix)cache_read_input_tokens is an array, a whole number is wanted",
                "message.usage is a string, an object is wanted",
                "message is an array, an object is wanted",
                "message.model is a number, a string is wanted",
                "timestamp is a number, a string is wanted",
                "timestamp is no time, one such as 2026-04-01T14:25:00.000Z is wanted",
                "timestamp is absent or null: each event needs a time",
                "type is a number, a string is wanted",
                "isSidechain is a string, true or false is wanted",
                "sessionId has 257 bytes, at most 256 are wanted",
                "costUSD is a string, a number is wanted",
                "\(prefix)input_tokens is 1000000000001, at most 1000000000000 is wanted",
                "cwd is an object, a string is wanted",
                "message.content.id is a number, a string is wanted",
            ])
        #expect(run.rejections.first?.field == .inputTokens)
    }

    @Test func `a broken line is rejected with its reason, its neighbours are read`() throws {
        let run = try Self.run("broken-lines")
        #expect(
            run.rejections.map(\.reason) == [
                .malformedJSON, .invalidUTF8, .controlCharacter, .tooDeep, .notAnObject, .malformedJSON,
                .malformedJSON,
            ])
        #expect(run.events.count == 1)
    }

    @Test func `a request without any id has the same key in every copy of its session`() throws {
        let keys = try Self.run("without-ids").events.compactMap(\.requestID)
        #expect(keys.count == 3 && keys[0] == keys[2] && keys[0] != keys[1])
    }

    @Test func `without an account nothing is taken`() throws {
        var decoder = EventFormat.claudeCode.makeDecoder(DecoderOptions(), InputHead(path: "-", bytes: []))
        let run = TranscriptRun(&decoder, try Self.folder.bytes("repeated-content-blocks"))
        #expect(run.events.isEmpty && run.rejections.allSatisfy { $0.field == .identity })
    }

    @Test func `keys of any length are bounded as the log bounds them`() {
        let long = String(repeating: "m", count: 200)
        let line =
            #"{"type":"assistant","timestamp":"2026-05-04T00:00:00Z","requestId":"\#(long)","#
            + #""message":{"id":"\#(long)","usage":{"input_tokens":1}}}"#
        let run = Self.decode([line])
        #expect(run.rejections.map(\.reason) == [.tooLong] && run.rejections.first?.field == .requestID)
    }

    @Test(
        arguments: [
            ("mcp__a__b", "a", "b"), ("mcp__a_b__c__d", "a_b", "c__d"), ("mcp__a", "a", nil),
            ("mcp__a__", "a", nil), ("mcp____b", nil, nil), ("mcp__", nil, nil), ("mcp_a__b", nil, nil),
            ("Bash", nil, nil), ("mcp__plugin_kit_x__y", "plugin_kit_x", "y"),
        ] as [(String, String?, String?)])
    func `the name of a tool says which server it belongs to`(name: String, server: String?, tool: String?)
        throws
    {
        let use = try ClaudeCodeMessage.toolUse(Array(name.utf8)[...])
        #expect(use?.server == server && use?.tool == tool)
    }

    @Test func `whatever is done to the bytes, nothing traps and where they are cut changes nothing`() throws
    {
        var fuzz = try TranscriptFuzz(seed: 21, texts: Self.names.map { try Self.folder.bytes($0) })
        for round in 0..<20_000 { fuzz.check(.claudeCode, round: round) }
    }
}
