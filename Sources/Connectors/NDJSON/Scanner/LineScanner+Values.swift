import UsageEvents

extension LineScanner {
    /// Reads the value of a key, or its null, into the row of the line; false to decline.
    @inline(__always)
    mutating func value(
        _ input: PaddedBytes, _ key: KeyEntry, _ keys: borrowing KeyTable, _ line: inout Line
    ) -> Bool {
        let end: Int
        switch key.kind {
        case .label: end = Self.label(input, key, keys, line)
        case .text: end = Self.text(input, key, line)
        case .count: end = Self.count(input, key, line)
        case .money: end = Self.money(input, key, &line)
        case .time: end = time(input, key, line)
        case .word: end = word(input, key, &line)
        case .ignored: end = Self.skipValue(input, line.at)
        case .end, .nothing: end = -1
        }
        if end >= 0 {
            line.at = end
            return true
        }
        guard input.word(line.at) & 0xffff_ffff == 0x6c6c_756e, key.field != KeyTable.unknown else {
            return false
        }
        line.nulls |= 1 &<< UInt32(truncatingIfNeeded: key.field)
        line.row.clear(key.field)
        line.at &+= 4
        return true
    }

    // MARK: - Values: each returns the index behind it, or -1

    @inline(__always)
    private static func text(
        _ input: PaddedBytes, _ key: KeyEntry, _ line: borrowing Line
    ) -> Int {
        guard input[line.at] == UInt8(ascii: "\"") else { return -1 }
        let start = line.at &+ 1
        let end = input.endOfString(start)
        if end < 0 || end &- start >= Limits.labelBytesMax { return -1 }
        line.row.set(key.field, text: start, length: end &- start, hash: 0)
        return end &+ 1
    }

    @inline(__always)
    private static func count(
        _ input: PaddedBytes, _ key: KeyEntry, _ line: borrowing Line
    ) -> Int {
        var end = line.at
        let count = wholeNumber(input, &end)
        if count < 0 { return -1 }
        line.row.set(key.field, number: count)
        return end
    }

    @inline(__always)
    private static func money(
        _ input: PaddedBytes, _ key: KeyEntry, _ line: inout Line
    ) -> Int {
        let cost = money(input, line.at)
        if cost.nano < 0 { return -1 }
        if cost.isRounded { line.isCostRounded = true }
        line.row.set(key.field, number: cost.nano)
        return cost.end
    }

    @inline(__always)
    private mutating func time(
        _ input: PaddedBytes, _ key: KeyEntry, _ line: borrowing Line
    ) -> Int {
        let time = time(input, line.at)
        if time.ts < 0 { return -1 }
        line.row.set(key.field, number: time.ts)
        return time.end
    }

    /// Finds the end of a label and hashes it on the way.
    @inline(__always)
    private static func label(
        _ input: PaddedBytes, _ key: KeyEntry, _ keys: borrowing KeyTable, _ line: borrowing Line
    ) -> Int {
        guard input[line.at] == UInt8(ascii: "\"") else { return -1 }
        let start = line.at &+ 1
        let length = input.plainCount(start)
        let end = start &+ length
        guard length < 32, input[end] == UInt8(ascii: "\"") else {
            return otherLabel(input, start, end, key, line.row)
        }
        let hash = key.hasher.hash(
            input.word(start) & keys.kept(length, 0), input.word(start &+ 8) & keys.kept(length, 1),
            input.word(start &+ 16) & keys.kept(length, 2), input.word(start &+ 24) & keys.kept(length, 3))
        line.row.set(key.field, text: start, length: length, hash: hash)
        return end &+ 1
    }

    /// A label that is long, or perhaps has letters past ASCII at `middle`.
    @inline(never)
    private static func otherLabel(
        _ input: PaddedBytes, _ start: Int, _ middle: Int, _ key: KeyEntry, _ row: StagedRow
    ) -> Int {
        let end = input.endOfString(middle)
        if end < 0 || end - start > Limits.labelBytesMax { return -1 }
        row.set(
            key.field, text: start, length: end - start,
            hash: input.with(start, end - start) { key.hasher.of($0) })
        return end + 1
    }

    /// A number without sign, fraction and exponent, of at most 15 digits; else -1.
    @inline(__always)
    private static func wholeNumber(_ input: PaddedBytes, _ i: inout Int) -> Int64 {
        let first = input.digits(i)
        if first.count == 0 || hasIdleZero(input, i, first.count) { return -1 }
        i &+= first.count
        if first.count < 8 { return Int64(truncatingIfNeeded: first.value) }
        let second = input.digits(i)
        if second.count == 8 { return -1 }
        i &+= second.count
        return Int64(truncatingIfNeeded: first.value &* powersOfTen(second.count) &+ second.value)
    }

    /// Whether a number of so many digits begins with a zero that JSON forbids. Without a branch on the
    /// digit: every other count is zero.
    @inline(__always)
    private static func hasIdleZero(_ input: PaddedBytes, _ i: Int, _ count: Int) -> Bool {
        (Int(truncatingIfNeeded: input[i] ^ 0x30) | ((count &- 2) & 0xf0)) == 0
    }

    /// 10^n for n from 0 to 9.
    @inline(__always)
    private static func powersOfTen(_ n: Int) -> UInt64 {
        let low: UInt64 = n & 1 != 0 ? (n & 2 != 0 ? 1_000 : 10) : (n & 2 != 0 ? 100 : 1)
        let high: UInt64 = n & 8 != 0 ? 100_000_000 : (n & 4 != 0 ? 10_000 : 1)
        return low &* high
    }

    /// An amount and where it ends; -1 for anything odd.
    private typealias Money = (nano: Int64, end: Int, isRounded: Bool)

    /// An amount that is not negative, in nano-dollars.
    @inline(__always)
    private static func money(_ input: PaddedBytes, _ start: Int) -> Money {
        let whole = input.digits(start)
        if whole.count == 0 || whole.count == 8 || hasIdleZero(input, start, whole.count) {
            return (-1, start, false)
        }
        var end = start &+ whole.count
        var nano = whole.value &* 1_000_000_000
        if input[end] == UInt8(ascii: ".") {
            let fraction = input.decimals(end &+ 1)
            if fraction.count == 0 { return (-1, start, false) }
            end &+= 1 &+ fraction.count
            nano &+= fraction.value &* 10
            if fraction.count == 8, input[end] >= 48, input[end] <= 57 { return oddMoney(input, start) }
        }
        if input[end] | 0x20 == UInt8(ascii: "e") { return oddMoney(input, start) }
        return (Int64(truncatingIfNeeded: nano), end, false)
    }

    /// An amount with more than eight decimals or an exponent.
    @inline(never)
    private static func oddMoney(_ input: PaddedBytes, _ start: Int) -> Money {
        var end = start
        while input[end] >= 48 && input[end] <= 57 || ".eE+-".utf8.contains(input[end]) { end += 1 }
        let result = input.with(start, end - start) { text -> ExactNumber? in
            var reader = JSONReader()
            guard (try? reader.value(text, depth: 0, keepText: false)) != nil, reader.isAtEnd(text) else {
                return nil
            }
            return ExactNumber(text, scale: 9)
        }
        guard case .value(let nano, let inexact) = result else { return (-1, start, false) }
        return (nano, end, inexact)
    }

    /// A word of `cost_basis` or `grain`.
    @inline(__always)
    private func word(_ input: PaddedBytes, _ key: KeyEntry, _ line: inout Line) -> Int {
        guard input[line.at] == UInt8(ascii: "\"") else { return -1 }
        let start = line.at &+ 1
        let end = input.endOfString(start)
        if end < 0 { return -1 }
        if key.field == Int(Field.costBasis.rawValue) {
            guard let basis = words.basis(input, start, end &- start) else { return -1 }
            line.basis = basis
        } else {
            guard let grain = words.grain(input, start, end &- start) else { return -1 }
            line.grain = grain
        }
        return end &+ 1
    }

    /// Steps over a value that nobody reads; it is checked all the same.
    @inline(never)
    static func skipValue(_ input: PaddedBytes, _ start: Int) -> Int {
        if input[start] == UInt8(ascii: "\"") {
            let end = input.endOfString(start + 1)
            return end < 0 ? -1 : end + 1
        }
        var lineFeed = start
        while input[lineFeed] != 0x0a { lineFeed += 1 }
        return input.with(start, lineFeed - start) { rest in
            var reader = JSONReader()
            guard (try? reader.value(rest, depth: 1, keepText: false)) != nil else { return -1 }
            return start + reader.at
        }
    }

    // MARK: - Times

    /// A time in ms UTC and where it ends; -1 for anything odd.
    private typealias Time = (ts: Int64, end: Int)

    /// A time as text or in whole milliseconds.
    @inline(__always)
    private mutating func time(_ input: PaddedBytes, _ i: Int) -> Time {
        guard input[i] == UInt8(ascii: "\"") else {
            var end = i
            let number = Self.wholeNumber(input, &end)
            return (number > FieldReader.timestampMax ? -1 : number, end)
        }
        let first = input.word(i &+ 1)
        let second = input.word(i &+ 9)
        if first != dayFirst || second & 0xff_ffff != dayRest {
            guard readDay(input, i &+ 1) else { return (-1, i) }
        }
        // HH:MM:SS: after the exclusive or, digits are 0 to 9 and the colons 0.
        let clock = input.word(i &+ 12) ^ 0x3030_3a30_303a_3030
        let odd = (clock &+ 0x7676_7f76_767f_7676 | clock) & 0x8080_8080_8080_8080
        let pairs = clock &* 10 &+ (clock &>> 8)
        let hour = pairs & 0xff
        let minute = (pairs &>> 24) & 0xff
        let second60 = (pairs &>> 48) & 0xff
        if odd != 0 || hour > 23 || minute > 59 || second60 > 59 { return oddTime(input, i) }
        let end: Int
        var ms = Int64(truncatingIfNeeded: ((hour &* 60 &+ minute) &* 60 &+ second60) &* 1_000)
        // .mmmZ" and then Z".
        let tail = input.word(i &+ 20) ^ 0x0000_225a_3030_302e
        if (tail &+ 0x0000_7f7f_7676_767f | tail) & 0x0000_8080_8080_8080 == 0 {
            ms &+= Int64(
                truncatingIfNeeded: ((tail &>> 8) & 0xf) &* 100 &+ ((tail &>> 16) & 0xf) &* 10
                    &+ ((tail &>> 24) & 0xf))
            end = i &+ 26
        } else if input[i &+ 20] == UInt8(ascii: "Z"), input[i &+ 21] == UInt8(ascii: "\"") {
            end = i &+ 22
        } else {
            return oddTime(input, i)
        }
        return (dayStart &+ ms, end)
    }

    /// Reads `2026-08-01T` and remembers it.
    @inline(never)
    private mutating func readDay(_ input: PaddedBytes, _ at: Int) -> Bool {
        func digits(_ from: Int, _ n: Int) -> Int64? {
            var value: Int64 = 0
            for k in 0..<n {
                guard input[at + from + k] >= 48, input[at + from + k] <= 57 else { return nil }
                value = value * 10 + Int64(input[at + from + k] - 48)
            }
            return value
        }
        guard let year = digits(0, 4), input[at + 4] == UInt8(ascii: "-"), let month = digits(5, 2),
            input[at + 7] == UInt8(ascii: "-"), let day = digits(8, 2), input[at + 10] == UInt8(ascii: "T"),
            let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
        else { return false }
        dayFirst = input.word(at)
        dayRest = input.word(at + 8) & 0xff_ffff
        dayStart = days * Timestamp.day
        return true
    }

    /// Any other spelling that RFC 3339 allows: an offset, another number of decimals, a leap second.
    @inline(never)
    private func oddTime(_ input: PaddedBytes, _ i: Int) -> Time {
        let start = i + 1
        let end = input.endOfString(start)
        if end < 0 { return (-1, i) }
        let ts = input.with(start, end - start) { text in
            text.count > 64 ? nil : Timestamp(rfc3339: [UInt8](copying: text))
        }
        guard let ts, ts.rawValue <= FieldReader.timestampMax else { return (-1, i) }
        return (ts.rawValue, end + 1)
    }
}
