/// Numbers of one set of symbol tables as those of another: texts are looked up once a symbol, and get their
/// numbers in the order in which they are asked for.
public struct SymbolTranslation: Sendable {
    private var identities: [UInt32] = []
    private var teams: [UInt32] = []
    private var projects: [UInt32] = []
    private var tools: [UInt32] = []
    private var models: [UInt32] = []
    private var mcpServers: [UInt32] = []
    private var mcpTools: [UInt32] = []
    private var sources: [UInt32] = []

    /// Nothing translated yet.
    public init() {}

    /// The number that a symbol has in `to`; `known` holds those that were asked for, 0 for the others.
    private static func translate(
        _ symbol: UInt32, _ known: inout [UInt32], _ from: SymbolTable, _ to: inout SymbolTable
    ) -> UInt32 {
        guard symbol != SymbolTable.null else { return SymbolTable.null }
        let index = Int(symbol)
        if index >= known.count {
            known.append(contentsOf: repeatElement(0, count: max(from.count, index + 1) - known.count))
        }
        if known[index] == 0 { known[index] = from.withUTF8(of: symbol) { to.intern($0) } }
        return known[index]
    }

    fileprivate mutating func append(
        row: Int, of other: EventBatch, from: Symbols, to batch: inout EventBatch, _ symbols: inout Symbols
    ) {
        let at = batch.count
        batch.identity.append(
            Self.translate(other.identity[row], &identities, from.identities, &symbols.identities))
        batch.team.append(Self.translate(other.team[row], &teams, from.teams, &symbols.teams))
        batch.tool.append(Self.translate(other.tool[row], &tools, from.tools, &symbols.tools))
        batch.model.append(Self.translate(other.model[row], &models, from.models, &symbols.models))
        batch.mcpServer.append(
            Self.translate(other.mcpServer[row], &mcpServers, from.mcpServers, &symbols.mcpServers))
        batch.project.append(
            Self.translate(other.project[row], &projects, from.projects, &symbols.projects), row: at)
        batch.mcpTool.append(
            Self.translate(other.mcpTool[row], &mcpTools, from.mcpTools, &symbols.mcpTools), row: at)
        batch.source.append(
            Self.translate(other.source[row], &sources, from.sources, &symbols.sources), row: at)
        batch.appendValues(row: row, of: other)
    }

    /// Gives a batch numbers of `symbols` in the labels that detection looks at: all but the source and the
    /// tool of a server, which keep theirs.
    package mutating func translateDetected(
        _ batch: inout EventBatch, from: Symbols, to symbols: inout Symbols
    ) {
        Self.translate(&batch.identity, &identities, from.identities, &symbols.identities)
        Self.translate(&batch.team, &teams, from.teams, &symbols.teams)
        Self.translate(&batch.tool, &tools, from.tools, &symbols.tools)
        Self.translate(&batch.model, &models, from.models, &symbols.models)
        Self.translate(&batch.mcpServer, &mcpServers, from.mcpServers, &symbols.mcpServers)
        guard !batch.project.isDefault else { return }
        var column = batch.project.values
        Self.translate(&column, &projects, from.projects, &symbols.projects)
        batch.project.replace(column)
    }

    private static func translate(
        _ column: inout [UInt32], _ known: inout [UInt32], _ from: SymbolTable, _ to: inout SymbolTable
    ) {
        for row in column.indices where column[row] != SymbolTable.null {
            column[row] = translate(column[row], &known, from, &to)
        }
    }
}

extension EventBatch {
    /// Appends a row of a batch whose labels are numbers of the same tables.
    public mutating func append(row: Int, of other: EventBatch) {
        let at = count
        identity.append(other.identity[row])
        team.append(other.team[row])
        tool.append(other.tool[row])
        model.append(other.model[row])
        mcpServer.append(other.mcpServer[row])
        project.append(other.project[row], row: at)
        mcpTool.append(other.mcpTool[row], row: at)
        source.append(other.source[row], row: at)
        appendValues(row: row, of: other)
    }

    /// Appends a row of a batch whose labels are numbers of `from`, as numbers of `symbols`.
    public mutating func append(
        row: Int, of other: EventBatch, from: Symbols, symbols: inout Symbols,
        translation: inout SymbolTranslation
    ) {
        translation.append(row: row, of: other, from: from, to: &self, &symbols)
    }

    /// What of a row is no label. Comes last, since the time column says how many rows there are.
    fileprivate mutating func appendValues(row: Int, of other: EventBatch) {
        let at = count
        inputTokens.append(other.inputTokens[row])
        outputTokens.append(other.outputTokens[row])
        cacheReadTokens.append(other.cacheReadTokens[row])
        cacheWriteTokens.append(other.cacheWriteTokens[row])
        cost.append(other.cost[row])
        shape.append(other.shape[row])
        tsEnd.append(other.tsEnd[row], row: at)
        reasoningTokens.append(other.reasoningTokens[row], row: at)
        requests.append(other.requests[row], row: at)
        requestID.append(other.requestID.bytes.span.extracting(other.requestID.range(of: row)), row: at)
        sessionID.append(other.sessionID.bytes.span.extracting(other.sessionID.range(of: row)), row: at)
        origin.append(other.origin.bytes.span.extracting(other.origin.range(of: row)), row: at)
        ts.append(other.ts[row])
    }
}
