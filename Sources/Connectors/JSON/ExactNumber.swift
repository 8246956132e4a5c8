/// The value of a JSON number, scaled by a power of ten and never through a `Double`.
enum ExactNumber: Hashable {
    /// The value; `inexact` where digits were rounded away, half to even.
    case value(Int64, inexact: Bool)
    /// Beyond Int64.
    case overflow

    /// Reads `text`, which is a number by the grammar of RFC 8259, times 10^scale.
    ///
    /// O(digits) for any exponent: an accumulator that is not zero overflows after 20 steps.
    init(_ text: Span<UInt8>, scale: Int) {
        let parts = NumberParts(text)
        var weight = parts.integerDigits - 1 + parts.exponent + scale
        var magnitude: UInt64 = 0
        var half: UInt8 = 0
        var sticky = false
        for i in parts.digits where text[i] != UInt8(ascii: ".") {
            let digit = text[i] - 48
            if weight >= 0 {
                guard Self.push(digit, &magnitude) else {
                    self = .overflow
                    return
                }
            } else if weight == -1 {
                half = digit
            } else if digit != 0 {
                sticky = true
            }
            weight -= 1
        }
        // Zeros that the text leaves to the exponent.
        while weight >= 0, magnitude != 0 {
            guard Self.push(0, &magnitude) else {
                self = .overflow
                return
            }
            weight -= 1
        }
        if half > 5 || (half == 5 && (sticky || magnitude & 1 == 1)) { magnitude += 1 }
        guard magnitude <= UInt64(Int64.max) else {
            self = .overflow
            return
        }
        let value = Int64(magnitude)
        self = .value(parts.isNegative ? -value : value, inexact: half != 0 || sticky)
    }

    private static func push(_ digit: UInt8, _ magnitude: inout UInt64) -> Bool {
        let (shifted, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        guard !overflow, shifted <= UInt64(Int64.max) else { return false }
        magnitude = shifted + UInt64(digit)
        return true
    }
}

/// Where the parts of a number stand in its text.
private struct NumberParts {
    var isNegative = false
    /// Digits before the point.
    var integerDigits = 0
    /// Digits and the point.
    var digits = 0..<0
    /// Clamped to a billion either way, far beyond the length of a line.
    var exponent = 0

    init(_ text: Span<UInt8>) {
        var i = 0
        if text[0] == UInt8(ascii: "-") {
            isNegative = true
            i = 1
        }
        let start = i
        var sawPoint = false
        while i < text.count, text[i] != UInt8(ascii: "e"), text[i] != UInt8(ascii: "E") {
            if text[i] == UInt8(ascii: ".") {
                sawPoint = true
            } else if !sawPoint {
                integerDigits += 1
            }
            i += 1
        }
        digits = start..<i
        guard i < text.count else { return }
        i += 1
        var negative = false
        if text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") {
            negative = text[i] == UInt8(ascii: "-")
            i += 1
        }
        while i < text.count {
            exponent = min(exponent * 10 + Int(text[i] - 48), 1_000_000_000)
            i += 1
        }
        if negative { exponent = -exponent }
    }
}
