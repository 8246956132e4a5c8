/// Logarithm and power of two from IEEE 754 operations only (+, -, *, /, rounding), so that every machine
/// computes the same bits.
///
/// The C library's versions differ between platforms in the last bit, and one bit decides whether an alert
/// fires.
public enum Deterministic {
    /// The logarithm to base 2 of a positive, finite number.
    ///
    /// x = m * 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.1716,
    /// by its odd power series to s^21 (truncation below 2e-18). Error below 4e-16 relative to max(1, |log2
    /// x|); tests compare with libm. For x <= 0 or NaN the precondition fails: callers take logarithms of
    /// positive totals only.
    public static func log2(_ x: Double) -> Double { log2(x, 1).0 }

    /// Two logarithms to base 2, in not much more than the time of one; the same bits as of each alone.
    public static func log2(_ x: Double, _ y: Double) -> (Double, Double) {
        let (a, b) = (parts(x), parts(y))
        let m = SIMD2(a.m, b.m)
        let s = (m - 1) / (m + 1)
        let z = s * s
        // The reciprocals of 19, 17 ... 1 are constants of the program; written out, no loop divides.
        var sum = SIMD2<Double>(repeating: 1.0 / 21)
        sum = sum * z + 1.0 / 19
        sum = sum * z + 1.0 / 17
        sum = sum * z + 1.0 / 15
        sum = sum * z + 1.0 / 13
        sum = sum * z + 1.0 / 11
        sum = sum * z + 1.0 / 9
        sum = sum * z + 1.0 / 7
        sum = sum * z + 1.0 / 5
        sum = sum * z + 1.0 / 3
        sum = sum * z + 1.0
        let logarithm = 2 * s * sum * 1.442_695_040_888_963_4
        return (a.exponent + logarithm[0], b.exponent + logarithm[1])
    }

    /// A positive number as a power of two and a factor near 1.
    @inline(__always)
    private static func parts(_ x: Double) -> (exponent: Double, m: Double) {
        precondition(x > 0 && x.isFinite, "log2 of a number that is not positive")
        var exponent = Double(Int(x.exponentBitPattern) - 1_023)
        var m = Double(bitPattern: x.bitPattern & ~(0x7ff << 52) | (1_023 << 52))
        if !x.isNormal {
            exponent = Double(x.exponent)
            m = x.significand
        }
        if m > 1.414_213_562_373_095_1 {
            m *= 0.5
            exponent += 1
        }
        return (exponent, m)
    }

    /// Two to a power, for |x| <= 1000.
    ///
    /// 2^x = 2^n * e^(r ln 2), n = x rounded, |r| <= 1/2, by the exponential series to the 17th power
    /// (truncation below 1e-20). Relative error below 4e-16; tests compare with libm. Larger arguments
    /// saturate at 2^1000 and 2^-1000.
    public static func exp2(_ x: Double) -> Double {
        let x = min(max(x, -1_000), 1_000)
        let n = x.rounded(.toNearestOrEven)
        let r = (x - n) * 0.693_147_180_559_945_3
        var sum = 1.0
        var k = 17.0
        while k >= 1 {
            sum = sum * r / k + 1
            k -= 1
        }
        return Double(sign: .plus, exponent: Int(n), significand: sum)
    }
}
