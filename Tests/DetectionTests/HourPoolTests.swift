import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// The cells of many accounts in one array, against a dictionary an account.
@Suite struct HourPoolTests {
    @Test(arguments: 0..<4 as Range<UInt64>)
    func `lists hold what dictionaries hold, oldest first`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = HourPool()
        var lists = [HourList](repeating: HourList(), count: 5)
        var models = [[Int32: (cost: Int64, first: UInt64)]](repeating: [:], count: 5)
        for step in 0..<4_000 as Range<UInt64> {
            let a = random.below(5)
            if random.below(4) == 0, lists[a].oldest != HourPool.none {
                let cell = pool.removeOldest(of: &lists[a])
                #expect(cell.hour == models[a].keys.min())
                let expected = models[a].removeValue(forKey: cell.hour)
                #expect(cell.totals.cost == expected?.cost)
                #expect(cell.firstSequence == expected?.first)
                continue
            }
            let hour = Int32(random.below(40)) - 10
            // Sequences do not rise here: a closed hour may join what a late event began.
            let sequence = UInt64(random.below(9_999))
            let cost = Int64(random.below(100)) - 30
            pool.add(Totals(cost: cost, tokens: 1), hour: hour, sequence: sequence, to: &lists[a])
            let old = models[a][hour] ?? (0, .max)
            models[a][hour] = (old.cost + cost, min(old.first, sequence))
            #expect(pool.find(hour, in: lists[a])?.totals.cost == models[a][hour]?.cost, "step \(step)")
            #expect((pool.find(99, in: lists[a]) == nil) && (pool.find(-99, in: lists[a]) == nil))
        }
        for a in 0..<5 {
            while lists[a].oldest != HourPool.none {
                let cell = pool.removeOldest(of: &lists[a])
                #expect(models[a].removeValue(forKey: cell.hour)?.cost == cell.totals.cost)
            }
            #expect(lists[a].newest == HourPool.none)
            #expect(models[a].isEmpty)
        }
        #expect(pool.cells.count <= 5 * 40, "freed cells are used again")
    }

    @Test func `pairs are told apart by account, kind and value`() {
        var random = SplitMix64(seed: 9)
        var pairs = PairSet()
        var expected: Set<[UInt32]> = []
        for _ in 0..<20_000 {
            let account = UInt32(1 + random.below(300))
            let value = UInt32(1 + random.below(60))
            let isServer = random.below(2) == 0
            let isNew = expected.insert([account, isServer ? 1 : 0, value]).inserted
            #expect(pairs.insert(account: account, isServer: isServer, value: value) == isNew)
        }
        #expect(pairs.count == expected.count)
        #expect(expected.count > 5_000, "it has grown several times")
    }

    @Test func `a watch tells sixty-four things apart and sums the rest`() {
        var watch = Watch()
        for i in 0..<1_000 as Range<UInt32> {
            watch.add(Totals(cost: Int64(i), tokens: 1), Facet(model: 1 + i % 200))
        }
        #expect(watch.parts.count == Watch.facetsMax)
        #expect(watch.parts.reduce(0) { $0 + $1.totals.cost } == 499_500)
        #expect(watch.parts.reduce(0) { $0 + $1.totals.tokens } == 1_000)
        #expect(Set(watch.parts.map(\.facet)).count == watch.parts.count)
        #expect(watch.parts.contains { $0.facet == Facet() })
    }

    @Test func `an ended watch is begun again empty`() {
        var pool = WatchPool()
        let first = pool.begin(at: 5)
        pool.add(Totals(cost: 1, tokens: 1), Facet(model: 1), to: first)
        let second = pool.begin(at: 6)
        #expect(first != 0 && second != 0 && first != second)
        pool.end(first)
        let third = pool.begin(at: 7)
        #expect(third == first)
        #expect(pool[third].parts.isEmpty)
        #expect(pool[third].since == 7)
    }
}
