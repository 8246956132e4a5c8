import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// The cells of many accounts in one pool, against a dictionary an account.
@Suite struct CellPoolTests {
    /// Amounts that fit a cell, and such that do not.
    private static let amounts: [Int64] = [
        0, 1, 999, 1 << 32, 1 << 40 - 2, 1 << 40 - 1, 1 << 40, .max / 8, -1, -5_000, .min / 8,
    ]

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `lists hold what dictionaries hold, oldest first`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = CellPool()
        var lists = [HourList](repeating: HourList(), count: 5)
        var models = [[Int32: (totals: Totals, first: UInt64)]](repeating: [:], count: 5)
        for step in 0..<4_000 as Range<UInt64> {
            let a = random.below(5)
            if random.below(4) == 0, lists[a].oldest != CellPool.none {
                let cell = pool.hour(lists[a].oldest, clock: 29)
                pool.removeOldest(of: &lists[a])
                #expect(cell.hour == models[a].keys.min())
                let expected = models[a].removeValue(forKey: cell.hour)
                #expect(cell.totals.cost == expected?.totals.cost)
                #expect(cell.totals.tokens == expected?.totals.tokens)
                #expect(cell.firstSequence == expected?.first)
                continue
            }
            let hour = Int32(random.below(40)) - 10
            // Sequences do not rise here: a closed hour may join what a late event began.
            let sequence = UInt64(random.below(9_999)) << (random.below(9) == 0 ? 30 : 0)
            func amount() -> Int64 {
                Self.amounts[random.below(random.below(4) == 0 ? Self.amounts.count : 3)]
            }
            let totals = Totals(cost: amount(), tokens: amount())
            pool.add(totals, hour: hour, sequence: sequence, to: &lists[a], clock: 29)
            let old = models[a][hour] ?? (Totals(), .max)
            models[a][hour] = (
                Totals(cost: old.totals.cost &+ totals.cost, tokens: old.totals.tokens &+ totals.tokens),
                min(old.first, sequence)
            )
            let found = pool.find(hour, in: lists[a], clock: 29)
            #expect(found?.totals.cost == models[a][hour]?.totals.cost, "step \(step)")
            #expect(found?.totals.tokens == models[a][hour]?.totals.tokens, "step \(step)")
            #expect(pool.find(-99, in: lists[a], clock: 29) == nil)
            #expect(pool.hours(lists[a], clock: 29).map(\.hour) == models[a].keys.sorted())
        }
        #expect(pool.count <= 5 * 40, "freed cells are used again")
    }

    /// Each slot an account has used, against a dictionary of slots.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `the rolling hour holds the last twelve slots, late ones too`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = CellPool()
        var now = AccountNow()
        var before = CellPool.none
        now.slot = Int32(random.below(500)) - 250
        var model: [Int32: Totals] = [:]
        for step in 0..<3_000 {
            let totals = Totals(cost: Int64(random.below(5)), tokens: Int64(random.below(3)))
            switch random.below(3) {
            case 0:
                let next = now.slot + Int32(1 + random.below(random.below(8) == 0 ? 30 : 3))
                if AccountNow.hour(ofSlot: next) == now.hour {
                    now.closeSlot(&pool)
                    now.slot = next
                } else {
                    now.enter(slot: next, before: &before, &pool)
                }
            case 1:
                now.total += totals
                model[now.slot, default: Totals()] += totals
            default:
                let slot = now.slot - Int32(random.below(12))
                now.addLate(totals, slot: slot, before: &before, &pool)
                model[slot, default: Totals()] += totals
            }
            let expected = (0..<12 as Range<Int32>).map { model[now.slot - $0] ?? Totals() }
            let slots = now.slots(before: before, pool)
            #expect(slots.map(\.cost) == expected.map(\.cost), "step \(step)")
            #expect(slots.map(\.tokens) == expected.map(\.tokens), "step \(step)")
            let all = now.total.cost + now.tail(before, pool).cost
            #expect(all == expected.reduce(0) { $0 + $1.cost }, "step \(step)")
            if random.below(50) == 0 {
                var again = AccountNow()
                again.slot = now.slot
                pool = CellPool()
                before = again.resume(slots: slots, &pool)
                #expect(again.total.cost == now.total.cost)
                now = again
            }
        }
        #expect(pool.count <= 24, "a ring has the slots of two hours at most")
    }
}
