import Testing
import TidemarkTestKit
import UsageEvents

@testable import EventLog

@Suite struct ColumnTests {
    /// One block through the encoder and back.
    private func roundTrip(_ batch: EventBatch, _ symbols: Symbols) throws -> (
        batch: EventBatch, bytes: [UInt8]
    ) {
        var encoder = BlockEncoder()
        let file = FileIdentity(logID: LogID(high: 3, low: 4), firstSequence: 0)
        let place = BlockEncoder.Place(file: file, offset: 128, previous: 9, durableBefore: 128)
        _ = encoder.events(
            batch, 0..<batch.count, symbols: symbols, header: BlockHeader(kind: .events, firstSequence: 0),
            duplicates: DuplicateHorizon(), place: place)
        let block = encoder.block
        guard case .header(let header, _) = BlockHeader.parse(block.span, file: file, offset: 128) else {
            Issue.record("no header")
            return (EventBatch(), block)
        }
        var directory = StreamDirectory()
        let entries = header.entries * LogFormat.entryBytes
        let start = LogFormat.blockHeaderBytes
        let isWhole = directory.parse(block.span.extracting(start..<start + entries), header: header)
        #expect(isWhole)
        var decoder = BlockDecoder()
        var out = EventBatch()
        var table = symbols
        try decoder.events(
            block.span, header: header, directory: directory, columns: .all, into: &out, symbols: &table)
        return (out, block)
    }

    @Test func `costs come back exactly, whatever they and the tokens are`() throws {
        var random = SplitMix64(seed: 5)
        let edges: [Int64] = [0, 1, -1, NanoUSD.eventMax, -NanoUSD.eventMax, 999_999_999, 1_000]
        let tokens: [Int64] = [0, 1, -1, Limits.tokensPerEventMax, -Limits.tokensPerEventMax, 4_095, 77]
        for _ in 0..<40 {
            var batch = EventBatch()
            var symbols = Symbols()
            let isPriced = random.below(2) == 0
            let unit = [Int64(1), 1_000, 1_000_000][random.below(3)]
            for row in 0..<(64 + random.below(400)) {
                var event = UsageEvent(ts: Timestamp(rawValue: Int64(row)), identity: "a")
                event.model = "m\(random.below(5))"
                event.inputTokens =
                    random.below(9) == 0 ? tokens[random.below(7)] : Int64(random.below(10_000))
                event.outputTokens =
                    random.below(9) == 0 ? tokens[random.below(7)] : Int64(random.below(1_000))
                event.cacheReadTokens = random.below(9) == 0 ? tokens[random.below(7)] : 0
                event.cost = NanoUSD(rawValue: edges[random.below(7)] / unit * unit)
                if isPriced, event.inputTokens.magnitude < 20_000, event.outputTokens.magnitude < 20_000 {
                    event.cost = NanoUSD(
                        rawValue: (event.inputTokens * 2_500 + event.outputTokens * 10_000) / unit * unit)
                }
                batch.append(event, symbols: &symbols)
            }
            #expect(try roundTrip(batch, symbols).batch.cost == batch.cost)
        }
    }

    @Test func `costs that follow a price list take almost nothing`() throws {
        for (isCut, unit) in [(true, Int64(1_000)), (false, 1_000), (false, 1)] {
            var random = SplitMix64(seed: 6)
            var batch = EventBatch()
            var symbols = Symbols()
            for row in 0..<8_000 {
                var event = UsageEvent(ts: Timestamp(rawValue: Int64(row)), identity: "a")
                let model = random.below(6)
                event.model = "m\(model)"
                event.inputTokens = Int64(random.below(20_000))
                event.outputTokens = Int64(random.below(3_000))
                event.cacheReadTokens = Int64(random.below(90_000))
                let price = Int64(75 + model * 125)
                let nano =
                    event.inputTokens * price + event.outputTokens * price * 5 + event.cacheReadTokens * price
                    / 10
                event.cost = NanoUSD(rawValue: (nano + (isCut ? 0 : unit / 2)) / unit * unit)
                batch.append(event, symbols: &symbols)
            }
            let result = try roundTrip(batch, symbols)
            #expect(result.batch.cost == batch.cost)
            var plain = batch
            plain.cost = batch.cost.map { _ in 0 }
            let without = try roundTrip(plain, symbols).bytes.count
            #expect(result.bytes.count - without < 8_000 / 8)
        }
    }

    @Test func `times, labels and numbers of every width come back`() throws {
        for style in RandomBatches.Style.allCases {
            for count in [1, 2, 63, 64, 65, 1_000] {
                var generator = RandomBatches(seed: UInt64(count))
                let batch = generator.batch(count, style)
                let result = try roundTrip(batch, generator.symbols).batch
                for row in 0..<count {
                    #expect(
                        result.event(at: row, symbols: generator.symbols)
                            == batch.event(at: row, symbols: generator.symbols))
                }
            }
        }
    }

    @Test func `seventy thousand identities, and times at both ends, are split into blocks and come back`()
        throws
    {
        var batch = EventBatch()
        var symbols = Symbols()
        for row in 0..<70_000 {
            var event = UsageEvent(
                ts: Timestamp(rawValue: row % 2 == 0 ? Int64.max : Int64.min), identity: "id\(row)")
            event.team = "team\(row)"
            batch.append(event, symbols: &symbols)
        }
        let disk = SimulatedDisk()
        var writer = try LogWriter(disk, directory: "/log")
        _ = try writer.append(batch, symbols: symbols, received: nil)
        try writer.close()
        let log = try WholeLog(disk, "/log")
        #expect(log.records == ["events 0+65536", "events 65536+4464", "durable"])
        #expect(log.events.map(\.identity) == (0..<70_000).map { "id\($0)" })
        #expect(log.events.map(\.team) == (0..<70_000).map { "team\($0)" })
        #expect(log.events.map(\.ts.rawValue) == batch.ts)
    }

    @Test func `the four last values of an account are found again`() {
        var word: UInt64 = 0
        var plain: [UInt64] = [0, 0, 0, 0]
        var random = SplitMix64(seed: 8)
        for _ in 0..<2_000 {
            let value = UInt64(random.below(7))
            let code = plain.firstIndex(of: value).map { UInt64($0) } ?? value + 4
            if let found = plain.firstIndex(of: value) { plain.remove(at: found) } else { plain.removeLast() }
            plain.insert(value, at: 0)
            word = movedToFront(word, value: value, code: code)
            #expect((0..<4).map { word >> (16 * UInt64($0)) & 0xffff } == plain)
        }
    }

    /// RFC 3720, B.4.
    @Test func `the checksum is CRC32C`() {
        func sum(_ bytes: [UInt8]) -> UInt32 { CRC32C.of(bytes.span) }
        #expect(sum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(sum([UInt8](repeating: 255, count: 32)) == 0x62a8_ab43)
        #expect(sum(Array(UInt8(0)..<32)) == 0x46dd_794e)
        #expect(sum(Array("123456789".utf8)) == 0xe306_9283)
    }
}
