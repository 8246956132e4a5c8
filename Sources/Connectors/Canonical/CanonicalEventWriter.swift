public import UsageEvents

/// Writes events as canonical NDJSON: the keys that stood in the line, in the order of `Field`, one
/// event a line.
///
/// Decoding what it writes gives the same event. An estimated cost is always written, with
/// `"cost_basis":"estimated"`. Control characters, DEL and the C1 controls are escaped, so that the
/// output is safe to look at in a terminal. It allocates nothing but what `out` needs.
public struct CanonicalEventWriter: Sendable {
    /// `,"key":` of each field.
    private let keys: [KeyText]
    private let words: WordTexts

    /// A writer; it keeps nothing between events.
    public init() {
        keys = Field.allCases.map { KeyText(",\"\($0.key)\":") }
        words = WordTexts()
    }

    /// Appends the line of one row, LF included. For many rows the other form is faster.
    public func write(_ batch: EventBatch, row: Int, symbols: Symbols, into out: inout [UInt8]) {
        write(batch, rows: row..<(row + 1), symbols: symbols, into: &out)
    }

    /// Appends the lines of some rows.
    public func write(_ batch: EventBatch, rows: Range<Int>, symbols: Symbols, into out: inout [UInt8]) {
        LineBuffer.withBuffer { line in
            for row in rows {
                write(batch, row, symbols, &line, &out)
                line.flush(into: &out)
            }
        }
    }

    @inline(__always)
    private func write(
        _ batch: EventBatch, _ row: Int, _ symbols: Symbols, _ line: inout LineBuffer, _ out: inout [UInt8]
    ) {
        let shape = EventShape(rawValue: batch.shape[row])
        line.append(words.start)
        writeTime(batch.ts[row], &line)
        if shape.has(.tsEnd) {
            begin(.tsEnd, &line, &out)
            if batch.tsEnd[row] == 0 { line.append(words.null) } else { writeTime(batch.tsEnd[row], &line) }
        }
        label(.identity, symbols.identities, batch.identity[row], &line, &out)
        if shape.has(.team) { label(.team, symbols.teams, batch.team[row], &line, &out) }
        if shape.has(.project) { label(.project, symbols.projects, batch.project[row], &line, &out) }
        if shape.has(.tool) { label(.tool, symbols.tools, batch.tool[row], &line, &out) }
        if shape.has(.model) { label(.model, symbols.models, batch.model[row], &line, &out) }
        if shape.has(.mcpServer) { label(.mcpServer, symbols.mcpServers, batch.mcpServer[row], &line, &out) }
        if shape.has(.mcpTool) { label(.mcpTool, symbols.mcpTools, batch.mcpTool[row], &line, &out) }
        if shape.has(.inputTokens) { number(.inputTokens, batch.inputTokens[row], &line, &out) }
        if shape.has(.outputTokens) { number(.outputTokens, batch.outputTokens[row], &line, &out) }
        if shape.has(.cacheReadTokens) { number(.cacheReadTokens, batch.cacheReadTokens[row], &line, &out) }
        if shape.has(.cacheWriteTokens) {
            number(.cacheWriteTokens, batch.cacheWriteTokens[row], &line, &out)
        }
        if shape.has(.reasoningTokens) { number(.reasoningTokens, batch.reasoningTokens[row], &line, &out) }
        if shape.hasCost { money(batch.cost[row], &line, &out) }
        if shape.has(.costBasis) || shape.basis == .estimated {
            begin(.costBasis, &line, &out)
            line.append(words.bases[Int(shape.basis.rawValue)])
        }
        if shape.has(.requests) { number(.requests, batch.requests[row], &line, &out) }
        if shape.has(.requestID) { text(.requestID, batch.requestID, row, &line, &out) }
        if shape.has(.sessionID) { text(.sessionID, batch.sessionID, row, &line, &out) }
        if shape.has(.origin) { text(.origin, batch.origin, row, &line, &out) }
        if shape.has(.source) { label(.source, symbols.sources, batch.source[row], &line, &out) }
        if shape.has(.grain) {
            begin(.grain, &line, &out)
            line.append(words.grains[Int(shape.grain.rawValue)])
        }
        line.append(UInt8(ascii: "}"))
        line.append(0x0a)
    }

    // MARK: - Keys with values

    /// Writes a key, with room behind it for any value but a string.
    @inline(__always)
    private func begin(_ field: Field, _ line: inout LineBuffer, _ out: inout [UInt8]) {
        if !line.hasRoom(64) { line.flush(into: &out) }
        line.append(keys[Int(field.rawValue)])
    }

    @inline(__always)
    private func label(
        _ field: Field, _ table: SymbolTable, _ symbol: UInt32, _ line: inout LineBuffer, _ out: inout [UInt8]
    ) {
        begin(field, &line, &out)
        if symbol == SymbolTable.null {
            line.append(words.null)
        } else {
            table.withUTF8(of: symbol) { writeString($0, &line, &out) }
        }
    }

    @inline(__always)
    private func text(
        _ field: Field, _ column: TextColumn, _ row: Int, _ line: inout LineBuffer, _ out: inout [UInt8]
    ) {
        begin(field, &line, &out)
        let range = column.range(of: row)
        if range.isEmpty {
            line.append(words.null)
        } else {
            writeString(column.bytes.span.extracting(range), &line, &out)
        }
    }

    @inline(__always)
    private func number(_ field: Field, _ value: Int64, _ line: inout LineBuffer, _ out: inout [UInt8]) {
        begin(field, &line, &out)
        if value < 0 { line.append(UInt8(ascii: "-")) }
        line.append(digitsOf: value.magnitude)
    }

    @inline(__always)
    private func money(_ nano: Int64, _ line: inout LineBuffer, _ out: inout [UInt8]) {
        begin(.costUSD, &line, &out)
        if nano < 0 { line.append(UInt8(ascii: "-")) }
        let dollars = nano.magnitude / 1_000_000_000
        var fraction = nano.magnitude - dollars * 1_000_000_000
        line.append(digitsOf: dollars)
        guard fraction != 0 else { return }
        var width = 9
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        line.append(UInt8(ascii: "."))
        line.append(fraction, width: width)
    }

    // MARK: - Values

    @inline(__always)
    private func writeTime(_ ms: Int64, _ line: inout LineBuffer) {
        let days = floorDivide(ms, Timestamp.day)
        // Nothing here traps, whatever stands in a column: a valid time lies in the years 1970 to 9999.
        let inDay = UInt64(truncatingIfNeeded: ms &- days &* Timestamp.day)
        let date = CivilDate(daysSinceEpoch: days)
        line.append(UInt8(ascii: "\""))
        line.append(UInt64(truncatingIfNeeded: date.year), width: 4)
        line.append(UInt8(ascii: "-"))
        line.append(UInt64(truncatingIfNeeded: date.month), width: 2)
        line.append(UInt8(ascii: "-"))
        line.append(UInt64(truncatingIfNeeded: date.day), width: 2)
        line.append(UInt8(ascii: "T"))
        line.append(inDay / 3_600_000, width: 2)
        line.append(UInt8(ascii: ":"))
        line.append(inDay / 60_000 % 60, width: 2)
        line.append(UInt8(ascii: ":"))
        line.append(inDay / 1_000 % 60, width: 2)
        line.append(UInt8(ascii: "."))
        line.append(inDay % 1_000, width: 3)
        line.append(UInt8(ascii: "Z"))
        line.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private func writeString(_ text: Span<UInt8>, _ line: inout LineBuffer, _ out: inout [UInt8]) {
        if !line.hasRoom(text.count + 64) { line.flush(into: &out) }
        line.append(UInt8(ascii: "\""))
        if Self.isPlain(text), line.hasRoom(text.count + 63) {
            line.append(text)
        } else {
            writeEscaped(text, &line, &out)
        }
        line.append(UInt8(ascii: "\""))
    }

    /// Whether no byte needs an escape or is past ASCII.
    @inline(__always)
    private static func isPlain(_ text: Span<UInt8>) -> Bool {
        var isPlain = true
        for i in text.indices {
            let byte = text[i]
            isPlain = isPlain && byte &- 0x20 < 0x5f && byte != 0x22 && byte != 0x5c
        }
        return isPlain
    }

    @inline(never)
    private func writeEscaped(_ text: Span<UInt8>, _ line: inout LineBuffer, _ out: inout [UInt8]) {
        var i = 0
        while i < text.count {
            if !line.hasRoom(32) { line.flush(into: &out) }
            let byte = text[i]
            i += 1
            if let letter = Self.shortEscape(byte) {
                line.append(UInt8(ascii: "\\"))
                line.append(letter)
            } else if byte < 0x20 || byte == 0x7f {
                writeCodeUnit(byte, &line)
            } else if byte == 0xc2, i < text.count, text[i] < 0xa0 {
                // A C1 control, U+0080 to U+009F.
                writeCodeUnit(text[i], &line)
                i += 1
            } else {
                line.append(byte)
            }
        }
    }

    /// The letter behind the backslash.
    private static func shortEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0a: UInt8(ascii: "n")
        case 0x0c: UInt8(ascii: "f")
        case 0x0d: UInt8(ascii: "r")
        default: nil
        }
    }

    private func writeCodeUnit(_ unit: UInt8, _ line: inout LineBuffer) {
        line.append(words.unicode)
        for nibble in [unit >> 4, unit & 15] { line.append(nibble < 10 ? 48 + nibble : 87 + nibble) }
    }
}

/// Fixed texts of a line.
private struct WordTexts: Sendable {
    let start = KeyText("{\"ts\":")
    let null = KeyText("null")
    let unicode = KeyText("\\u00")
    /// By raw value.
    let bases = CostBasis.allCases.map { KeyText($0.word.map { "\"\($0)\"" } ?? "null") }
    let grains = Grain.allCases.map { KeyText("\"\($0.word)\"") }
}
