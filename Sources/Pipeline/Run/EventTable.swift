import UsageEvents

/// Events as CSV (RFC 4180, Shafranovich, 2005) in the columns of the canonical format, for programs: every
/// value is exact, so a name that a spreadsheet would take for a formula stays as it is.
///
/// A key that the event does not have and one whose value is null are both an empty cell. Lines end with a
/// line feed.
struct EventTable {
    /// The names of the columns.
    static let header = Array((Field.allCases.map(\.key).joined(separator: ",") + "\n").utf8)

    /// Appends the line of one row.
    static func write(_ batch: EventBatch, row: Int, symbols: Symbols, into out: inout [UInt8]) {
        let shape = EventShape(rawValue: batch.shape[row])
        for field in Field.allCases {
            if field != .ts { out.append(UInt8(ascii: ",")) }
            guard
                shape.has(field) || field == .ts || field == .identity || field == .costUSD
                    || field == .costBasis
            else { continue }
            write(field, batch, row, shape, symbols, &out)
        }
        out.append(10)
    }

    private static func write(
        _ field: Field, _ batch: EventBatch, _ row: Int, _ shape: EventShape, _ symbols: Symbols,
        _ out: inout [UInt8]
    ) {
        switch field {
        case .ts: Timestamp(rawValue: batch.ts[row]).write(into: &out)
        case .tsEnd: if batch.tsEnd[row] != 0 { Timestamp(rawValue: batch.tsEnd[row]).write(into: &out) }
        case .identity: label(symbols.identities, batch.identity[row], &out)
        case .team: label(symbols.teams, batch.team[row], &out)
        case .project: label(symbols.projects, batch.project[row], &out)
        case .tool: label(symbols.tools, batch.tool[row], &out)
        case .model: label(symbols.models, batch.model[row], &out)
        case .mcpServer: label(symbols.mcpServers, batch.mcpServer[row], &out)
        case .mcpTool: label(symbols.mcpTools, batch.mcpTool[row], &out)
        case .source: label(symbols.sources, batch.source[row], &out)
        case .inputTokens: number(batch.inputTokens[row], &out)
        case .outputTokens: number(batch.outputTokens[row], &out)
        case .cacheReadTokens: number(batch.cacheReadTokens[row], &out)
        case .cacheWriteTokens: number(batch.cacheWriteTokens[row], &out)
        case .reasoningTokens: number(batch.reasoningTokens[row], &out)
        case .requests: number(batch.requests[row], &out)
        // An estimate has both, whether or not they stood in the line.
        case .costUSD: if shape.hasCost { NanoUSD(rawValue: batch.cost[row]).write(into: &out) }
        case .costBasis: out.append(contentsOf: (shape.basis.word ?? "").utf8)
        case .grain: out.append(contentsOf: shape.grain.word.utf8)
        case .requestID: cell(batch.requestID.bytes[batch.requestID.range(of: row)], &out)
        case .sessionID: cell(batch.sessionID.bytes[batch.sessionID.range(of: row)], &out)
        case .origin: cell(batch.origin.bytes[batch.origin.range(of: row)], &out)
        }
    }

    private static func number(_ value: Int64, _ out: inout [UInt8]) {
        out.append(contentsOf: String(value).utf8)
    }

    private static func label(_ table: SymbolTable, _ symbol: UInt32, _ out: inout [UInt8]) {
        if symbol != SymbolTable.null { cell(table.utf8(of: symbol), &out) }
    }

    /// A text, in quotation marks where it has to be.
    private static func cell(_ text: ArraySlice<UInt8>, _ out: inout [UInt8]) {
        let isPlain = text.allSatisfy { $0 > 32 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
        if isPlain { return out.append(contentsOf: text) }
        out.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { out.append(byte) }
            out.append(byte)
        }
        out.append(UInt8(ascii: "\""))
    }
}
