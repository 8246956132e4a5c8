import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

@Suite struct LogClockTests {
    /// The definition, over all accounts seen.
    private static func definition(_ clocks: [UInt32: Int64]) -> Int64 {
        let sorted = clocks.values.sorted(by: >)
        return sorted.count < 3 ? sorted.last ?? .min : sorted[2]
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `it is the third largest account clock and never goes back`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = LogClock()
        var clocks: [UInt32: Int64] = [:]
        let accounts = 1 + random.below(9)
        for _ in 0..<2_000 {
            let account = UInt32(1 + random.below(accounts))
            let value = max(clocks[account] ?? 0, Int64(random.below(5_000)))
            let isNew = clocks.updateValue(value, forKey: account) == nil
            let before = clock.now
            clock.observe(account: account, clock: value)
            #expect(clock.now == Self.definition(clocks))
            #expect(clock.now >= before || clocks.count < 3 || isNew)
        }
    }

    @Test func `with fewer than three accounts it is the smallest`() {
        var clock = LogClock()
        #expect(clock.now == .min)
        clock.observe(account: 1, clock: 100)
        #expect(clock.now == 100)
        clock.observe(account: 2, clock: 900)
        #expect(clock.now == 100)
        clock.observe(account: 1, clock: 300)
        #expect(clock.now == 300)
        clock.observe(account: 3, clock: 200)
        #expect(clock.now == 200)
        clock.observe(account: 4, clock: 100)
        #expect(clock.now == 200)
    }

    @Test func `one account far ahead does not move it`() {
        var clock = LogClock()
        for account in 1...5 as ClosedRange<UInt32> { clock.observe(account: account, clock: 1_000) }
        clock.observe(account: 9, clock: 1_000_000)
        #expect(clock.now == 1_000)
        clock.observe(account: 8, clock: 1_000_000)
        #expect(clock.now == 1_000)
    }

    @Test func `the wall clock of a live block overrides account clocks from then on`() {
        var clock = LogClock()
        for account in 1...4 as ClosedRange<UInt32> { clock.observe(account: account, clock: 1_000) }
        clock.observe(received: 5_000)
        #expect(clock.now == 5_000)
        for account in 1...4 as ClosedRange<UInt32> { clock.observe(account: account, clock: 9_000) }
        #expect(clock.now == 5_000)
        clock.observe(received: 4_000)
        #expect(clock.now == 5_000, "a wall clock never goes back")
        clock.observe(received: 5_001)
        #expect(clock.now == 5_001)
    }

    @Test func `a first account far ahead holds it up for nobody`() {
        var clock = LogClock()
        clock.observe(account: 9, clock: 1_000_000)
        for account in 1...2 as ClosedRange<UInt32> { clock.observe(account: account, clock: 1_000) }
        #expect(clock.now == 1_000)
        clock.observe(received: 1_500)
        #expect(clock.now == 1_500)
    }
}
