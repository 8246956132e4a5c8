/// One usage event as a plain value: for tests, canonical text and other places where one event at a time is
/// fast enough.
///
/// `EventBatch` is the form in which events flow. A label that is nil or empty is null.
public struct UsageEvent: Hashable, Sendable {
    /// When; the start of a bucket.
    public var ts: Timestamp
    /// End of the interval that a bucket covers.
    public var tsEnd: Timestamp?
    /// The account: e-mail, service account, `key:ID`.
    public var identity: String
    /// The team that the source names.
    public var team: String?
    /// The project that the source names.
    public var project: String?
    /// Client program.
    public var tool: String?
    /// AI model.
    public var model: String?
    /// MCP server that the request used.
    public var mcpServer: String?
    /// Tool of the MCP server.
    public var mcpTool: String?
    /// Prompt tokens not served from the cache.
    public var inputTokens: Int64 = 0
    /// Completion tokens, reasoning included.
    public var outputTokens: Int64 = 0
    /// Prompt tokens served from the cache.
    public var cacheReadTokens: Int64 = 0
    /// Prompt tokens written to the cache.
    public var cacheWriteTokens: Int64 = 0
    /// Reasoning tokens, a subset of the output.
    public var reasoningTokens: Int64 = 0
    /// Cost; zero where there is none.
    public var cost = NanoUSD(rawValue: 0)
    /// How many requests it stands for.
    public var requests: Int64 = 1
    /// Id given by the issuer; a repeat is a duplicate delivery.
    public var requestID: String?
    /// Session.
    public var sessionID: String?
    /// Where from.
    public var origin: String?
    /// Connector or feed.
    public var source: String?
    /// Which keys the line had, whose dollars the cost is, what the line stands for.
    public var shape = EventShape()

    /// An event of an account at a time; everything else is set afterwards.
    public init(ts: Timestamp, identity: String) {
        self.ts = ts
        self.identity = identity
        shape.insert(.ts)
        shape.insert(.identity)
    }
}

extension EventBatch {
    /// Appends an event that has been checked.
    public mutating func append(_ event: UsageEvent, symbols: inout Symbols) {
        let row = count
        ts.append(event.ts.rawValue)
        identity.append(symbols.identities.intern(event.identity))
        team.append(symbols.teams.intern(event.team ?? ""))
        tool.append(symbols.tools.intern(event.tool ?? ""))
        model.append(symbols.models.intern(event.model ?? ""))
        mcpServer.append(symbols.mcpServers.intern(event.mcpServer ?? ""))
        inputTokens.append(event.inputTokens)
        outputTokens.append(event.outputTokens)
        cacheReadTokens.append(event.cacheReadTokens)
        cacheWriteTokens.append(event.cacheWriteTokens)
        cost.append(event.cost.rawValue)
        shape.append(event.shape.rawValue)
        tsEnd.append(event.tsEnd?.rawValue ?? 0, row: row)
        project.append(symbols.projects.intern(event.project ?? ""), row: row)
        mcpTool.append(symbols.mcpTools.intern(event.mcpTool ?? ""), row: row)
        reasoningTokens.append(event.reasoningTokens, row: row)
        requests.append(event.requests, row: row)
        source.append(symbols.sources.intern(event.source ?? ""), row: row)
        requestID.append(event.requestID, row: row)
        sessionID.append(event.sessionID, row: row)
        origin.append(event.origin, row: row)
    }

    /// The event of a row.
    public func event(at row: Int, symbols: Symbols) -> UsageEvent {
        var event = UsageEvent(
            ts: Timestamp(rawValue: ts[row]), identity: symbols.identities.text(of: identity[row]))
        event.team = symbols.teams.optionalText(of: team[row])
        event.tool = symbols.tools.optionalText(of: tool[row])
        event.model = symbols.models.optionalText(of: model[row])
        event.mcpServer = symbols.mcpServers.optionalText(of: mcpServer[row])
        event.inputTokens = inputTokens[row]
        event.outputTokens = outputTokens[row]
        event.cacheReadTokens = cacheReadTokens[row]
        event.cacheWriteTokens = cacheWriteTokens[row]
        event.cost = NanoUSD(rawValue: cost[row])
        event.shape = EventShape(rawValue: shape[row])
        event.tsEnd = tsEnd[row] == 0 ? nil : Timestamp(rawValue: tsEnd[row])
        event.project = symbols.projects.optionalText(of: project[row])
        event.mcpTool = symbols.mcpTools.optionalText(of: mcpTool[row])
        event.reasoningTokens = reasoningTokens[row]
        event.requests = requests[row]
        event.source = symbols.sources.optionalText(of: source[row])
        event.requestID = requestID[row]
        event.sessionID = sessionID[row]
        event.origin = origin[row]
        return event
    }
}
