import Testing
import UsageEvents

@testable import Detection

/// The tables that spare look-ups, against the obvious.
@Suite struct SmallTableTests {
    @Test func `eight values are remembered, null always, large ones never`() {
        var random = SplitMix64(seed: 1)
        var known = KnownValues()
        var model: [[UInt32]] = []
        let candidates: [UInt32] = [
            1, 2, 3, 4, 5, 6, 7, 0x7ffe, 0x7fff, 0x8000, 0x8001, 0xffff, 0x1_0000, .max,
        ]
        for _ in 0..<8_000 {
            let number = candidates[random.below(candidates.count)]
            let server = candidates[random.below(candidates.count)]
            let isServer = random.below(2) == 0
            let isKnown = model.contains([number, isServer ? 1 : 0])
            #expect(known.contains(number, isServer: isServer) == isKnown, "\(number)")
            #expect(known.contains(group: number, server: 0) == model.contains([number, 0]))
            #expect(
                known.contains(group: number, server: server)
                    == (model.contains([number, 0]) && model.contains([server, 1])))
            #expect(known.contains(group: 0, server: 0))
            #expect(known.isFull == (model.count == KnownValues.count))
            #expect(Set(known.values.map { [$0.number, $0.isServer ? 1 : 0] }) == Set(model))
            if !isKnown {
                known.insert(number, isServer: isServer)
                if number <= KnownValues.max {
                    model = ([[number, isServer ? 1 : 0]] + model).prefix(8) + []
                }
            }
        }
    }

    @Test func `an account may be in several teams, and is in each once`() {
        var random = SplitMix64(seed: 4)
        var members = TeamMembers()
        var model: Set<[UInt32]> = []
        for _ in 0..<5_000 {
            let (account, team) = (UInt32(1 + random.below(200)), UInt32(1 + random.below(4)))
            #expect(members.insert(account: account, team: team) == model.insert([account, team]).inserted)
        }
        #expect(Set(members.pairs.map { [$0.account, $0.team] }) == model)
        #expect(members.pairs.count == model.count)
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

    @Test func `an account takes 224 bytes, an hour or a slot of it 16`() {
        #expect(MemoryLayout<AccountNow>.stride == 64)
        #expect(MemoryLayout<AccountState>.stride == 160)
        #expect(MemoryLayout<PastUnit>.stride == 16)
    }
}
