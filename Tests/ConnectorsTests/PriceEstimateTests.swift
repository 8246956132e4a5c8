import Testing
import UsageEvents

@testable import Connectors

/// Events without a cost are priced, and marked.
@Suite struct PriceEstimateTests {
    private static let table = """
        model,input,output,cache_read,cache_write,valid_from
        m,1,10,0.1,,
        m,2,20,0.2,,2026-08-02
        no-output,1,,,,
        """

    private func events(_ lines: String...) throws -> [UsageEvent] {
        let options = DecoderOptions(prices: try PriceTable(csv: Self.table.utf8))
        // One blank line in front and many behind, so that the scanner reads all of them.
        let text = Array(("\n" + lines.joined(separator: "\n")).utf8) + [UInt8](repeating: 0x0a, count: 100)
        let fast = Decoded(text, options: options)
        let general = Decoded(text, options: options, usesScanner: false)
        #expect(fast.events == general.events && fast.costsEstimated == general.costsEstimated)
        #expect(fast.rejections.isEmpty)
        return fast.events
    }

    private func line(_ model: String = "m", _ more: String = "", ts: String = "2026-08-01T00:00:00Z")
        -> String
    {
        "{\"ts\":\"\(ts)\",\"identity\":\"x\",\"model\":\"\(model)\",\"input_tokens\":1000,"
            + "\"output_tokens\":10\(more)}"
    }

    @Test func `a known model is priced at the price of the day, and the basis says so`() throws {
        let events = try events(
            line(), line(ts: "2026-08-02T00:00:00Z"), line("M"), line("vendor/m-20260101"),
            line("m", ",\"cache_read_tokens\":5,\"cache_write_tokens\":7"))
        #expect(events.map(\.cost.rawValue) == [1_100_000, 2_200_000, 1_100_000, 1_100_000, 1_107_500])
        #expect(
            events.allSatisfy { $0.shape.basis == .estimated && $0.shape.hasCost && !$0.shape.has(.costUSD) })
    }

    @Test func `what is not known stays without cost`() throws {
        let events = try events(
            line("other"), line("no-output"), "{\"ts\":0,\"identity\":\"x\",\"input_tokens\":1}",
            "{\"ts\":0,\"identity\":\"x\",\"model\":\"m\",\"mcp_server\":\"s\"}",
            line("other", ",\"cost_basis\":\"estimated\""))
        #expect(
            events.allSatisfy { !$0.shape.hasCost && $0.cost.rawValue == 0 && $0.shape.basis == .unstated })
    }

    @Test func `a cost that the line gives is kept, zero too, and what a plan includes is not priced`() throws
    {
        let events = try events(
            line("m", ",\"cost_usd\":0"), line("m", ",\"cost_usd\":2,\"cost_basis\":\"list\""),
            line("m", ",\"cost_basis\":\"included\""),
            line("m", ",\"cost_usd\":3,\"cost_basis\":\"estimated\""),
            line("m", ",\"cost_usd\":null"))
        #expect(events.map(\.cost.rawValue) == [0, 2_000_000_000, 0, 3_000_000_000, 1_100_000])
        #expect(events.map(\.shape.basis) == [.unstated, .list, .included, .estimated, .estimated])
        #expect(events.map(\.shape.hasCost) == [true, true, false, true, true])
    }
}
