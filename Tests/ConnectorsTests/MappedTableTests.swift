import FoundationEssentials
import Testing
import UsageEvents

@testable import Connectors

/// Tables of no known format: fixtures with their mappings and sums, guesses, bad mappings.
@Suite struct MappedTableTests {
    private static let fixtures = TableFixtures("table", document: "README.md")
    private static let names = fixtures.names(".csv", ".tsv", ".json", ".ndjson")
        .filter { !$0.hasPrefix("without-mapping") }

    /// The mapping below the heading of a file, if there is one.
    private static func mapping(_ name: String) throws -> ColumnMapping? {
        let text = String(
            decoding: try Data(contentsOf: fixtures.folder.appending(path: "README.md")), as: UTF8.self)
        var isBelow = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { isBelow = line == "## \(name)" }
            if isBelow, line.hasPrefix("Mapping: `") {
                return try ColumnMapping(String(line.dropFirst(10).dropLast()))
            }
        }
        return nil
    }

    private static func options(_ mapping: ColumnMapping?) -> DecoderOptions {
        var options = DecoderOptions(prices: .bundled)
        options.mapping = mapping
        return options
    }

    private static func run(
        _ bytes: [UInt8], _ options: DecoderOptions, pieceBytes: Int = .max
    ) -> TranscriptRun {
        let head = InputHead(path: "-", bytes: Array(bytes.prefix(InputHead.bytesMax)))
        var decoder = EventFormat.table.makeDecoder(options, head)
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes)
    }

    private static func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        run(try fixtures.bytes(name), options(try mapping(name)), pieceBytes: pieceBytes)
    }

    private static func run(text: String, map: String? = nil) throws -> TranscriptRun {
        run(Array(text.utf8), options(try map.map { text in try ColumnMapping(text) }))
    }

    @Test(arguments: names)
    func `the sums of a fixture are those worked out by hand`(name: String) throws {
        let sums = HandWorked.requests(try Self.run(name).events, reasoning: false)
        #expect(!sums.isEmpty)
        #expect(sums == (try Self.fixtures.sums(of: name)))
    }

    @Test(arguments: names)
    func `nothing of columns that are not mapped reaches an event or a message`(name: String) throws {
        for text in try Self.run(name).texts { #expect(!text.contains("CANARY"), "\(text)") }
    }

    @Test(arguments: fixtures.names("csv", "tsv", "json", "ndjson"), [1, 7, 4_096])
    func `where the bytes are cut changes nothing`(name: String, pieceBytes: Int) throws {
        #expect(try Self.run(name, pieceBytes: pieceBytes) == (try Self.run(name)))
    }

    @Test func `a header with the names of fields is recognised, and any other one by the name of the file`()
        throws
    {
        func name(_ path: String, _ text: String) -> String {
            ConnectorRegistry.recognise(InputHead(path: path, bytes: Array(text.utf8))).name
        }
        #expect(name("-", "ts,identity,cost_usd\n") == "table")
        #expect(name("-", "TS;Identity;Input_Tokens;note\r\n") == "table")
        #expect(name("usage.csv", "When,Who,How much\n") == "table")
        #expect(name("usage.tsv.zst", "When\tWho\n") == "table")
        #expect(name("-", "When,Who,How much\n") == "ndjson")
        #expect(name("x.csv", "{\"ts\":1,\"identity\":\"a\",\"cost_usd\":1}\n") == "ndjson")
        #expect(name("x.csv", "") == "ndjson")
    }

    @Test func `equal times in different writings are one time`() throws {
        let times = try Self.run("kinds-of-time.tsv").events.map(\.ts.description)
        #expect(
            times == [
                "2026-05-04T10:22:03.000Z", "2026-05-04T10:22:03.750Z", "2026-05-04T10:22:03.750Z",
                "2026-05-04T10:22:03.751Z", "2026-05-04T10:22:03.750Z", "2026-05-04T10:22:03.000Z",
                "2026-05-04T00:00:00.000Z", "2026-05-04T23:59:59.999Z",
            ])
    }

    @Test func `without a mapping one message lists the columns and suggests a mapping that can be typed`()
        throws
    {
        let csv = try Self.run("without-mapping.csv")
        #expect(csv.events.isEmpty && csv.rejections.count == 1 && csv.linesRead == 2)
        #expect(
            csv.rejections.first?.detail
                == "nothing says what the columns mean; found Created At, User Email, Model Name, "
                + "Prompt Tokens, Completion Tokens, Amount (USD), Cents. "
                + "Correct and type: --map 'ts=Created At,identity=User Email,model=Model Name,"
                + "input_tokens=Prompt Tokens,"
                + "output_tokens=Completion Tokens,cost_usd=Amount (USD)'")
        let json = try Self.run("without-mapping.ndjson")
        #expect(json.events.isEmpty && json.rejections.count == 1 && json.ignored == ["unmapped object=1"])
        #expect(
            json.rejections.first?.detail
                == "nothing says what the columns mean; found at.timestamp, who.login, "
                + "usage.\"input.tokens\", usage.total_cost. "
                + "Correct and type: --map 'ts=at.timestamp,identity=who.login,"
                + "input_tokens=usage.\"input.tokens\",cost_usd=usage.total_cost'")
        #expect(!(csv.texts + json.texts).contains { $0.contains("CANARY") })
        // The suggestion is a mapping.
        let suggestion = try ColumnMapping(
            MappingGuess.suggestion([["Cents"], ["odd, name"], ["day"], ["e-mail"]]))
        #expect(suggestion.description == "ts=day,identity=COLUMN,cost_usd=Cents/100")
    }

    @Test func `a mapping that cannot serve is one rejection that says why`() throws {
        func detail(_ header: String, _ map: String) throws -> String? {
            let run = try Self.run(text: "\(header)\n1,2,3\n4,5,6\n", map: map)
            #expect(run.events.isEmpty && run.rejections.count == 1)
            return run.rejections.first?.detail
        }
        #expect(
            try detail("a,b,c", "ts=a,identity=b,cost_usd=d")
                == "the column 'd' of cost_usd is not in the header, which has 'a', 'b', 'c'")
        #expect(
            try detail("a,b,c", "identity=b,cost_usd=c")
                == "ts is absent or null: the mapping must name the column of the time")
        #expect(
            try detail("a,b,c", "ts=a,cost_usd=c")
                == "identity is absent or null: map a column to identity, or type --identity with the account"
        )
        #expect(
            try detail("a,b,c", "ts=a,identity=b,model=c")
                == "cost_usd is absent or null: the mapping must name the column of the cost, of tokens or "
                + "of an MCP server")
        #expect(try detail("a,b,b", "ts=a,identity=b,cost_usd=a")?.contains("stands twice") == true)
    }

    @Test func `a table without a header is refused without a word of what it holds`() throws {
        for row in ["2026-05-04,secret,1", "secret,1.5,x", "a,\(String(repeating: "secret ", count: 20)),b"] {
            for map in [nil, "ts=a,identity=b,cost_usd=c"] {
                let run = try Self.run(text: row + "\n" + row, map: map)
                #expect(run.events.isEmpty && run.rejections.count == 1)
                #expect(run.rejections.first?.detail.contains("a header with the names") == true)
            }
        }
    }

    @Test func `broken rows are rejected with their line, their column and their bytes`() throws {
        let rejections = try Self.run("broken-rows.csv").rejections
        #expect(rejections.map(\.line) == Array(2...10))
        #expect(
            rejections.map(\.field) == [
                .ts, .identity, .inputTokens, .inputTokens, .costUSD, .costUSD, .costBasis, .inputTokens, nil,
            ])
        #expect(
            rejections.first?.bytes == Array("04/05/2026,mira@acme.example,1,1,,,m".utf8)
                && rejections.first?.isTruncated == false)
        let named = try Self.run(text: "a,b,c\n1,x,oops\n", map: "ts=a,identity=b,cost_usd=c")
        #expect(
            named.rejections.first?.detail
                == "cost_usd is a text of 4 bytes, an amount such as 0.12 is wanted (in 'c')")
    }

    @Test func `in JSON a value of another type, a repeated key and a broken object are rejected`() throws {
        let map = "ts=t,identity=u.id,cost_usd=c/100,session_id=s"
        let run = try Self.run(
            text: """
                {"t":1777890123,"u":{"id":"x"},"c":150,"s":"\\u00e9"}
                {"t":1777890123,"u":{"id":"x"},"c":[1]}
                {"t":1777890123,"u":{"id":"x"},"c":1,"c":2}
                {"t":1777890123,"u":"x","c":1}
                {"t":1777890123,"u":{"id":true},"c":1}
                {"\\u0074":1777890123,"u":{"\\u0069d":"x"},"c":null,"c2":1}
                {"t":1777890123,"u":{"id":"x"},"c":99}
                """, map: map)
        #expect(run.events.map(\.cost.rawValue) == [1_500_000_000, 990_000_000])
        #expect(run.events.first?.sessionID == "é")
        #expect(run.rejections.map(\.line) == [2, 3, 4, 5, 6])
        #expect(
            run.rejections.map(\.reason) == [
                .wrongType, .duplicateKey, .missingField, .wrongType, .missingField,
            ])
    }

    @Test func `one column may serve two fields, and a constant any`() throws {
        let run = try Self.run(
            text: "when,who,n\n2026-05-04,x,5\n",
            map: "ts=when,identity=who,project=who,cost_usd='0.5',requests=n,grain='request'")
        let event = try #require(run.events.first)
        #expect(event.project == "x" && event.requests == 5 && event.cost.rawValue == 500_000_000)
        let json = try Self.run(
            text: "[{\"when\":\"2026-05-04\",\"who\":\"x\",\"n\":5}]",
            map: "ts=when,identity=who,project=who,cost_usd='0.5',requests=n,grain='request'")
        #expect(json.events == run.events)
    }

    @Test func `20,000 damaged tables end in events and rejections, and nothing leaks`() throws {
        let texts = try Self.names.filter { $0.hasSuffix("sv") && $0 != "amounts-in-cents.csv" }
            .map { try Self.fixtures.bytes($0) }
        var fuzz = TableFuzz(seed: 33, texts: texts)
        let options = Self.options(nil)
        for round in 0..<20_000 {
            fuzz.check({ TableRecords(MappedTable(options), options: options) }, round: round)
        }
    }

    @Test func `20,000 damaged objects end in events and rejections, and nothing leaks`() throws {
        var fuzz = TableFuzz(seed: 34, texts: [try Self.fixtures.bytes("nested-keys.json")])
        let options = Self.options(try Self.mapping("nested-keys.json"))
        for round in 0..<20_000 {
            fuzz.check({ DocumentRecords(MappedObjects(options), options: options) }, round: round)
        }
    }
}
