import Testing
import UsageEvents

@testable import Connectors

/// CSV exports of Cursor's usage page: every quirk has a fixture, and the sums are those worked out by hand.
@Suite struct CursorTableTests {
    private static let fixtures = TableFixtures("cursor", document: "CSV.md")
    private static let names = fixtures.names(".csv")

    private static func options() -> DecoderOptions {
        DecoderOptions(defaultIdentity: "mira@acme.example", prices: .bundled)
    }

    private static func run(
        _ bytes: [UInt8], pieceBytes: Int = .max, options: DecoderOptions = options()
    ) -> TranscriptRun {
        let head = InputHead(path: "usage.csv", bytes: Array(bytes.prefix(InputHead.bytesMax)))
        var decoder = EventFormat.cursor.makeDecoder(options, head)
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes)
    }

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        run(try fixtures.bytes(name), pieceBytes: pieceBytes)
    }

    private static func run(lines: String...) -> TranscriptRun {
        run(Array(lines.joined(separator: "\n").utf8))
    }

    @Test(arguments: names)
    func `the sums of a fixture are those worked out by hand`(name: String) throws {
        let counted = LargestCopies.of(try Self.run(name).events)
        let sums = HandWorked.requests(counted, reasoning: false)
        #expect(!sums.isEmpty)
        #expect(sums == (try Self.fixtures.sums(of: name)))
    }

    @Test func `overlapping exports count once in either order, twins twice`() throws {
        let first = try Self.run("overlapping-exports-1.csv").events
        let second = try Self.run("overlapping-exports-2.csv").events
        let wanted = try Self.fixtures.sums(of: "overlapping-exports together")
        for events in [first + second, second + first, first + second + first] {
            #expect(HandWorked.requests(LargestCopies.of(events), reasoning: false) == wanted)
        }
    }

    @Test(arguments: names)
    func `nothing that people wrote reaches an event or a message`(name: String) throws {
        for text in try Self.run(name).texts { #expect(!text.contains("CANARY"), "\(text)") }
    }

    @Test(arguments: names, [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.run(name, pieceBytes: pieceBytes) == (try Self.run(name)))
    }

    @Test(arguments: names)
    func `the files are recognised by their header`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.fixtures.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "cursor")
    }

    @Test func `money that a plan covers is marked, the rest is billed or priced here`() throws {
        let events = try Self.run("words-for-cost.csv").events
        #expect(
            events.map(\.shape.basis) == [
                .included, .included, .billed, .estimated, .included, .estimated, .included, .included,
            ])
        #expect(events.map(\.shape.hasCost) == [false, true, true, true, false, true, false, false])
        #expect(
            try Self.run("old-cost-to-you.csv").events.map(\.shape.basis) == [.billed, .included, .included])
    }

    @Test func `broken rows are rejected with their line and what is wrong with them`() throws {
        let rejections = try Self.run("broken-rows.csv").rejections
        #expect(rejections.map(\.line) == [2, 3, 4, 5, 6, 7, 10])
        #expect(
            rejections.map(\.reason) == [
                .invalidTime, .wrongType, .outOfRange, .wrongType, .malformedCSV, .malformedCSV,
                .malformedCSV,
            ])
        #expect(rejections.map(\.field) == [.ts, .inputTokens, .inputTokens, .costUSD, nil, nil, nil])
        #expect(rejections[1].detail == "input_tokens is '1,000', a whole number is wanted")
        #expect(rejections[3].detail == "cost_usd is a text of 8 bytes, an amount such as 0.12 is wanted")
        #expect(rejections[4].detail == "found 12 cells, 13 are wanted as in the header")
        #expect(rejections.allSatisfy { $0.bytes.isEmpty && $0.isTruncated })
    }

    @Test func `without a user and without an identity the table is rejected once`() throws {
        let run = Self.run(try Self.fixtures.bytes("one-person-without-user.csv"), options: DecoderOptions())
        #expect(run.events.isEmpty && run.linesRead == 3)
        #expect(run.rejections.map(\.line) == [1])
        #expect(run.rejections.first?.detail.contains("type --identity") == true)
    }

    @Test func `columns may stand in any order, in any case, and twice only where they mean nothing`() {
        let run = Self.run(
            lines: "TOTAL TOKENS,x,model,x,DATE,Output Tokens,User",
            "7,a,gpt-5,b,2026-05-01,7,Kofi@acme.example")
        #expect(run.events.map(\.outputTokens) == [7])
        #expect(run.events.map(\.identity) == ["kofi@acme.example"])
        let twice = Self.run(lines: "Date,Model,Total Tokens,Date,User", "2026-05-01,m,1,2026-05-01,u")
        #expect(twice.rejections.map(\.reason) == [.duplicateKey])
    }

    @Test func `20,000 damaged exports end in events and rejections, and nothing leaks`() throws {
        var fuzz = TableFuzz(seed: 31, texts: try Self.names.map { try Self.fixtures.bytes($0) })
        for round in 0..<20_000 {
            fuzz.check({ TableRecords(CursorTable(Self.options()), options: Self.options()) }, round: round)
        }
    }
}
