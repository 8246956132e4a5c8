/// An amount of money in whole billionths of a US dollar.
///
/// Money is never a `Double`: sums are exact, and equal on every machine.
public struct NanoUSD: RawRepresentable, Hashable, Comparable, Sendable {
    /// Billionths of a dollar.
    public var rawValue: Int64

    /// Wraps a count of billionths of a dollar.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// The largest amount that one event may carry, either way: $1,000,000.
    public static let eventMax: Int64 = 1_000_000 * dollar

    /// Billionths in one dollar.
    public static let dollar: Int64 = 1_000_000_000

    /// Smaller amounts first.
    public static func < (a: NanoUSD, b: NanoUSD) -> Bool { a.rawValue < b.rawValue }

    /// For a plot or a logarithm only: the nearest double, in dollars.
    public var approximateDollars: Double { Double(rawValue) / 1e9 }
}

extension NanoUSD: CustomStringConvertible {
    /// The exact decimal text without trailing zeros, as in `41.2`, `-0.000000001` or `0`: valid JSON.
    public var description: String {
        var out: [UInt8] = []
        write(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the same text as `description`.
    public func write(into out: inout [UInt8]) {
        if rawValue < 0 { out.append(UInt8(ascii: "-")) }
        let magnitude = rawValue.magnitude
        out.append(contentsOf: String(magnitude / 1_000_000_000).utf8)
        var fraction = magnitude % 1_000_000_000
        guard fraction != 0 else { return }
        out.append(UInt8(ascii: "."))
        var unit: UInt64 = 100_000_000
        while fraction != 0 {
            out.append(UInt8(48 + fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }

    /// For people: `$41.20`, `$0.0042`, `$1,204`; two significant digits below a cent.
    public var dollars: String {
        let sign = rawValue < 0 ? "-" : ""
        let n = rawValue.magnitude
        if n == 0 { return "$0" }
        if n >= 1_000 * 1_000_000_000 {
            return sign + "$" + groupedDigits((n + 500_000_000) / 1_000_000_000)
        }
        if n >= 10_000_000 {
            let cents = (n + 5_000_000) / 10_000_000
            let tail = cents % 100
            return sign + "$\(cents / 100)." + (tail < 10 ? "0\(tail)" : "\(tail)")
        }
        var unit: UInt64 = 1
        while n / unit >= 100 { unit *= 10 }
        let rounded = (n + unit / 2) / unit * unit
        return sign + "$" + NanoUSD(rawValue: Int64(rounded)).description
    }
}

/// A whole number with commas between thousands, as in `1,204,310`.
public func groupedDigits(_ n: UInt64) -> String {
    let digits = Array(String(n).utf8)
    var out: [UInt8] = []
    for (i, d) in digits.enumerated() {
        if i > 0, (digits.count - i) % 3 == 0 { out.append(UInt8(ascii: ",")) }
        out.append(d)
    }
    return String(decoding: out, as: UTF8.self)
}
