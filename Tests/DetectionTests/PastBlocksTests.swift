import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// The past of many accounts in one memory, against a dictionary an account.
@Suite struct PastBlocksTests {
    /// Amounts that fit an entry of one unit, and such that do not.
    private static let amounts: [Int64] = [
        0, 1, 999, 1 << 32, 1 << 40 - 2, 1 << 40 - 1, 1 << 40, .max / 8, -1, -5_000, .min / 8,
    ]

    private static func amount(_ random: inout SplitMix64) -> Int64 {
        amounts[random.below(random.below(4) == 0 ? amounts.count : 3)]
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `hours are what dictionaries hold, oldest first`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var store = PastBlocks()
        var blocks = [UInt32](repeating: PastBlocks.none, count: 5)
        var models = [[Int32: (totals: Totals, first: UInt64)]](repeating: [:], count: 5)
        for step in 0..<4_000 as Range<UInt64> {
            let a = random.below(5)
            if random.below(4) == 0, let oldest = models[a].keys.min() {
                _ = store.turn(
                    &blocks[a], dropping: 1, ended: nil, ring: PastBlocks.none, last: nil, clock: 29,
                    slot: 29 * 12)
                models[a][oldest] = nil
                #expect(store.hours(of: blocks[a], clock: 29).map(\.hour) == models[a].keys.sorted())
                continue
            }
            let hour = Int32(random.below(25)) + 5
            // Sequences do not rise here: a closed hour may join what a late event began.
            let sequence = UInt64(random.below(9_999)) << (random.below(9) == 0 ? 30 : 0)
            let totals = Totals(cost: Self.amount(&random), tokens: Self.amount(&random))
            store.add(totals, hour: hour, sequence: sequence, to: &blocks[a], clock: 29, slot: 29 * 12)
            let old = models[a][hour] ?? (Totals(), .max)
            models[a][hour] = (
                Totals(cost: old.totals.cost &+ totals.cost, tokens: old.totals.tokens &+ totals.tokens),
                min(old.first, sequence)
            )
            let hours = store.hours(of: blocks[a], clock: 29)
            #expect(hours.map(\.hour) == models[a].keys.sorted())
            for cell in hours {
                let expected = models[a][cell.hour]
                #expect(cell.totals.cost == expected?.totals.cost, "step \(step)")
                #expect(cell.totals.tokens == expected?.totals.tokens, "step \(step)")
                #expect(cell.firstSequence == expected?.first, "step \(step)")
            }
            #expect(store.find(hour, in: blocks[a], clock: 29)?.firstSequence == models[a][hour]?.first)
            #expect(store.find(-99, in: blocks[a], clock: 29) == nil)
        }
        for a in blocks.indices { store.drop(&blocks[a]) }
        let before = store.units
        var sizes: [UInt32] = []
        for _ in 0..<16 * 4 { sizes.append(store.allocate(64)) }
        #expect(Set(sizes).count == sizes.count)
        #expect(store.units == max(before, 64 * 64), "what was given back serves any size")
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `no two blocks overlap, and what is given back is used again`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var store = PastBlocks()
        var blocks: [(number: UInt32, units: Int)] = []
        var owner: [UInt32: Int] = [:]
        var most = 0
        for step in 0..<20_000 {
            if random.below(2) == 0 || blocks.count < 100 {
                let units = 1 + random.below(random.below(3) == 0 ? PastBlocks.unitsMax : 12)
                let number = store.allocate(units)
                for unit in number..<number + UInt32(units) {
                    #expect(owner.updateValue(step, forKey: unit) == nil)
                    store[unit] = PastUnit(repeating: UInt32(step))
                }
                blocks.append((number, units))
            } else {
                let block = blocks.remove(at: random.below(blocks.count))
                let range = block.number..<block.number + UInt32(block.units)
                for unit in range {
                    #expect(owner.removeValue(forKey: unit).map { UInt32($0) } == store[unit].y)
                }
                store.release(block.number)
            }
            most = max(most, owner.count)
        }
        // A page of each size may be nearly empty.
        #expect(store.units < most * 2 + PastBlocks.unitsMax * 256 / 2, "\(store.units) units for \(most)")
        for block in blocks { store.release(block.number) }
        let units = store.units
        var again: [UInt32] = []
        while store.units == units { again.append(store.allocate(5)) }
        #expect(again.count > units / 6, "pages of one size become pages of another")
    }

    @Test func `what is written into a copy does not show in what it was copied from, and the reverse`() {
        var random = SplitMix64(seed: 9)
        var stores = [PastBlocks()]
        var models: [[UInt32: PastUnit]] = [[:]]
        var blocks: [[UInt32]] = [[]]
        for step in 0..<6_000 {
            if stores.count < 4, random.below(900) == 0 {
                let one = random.below(stores.count)
                stores.append(stores[one])
                models.append(models[one])
                blocks.append(blocks[one])
            }
            let at = random.below(stores.count)
            if random.below(3) > 0, !blocks[at].isEmpty {
                let number = blocks[at][random.below(blocks[at].count)]
                models[at][number] = PastUnit(repeating: UInt32(step))
                stores[at][number] = PastUnit(repeating: UInt32(step))
            } else {
                // Some are many enough for pages of their own.
                let number = stores[at].allocate(PastBlocks.unitsMax)
                blocks[at].append(number)
                for unit in number..<number + UInt32(PastBlocks.unitsMax) where unit % 40 == 0 {
                    models[at][unit] = PastUnit(repeating: UInt32(step))
                    stores[at][unit] = PastUnit(repeating: UInt32(step))
                }
            }
        }
        #expect(stores.count == 4)
        for (store, model) in zip(stores, models) {
            let differs = model.contains { store[$0.key] != $0.value }
            #expect(!differs)
        }
        // One that ends takes nothing with it.
        stores.removeFirst()
        let differs = models[1].contains { stores[0][$0.key] != $0.value }
        #expect(!differs)
    }

    /// Each slot an account has used, against a dictionary of slots.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `the rolling hour holds the last twelve slots, late ones too`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var store = PastBlocks()
        var now = AccountNow()
        now.slot = Int32(random.below(500)) - 250
        let isWide = seed % 3 == 0
        var model: [Int32: Totals] = [:]
        for step in 0..<3_000 {
            var totals = Totals(cost: Int64(random.below(5)), tokens: Int64(random.below(3)))
            if isWide, random.below(6) == 0 { totals.cost = Self.amount(&random) / 64 }
            switch random.below(3) {
            case 0:
                let next = now.slot + Int32(1 + random.below(random.below(8) == 0 ? 30 : 3))
                if AccountNow.hour(ofSlot: next) == now.hour {
                    now.closeSlot(&store)
                    now.slot = next
                } else {
                    _ = now.enter(slot: next, dropping: 0, ended: nil, &store)
                }
            case 1:
                now.total += totals
                model[now.slot, default: Totals()] += totals
            default:
                let slot = now.slot - Int32(random.below(12))
                now.addLate(totals, slot: slot, &store)
                model[slot, default: Totals()] += totals
            }
            let expected = (0..<12 as Range<Int32>).map { model[now.slot - $0] ?? Totals() }
            let slots = now.slots(store)
            #expect(slots.map(\.cost) == expected.map(\.cost), "step \(step)")
            #expect(slots.map(\.tokens) == expected.map(\.tokens), "step \(step)")
            let all = now.total.cost + now.tail(store).cost
            #expect(all == expected.reduce(0) { $0 + $1.cost }, "step \(step)")
            if random.below(50) == 0 {
                // In another memory, by way of bytes.
                var w = StateWriter()
                store.write(now.ring, into: &w)
                store.write(now.past, into: &w)
                var r = StateReader(w.bytes)
                store = PastBlocks()
                let first = now.hour * 12
                now.ring = try store.read(&r, now, slots: first..<now.slot, hours: 0)
                now.past = try store.read(&r, now, slots: first - 12..<first, hours: 25)
                try r.end()
            }
        }
        #expect(store.units <= 8 * 256, "a ring has the slots of two hours at most")
    }

    @Test func `a time beyond all calendars moves no clock back and makes no slot of its own`() {
        var now = AccountNow()
        for ts in [Int64.min, -1 << 60, -1, 0, 1 << 50, .max / 2, .max] {
            let slot = AccountNow.slot(of: ts)
            #expect(slot >= now.slot)
            let before = now.clock
            now.slot = slot
            now.clock = ts
            #expect(now.hasClock && (before < -1 << 50 || now.clock >= before))
            #expect(AccountNow.hour(ofSlot: slot) <= 1 << 27)
        }
    }
}
