internal import UsageEvents

/// Writes columns of texts that hardly ever repeat: request ids, sessions, origins.
struct TextEncoder {
    private var bytes: [UInt8] = []
    private var lengths: [UInt32] = []

    /// Writes the rows of a column: two hexadecimal digits a byte where all texts of the block are lower-case
    /// hexadecimal and equally long, else the bytes and their lengths. Nothing at all where every text is
    /// null.
    mutating func write(
        _ texts: TextColumn, _ rows: Range<Int>, _ column: StreamColumn, planes: inout PlaneEncoder,
        to streams: inout StreamWriter
    ) {
        guard !texts.isDefault else { return }
        let start = texts.range(of: rows.lowerBound).lowerBound
        let end = texts.range(of: rows.upperBound - 1).upperBound
        guard end > start else { return }
        let ends = texts.ends.span.extracting(rows)
        if let length = EncodeKernels.commonLength(ends, from: start), length & 1 == 0,
            writeHex(texts, rows, length: length, column, to: &streams)
        {
            return
        }
        lengths.removeAll(keepingCapacity: true)
        for row in rows { lengths.append(UInt32(texts.range(of: row).count)) }
        streams.add(texts.bytes.span.extracting(start..<end), column, plane: 0, .text)
        writeLengths(column, to: &streams)
    }

    /// False, with nothing written, where a text is not lower-case hexadecimal.
    private mutating func writeHex(
        _ texts: TextColumn, _ rows: Range<Int>, length: Int, _ column: StreamColumn,
        to streams: inout StreamWriter
    ) -> Bool {
        let start = texts.range(of: rows.lowerBound).lowerBound
        let end = texts.range(of: rows.upperBound - 1).upperBound
        let digits = texts.bytes.span.extracting(start..<end)
        let half = (end - start) / 2
        if bytes.count < half { bytes = [UInt8](repeating: 0, count: half) }
        guard EncodeKernels.packHex(digits, into: &bytes) else { return false }
        streams.add(bytes.span.extracting(0..<half), column, plane: 0, .hex)
        guard end - start < rows.count * length else { return true }
        // Some rows are null: a bitmap says which have a text.
        let size = (rows.count + 7) / 8
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: repeatElement(0, count: size))
        for (i, row) in rows.enumerated() where !texts.range(of: row).isEmpty {
            bytes[i >> 3] |= 1 << UInt8(i & 7)
        }
        streams.add(bytes.span.extracting(0..<size), column, plane: LogFormat.presencePlane, .hex)
        return true
    }

    /// Lengths up to 256: the low bytes, and the high ones where there are any.
    private mutating func writeLengths(_ column: StreamColumn, to streams: inout StreamWriter) {
        bytes.removeAll(keepingCapacity: true)
        var high: UInt32 = 0
        for length in lengths {
            bytes.append(UInt8(truncatingIfNeeded: length))
            high |= length >> 8
        }
        streams.add(bytes.span, column, plane: 1, .text)
        guard high != 0 else { return }
        for (i, length) in lengths.enumerated() { bytes[i] = UInt8(truncatingIfNeeded: length >> 8) }
        streams.add(bytes.span, column, plane: 2, .text)
    }
}
