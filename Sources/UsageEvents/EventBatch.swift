/// Events as columns: a structure of arrays over interned symbols, in arrival order.
///
/// The dense columns have one value a row. The sparse ones store nothing until a row differs from the
/// default. A batch is valid by construction: connectors check each event before they append it.
public struct EventBatch: Sendable {
    /// Event times, ms UTC.
    public var ts: [Int64] = []
    /// Accounts, numbers of `Symbols.identities`.
    public var identity: [UInt32] = []
    /// Teams, numbers of `Symbols.teams`.
    public var team: [UInt32] = []
    /// Client programs, numbers of `Symbols.tools`.
    public var tool: [UInt32] = []
    /// AI models, numbers of `Symbols.models`.
    public var model: [UInt32] = []
    /// MCP servers, numbers of `Symbols.mcpServers`.
    public var mcpServer: [UInt32] = []
    /// Prompt tokens not served from the cache.
    public var inputTokens: [Int64] = []
    /// Completion tokens, reasoning included.
    public var outputTokens: [Int64] = []
    /// Prompt tokens served from the cache.
    public var cacheReadTokens: [Int64] = []
    /// Prompt tokens written to the cache.
    public var cacheWriteTokens: [Int64] = []
    /// Cost in nano-dollars; 0 where there is none (see `shape`).
    public var cost: [Int64] = []
    /// `EventShape` bits.
    public var shape: [UInt32] = []

    /// End of a bucket, ms UTC; 0 where there is none.
    public var tsEnd = SparseColumn<Int64>(default: 0)
    /// Projects, numbers of `Symbols.projects`.
    public var project = SparseColumn<UInt32>(default: 0)
    /// Tools of MCP servers, numbers of `Symbols.mcpTools`.
    public var mcpTool = SparseColumn<UInt32>(default: 0)
    /// Reasoning tokens, a subset of the output.
    public var reasoningTokens = SparseColumn<Int64>(default: 0)
    /// How many requests a row stands for.
    public var requests = SparseColumn<Int64>(default: 1)
    /// Sources, numbers of `Symbols.sources`.
    public var source = SparseColumn<UInt32>(default: 0)
    /// Request ids of the issuer.
    public var requestID = TextColumn()
    /// Sessions.
    public var sessionID = TextColumn()
    /// Origins.
    public var origin = TextColumn()

    /// An empty batch.
    public init() {}

    /// Rows.
    @inlinable public var count: Int { ts.count }

    /// Whether there is no row.
    @inlinable public var isEmpty: Bool { ts.isEmpty }

    /// Makes room for rows.
    public mutating func reserveCapacity(_ n: Int) {
        ts.reserveCapacity(n)
        identity.reserveCapacity(n)
        team.reserveCapacity(n)
        tool.reserveCapacity(n)
        model.reserveCapacity(n)
        mcpServer.reserveCapacity(n)
        inputTokens.reserveCapacity(n)
        outputTokens.reserveCapacity(n)
        cacheReadTokens.reserveCapacity(n)
        cacheWriteTokens.reserveCapacity(n)
        cost.reserveCapacity(n)
        shape.reserveCapacity(n)
    }

    /// Forgets all rows, keeps the memory.
    public mutating func removeAll() {
        ts.removeAll(keepingCapacity: true)
        identity.removeAll(keepingCapacity: true)
        team.removeAll(keepingCapacity: true)
        tool.removeAll(keepingCapacity: true)
        model.removeAll(keepingCapacity: true)
        mcpServer.removeAll(keepingCapacity: true)
        inputTokens.removeAll(keepingCapacity: true)
        outputTokens.removeAll(keepingCapacity: true)
        cacheReadTokens.removeAll(keepingCapacity: true)
        cacheWriteTokens.removeAll(keepingCapacity: true)
        cost.removeAll(keepingCapacity: true)
        shape.removeAll(keepingCapacity: true)
        tsEnd.removeAll()
        project.removeAll()
        mcpTool.removeAll()
        reasoningTokens.removeAll()
        requests.removeAll()
        source.removeAll()
        requestID.removeAll()
        sessionID.removeAll()
        origin.removeAll()
    }

    /// Keeps the rows that a mask names, in their order.
    public mutating func keep(_ mask: [Bool]) {
        precondition(mask.count == count)
        Self.keep(mask, &ts)
        Self.keep(mask, &identity)
        Self.keep(mask, &team)
        Self.keep(mask, &tool)
        Self.keep(mask, &model)
        Self.keep(mask, &mcpServer)
        Self.keep(mask, &inputTokens)
        Self.keep(mask, &outputTokens)
        Self.keep(mask, &cacheReadTokens)
        Self.keep(mask, &cacheWriteTokens)
        Self.keep(mask, &cost)
        Self.keep(mask, &shape)
        tsEnd.keep(mask)
        project.keep(mask)
        mcpTool.keep(mask)
        reasoningTokens.keep(mask)
        requests.keep(mask)
        source.keep(mask)
        requestID.keep(mask)
        sessionID.keep(mask)
        origin.keep(mask)
    }

    /// A column that a reader left out is empty and stays so.
    private static func keep<Value>(_ mask: [Bool], _ column: inout [Value]) {
        guard !column.isEmpty else { return }
        var to = 0
        for from in mask.indices where mask[from] {
            column[to] = column[from]
            to += 1
        }
        column.removeLast(column.count - to)
    }
}
