import Testing
import TidemarkTestKit

@testable import UsageEvents

/// Columns against an array of events.
@Suite struct EventBatchTests {
    /// An event with any of its fields set.
    private func event(_ random: inout SplitMix64) -> UsageEvent {
        func chance(_ percent: Int) -> Bool { random.below(100) < percent }
        var event = UsageEvent(
            ts: Timestamp(milliseconds: Int64(random.below(1_000_000))), identity: "u\(random.below(9))")
        if chance(50) { event.team = "t\(random.below(3))" }
        if chance(50) { event.tool = "tool" }
        if chance(50) { event.model = "m\(random.below(4))" }
        if chance(20) { event.mcpServer = "s" }
        if chance(5) { event.tsEnd = Timestamp(milliseconds: 2_000_000) }
        if chance(5) { event.project = "p\(random.below(3))" }
        if chance(5) { event.mcpTool = "mt" }
        if chance(5) { event.reasoningTokens = Int64(random.below(99)) }
        if chance(5) { event.requests = Int64(random.below(3)) }
        if chance(5) { event.source = "src" }
        if chance(30) { event.requestID = String(random.next(), radix: 16) }
        if chance(3) { event.sessionID = "session" }
        if chance(3) { event.origin = "10.0.0.0/8" }
        event.inputTokens = Int64(random.below(5_000))
        event.outputTokens = -Int64(random.below(5_000))
        event.cacheReadTokens = Int64(random.below(3))
        event.cacheWriteTokens = Int64(random.below(3))
        event.cost = NanoUSD(rawValue: Int64(random.below(1_000_000_000)))
        event.shape.insert(.costUSD)
        return event
    }

    private func events(_ batch: EventBatch, _ symbols: Symbols) -> [UsageEvent] {
        (0..<batch.count).map { batch.event(at: $0, symbols: symbols) }
    }

    @Test func `rows come out as they went in, also when the batch is used again`() {
        var random = SplitMix64(seed: 1)
        var batch = EventBatch()
        var symbols = Symbols()
        for rows in [0, 1, 700, 3, 300] {
            let expected = (0..<rows).map { _ in event(&random) }
            for event in expected { batch.append(event, symbols: &symbols) }
            #expect(events(batch, symbols) == expected)
            #expect(batch.isEmpty == expected.isEmpty)
            batch.removeAll()
            #expect(batch.isEmpty && batch.requestID.isDefault && batch.project.isDefault)
        }
    }

    @Test(arguments: [0, 1, 50, 99, 100])
    func `keep leaves the rows of the mask in their order`(percent: Int) {
        var random = SplitMix64(seed: UInt64(percent) + 2)
        var symbols = Symbols()
        for rows in [0, 1, 2, 400] {
            var batch = EventBatch()
            let all = (0..<rows).map { _ in event(&random) }
            for event in all { batch.append(event, symbols: &symbols) }
            let mask = all.map { _ in random.below(100) < percent }
            batch.keep(mask)
            #expect(events(batch, symbols) == zip(all, mask).filter(\.1).map(\.0))
            // And it can grow again.
            let more = event(&random)
            batch.append(more, symbols: &symbols)
            #expect(batch.event(at: batch.count - 1, symbols: symbols) == more)
        }
    }

    @Test func `a sparse column stores nothing until a value differs`() {
        var column = SparseColumn<Int64>(default: 1)
        for row in 0..<5 { column.append(1, row: row) }
        #expect(column.isDefault && column[3] == 1)
        column.append(7, row: 5)
        column.append(1, row: 6)
        #expect(!column.isDefault && column.values == [1, 1, 1, 1, 1, 7, 1])
        column.keep([false, false, false, false, false, true, true])
        #expect(column.values == [7, 1])
    }

    @Test func `a text column keeps bytes, the empty text is null`() {
        var column = TextColumn()
        let texts = ["", "", "abc", "", "é", "0123456789abcdef0123"]
        for (row, text) in texts.enumerated() { column.append(Array(text.utf8).span, row: row) }
        #expect(texts.indices.map { column[$0] ?? "" } == texts)
        #expect(column[0] == nil)
        column.keep([true, false, true, true, false, true])
        #expect((0..<4).map { column[$0] ?? "" } == ["", "abc", "", "0123456789abcdef0123"])
    }

    @Test func `a shape holds its keys, its basis and its grain apart`() {
        for basis in CostBasis.allCases {
            for grain in Grain.allCases {
                var shape = EventShape()
                for field in Field.allCases where field.rawValue % 3 == 0 { shape.insert(field) }
                shape.basis = basis
                shape.grain = grain
                #expect(shape.basis == basis && shape.grain == grain && shape.isValid)
                for field in Field.allCases { #expect(shape.has(field) == (field.rawValue % 3 == 0)) }
                #expect(shape == EventShape(present: shape.rawValue & 0x3f_ffff, basis: basis, grain: grain))
                #expect(shape.hasCost == (basis == .estimated))
            }
        }
        #expect(!EventShape(rawValue: 1 << 22).isValid && !EventShape(rawValue: 7 << 24).isValid)
        #expect(!EventShape(rawValue: 7 << 27).isValid)
    }

    @Test func `texts that come many at once are those that come one by one`() {
        var random = SplitMix64(seed: 5)
        for emptyPercent in [0, 50, 100] {
            var single = TextColumn()
            var many = TextColumn()
            var row = 0
            for count in [3, 0, 1, 200] {
                let texts = (0..<count).map { _ in
                    random.below(100) < emptyPercent
                        ? [] : (0..<random.below(40)).map { _ in UInt8(97 + random.below(26)) }
                }
                many.append(rows: count, bytes: texts.reduce(0) { $0 + $1.count }, after: row) {
                    bytes, ends in
                    for text in texts {
                        for byte in text { bytes.append(byte) }
                        ends.append(bytes.count)
                    }
                }
                for text in texts {
                    single.append(text.span, row: row)
                    row += 1
                }
                #expect(many.bytes == single.bytes && many.ends == single.ends)
            }
        }
    }
}
