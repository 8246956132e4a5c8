/// An instant in UTC, as whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Reads and writes RFC 3339 (Klyne and Newman, 2002). Days, hours and months of the product are UTC.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; may be negative.
    public var rawValue: Int64

    /// Wraps a count of milliseconds.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Wraps a count of milliseconds since the epoch.
    public init(milliseconds: Int64) { self.rawValue = milliseconds }

    /// Earlier instants are smaller.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }

    /// The number of whole units since the epoch, rounded towards the past.
    public func floored(to unit: Int64) -> Int64 { floorDivide(rawValue, unit) }

    /// Milliseconds in one second, minute, hour and day.
    public static let second: Int64 = 1_000
    /// Milliseconds in one minute.
    public static let minute: Int64 = 60_000
    /// Milliseconds in one hour.
    public static let hour: Int64 = 3_600_000
    /// Milliseconds in one day.
    public static let day: Int64 = 86_400_000
}

/// Division that rounds towards negative infinity, so that windows before 1970 are as long as those after.
@inlinable
public func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let q = a / b
    return a % b < 0 ? q - 1 : q
}

// MARK: - Text

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 with milliseconds and `Z`, as in `2026-04-01T14:25:00.000Z`.
    public var description: String {
        var out: [UInt8] = []
        out.reserveCapacity(24)
        write(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the same text as `description`.
    public func write(into out: inout [UInt8]) {
        let seconds = floorDivide(rawValue, 1_000)
        let days = floorDivide(seconds, 86_400)
        let inDay = seconds - days * 86_400
        let date = CivilDate(daysSinceEpoch: days)
        appendPadded(Int64(date.year), width: 4, into: &out)
        out.append(UInt8(ascii: "-"))
        appendPadded(Int64(date.month), width: 2, into: &out)
        out.append(UInt8(ascii: "-"))
        appendPadded(Int64(date.day), width: 2, into: &out)
        out.append(UInt8(ascii: "T"))
        appendPadded(inDay / 3_600, width: 2, into: &out)
        out.append(UInt8(ascii: ":"))
        appendPadded(inDay / 60 % 60, width: 2, into: &out)
        out.append(UInt8(ascii: ":"))
        appendPadded(inDay % 60, width: 2, into: &out)
        out.append(UInt8(ascii: "."))
        appendPadded(rawValue - seconds * 1_000, width: 3, into: &out)
        out.append(UInt8(ascii: "Z"))
    }

    /// Reads RFC 3339: date, `T`, `t` or a space, time, any fraction (digits past the third are dropped),
    /// then `Z`, `z` or an offset `+hh:mm`. Years 1970 to 9999; a leap second `:60` counts as `:59.999`.
    ///
    /// Returns nil for anything else.
    @inlinable
    public init?(rfc3339 text: some Sequence<UInt8>) {
        var bytes = text.makeIterator()
        func digits(_ n: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<n {
                guard let b = bytes.next(), b >= 48, b <= 57 else { return nil }
                value = value * 10 + Int64(b - 48)
            }
            return value
        }
        func expect(_ c: Character) -> Bool { bytes.next() == c.asciiValue }
        guard let year = digits(4), expect("-"), let month = digits(2), expect("-"), let day = digits(2),
            let t = bytes.next(), t == 0x54 || t == 0x74 || t == 0x20,
            let hour = digits(2), expect(":"), let minute = digits(2), expect(":"), let second = digits(2),
            var next = bytes.next()
        else { return nil }
        var milliseconds: Int64 = 0
        if next == UInt8(ascii: ".") {
            var scale: Int64 = 100
            var any = false
            while true {
                guard let b = bytes.next() else { return nil }
                guard b >= 48, b <= 57 else {
                    next = b
                    break
                }
                any = true
                milliseconds += Int64(b - 48) * scale
                scale /= 10
            }
            guard any else { return nil }
        }
        var offsetMinutes: Int64 = 0
        switch next {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let h = digits(2), expect(":"), let m = digits(2), h <= 23, m <= 59 else { return nil }
            offsetMinutes = (h * 60 + m) * (next == UInt8(ascii: "+") ? 1 : -1)
        default: return nil
        }
        guard bytes.next() == nil,
            let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        if second == 60 { milliseconds = 999 }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offsetMinutes * 60
        self.init(rawValue: seconds * 1_000 + milliseconds)
    }
}

/// Appends a non-negative number, padded on the left with zeros.
private func appendPadded(_ value: Int64, width: Int, into out: inout [UInt8]) {
    var unit: Int64 = 1
    for _ in 1..<width { unit *= 10 }
    while unit > 0 {
        out.append(UInt8(48 + value / unit % 10))
        unit /= 10
    }
}

/// A date of the proleptic Gregorian calendar.
///
/// The conversion is Howard Hinnant's ("chrono-compatible low-level date algorithms", 2013): eras of 400
/// years that begin on 1 March, so that the leap day is the last of its year.
public struct CivilDate: Hashable, Sendable {
    /// The year, for example 2026.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// The date of a day number; day 0 is 1970-01-01.
    public init(daysSinceEpoch days: Int64) {
        let z = days + 719_468
        let era = floorDivide(z, 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * mp + 2) / 5 + 1)
        month = Int(mp < 10 ? mp + 3 : mp - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// The day number of a date, or nil where there is no such date from 1970 to 9999.
    @inlinable
    public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard year >= 1970, year <= 9999, month >= 1, month <= 12, day >= 1, day <= 31 else { return nil }
        if day > 28 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let longest: Int64 =
                month == 2
                ? (leap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11) ? 30 : 31
            guard day <= longest else { return nil }
        }
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
