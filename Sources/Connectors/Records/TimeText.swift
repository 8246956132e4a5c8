import UsageEvents

/// Times as exports write them.
///
/// - RFC 3339: `2026-04-01T14:25:00.120Z`, with `T`, `t` or a blank, any fraction (digits past the third
///   are dropped), `Z` or an offset `+hh:mm`, `+hhmm` or `+hh`.
/// - The same without a zone is UTC, and so is a date alone: its first instant.
/// - A number is a time since 1970, in seconds below 10^11 (until the year 5138), in milliseconds below
///   10^14, in microseconds below 10^17; seconds may have a fraction. Each range begins in 1973 where the
///   unit is the right one, so that no time since then can be taken for another.
enum TimeText {
    /// Reads a time; nil where the text is none, or where it lies outside the years 1970 to 9999.
    static func parse(_ text: Span<UInt8>) -> Timestamp? {
        if NumberText.isPlain(text) { return epoch(text) }
        guard let day = date(text) else { return nil }
        var at = 10
        var time: Int64 = 0
        if at < text.count {
            guard let found = timeOfDay(text, &at) else { return nil }
            time = found
        }
        let ts = day * Timestamp.day + time
        return ts >= 0 && ts <= FieldReader.timestampMax ? Timestamp(rawValue: ts) : nil
    }

    private static func epoch(_ text: Span<UInt8>) -> Timestamp? {
        guard case .value(let whole, _) = ExactNumber(text, scale: 0), whole >= 0 else { return nil }
        let scale = whole < 100_000_000_000 ? 3 : whole < 100_000_000_000_000 ? 0 : -3
        guard whole < 100_000_000_000_000_000, case .value(let ts, _) = ExactNumber(text, scale: scale),
            ts <= FieldReader.timestampMax
        else { return nil }
        return Timestamp(rawValue: ts)
    }

    @inline(__always)
    private static func digits(_ text: Span<UInt8>, _ at: Int, _ n: Int) -> Int64? {
        guard at + n <= text.count else { return nil }
        var value: Int64 = 0
        for i in at..<at + n {
            let digit = text[i] &- 48
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return value
    }

    private static func date(_ text: Span<UInt8>) -> Int64? {
        guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2)
        else { return nil }
        return CivilDate.daysSinceEpoch(year: year, month: month, day: day)
    }

    /// Milliseconds since midnight UTC of what follows the date: negative or beyond a day where an offset
    /// leads there.
    private static func timeOfDay(_ text: Span<UInt8>, _ at: inout Int) -> Int64? {
        let separator = text[at]
        guard separator == 0x54 || separator == 0x74 || separator == 0x20, text.count >= at + 9,
            text[at + 3] == UInt8(ascii: ":"), text[at + 6] == UInt8(ascii: ":"),
            let hour = digits(text, at + 1, 2), let minute = digits(text, at + 4, 2),
            let second = digits(text, at + 7, 2), hour <= 23, minute <= 59, second <= 60
        else { return nil }
        at += 9
        var milliseconds: Int64 = 0
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            var scale: Int64 = 100
            let first = at
            while at < text.count, text[at] >= 48, text[at] <= 57 {
                milliseconds += Int64(text[at] - 48) * scale
                scale /= 10
                at += 1
            }
            guard at > first else { return nil }
        }
        if second == 60 { milliseconds = 999 }
        guard let offset = offset(text, at) else { return nil }
        let seconds = hour * 3_600 + minute * 60 + min(second, 59) - offset * 60
        return seconds * 1_000 + milliseconds
    }

    /// Minutes that the rest of the text says; nil where it is no zone.
    private static func offset(_ text: Span<UInt8>, _ at: Int) -> Int64? {
        if at == text.count { return 0 }
        switch text[at] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return at + 1 == text.count ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = digits(text, at + 1, 2), hours <= 23 else { return nil }
            var minutes: Int64 = 0
            if at + 3 < text.count {
                let first = text[at + 3] == UInt8(ascii: ":") ? at + 4 : at + 3
                guard first + 2 == text.count, let found = digits(text, first, 2), found <= 59 else {
                    return nil
                }
                minutes = found
            }
            return (hours * 60 + minutes) * (text[at] == UInt8(ascii: "+") ? 1 : -1)
        default: return nil
        }
    }
}
