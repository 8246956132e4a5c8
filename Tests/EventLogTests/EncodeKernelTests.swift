import Testing
import UsageEvents

@testable import EventLog

/// The inner loops of writing, against loops that look at one value at a time.
@Suite struct EncodeKernelTests {
    @Test(arguments: [0, 2, 30, 32, 34, 62, 64, 98])
    func `hexadecimal digits are packed, and whatever is none is seen in every place`(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let values = (0..<count / 2).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let alphabet = Array("0123456789abcdef".utf8)
        let digits = values.flatMap { value in [alphabet[Int(value >> 4)], alphabet[Int(value & 15)]] }
        var packed = [UInt8](repeating: 0, count: count / 2)
        let isHex = EncodeKernels.packHex(digits.span, into: &packed)
        #expect(isHex)
        #expect(packed == values)
        let strangers: [UInt8] = [0, 0x2f, 0x3a, 0x40, 0x41, 0x46, 0x60, 0x67, 0x7f, 0x80, 0xb0, 0xe1, 0xff]
        for place in digits.indices {
            for stranger in strangers {
                var wrong = digits
                wrong[place] = stranger
                let isTaken = EncodeKernels.packHex(wrong.span, into: &packed)
                #expect(!isTaken)
            }
        }
    }

    @Test func `numbers of labels are given in order of first appearance, with and without nulls`() {
        var local = [UInt32](repeating: 0, count: 10)
        var symbols: [UInt32] = []
        var rows = [UInt32](repeating: 0, count: 6)
        let column: [UInt32] = [7, 0, 3, 7, 0, 9]
        let hasNull = EncodeKernels.number(column.span, local: &local, symbols: &symbols, into: &rows)
        #expect(hasNull)
        #expect(symbols == [7, 3, 9])
        #expect(rows == [1, 0, 2, 1, 0, 3])
        var index = LabelIndex()
        for column: [UInt32] in [[5, 5], [0, 0], [5, 0], [0, 5], [5, 6], [5, 5]] {
            index.assign(column.span, tableCount: 10)
            let isOne = Set(column).count == 1
            #expect(index.constant == (isOne ? (column[0] == 0 ? 0 : 1) : nil))
        }
    }

    @Test func `a byte of each number is compressed where that pays, and comes back`() {
        var random = SplitMix64(seed: 5)
        let n = 40_000
        let noise = (0..<n).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        // Noise that comes again after 500 rows, as where every account is asked for in turn.
        let turns = (0..<n).map { noise[$0 % 500] }
        let few = (0..<n).map { _ in UInt8(random.below(12)) }
        let rare = (0..<n).map { _ in random.below(200) == 0 ? UInt8(random.below(9)) : 3 }
        for (bytes, most) in [(noise, nil), (turns, n / 10), (few, n / 2), (rare, n / 10)] {
            var streams = StreamWriter()
            streams.add(bytes.span, .inputTokens, plane: 0, .planes)
            let entry = streams.entries[0]
            #expect(entry.compressed == (most != nil))
            #expect(entry.storedLength <= most ?? n)
            guard entry.compressed else { continue }
            var back: [UInt8] = []
            let isRead = ZstdDecompressor().decompress(streams.payload.span, count: n, into: &back)
            #expect(isRead)
            #expect(Array(back[..<n]) == bytes)
        }
    }
}
