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

    /// Every checksum is right and the content is nonsense: what a faulty writer, or somebody with an editor,
    /// could make.
    @Test func `nonsense under right checksums is refused or read, and never ends the process`() {
        var random = SplitMix64(seed: 31)
        let file = FileIdentity(logID: LogID(high: 3, low: 4), firstSequence: 0)
        let place = BlockEncoder.Place(file: file, offset: 128, previous: 9, durableBefore: 128)
        var refused = 0
        for round in 0..<1_500 {
            var generator = RandomBatches(seed: UInt64(round % 9))
            let batch = generator.batch(round % 2 == 0 ? 70 : 5, RandomBatches.Style.allCases[round % 3])
            var encoder = BlockEncoder()
            _ = encoder.events(
                batch, 0..<batch.count, symbols: generator.symbols,
                header: BlockHeader(kind: .events, firstSequence: 0), duplicates: DuplicateHorizon(from: 3),
                place: place)
            var block = encoder.block
            let entries = Int(block[6])
            for _ in 0..<(1 + random.below(3)) {
                let end = random.below(3) == 0 ? 56 + 16 * entries : block.count - 8
                block[40 + random.below(end - 40)] = UInt8(truncatingIfNeeded: random.next())
            }
            var at = 56 + 16 * entries
            for entry in 0..<entries where block[56 + 16 * entry + 2] != 0 {
                let base = 56 + 16 * entry
                let stored = Int(block.span.littleEndian(UInt32.self, at: base + 8))
                if stored <= block.count - 8 - at {
                    let sum = CRC32C.of(block.span.extracting(at..<at + stored))
                    block.set(littleEndian: sum, at: base + 12)
                    at += stored
                }
            }
            let sum = CRC32C.of(block.span.extracting(56..<56 + 16 * entries))
            block.set(littleEndian: sum, at: 36)
            let head = file.checksum(of: block.span.extracting(0..<56), at: 128)
            block.set(littleEndian: head, at: 12)
            guard case .header(let header, _) = BlockHeader.parse(block.span, file: file, offset: 128) else {
                refused += 1
                continue
            }
            var directory = StreamDirectory()
            guard directory.parse(block.span.extracting(56..<56 + 16 * entries), header: header) else {
                refused += 1
                continue
            }
            var decoder = BlockDecoder()
            do throws(BlockFault) {
                try decoder.verify(block.span, header: header, directory: directory)
                var out = EventBatch()
                var symbols = Symbols()
                for columns: ColumnSet in [
                    .all, .detection, .duplicateKeys, [.numbers], [.shape], [.details],
                ] {
                    try decoder.events(
                        block.span, header: header, directory: directory, columns: columns, into: &out,
                        symbols: &symbols)
                }
            } catch { refused += 1 }
        }
        #expect(refused > 300 && refused < 1_500)
    }

    /// RFC 3720, B.4.
    @Test func `the checksum is CRC32C`() {
        func sum(_ bytes: [UInt8]) -> UInt32 { CRC32C.of(bytes.span) }
        #expect(sum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(sum([UInt8](repeating: 255, count: 32)) == 0x62a8_ab43)
        #expect(sum(Array(UInt8(0)..<32)) == 0x46dd_794e)
        #expect(sum(Array("123456789".utf8)) == 0xe306_9283)
    }

    @Test func `the checksum by instruction is that by tables, whatever the length and the pieces`() {
        var random = SplitMix64(seed: 5)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            var byTables = CRC32C()
            byTables.feedByTables(bytes.span)
            let cut = length == 0 ? 0 : random.below(length)
            var inPieces = CRC32C()
            inPieces.feed(bytes.span.extracting(..<cut))
            inPieces.feed(bytes.span.extracting(cut...))
            #expect(CRC32C.of(bytes.span) == byTables.value && inPieces.value == byTables.value)
        }
    }
}
