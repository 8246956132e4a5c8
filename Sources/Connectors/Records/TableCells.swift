import UsageEvents

/// Where the cells of one row of a CSV stand: RFC 4180, without a copy of any cell.
///
/// A cell in double quotes may hold separators, line ends and quotes written twice. A quote inside a cell
/// that does not begin with one is a character like any other. A row ends with LF or CRLF, the last one
/// with the input.
struct TableCells: Sendable {
    /// One cell; the quotes around it are left out.
    private struct Cell {
        var start: Int32
        var end: Int32
        /// Whether quotes are written twice inside.
        var isDoubled: Bool
    }

    /// What was found at a place where a row begins.
    enum Scan: Hashable {
        /// A row that ends, with its line end, before `end`, and how many lines it takes.
        case row(end: Int, lines: Int)
        /// More bytes are needed.
        case incomplete
        /// Something other than a separator or a line end stands behind a closing quote.
        case stray
        /// A quote is open at the end of the input.
        case unclosed
        /// No end within `Limits.lineBytesMax` bytes.
        case tooLong(isQuoted: Bool)
    }

    private var cells: [Cell] = []

    /// How many cells the row has.
    var count: Int { cells.count }

    /// Finds the cells of the row that begins at `start`; their places are counted from there.
    mutating func scan(_ bytes: Span<UInt8>, from start: Int, separator: UInt8, isFinal: Bool) -> Scan {
        cells.removeAll(keepingCapacity: true)
        // One byte more than a row may have, so that a longer one is seen to be longer.
        let row = bytes.extracting(start..<min(bytes.count, start + Limits.lineBytesMax + 1))
        let isTooLong = row.count > Limits.lineBytesMax
        var lines = 0
        var i = 0
        while true {
            if i < row.count, row[i] == Self.quote {
                i += 1
                let first = i
                var isDoubled = false
                while true {
                    i = row.firstIndex(of: Self.quote, or: 0x0a, from: i)
                    guard i < row.count else {
                        return isTooLong ? .tooLong(isQuoted: true) : isFinal ? .unclosed : .incomplete
                    }
                    if row[i] == 0x0a {
                        lines += 1
                        i += 1
                        continue
                    }
                    guard i + 1 < row.count, row[i + 1] == Self.quote else { break }
                    isDoubled = true
                    i += 2
                }
                append(first, i, isDoubled)
                i += 1
            } else {
                let first = i
                i = row.firstIndex(of: separator, or: 0x0a, from: i)
                let isLast = i == row.count || row[i] == 0x0a
                append(first, isLast && i > first && row[i - 1] == 0x0d ? i - 1 : i, false)
            }
            if i < row.count {
                if row[i] == separator {
                    i += 1
                    continue
                }
                if row[i] == 0x0a { return .row(end: start + i + 1, lines: lines + 1) }
                // Only behind a quote: a CR belongs to the end of the row.
                guard row[i] == 0x0d else { return .stray }
                if i + 1 < row.count {
                    return row[i + 1] == 0x0a ? .row(end: start + i + 2, lines: lines + 1) : .stray
                }
            }
            if isTooLong { return .tooLong(isQuoted: false) }
            return isFinal ? .row(end: start + row.count, lines: lines + 1) : .incomplete
        }
    }

    private mutating func append(_ start: Int, _ end: Int, _ isDoubled: Bool) {
        cells.append(
            Cell(
                start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end),
                isDoubled: isDoubled))
    }

    /// Where a cell stands in its row, without blanks at its ends. Quotes written twice are still there.
    func place(of index: Int, in row: Span<UInt8>) -> Range<Int> {
        var start = Int(cells[index].start)
        var end = Int(cells[index].end)
        while start < end, Self.isBlank(row[start]) { start += 1 }
        while end > start, Self.isBlank(row[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Lends the text of a cell, without blanks at its ends; it is copied only where quotes are written
    /// twice.
    @inline(__always)
    func withText<Result, Failure: Error>(
        of index: Int, in row: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let place = place(of: index, in: row)
        guard cells[index].isDoubled else { return try body(row.extracting(place)) }
        let text = Self.undoubled(row.extracting(place))
        return try body(text.span)
    }

    @inline(never)
    private static func undoubled(_ cell: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(cell.count)
        var i = 0
        while i < cell.count {
            text.append(cell[i])
            // The second of two quotes is left out.
            i += cell[i] == quote ? 2 : 1
        }
        return text
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
