import Testing
import UsageEvents

@testable import Detection

/// The tables that spare look-ups, against the obvious.
@Suite struct SmallTableTests {
    @Test func `four numbers are remembered, null always, large ones never`() {
        var random = SplitMix64(seed: 1)
        var four = FourNumbers()
        var model: [UInt32] = [0, 0, 0, 0]
        let candidates: [UInt32] = [1, 2, 3, 4, 5, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff, 0x1_0000, .max]
        for _ in 0..<4_000 {
            let number = candidates[random.below(candidates.count)]
            #expect(four.contains(number) == (number <= 0xffff && model.contains(number)), "\(number)")
            #expect(four.contains(0))
            if !four.contains(number) {
                four.insert(number)
                if number <= 0xffff { model = [number] + model.dropLast() }
            }
        }
    }

    @Test func `counts are those of a dictionary, beyond the first table`() {
        var random = SplitMix64(seed: 2)
        var table = CountTable()
        var model: [UInt64: Int] = [:]
        for _ in 0..<20_000 {
            // Keys that differ in their upper or their lower half only.
            let key = 1 + UInt64(random.below(3_000)) << (random.below(2) == 0 ? 0 : 33)
            #expect(table.increment(key) == model[key, default: 0])
            model[key, default: 0] += 1
        }
        #expect(model.count > 2_048)
    }

    @Test func `an account takes 512 bytes`() {
        #expect(MemoryLayout<AccountNow>.stride == 64)
        #expect(MemoryLayout<AccountState>.stride == 256)
        #expect(MemoryLayout<Totals>.stride * AccountState.slots == 192)
    }
}
