public import UsageEvents

/// What usage may be grouped by.
public enum UsageDimension: String, CaseIterable, Sendable {
    /// The account.
    case identity
    /// The team that the events name.
    case team
    /// The project that the events name.
    case project
    /// The client program.
    case tool
    /// The AI model.
    case model
    /// The MCP server that requests used.
    case mcpServer = "mcp_server"
    /// The connector or feed.
    case source
    /// The session.
    case session
    /// Whose dollars a cost is, or why there is none.
    case costKind = "kind-of-cost"
}

/// Whose dollars an event's cost is, or why it has none.
public enum UsageCost: UInt32, CaseIterable, Sendable {
    /// On the invoice.
    case billed = 0
    /// Computed by the source from list prices.
    case list = 1
    /// Computed here from the price table.
    case estimated = 2
    /// Part of a plan: nothing is billed for it.
    case included = 3
    /// A cost of which nobody said whose dollars it is.
    case unstated = 4
    /// Tokens without a cost: the model has no price.
    case unpriced = 5
    /// Neither tokens nor a cost, as a use of an MCP server has.
    case unmetered = 6

    /// What an event's cost is.
    init(shape: EventShape, hasTokens: Bool) {
        switch shape.basis {
        case .included: self = .included
        case .billed where shape.hasCost: self = .billed
        case .list where shape.hasCost: self = .list
        case .estimated: self = .estimated
        case .unstated where shape.hasCost: self = .unstated
        default: self = hasTokens ? .unpriced : .unmetered
        }
    }

    /// The word for it, in output and as the name of a group.
    public var word: String {
        switch self {
        case .billed: "billed"
        case .list: "list"
        case .estimated: "estimated"
        case .included: "included"
        case .unstated: "unstated"
        case .unpriced: "unpriced"
        case .unmetered: "unmetered"
        }
    }
}

/// The names behind the numbers of groups.
public struct UsageNames: Sendable {
    /// Labels of the events that were read.
    public var symbols: Symbols
    /// Sessions, which events carry as text.
    var sessions: SymbolTable

    /// The name of a group in one dimension; nil for events that name none.
    public func text(_ dimension: UsageDimension, _ number: UInt32) -> String? {
        if dimension == .costKind { return UsageCost(rawValue: number)?.word }
        return table(dimension).optionalText(of: number)
    }

    /// Whether one name stands before another, by their bytes.
    func precedes(_ dimension: UsageDimension, _ a: UInt32, _ b: UInt32) -> Bool {
        if dimension == .costKind { return a < b }
        let table = table(dimension)
        return table.utf8(of: a).lexicographicallyPrecedes(table.utf8(of: b))
    }

    /// Names that contain a text, whatever their case: for a name that was not found. At most four, sorted.
    public func similar(to text: String, in dimension: UsageDimension) -> [String] {
        let table = table(dimension)
        let wanted = text.lowercased()
        let found = (1..<UInt32(max(table.count, 1))).map { table.text(of: $0) }
            .filter { $0.lowercased().contains(wanted) }
        return Array(found.sorted().prefix(4))
    }

    /// Whether any event that was read has a name.
    public func contains(_ text: String, in dimension: UsageDimension) -> Bool {
        table(dimension).find(text) != nil
    }

    private func table(_ dimension: UsageDimension) -> SymbolTable {
        switch dimension {
        case .identity: symbols.identities
        case .team: symbols.teams
        case .project: symbols.projects
        case .tool: symbols.tools
        case .model: symbols.models
        case .mcpServer: symbols.mcpServers
        case .source: symbols.sources
        case .session, .costKind: sessions
        }
    }
}
