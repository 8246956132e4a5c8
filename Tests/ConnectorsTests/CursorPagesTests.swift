import Testing
import UsageEvents

@testable import Connectors

/// Usage events of Cursor as JSON: every quirk has a fixture, and the sums are those of their README.
@Suite struct CursorPagesTests {
    private static let fixtures = DocumentFixtures(folder: FixtureFolder("cursor"), format: .cursor)
    private static let names = fixtures.names

    private static func sums(_ events: [UsageEvent]) -> [[String]] {
        DocumentFixtures.sums(
            DocumentFixtures.counted(events), reasoning: false, bases: [.billed, .included, .estimated])
    }

    @Test func `the sums of all fixtures are those worked out by hand`() throws {
        #expect(Self.names.count > 15)
        let events = try Self.names.flatMap { try Self.fixtures.run($0).events }
        let wanted = try Self.fixtures.folder.sums(columns: 12)
        #expect(Self.sums(events) == wanted)
        // Any order and any repetition of the files gives the same.
        #expect(Self.sums(Array(events.reversed())) == wanted)
        #expect(Self.sums(events + events) == wanted)
    }

    @Test(arguments: names)
    func `nothing secret reaches an event or a message`(name: String) throws {
        for text in try Self.fixtures.run(name).texts { #expect(!text.contains("CANARY"), "\(text)") }
    }

    @Test(arguments: names, [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.fixtures.run(name, pieceBytes: pieceBytes) == (try Self.fixtures.run(name)))
    }

    @Test(arguments: names)
    func `the files are recognised by what they hold`(name: String) throws {
        let head = InputHead(path: "-", bytes: try Self.fixtures.bytes(name))
        #expect(ConnectorRegistry.recognise(head).name == "cursor")
    }

    @Test func `each record is rejected with its place and its reason`() throws {
        let run = try Self.fixtures.run("changed-types.json")
        #expect(run.events.count == 1)
        #expect(
            run.rejections.map { "\($0.line) \($0.reason.rawValue) \($0.field?.key ?? "-"): \($0.detail)" }
                == [
                    "2 invalid_time ts: timestamp is no whole number of epoch milliseconds, one is wanted",
                    "3 invalid_time ts: timestamp is no whole number of epoch milliseconds, one is wanted",
                    "4 out_of_range ts: timestamp is outside the years 1970 to 9999",
                    "5 wrong_type ts: timestamp is a boolean, a string is wanted",
                    "6 missing_field ts: timestamp is absent or null: each event needs a time",
                    "7 missing_field identity: neither userEmail nor serviceAccountId is given and there is "
                        + "no default: type --identity with the account",
                    "8 wrong_type identity: userEmail is an object, a string is wanted",
                    "9 wrong_type model: model is a number, a string is wanted",
                    "10 wrong_type -: maxMode is a string, true or false is wanted",
                    "11 wrong_type -: isTokenBasedCall is a number, true or false is wanted",
                    "12 wrong_type -: tokenUsage is an array, an object is wanted",
                    "13 wrong_type input_tokens: inputTokens is a string, a whole number is wanted",
                    "14 wrong_type input_tokens: inputTokens is a fraction, a whole number is wanted",
                    "15 out_of_range output_tokens: outputTokens is -1, 0 or more is wanted",
                    "16 out_of_range output_tokens: outputTokens is 1000000000001, "
                        + "at most 1000000000000 is wanted",
                    "17 wrong_type cost_usd: chargedCents is a string, a number is wanted",
                    "18 out_of_range cost_usd: chargedCents is -0.005 dollars, "
                        + "0 to 1000000 dollars are wanted",
                    "19 out_of_range cost_usd: chargedCents is 1000000.01 dollars, "
                        + "0 to 1000000 dollars are wanted",
                    "20 malformed_json -: found ',' at byte 179, 'true' is wanted",
                    "21 not_an_object -: found a string, an object is wanted",
                    "22 not_an_object -: found an array, an object is wanted",
                    "23 not_an_object -: found null, an object is wanted",
                ])
    }

    @Test func `cut lines and cut files lose what was cut and no more`() throws {
        let lines = try Self.fixtures.run("cut-lines.ndjson")
        #expect(lines.events.map(\.inputTokens) == [1, 3])
        #expect(lines.rejections.map(\.line) == [3, 5])
        #expect(lines.linesRead == 5)
        let page = try Self.fixtures.run("broken-off.json")
        #expect(page.events.map(\.inputTokens) == [11])
        #expect(
            page.rejections.map(\.detail) == ["the input ends in the middle of a document, its end is wanted"]
        )
        #expect(page.rejections.map(\.line) == [6])
    }

    @Test func `an event says who, when, where and whose dollars`() throws {
        let run = try Self.fixtures.run("fractional-cents.json")
        let event = try #require(run.events.first)
        #expect(event.ts.description == "2026-05-04T07:24:15.120Z")
        #expect(event.identity == "mira@acme.example" && event.tool == "cursor" && event.source == "cursor")
        #expect(event.model == "claude-4.5-sonnet" && event.sessionID == "conv-a1" && event.requests == 1)
        #expect(event.cost.description == "0.052195" && event.shape.basis == .billed)
        let id = try #require(event.requestID)
        #expect(id.hasPrefix("cur-") && id.hasSuffix("-0") && id.utf8.count == 38)
        #expect(RequestKey(text: id).text == id)
        #expect(run.events.map(\.identity) == Array(repeating: "mira@acme.example", count: 3))
    }

    @Test func `pages without events are ignored, not rejected`() throws {
        let run = try Self.fixtures.run("empty-pages.ndjson")
        #expect(run.rejections.isEmpty && run.events.isEmpty)
        #expect(run.ignored == ["page without events=2"])
    }

    @Test func `twins have keys of their own, on pages that follow one another too`() throws {
        func ordinals(_ name: String) throws -> [String] {
            try Self.fixtures.run(name).events.map { String($0.requestID?.split(separator: "-").last ?? "") }
        }
        #expect(try ordinals("twins-and-page-read-twice.json") == ["0", "1", "0", "1"])
        #expect(try ordinals("twins-over-pages.ndjson") == ["0", "0", "1"])
    }

    @Test func `ordinals go on among bare events and forget nothing within a generation`() {
        var twins = CursorTwins()
        let key = Hash128(high: 1, low: 2)
        #expect((0..<3).map { _ in twins.ordinal(of: key) } == [0, 1, 2])
        for i in 0..<8_000 { #expect(twins.ordinal(of: Hash128(high: 3, low: UInt64(i))) == 0) }
        #expect(twins.ordinal(of: key) == 3)
        twins.restart()
        #expect(twins.ordinal(of: key) == 0)
    }

    @Test(arguments: [
        ("Included", true), ("included in Ultra", true), ("Free", true),
        ("USAGE_EVENT_KIND_FREE_CREDIT", true),
        ("Errored, Not Charged", true), ("USAGE_EVENT_KIND_ABORTED_NOT_CHARGED", true),
        ("Aborted, No Charge", true), ("On-Demand", false), ("Usage-based", false),
        ("USAGE_EVENT_KIND_USAGE_BASED", false), ("User API Key", false), ("", false),
    ])
    func `kinds say whether something is billed`(kind: String, isFree: Bool) {
        #expect(CursorKind.isFree(Array(kind.utf8)) == isFree)
    }

    @Test func `a label that is given thousands of times is refused, and the next event is read`() {
        let name = String(repeating: "m", count: 200)
        let again = Array(repeating: "\"model\":\"\(name)\"", count: 5_000).joined(separator: ",")
        let start = "{\"timestamp\":\"1777879455120\",\"userEmail\":\"mira@acme.example\",\"chargedCents\":1,"
        let page = "{\"usageEvents\":[\(start)\(again)},\(start)\"model\":\"m\"}]}"
        let run = DocumentFixtures.run(.cursor, Array(page.utf8))
        #expect(run.events.map(\.model) == ["m"])
        #expect(run.rejections.map(\.reason) == [.duplicateKey])
    }

    @Test func `no damage makes it crash, and pieces change nothing`() throws {
        var fuzz = try DocumentFuzz(seed: 14, Self.fixtures)
        for round in 0..<20_000 { fuzz.check(.cursor, round: round) }
    }
}
