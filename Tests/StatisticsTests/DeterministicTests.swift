import Statistics
import Testing
import TidemarkTestKit
import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The logarithm and the power against the C library, whose error is below one unit in the last place.
@Suite struct DeterministicTests {
    /// The bounds of the doc comments, and what the oracle itself may add.
    private static let bound = 4e-16
    private static let oracle = 1.2e-16

    private static func logarithmError(_ x: Double) -> Double {
        let expected = log2(x)
        return abs(Deterministic.log2(x) - expected) / max(1, abs(expected))
    }

    private static func powerError(_ x: Double) -> Double {
        let expected = exp2(x)
        return abs(Deterministic.exp2(x) - expected) / expected
    }

    @Test func `the logarithm is within its bound for a million doubles of every size`() {
        var random = SplitMix64(seed: 1)
        var worst = 0.0
        for _ in 0..<1_000_000 {
            let bits = random.next() & 0x7fff_ffff_ffff_ffff
            let x = Double(bitPattern: bits)
            guard x.isFinite, x > 0 else { continue }
            worst = max(worst, Self.logarithmError(x))
        }
        #expect(worst < Self.bound + Self.oracle)
    }

    @Test func `the logarithm is within its bound for the amounts that occur`() {
        var random = SplitMix64(seed: 2)
        var worst = 0.0
        for _ in 0..<500_000 {
            // Whole amounts, as many small ones as large ones.
            worst = max(worst, Self.logarithmError(Double(random.next() >> UInt64(random.below(63)) | 1)))
            // Around one, where the result is nearly nothing.
            worst = max(worst, Self.logarithmError(1 + (random.uniform() - 0.5) * 1e-3))
        }
        #expect(worst < Self.bound + Self.oracle)
    }

    /// The series term by term, with divisions.
    private static func series(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var m = x.significand
        if m > 1.414_213_562_373_095_1 {
            m *= 0.5
            exponent += 1
        }
        let s = (m - 1) / (m + 1)
        var sum = 1.0 / 21
        for k in stride(from: 19.0, through: 1, by: -2) { sum = sum * (s * s) + 1 / k }
        return exponent + 2 * s * sum * 1.442_695_040_888_963_4
    }

    @Test func `the logarithm has the bits of its series`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<300_000 {
            let x = Double(bitPattern: random.next() & 0x7fff_ffff_ffff_ffff)
            guard x.isFinite, x > 0 else { continue }
            if Deterministic.log2(x) != Self.series(x) { Issue.record("log2(\(x))") }
        }
        for x in [Double.leastNonzeroMagnitude, .leastNormalMagnitude.nextDown, .leastNormalMagnitude, 1] {
            #expect(Deterministic.log2(x) == Self.series(x))
        }
    }

    @Test func `the logarithm is within its bound where it changes octaves`() {
        for exponent in stride(from: -1_074.0, through: 1_023, by: 1) {
            let power = Double(sign: .plus, exponent: Int(exponent), significand: 1)
            #expect(Deterministic.log2(power) == exponent)
            for x in [power.nextUp, power.nextDown, power * (2.0).squareRoot(), power * 1.5]
            where x > 0 && x.isFinite {
                #expect(Self.logarithmError(x) < Self.bound + Self.oracle, "\(x)")
            }
        }
        let root = (2.0).squareRoot()
        for x in [root, root.nextUp, root.nextDown, root / 2] {
            #expect(Self.logarithmError(x) < Self.bound + Self.oracle, "\(x)")
        }
        let extremes = [Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude]
        for x in extremes { #expect(Self.logarithmError(x) < Self.bound + Self.oracle, "\(x)") }
    }

    @Test func `the power is within its bound for a million exponents`() {
        var random = SplitMix64(seed: 3)
        var worst = 0.0
        for _ in 0..<500_000 {
            worst = max(worst, Self.powerError((random.uniform() - 0.5) * 2_000))
            worst = max(worst, Self.powerError((random.uniform() - 0.5) * 64))
        }
        #expect(worst < Self.bound + Self.oracle)
    }

    @Test func `whole exponents are exact, half ones round the right way, large ones saturate`() {
        for n in -1_000...1_000 {
            #expect(Deterministic.exp2(Double(n)) == Double(sign: .plus, exponent: n, significand: 1))
            #expect(Self.powerError(min(Double(n) + 0.5, 1_000)) < Self.bound + Self.oracle)
        }
        #expect(Deterministic.exp2(1_000.5) == 0x1p1000)
        #expect(Deterministic.exp2(.infinity) == 0x1p1000)
        #expect(Deterministic.exp2(-5_000) == 0x1p-1000)
        #expect(Deterministic.exp2(-.infinity) == 0x1p-1000)
    }

    @Test func `the power of the logarithm gives the amount back`() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<200_000 {
            let x = Double(random.next() >> UInt64(random.below(60)) | 1)
            let back = Deterministic.exp2(Deterministic.log2(x))
            // An error of 4e-16 of an exponent of 64 is one of 64 * 4e-16 * ln 2 of the amount.
            #expect(abs(back - x) < x * 3e-14)
        }
    }

    @Test func `more never has a smaller logarithm`() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200_000 {
            let x = Double(random.next() >> UInt64(random.below(60)) | 1)
            #expect(Deterministic.log2(x) <= Deterministic.log2(x + 1))
        }
    }

    /// Bits, not values: another machine must compute the same ones.
    @Test(
        arguments: [(Double, UInt64)]([
            (3.0, 0x3ff9_5c01_a39f_bd69), (10, 0x400a_934f_0979_a371), (0.1, 0xc00a_934f_0979_a371),
            (2_300_000_000, 0x403f_1957_3180_5547), (1e300, 0x408f_24a0_9f1a_8b89),
            (1.000_000_1, 0x3e83_5d0f_ea5f_ccb7),
        ]))
    func `the logarithm of a number has these bits`(x: Double, bits: UInt64) {
        #expect(
            Deterministic.log2(x).bitPattern == bits,
            "0x\(String(Deterministic.log2(x).bitPattern, radix: 16))")
    }

    /// See above.
    @Test(
        arguments: [(Double, UInt64)]([
            (0.5, 0x3ff6_a09e_667f_3bcc), (31.1, 0x41e1_25fb_ee25_0669), (-0.3, 0x3fe9_fdf8_bcce_533e),
            (1.0 / 3, 0x3ff4_28a2_f98d_728b), (999.9, 0x7e6d_db68_0117_aa8e),
        ]))
    func `the power of a number has these bits`(x: Double, bits: UInt64) {
        #expect(
            Deterministic.exp2(x).bitPattern == bits,
            "0x\(String(Deterministic.exp2(x).bitPattern, radix: 16))")
    }

    @Test func `the logarithm of nothing, less than nothing or no number ends the process`() async {
        await #expect(processExitsWith: .failure) { _ = Deterministic.log2(0) }
        await #expect(processExitsWith: .failure) { _ = Deterministic.log2(-1) }
        await #expect(processExitsWith: .failure) { _ = Deterministic.log2(.nan) }
        await #expect(processExitsWith: .failure) { _ = Deterministic.log2(.infinity) }
    }
}
