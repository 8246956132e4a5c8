import UsageEvents

/// The schema-directed scanner: reads canonical lines straight into columns, without a tree, a string or
/// an allocation a line.
///
/// It knows what each key's value must be, expects the key that followed last time, with the spacing of last
/// time, finds the end of a label and hashes it in the same pass, and keeps the day of the last time. Lines
/// that have the same keys it reads two at a time, so that the processor need not wait. It accepts valid
/// events only. Whatever is odd (an escape, a negative number, a repeated key, anything invalid) it declines,
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

    /// A line that is being read, and what was found out about it.
    struct Line: ~Copyable {
        /// Where reading stands.
        var at: Int
        /// Where its values go.
        let row: StagedRow
        /// Bits of the keys that stood in the line.
        var seen: UInt32 = 0
        /// Bits of those that were null.
        var nulls: UInt32 = 0
        var basis = CostBasis.unstated
        var grain = Grain.request
        var isCostRounded = false

        @inline(__always)
        init(at start: Int, _ row: StagedRow) {
            at = start
            self.row = row
        }
    }

    let rules: RowRules
    private let checks: LineChecks
    let words: WireWords
    /// What a call learned about keys and spacing, for the next one.
    private var learned = KeyTable.Learned()
    /// The text of the day that was read last, as the first eight and the other three bytes of `2026-08-01T`.
    var dayFirst: UInt64 = 0
    var dayRest: UInt64 = 0
    /// When that day begins, ms UTC.
    var dayStart: Int64 = 0
    var labels = LabelState()
    /// Memory for the numbers of the labels of one column of staged rows.
    var numbers = [UInt32](repeating: 0, count: StagedRows.capacity)

    init(options: DecoderOptions) {
        rules = RowRules(options: options)
        checks = LineChecks(rules, timestampMax: options.timestampMax)
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
        let keys = KeyTable(learned, symbols)
        let checks = checks
        var rows = StagedRows(from: start)
        var pairs = PairGuess()
        labels.begin()
        while run.end <= lastLineFeed, run.lines < room {
            if rows.isFull {
                run.costsEstimated += flush(input, &rows, next: run.end, into: &batch, symbols: &symbols)
            }
            if room &- run.lines > 1, rows.hasRoomForTwo,
                let second = pairs.secondLine(input, from: run.end, lastLineFeed: lastLineFeed)
            {
                var a = Line(at: run.end, rows.next())
                var b = Line(at: second, rows.next(ahead: 1))
                let isPair = parsePair(input, &a, &b, keys) && a.at == second
                pairs.learn(isRight: isPair)
                if isPair {
                    guard Self.take(a, checks, &rows, &run), Self.take(b, checks, &rows, &run) else { break }
                    continue
                }
            }
            var line = Line(at: run.end, rows.next())
            rows.beginRow()
            guard parseLine(input, &line, keys, rows), Self.take(line, checks, &rows, &run) else { break }
            for k in 0..<rows.unknownKeys {
                let key = rows.unknownKey(k)
                input.with(key.start, key.length) { unknownKeys.count($0) }
            }
        }
        run.costsEstimated += flush(input, &rows, next: run.end, into: &batch, symbols: &symbols)
        keys.teach(&learned)
        return run
    }

    /// Takes in a line that was read to its end; false to decline.
    @inline(__always)
    private static func take(
        _ line: borrowing Line, _ checks: LineChecks, _ rows: inout StagedRows, _ run: inout Run
    ) -> Bool {
        if line.at &- run.end > Limits.lineBytesMax { return false }
        if !checks.admit(line, &rows) { return false }
        run.lines &+= 1
        run.end = line.at
        if line.isCostRounded { run.costsRounded &+= 1 }
        return true
    }

    // MARK: - The line

    /// Reads two lines, value by value in turn, as long as both have the keys of the line before in the same
    /// order; returns whether they do to their ends.
    @inline(__always)
    private mutating func parsePair(
        _ input: PaddedBytes, _ a: inout Line, _ b: inout Line, _ keys: borrowing KeyTable
    ) -> Bool {
        var key = keys.planned
        while key.stands(in: input, at: a.at), key.stands(in: input, at: b.at) {
            a.at &+= key.length
            b.at &+= key.length
            if key.kind == .end {
                (a.seen, b.seen) = (key.before, key.before)
                return true
            }
            guard value(input, key, keys, &a), value(input, key, keys, &b) else { return false }
            key = key.next
        }
        return false
    }

    /// Reads a line to its end; false to decline.
    @inline(__always)
    private mutating func parseLine(
        _ input: PaddedBytes, _ line: inout Line, _ keys: borrowing KeyTable, _ rows: borrowing StagedRows
    ) -> Bool {
        // Mostly a line has the keys of the line before in the same order.
        var key = keys.planned
        while key.stands(in: input, at: line.at) {
            line.at &+= key.length
            if key.kind == .end {
                line.seen = key.before
                return true
            }
            guard value(input, key, keys, &line) else { return false }
            key = key.next
        }
        line.seen = key.before
        let previous = keys.leavePlan(at: key)
        return parseRest(input, &line, after: previous, keys, rows)
    }

    /// Goes on with a line that has other keys than the one before, behind the key `previous`.
    @inline(never)
    private mutating func parseRest(
        _ input: PaddedBytes, _ line: inout Line, after previous: Int, _ keys: borrowing KeyTable,
        _ rows: borrowing StagedRows
    ) -> Bool {
        var previous = previous
        while true {
            var number = keys.follower(of: previous)
            if keys[number].stands(in: input, at: line.at) {
                line.at &+= keys[number].length
            } else {
                (number, line.at) = Self.unexpectedKey(input, line.at, after: previous, keys, rows)
                if number < 0 { return false }
            }
            keys.note(number)
            let key = keys[number]
            if key.kind == .end {
                keys.endNotes()
                return true
            }
            if line.seen & key.bit != 0 { return false }
            line.seen |= key.bit
            guard value(input, key, keys, &line) else { return false }
            previous = key.field
        }
    }

    @inline(__always)
    private static func skipBlanks(_ input: PaddedBytes, _ start: Int) -> Int {
        var i = start
        while input[i] == 0x20 || input[i] == 0x09 { i += 1 }
        return i
    }

    /// Reads what stands before the next value if that is not what was expected, and learns from it; or the
    /// end of the line.
    @inline(never)
    private static func unexpectedKey(
        _ input: PaddedBytes, _ start: Int, after previous: Int, _ keys: borrowing KeyTable,
        _ rows: borrowing StagedRows
    ) -> (number: Int, end: Int) {
        let declined = (number: -1, end: start)
        var i = start
        let second = keys.secondFollower(of: previous)
        if keys[second].stands(in: input, at: i) {
            keys.expect(second, after: previous)
            return (second, i + keys[second].length)
        }
        var style = keys.style
        let isFirst = previous == KeyTable.start
        if isFirst {
            guard input[i] == UInt8(ascii: "{") else { return declined }
            i += 1
        } else {
            i = skipBlanks(input, i)
            if input[i] == UInt8(ascii: "}") { return endOfLine(input, i, after: previous, keys) }
            guard input[i] == UInt8(ascii: ",") else { return declined }
            i += 1
            style.spacesCommas = input[i] == 0x20
        }
        i = skipBlanks(input, i)
        guard input[i] == UInt8(ascii: "\"") else { return declined }
        let key = i + 1
        let end = input.endOfString(key)
        if end < 0 { return declined }
        i = skipBlanks(input, end + 1)
        guard input[i] == UInt8(ascii: ":") else { return declined }
        style.spacesColons = input[i + 1] == 0x20
        i = skipBlanks(input, i + 1)
        keys.expect(style)
        let field = keys.field(input, key, end - key)
        if field >= 0 {
            let number = field + (isFirst ? KeyTable.first : 0)
            keys.expect(number, after: previous)
            return (number, i)
        }
        return rows.addUnknownKey(key, end - key) ? (KeyTable.unknown, i) : declined
    }

    /// Steps over the brace at `start` and what may follow it: blanks, CR and the LF.
    private static func endOfLine(
        _ input: PaddedBytes, _ start: Int, after previous: Int, _ keys: borrowing KeyTable
    ) -> (number: Int, end: Int) {
        var i = start
        var style = keys.style
        style.endsWithCR = input[i + 1] == 0x0d
        i += 1
        while input[i] != 0x0a {
            guard input[i] == 0x0d || input[i] == 0x20 || input[i] == 0x09 else { return (-1, start) }
            i += 1
        }
        i += 1
        keys.expect(style)
        keys.expect(KeyTable.end, after: previous)
        return (KeyTable.end, i)
    }
}
