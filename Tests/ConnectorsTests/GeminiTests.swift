import FoundationEssentials
import Testing
import UsageEvents

@testable import Connectors

/// Sessions of Gemini CLI: every quirk has a fixture, and the sums are those of their README.
@Suite struct GeminiTests {
    private static let folder = FixtureFolder("gemini")
    private static let names = folder.transcripts.map { $0 + ".jsonl" } + ["one-document.json"]

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.folder.appending(path: name)))
    }

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        TranscriptRun(.gemini, try bytes(name), path: name, pieceBytes: pieceBytes)
    }

    @Test func `the sums of all fixtures are those worked out by hand`() throws {
        let counted = LargestCopies.of(try Self.names.flatMap { try Self.run($0).events })
        #expect(HandWorked.requests(counted, reasoning: true) == (try Self.folder.sums(columns: 10)))
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
    func `the files are recognised by what they hold, whatever their name`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "gemini")
        #expect(GeminiSessions.isDocument(head) == name.hasSuffix(".json"))
    }

    @Test func `an event says who, where, with what and by which tool`() throws {
        let event = try #require(try Self.run("said-again.jsonl").events.first)
        #expect(event.identity == "mira@acme.example" && event.project == "3f2ac0ffeec0")
        #expect(event.tool == "gemini-cli" && event.source == "gemini" && event.model == "gemini-2.5-pro")
        #expect(event.sessionID == "5f0c1111-2222-4333-8444-555566667777")
        #expect(event.requestID == "5f0c1111-2222-4333-8444-555566667777-m-1")
        #expect(event.shape.hasCost && event.shape.basis == .estimated)
    }

    @Test func `what is of no use is ignored and counted by its type`() throws {
        #expect(
            try Self.run("said-again.jsonl").ignored == [
                "user=1", "without type=3", "gemini, without tokens=1", "info=1",
            ])
    }

    @Test func `a changed type is rejected with its line and its key`() throws {
        let run = try Self.run("changed-types.jsonl")
        #expect(run.rejections.map(\.line) == Array(2...14))
        #expect(
            run.rejections.map(\.detail).prefix(4) == [
                "tokens.input is a string, a whole number is wanted",
                "tokens.input is a fraction, a whole number is wanted",
                "tokens.output is -1, 0 or more is wanted",
                "tokens is an array, an object is wanted",
            ])
    }

    @Test func `a line that is still being written is left for later`() throws {
        let run = try Self.run("unfinished-last-line.jsonl")
        #expect(run.unfinishedLines == 1 && run.left == 150 && run.rejections.isEmpty)
    }

    @Test func `whatever is done to the bytes, nothing traps and where they are cut changes nothing`() throws
    {
        var fuzz = try TranscriptFuzz(seed: 23, texts: Self.names.map { try Self.bytes($0) })
        for round in 0..<20_000 { fuzz.check(.gemini, round: round) }
    }
}
