import UsageEvents

/// `1,204`, `48.2 k`, `1.3 M`, `10 M`: for counts that nobody adds up.
func shortCount(_ n: UInt64) -> String {
    if n < 10_000 { return groupedDigits(n) }
    return scaled(Double(n), units: ["", "k", "M", "G"], base: 1_000)
}

/// `812 B`, `4.2 MB`: decimal units.
func byteCount(_ n: Int) -> String {
    scaled(Double(max(n, 0)), units: ["B", "kB", "MB", "GB", "TB"], base: 1_000)
}

/// Three digits at most, and the unit.
private func scaled(_ value: Double, units: [String], base: Double) -> String {
    var value = value
    var unit = 0
    while value >= base * 0.9995, unit < units.count - 1 {
        value /= base
        unit += 1
    }
    let text = unit == 0 || value >= 99.95 ? String(Int(value.rounded())) : decimal(value, digits: 1)
    return units[unit].isEmpty ? text : text + " " + units[unit]
}

/// A number with a fixed count of decimals; zeros at the end, and a point without decimals, are dropped.
func decimal(_ value: Double, digits: Int) -> String {
    var unit = 1.0
    for _ in 0..<digits { unit *= 10 }
    let whole = Int64((min(max(value, -1e12), 1e12) * unit).rounded())
    let magnitude = whole.magnitude
    let sign = whole < 0 ? "-" : ""
    guard digits > 0 else { return sign + groupedDigits(magnitude) }
    var fraction = String(magnitude % UInt64(unit))
    fraction = String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return sign + groupedDigits(magnitude / UInt64(unit)) + (fraction.isEmpty ? "" : "." + fraction)
}

/// `93%`; what is above nothing is never shown as nothing, and what is below everything never as everything.
func percent(_ share: Double) -> String {
    let whole = Int((min(max(share, 0), 1) * 100).rounded())
    if whole == 0, share > 0 { return "<1%" }
    if whole == 100, share < 1 { return ">99%" }
    return "\(whole)%"
}

/// `$41.20`, `4.2M tokens`, by what the amount is.
func amount(_ value: Int64, isMoney: Bool) -> String {
    isMoney ? NanoUSD(rawValue: value).dollars : tokenCount(value)
}

/// The same for an expectation: three significant digits, since it is an estimate.
func amount(_ value: Double, isMoney: Bool) -> String {
    let bounded = Int64(min(max(value, 0), 9e18).rounded())
    return amount(threeDigits(bounded), isMoney: isMoney)
}

/// A positive number to three significant digits.
private func threeDigits(_ n: Int64) -> Int64 {
    var unit: Int64 = 1
    while n / unit >= 1_000 { unit *= 10 }
    return (n + unit / 2) / unit * unit
}

/// `812`, `48.2k`, `4.2M`: tokens, without the word.
func tokenCount(_ n: Int64) -> String {
    let sign = n < 0 ? "-" : ""
    if n.magnitude < 10_000 { return sign + groupedDigits(n.magnitude) }
    return sign
        + String(scaled(Double(n.magnitude), units: ["", "k", "M", "B"], base: 1_000).filter { $0 != " " })
}

/// `1 alert`, `3 alerts`.
func counted(_ n: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    groupedDigits(UInt64(n.magnitude)) + " " + (n == 1 ? one : many ?? one + "s")
}

/// `412 ms`, `1.81 s`, `42 s`: how long a run took.
func elapsed(_ seconds: Double) -> String {
    if seconds < 1 { return "\(Int((max(seconds, 0) * 1_000).rounded(.up))) ms" }
    if seconds < 60 { return "\(decimal(seconds, digits: seconds < 10 ? 2 : 0)) s" }
    return duration(milliseconds: Int64(seconds * 1_000))
}

/// `42 s`, `14 min`, `2 h 5 min`, `3 d 4 h`: two units at most.
func duration(milliseconds: Int64) -> String {
    let seconds = (max(milliseconds, 0) + 500) / 1_000
    if seconds < 60 { return "\(seconds) s" }
    let minutes = (seconds + 30) / 60
    if minutes < 60 { return "\(minutes) min" }
    if minutes < 24 * 60 {
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }
    let hours = (minutes + 30) / 60
    return hours % 24 == 0 ? "\(hours / 24) d" : "\(hours / 24) d \(hours % 24) h"
}

extension Timestamp {
    /// `2026-04-01 14:25`: to the minute, UTC.
    var minuteText: String { dayText + " " + clockText }

    /// `2026-04-01`.
    var dayText: String { String(description.prefix(10)) }

    /// `14:25`.
    var clockText: String { String(description.dropFirst(11).prefix(5)) }

    /// `14:05`, or `03-31 22:05` where the day is another than that of `other`.
    func text(near other: Timestamp) -> String {
        if dayText == other.dayText { return clockText }
        return (dayText.prefix(4) == other.dayText.prefix(4) ? String(dayText.dropFirst(5)) : dayText) + " "
            + clockText
    }
}

/// A moment as a user names it: absolute, or a span before the log's clock.
enum TimeBound: Equatable, Sendable {
    case absolute(Timestamp)
    /// Milliseconds before it.
    case before(Int64)

    /// Reads `7d`, `24h`, `90m`, `30s`, `2026-04-01`, `2026-04-01T14:25` or RFC 3339; nil for anything else.
    init?(_ text: String) {
        if let span = Self.span(text) {
            self = .before(span)
        } else if let instant = Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: (text + ":00Z").utf8)
            ?? Timestamp(rfc3339: (text + "Z").utf8) ?? Timestamp(rfc3339: (text + "T00:00:00Z").utf8)
        {
            self = .absolute(instant)
        } else {
            return nil
        }
    }

    /// The instant, when the log's clock shows `now`.
    func resolved(now: Timestamp) -> Timestamp {
        switch self {
        case .absolute(let instant): instant
        case .before(let span):
            Timestamp(rawValue: now.rawValue.subtractingReportingOverflow(span).partialValue)
        }
    }

    private static func span(_ text: String) -> Int64? {
        let units: [(Character, Int64)] = [
            ("s", Timestamp.second), ("m", Timestamp.minute), ("h", Timestamp.hour), ("d", Timestamp.day),
            ("w", 7 * Timestamp.day),
        ]
        guard let unit = units.first(where: { $0.0 == text.last })?.1 else { return nil }
        let digits = text.dropLast()
        guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let n = Int64(digits), n <= 1_000_000 else {
            return nil
        }
        return n * unit
    }
}
