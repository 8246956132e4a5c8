import Statistics
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct ForgettingMomentsTests {
    /// Mean and variance from the definition, in Double: value i of n has the weight that the later ones
    /// left it.
    private static func batch(_ values: ArraySlice<Double>, memory: Double) -> (
        mean: Double, variance: Double
    ) {
        var weights: [Double] = []
        for i in values.indices {
            let w = 1 / min(Double(i - values.startIndex + 1), memory)
            for k in weights.indices { weights[k] *= 1 - w }
            weights.append(w)
        }
        let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
        let variance = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
        return (mean, variance)
    }

    private static func normal(_ random: inout SplitMix64) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + random.uniform() }
    }

    @Test func `the worked example`() {
        var moments = ForgettingMoments()
        for x in [2.0, 4, 9] { moments.learn(x, memory: 3) }
        #expect(moments.mean == 5)
        #expect(abs(moments.variance - 26.0 / 3) < 1e-6)
        #expect(moments.count == 3)
    }

    @Test func `nothing learned is nothing known`() {
        let moments = ForgettingMoments()
        #expect(moments.mean == 0)
        #expect(moments.variance == 0)
        #expect(moments.count == 0)
        #expect(moments.spread(prior: 1.6, priorCount: 16, memory: 240) == 1.6)
    }

    @Test(arguments: [1.0, 2, 7.5, 30, 1_000])
    func `at every prefix it agrees with the definition`(memory: Double) {
        var random = SplitMix64(seed: UInt64(memory * 10))
        let values = (0..<250).map { _ in 31 + 1.6 * Self.normal(&random) }
        var moments = ForgettingMoments()
        for i in values.indices {
            moments.learn(values[i], memory: memory)
            let expected = Self.batch(values[...i], memory: memory)
            // Half a unit of Float32 at 32 a step, and no more than `memory` steps are remembered.
            #expect(abs(Double(moments.mean) - expected.mean) < 2e-4)
            #expect(abs(Double(moments.variance) - expected.variance) < 2e-3)
        }
    }

    @Test(arguments: [0, 1, 31.25, -1_000_000, 0x1p40])
    func `constant input has no variance, exactly`(value: Double) {
        var moments = ForgettingMoments()
        for _ in 0..<1_000 { moments.learn(value, memory: 30) }
        #expect(Double(moments.mean) == value)
        #expect(moments.variance == 0)
    }

    @Test func `input that Float32 cannot hold has next to no variance`() {
        var moments = ForgettingMoments()
        for _ in 0..<1_000 { moments.learn(0.1, memory: 30) }
        #expect(abs(Double(moments.mean) - 0.1) < 1e-8)
        #expect(moments.variance < 1e-15)
    }

    @Test(arguments: [1e3, 1e5, 1e6])
    func `a large offset does not cancel the variance`(offset: Double) {
        var random = SplitMix64(seed: 9)
        let values = (0..<400).map { _ in offset + 4 * Self.normal(&random) }
        var moments = ForgettingMoments()
        for x in values { moments.learn(x, memory: 1_000) }
        let expected = Self.batch(values[...], memory: 1_000)
        // Sum of squares minus square of the sum would be off by offset^2 * 2^-24, some 60,000 for a million.
        #expect(abs(Double(moments.mean) - expected.mean) < max(1e-3, offset * 1e-6))
        #expect(abs(Double(moments.variance) / expected.variance - 1) < 0.02)
    }

    @Test func `after a step it forgets the old level with the half-life that it says`() {
        var moments = ForgettingMoments()
        for _ in 0..<1_000 { moments.learn(10, memory: 30) }
        let halfLife = 30 * 0.693_147
        for _ in 0..<Int(halfLife.rounded()) { moments.learn(20, memory: 30) }
        #expect(abs(moments.mean - 15) < 0.2)
        for _ in 0..<600 { moments.learn(20, memory: 30) }
        #expect(abs(moments.mean - 20) < 1e-4)
        #expect(moments.variance < 1e-4)
    }

    @Test func `a shift moves the mean and nothing else`() {
        var moments = ForgettingMoments()
        for x in [2.0, 4, 9] { moments.learn(x, memory: 3) }
        let before = moments
        moments.shift(by: 2.5)
        #expect(moments.mean == 7.5)
        #expect(moments.variance == before.variance)
        #expect(moments.count == before.count)
    }

    @Test func `the spread moves from the assumed to the measured as values arrive`() {
        var moments = ForgettingMoments()
        for i in 0..<4_000 { moments.learn(i % 2 == 0 ? 30 : 34, memory: 240) }
        let spread = moments.spread(prior: 1, priorCount: 16, memory: 240)
        #expect(abs(spread - ((240 * 4.0 + 16) / 256).squareRoot()) < 1e-2)
        #expect(moments.spread(prior: 0, priorCount: 0, memory: 240) < 2.01)
    }

    @Test func `counting stops before Float32 would`() {
        var moments = ForgettingMoments()
        for _ in 0..<100 { moments.learn(1, memory: 10) }
        #expect(moments.count == 100)
        #expect(MemoryLayout<ForgettingMoments>.size == 12)
    }

    @Test func `what is no number ends the process`() async {
        await #expect(processExitsWith: .failure) {
            var moments = ForgettingMoments()
            moments.learn(.nan, memory: 3)
        }
        await #expect(processExitsWith: .failure) {
            var moments = ForgettingMoments()
            moments.learn(1, memory: 0.5)
        }
    }
}
