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
    let keys: [KeyPattern]
    let words: WireWords
    /// For each key the two keys that followed it last, the later one first; index 22 is the start of
    /// the object.
    private var followers: [UInt8]
    /// The text of the day that was read last, as the first eight and the other three bytes of `2026-08-01T`.
    var dayFirst: UInt64 = 0
    var dayRest: UInt64 = 0
    /// When that day begins, ms UTC.
    var dayStart: Int64 = 0
    var labels = LabelState()

    /// Not a field: a key that is ignored.
    private static let unknown = 22

    init(options: DecoderOptions) {
        rules = RowRules(options: options)
        keys = Field.allCases.map { KeyPattern($0) }
        words = WireWords()
        // At first each key is expected to be followed by the next one.
        followers = (0...22).flatMap { [UInt8($0 == 22 ? 0 : min($0 + 1, 21)), UInt8(0)] }
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
        var rows = StagedRows()
        labels.begin(symbols, batch)
        while run.end <= lastLineFeed, run.lines < room {
            var shape = Shape()
            let end = parseObject(input, run.end, values, &shape)
            if end < 0 { break }
            let next = Self.endOfLine(input, end)
            if next < 0 || next - run.end > Limits.lineBytesMax { break }
            guard
                let isEstimated = commit(
                    input, values, shape, &rows, row: batch.count + rows.count, into: &batch,
                    symbols: &symbols)
            else { break }
            if rows.count == StagedRows.capacity { rows.flush(into: &batch) }
            for k in 0..<shape.unknownKeys {
                let key = values[text: Self.unknown + k]
                input.with(key.start, key.length) { unknownKeys.count($0) }
            }
            run.lines += 1
            run.end = next
            if shape.isCostRounded { run.costsRounded += 1 }
            if isEstimated { run.costsEstimated += 1 }
        }
        rows.flush(into: &batch)
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
        _ input: PaddedBytes, _ start: Int, _ values: borrowing LineValues, _ shape: inout Shape
    ) -> Int {
        guard input[start] == UInt8(ascii: "{") else { return -1 }
        var i = start &+ 1
        var previous = Self.unknown
        while true {
            var field = Int(followers[previous &* 2])
            let pattern = keys[field]
            if pattern.stands(in: input, at: i) {
                i &+= pattern.length
                if input[i] == 0x20 { i &+= 1 }
            } else {
                field = unexpectedKey(input, &i, after: previous, values, &shape)
                if field < 0 { return -1 }
            }
            if field == Self.unknown {
                i = Self.skipValue(input, i)
            } else {
                let bit: UInt32 = 1 &<< UInt32(truncatingIfNeeded: field)
                if shape.seen & bit != 0 { return -1 }
                shape.seen |= bit
                if input[i] == UInt8(ascii: "n") {
                    guard input.word(i) & 0xffff_ffff == 0x6c6c_756e else { return -1 }
                    shape.nulls |= bit
                    values[text: field] = LineValues.Text(start: i, length: 0, hash: 0)
                    i &+= 4
                } else {
                    i = value(input, i, field, values, &shape)
                }
            }
            if i < 0 { return -1 }
            previous = field
            var byte = input[i]
            if byte == 0x20 || byte == 0x09 {
                i = Self.skipBlanks(input, i)
                byte = input[i]
            }
            guard byte == UInt8(ascii: ",") else {
                return byte == UInt8(ascii: "}") ? i &+ 1 : -1
            }
            i &+= 1
            if input[i] == 0x20 { i &+= 1 }
        }
    }

    @inline(never)
    private static func skipBlanks(_ input: PaddedBytes, _ start: Int) -> Int {
        var i = start
        while input[i] == 0x20 || input[i] == 0x09 { i += 1 }
        return i
    }

    /// Reads a key that is not the one that was expected, with the colon and the blanks around it, and
    /// learns from it.
    @inline(never)
    private mutating func unexpectedKey(
        _ input: PaddedBytes, _ i: inout Int, after previous: Int, _ values: borrowing LineValues,
        _ shape: inout Shape
    ) -> Int {
        let second = Int(followers[previous * 2 + 1])
        if keys[second].stands(in: input, at: i) {
            followers.swapAt(previous * 2, previous * 2 + 1)
            i += keys[second].length
            i = Self.skipBlanks(input, i)
            return second
        }
        i = Self.skipBlanks(input, i)
        guard input[i] == UInt8(ascii: "\"") else { return -1 }
        let start = i + 1
        let end = input.endOfString(start)
        if end < 0 { return -1 }
        i = Self.skipBlanks(input, end + 1)
        guard input[i] == UInt8(ascii: ":") else { return -1 }
        i = Self.skipBlanks(input, i + 1)
        for field in keys.indices where keys[field].length == end - start + 3 {
            if keys[field].isText(of: input, at: start) {
                followers[previous * 2 + 1] = followers[previous * 2]
                followers[previous * 2] = UInt8(field)
                return field
            }
        }
        guard shape.unknownKeys < LineValues.unknownMax else { return -1 }
        values[text: Self.unknown + shape.unknownKeys] = LineValues.Text(
            start: start, length: end - start, hash: 0)
        shape.unknownKeys += 1
        return Self.unknown
    }
}
