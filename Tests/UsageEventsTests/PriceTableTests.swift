import Testing
import TidemarkTestKit
import UsageEvents

/// The price file, the look-up of models and the arithmetic.
@Suite struct PriceTableTests {
    private func table(_ csv: String) throws -> PriceTable { try PriceTable(csv: csv.utf8) }

    private func price(_ table: PriceTable, _ name: String, at ts: Int64 = 0) -> PriceTable.Price? {
        table.model(named: name).flatMap { table.price(model: $0, at: ts) }
    }

    @Test func `columns come in any order, and comments, blanks and CR do no harm`() throws {
        let table = try table(
            """
            # prices
            output, model ,cache_read,provider,input\r

            15,"a,b",,x,3\r
            0.5,c,0.0375,x,0.25
            """)
        #expect(table.count == 2)
        #expect(
            price(table, "a,b")
                == .init(input: 3_000_000, output: 15_000_000, cacheRead: nil, cacheWrite: nil))
        #expect(
            price(table, "c") == .init(input: 250_000, output: 500_000, cacheRead: 37_500, cacheWrite: nil))
    }

    @Test(arguments: [
        ("", "line 1: found no header"), ("# x\n", "found no header"),
        ("model,input\n", "no column 'output'"),
        ("model,input,output,cach_read\n", "line 1: found the column 'cach_read'"),
        ("model,input,output,input\n", "'input' twice"),
        ("model,input,output\na,1\n", "line 2: found 2 values, wanted 3"),
        ("model,input,output\n\na,1,x\n", "line 3: found the price 'x'"),
        ("model,input,output\na,-1,1\n", "price '-1'"),
        ("model,input,output\na,1e3,1\n", "price '1e3'"), ("model,input,output\na,1.,1\n", "price '1.'"),
        ("model,input,output\na,99999999,1\n", "99999999"), ("model,input,output\n,1,1\n", "empty model"),
        ("model,input,output\na,1,1\na,2,2\n", "line 3: found a second price of a"),
        ("model,input,output,valid_from\na,1,1,soon\n", "valid_from 'soon'"),
        ("model,\u{fffd},output\n", "column"),
    ])
    func `an error names the line, what was found and what is wanted`(csv: String, message: String) {
        #expect(throws: PriceTableError.self) { try self.table(csv) }
        do {
            _ = try table(csv)
        } catch {
            #expect("\(error)".contains(message), "\(error)")
            #expect("\(error)".contains("wanted"))
        }
    }

    @Test func `a model is found under the spellings that sources use`() throws {
        let table = try table(
            """
            model,input,output
            claude-opus-4-5,5,25
            claude-opus-4-5-20251101,6,25
            gpt-5.1,1.25,10
            Grok-Code,2,4
            vendor/deep,7,7
            dated-2026-01-01,8,8
            """)
        let wanted: [(String, Int64?)] = [
            ("claude-opus-4-5", 5), ("claude-opus-4-5-20251101", 6), ("Claude-Opus-4-5", 5),
            ("claude-opus-4.5", 5),
            ("anthropic/claude-opus-4.5", 5), ("a/b/CLAUDE-OPUS-4.5-20260101", 5),
            ("claude-opus-4-5@20260101", 5),
            ("claude-opus-4-5-2026-01-01", 5), ("gpt-5-1", 1), ("gpt-5.1-2025-11-13", 1), ("grok-code", 2),
            ("deep", 7),
            ("dated", 8), ("other/dated", 8), ("claude-opus", nil), ("claude-opus-4-5-19990101", nil),
            ("", nil),
            ("/", nil), ("20260101", nil), ("-20260101", nil),
        ]
        for (name, dollars) in wanted {
            #expect(price(table, name)?.input.map { $0 / 1_000_000 } == dollars, "\(name)")
        }
    }

    @Test func `the price of the time of the event holds`() throws {
        let table = try table("model,input,output,valid_from\na,2,2,2026-02-01\na,1,1,2026-01-01T12:00:00Z\n")
        let start = Timestamp(rfc3339: "2026-01-01T12:00:00Z".utf8)?.rawValue ?? 0
        #expect(price(table, "a", at: start - 1) == nil)
        #expect(price(table, "a", at: start)?.input == 1_000_000)
        #expect(price(table, "a", at: start + 31 * Timestamp.day)?.input == 2_000_000)
    }

    @Test func `costs are exact, rounded once, half to even, and never overflow`() {
        typealias Price = PriceTable.Price
        func cost(_ price: Price, _ input: Int64, _ output: Int64 = 0, _ read: Int64 = 0, _ write: Int64 = 0)
            -> Int64?
        {
            price.cost(input: input, output: output, cacheRead: read, cacheWrite: write)?.rawValue
        }
        let plain = Price(input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000)
        #expect(cost(plain, 1_000, 100, 10, 1) == 4_506_750)
        #expect(cost(plain, -1_000) == -3_000_000)
        // What is kept for an hour costs twice the input, whatever shorter writes cost: 7,500 + 18,000.
        let long = plain.cost(input: 0, output: 0, cacheRead: 0, cacheWrite: 2, longCacheWrite: 3)
        #expect(long?.rawValue == 25_500)
        let tiny = Price(input: 500, output: nil, cacheRead: nil, cacheWrite: nil)
        #expect([1, 2, 3, 5, 7, -1, -3].map { cost(tiny, $0) } == [0, 1, 2, 2, 4, 0, -2])
        #expect(cost(tiny, 0, 0, 1, 1) == 1)
        #expect(cost(tiny, 1, 1) == nil)
        #expect(cost(Price(input: nil, output: 1, cacheRead: nil, cacheWrite: nil), 0, 1_000) == 1)
        #expect(cost(Price(input: nil, output: 1, cacheRead: nil, cacheWrite: nil), 0, 1, 1) == nil)
        let dear = Price(input: .max, output: .max, cacheRead: .max, cacheWrite: .max)
        #expect(cost(dear, .max, .max, .max, .max) == nil)
        #expect(cost(dear, .min, .min, .min, .min) == nil)
        #expect(cost(dear, .min, .max) == nil)
        let million = Price(input: 1_000_000_000_000, output: nil, cacheRead: nil, cacheWrite: nil)
        #expect(cost(million, 1_000_000) == NanoUSD.eventMax)
        #expect(cost(million, 1_000_001) == nil)
    }

    @Test func `the bundled table prices the models of the day`() {
        let table = PriceTable.bundled
        #expect(table.count > 1_000)
        #expect(price(table, "claude-opus-4.5")?.output == 25_000_000)
        #expect(price(table, "anthropic/claude-opus-4.5")?.input == 5_000_000)
        #expect(price(table, "gpt-5.1-codex")?.input == 1_250_000)
        #expect(price(table, "xai/grok-4.5") == price(table, "grok-4.5"))
        #expect(price(table, "no-such-model") == nil)
    }

    @Test func `a reseller's spelling with another price than the model's own keeps its row`() {
        let table = PriceTable.bundled
        #expect(price(table, "openai.gpt-oss-safeguard-20b")?.output == 200_000)
        #expect(price(table, "us.anthropic.claude-3-5-haiku-20241022-v1:0")?.input == 800_000)
    }

    @Test func `rows of a user win over the table behind, for the models and from the dates they name`()
        throws
    {
        let own = try table(
            """
            model,input,output,valid_from,aliases
            claude-sonnet-5,1,2,2026-06-01,team-sonnet; gateway/sonnet
            house-model,4,8,,
            """)
        let all = own.over(try table("model,input,output\nclaude-sonnet-5,3,15\ngpt-5,1.25,10\n"))
        let may = Timestamp(rfc3339: "2026-05-31T23:59:59Z".utf8)?.rawValue ?? 0
        let june = Timestamp(rfc3339: "2026-06-01T00:00:00Z".utf8)?.rawValue ?? 0
        #expect(price(all, "claude-sonnet-5", at: june)?.input == 1_000_000)
        #expect(price(all, "claude-sonnet-5", at: may)?.input == 3_000_000)
        #expect(price(all, "Team-Sonnet", at: june)?.input == 1_000_000)
        #expect(price(all, "anthropic/claude-sonnet-5-20260501", at: june)?.input == 1_000_000)
        #expect(price(all, "gpt-5", at: june)?.input == 1_250_000)
        #expect(price(all, "house-model")?.output == 8_000_000)
        #expect(all.model(named: "unheard-of") == nil)
    }

    @Test(arguments: [
        ("claude-4.5-sonnet", "claude-sonnet-4-5"), ("claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("openrouter/anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("claude-4-sonnet-thinking", "claude-sonnet-4-thinking"),
        ("claude-3-7-sonnet@20250219", "claude-sonnet-3-7"),
        ("gpt-5.1-2025-11-13", "gpt-5-1"), ("m-max", "m-max"), ("gpt-4o", "gpt-4o"), ("claude", "claude"),
        ("claude-v2", "claude"), ("vendor/", "vendor"), ("", ""), ("-", "-"),
    ])
    func `spellings of one model fold to one name`(name: String, folded: String) {
        #expect(ModelName.folded(name) == folded)
        #expect(ModelName.folded(ModelName.folded(name)) == ModelName.folded(name))
    }

    @Test func `a name that stands for a model has its price, also in the table behind`() throws {
        let own = try PriceTable(csv: "model,input,output\nhouse-model,4,8\n".utf8).over(.bundled)
        let named = own.naming(try #require(ModelAliases("prod=house-model,team-sonnet=claude-sonnet-4-5")))
        #expect(price(named, "Prod")?.output == 8_000_000)
        #expect(price(named, "gateway/team-sonnet") == price(.bundled, "claude-sonnet-4-5"))
        #expect(price(named, "gpt-5") == price(.bundled, "gpt-5"))
        #expect(own.model(named: "team-sonnet") == nil)
    }

    @Test func `a way of running a model is priced as the model, the region's price only in the region`() {
        let bundled = PriceTable.bundled
        let plain = price(bundled, "claude-sonnet-4-5", at: .max)
        #expect(plain != nil)
        for name in ["claude-4.5-sonnet-thinking", "claude-4.5-sonnet", "Claude-Sonnet-4.5-thinking-high"] {
            #expect(price(bundled, name, at: .max) == plain, "\(name)")
        }
        #expect(price(bundled, "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", at: .max) != plain)
    }
}
