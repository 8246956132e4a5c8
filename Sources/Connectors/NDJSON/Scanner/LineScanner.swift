import UsageEvents

/// The schema-directed scanner: reads canonical lines straight into columns, without a tree, a string or
/// an allocation a line.
///
/// It knows what each key's value must be, expects the key that followed last time, finds the end of a
/// label and hashes it in the same pass, and keeps the day of the last time. It accepts valid events
/// only. Whatever is odd (an escape, a negative number, a repeated key, anything invalid) it declines,
/// and the general parser decides.
struct LineScanner: Sendable {
    /// What one call took in.
    struct Run {
        /// Where the first line begins that was not taken.
        var end: Int
        /// Lines taken, each an event.
        var lines = 0
        /// Events whose cost was rounded to nine decimals.
        var costsRounded = 0
        /// Events that were priced here.
        var costsEstimated = 0
    }

    /// What `parseObject` found out about a line.
    struct Shape {
        /// Bits of the keys that stood in the line.
        var seen: UInt32 = 0
        /// Bits of those that were null.
        var nulls: UInt32 = 0
        var basis = CostBasis.unstated
        var grain = Grain.request
        var unknownKeys = 0
        var isCostRounded = false
    }

    let rules: RowRules
    private let patterns: [KeyPattern]
    let words: WireWords
    /// What a call learned about the order of keys, for the next one.
    private var followers = KeyTable.firstFollowers
    /// The text of the day that was read last, as the first eight and the other three bytes of `2026-08-01T`.
    var dayFirst: UInt64 = 0
    var dayRest: UInt64 = 0
    /// When that day begins, ms UTC.
    var dayStart: Int64 = 0
    var labels = LabelState()

    init(options: DecoderOptions) {
        rules = RowRules(options: options)
        patterns = Field.allCases.map { KeyPattern($0) }
        words = WireWords()
    }

    /// The last LF behind which there is enough room for the scanner, or -1: lines up to there may be
    /// scanned.
    static func lastLineFeed(_ bytes: Span<UInt8>) -> Int {
        var i = bytes.count - 1 - PaddedBytes.padding
        while i >= 0 {
            if bytes[i] == 0x0a { return i }
            i -= 1
        }
        return -1
    }

    /// Takes in lines from `start` until one is declined, `room` rows are taken or `lastLineFeed` is reached.
    mutating func scan(
        _ bytes: Span<UInt8>, from start: Int, lastLineFeed: Int, room: Int, into batch: inout EventBatch,
        symbols: inout Symbols, unknownKeys: inout UnknownKeys
    ) -> Run {
        unsafe bytes.withUnsafeBytes { raw in
            // The buffer outlives the closure, and `input` does not leave it.
            let input = unsafe PaddedBytes(raw)
            return scan(
                input, from: start, lastLineFeed: lastLineFeed, room: room, into: &batch, symbols: &symbols,
                unknownKeys: &unknownKeys)
        }
    }

    private mutating func scan(
        _ input: PaddedBytes, from start: Int, lastLineFeed: Int, room: Int, into batch: inout EventBatch,
        symbols: inout Symbols, unknownKeys: inout UnknownKeys
    ) -> Run {
        var run = Run(end: start)
        let values = LineValues()
        let keys = KeyTable(patterns, followers: followers, symbols)
        var rows = StagedRows()
        labels.begin(batch)
        while run.end <= lastLineFeed, run.lines < room {
            var shape = Shape()
            let end = parseObject(input, run.end, keys, values, &shape)
            if end < 0 { break }
            let next = Self.endOfLine(input, end)
            if next < 0 || next - run.end > Limits.lineBytesMax { break }
            guard
                let isEstimated = commit(
                    input, values, shape, &rows, row: batch.count + rows.count, into: &batch,
                    symbols: &symbols)
            else { break }
            if rows.count == StagedRows.capacity { flush(input, &rows, into: &batch, symbols: &symbols) }
            for k in 0..<shape.unknownKeys {
                let key = values[text: KeyTable.unknown + k]
                input.with(key.start, key.length) { unknownKeys.count($0) }
            }
            run.lines += 1
            run.end = next
            if shape.isCostRounded { run.costsRounded += 1 }
            if isEstimated { run.costsEstimated += 1 }
        }
        flush(input, &rows, into: &batch, symbols: &symbols)
        followers = keys.learned
        return run
    }

    /// Where the next line begins if nothing but blanks and CR stand before the LF; else -1.
    @inline(__always)
    private static func endOfLine(_ input: PaddedBytes, _ start: Int) -> Int {
        var i = start
        while input[i] != 0x0a {
            guard input[i] == 0x0d || input[i] == 0x20 || input[i] == 0x09 else { return -1 }
            i += 1
        }
        return i + 1
    }

    // MARK: - The object

    /// Reads the object at `start` and returns the index behind it, or -1 to decline.
    @inline(__always)
    private mutating func parseObject(
        _ input: PaddedBytes, _ start: Int, _ keys: borrowing KeyTable, _ values: borrowing LineValues,
        _ shape: inout Shape
    ) -> Int {
        guard input[start] == UInt8(ascii: "{") else { return -1 }
        var i = start &+ 1
        var previous = KeyTable.unknown
        var seen: UInt32 = 0
        while true {
            var field = keys.follower(of: previous)
            if keys[field].stands(in: input, at: i) {
                i &+= keys[field].length
                if input[i] == 0x20 { i &+= 1 }
            } else {
                field = Self.unexpectedKey(input, &i, after: previous, keys, values, &shape)
                if field < 0 { return -1 }
            }
            let bit = keys[field].bit
            if seen & bit != 0 { return -1 }
            seen |= bit
            let end = value(input, i, field, keys, values, &shape)
            i = end < 0 ? Self.null(input, i, field, values, &shape) : end
            if i < 0 { return -1 }
            previous = field
            var byte = input[i]
            if byte != UInt8(ascii: ",") {
                i = Self.skipBlanks(input, i)
                byte = input[i]
                guard byte == UInt8(ascii: ",") else {
                    shape.seen = seen
                    return byte == UInt8(ascii: "}") ? i &+ 1 : -1
                }
            }
            i &+= 1
            if input[i] == 0x20 { i &+= 1 }
        }
    }

    /// Steps over the null at `i`, or -1 where there is none.
    @inline(__always)
    private static func null(
        _ input: PaddedBytes, _ i: Int, _ field: Int, _ values: borrowing LineValues, _ shape: inout Shape
    ) -> Int {
        guard input.word(i) & 0xffff_ffff == 0x6c6c_756e, field != KeyTable.unknown else { return -1 }
        shape.nulls |= 1 &<< UInt32(truncatingIfNeeded: field)
        values[text: field] = LineValues.Text(start: i, length: 0, hash: 0)
        return i &+ 4
    }

    @inline(__always)
    private static func skipBlanks(_ input: PaddedBytes, _ start: Int) -> Int {
        var i = start
        while input[i] == 0x20 || input[i] == 0x09 { i += 1 }
        return i
    }

    /// Reads a key that is not the one that was expected, with the colon and the blanks around it, and
    /// learns from it.
    @inline(never)
    private static func unexpectedKey(
        _ input: PaddedBytes, _ i: inout Int, after previous: Int, _ keys: borrowing KeyTable,
        _ values: borrowing LineValues, _ shape: inout Shape
    ) -> Int {
        let second = keys.secondFollower(of: previous)
        if keys[second].stands(in: input, at: i) {
            keys.expect(second, after: previous)
            i += keys[second].length
            i = skipBlanks(input, i)
            return second
        }
        i = skipBlanks(input, i)
        guard input[i] == UInt8(ascii: "\"") else { return -1 }
        let start = i + 1
        let end = input.endOfString(start)
        if end < 0 { return -1 }
        i = skipBlanks(input, end + 1)
        guard input[i] == UInt8(ascii: ":") else { return -1 }
        i = skipBlanks(input, i + 1)
        for field in 0..<KeyTable.unknown where keys[field].length == end - start + 3 {
            if keys[field].isText(of: input, at: start) {
                keys.expect(field, after: previous)
                return field
            }
        }
        guard shape.unknownKeys < LineValues.unknownMax else { return -1 }
        values[text: KeyTable.unknown + shape.unknownKeys] = LineValues.Text(
            start: start, length: end - start, hash: 0)
        shape.unknownKeys += 1
        return KeyTable.unknown
    }
}
