/// How much one symbol table may hold.
public struct SymbolBounds: Sendable, Hashable {
    /// Texts, null and `SymbolTable.otherName` left out.
    public var names: Int
    /// Bytes of all those texts.
    public var textBytes: Int

    /// A table of so many names; they have 32 bytes on average, or more of them do not fit.
    public init(names: Int) {
        self.names = names
        textBytes = max(names, Limits.eventsPerBlock) * 32
    }

    /// No bound: for tables whose owner begins a new one before it is too large.
    public static let none = SymbolBounds(names: .max, textBytes: .max)

    private init(names: Int, textBytes: Int) {
        self.names = names
        self.textBytes = textBytes
    }
}

/// How much the symbol tables of a fold may hold, by kind of label.
public struct LabelBounds: Sendable, Hashable {
    /// Accounts; further ones are one account together.
    public var identities = SymbolBounds(names: Limits.accountsMax)
    /// Teams.
    public var teams = SymbolBounds(names: Limits.teamsMax)
    /// Projects.
    public var projects = SymbolBounds(names: Limits.facetNamesMax)
    /// Client programs.
    public var tools = SymbolBounds(names: Limits.facetNamesMax)
    /// AI models.
    public var models = SymbolBounds(names: Limits.valuesMax)
    /// MCP servers.
    public var mcpServers = SymbolBounds(names: Limits.valuesMax)
    /// Tools of MCP servers.
    public var mcpTools = SymbolBounds(names: Limits.facetNamesMax)
    /// Connectors or feeds.
    public var sources = SymbolBounds(names: Limits.facetNamesMax)

    /// The bounds of the product.
    public init() {}

    /// The same bound for each kind.
    public init(all bounds: SymbolBounds) {
        identities = bounds
        teams = bounds
        projects = bounds
        tools = bounds
        models = bounds
        mcpServers = bounds
        mcpTools = bounds
        sources = bounds
    }
}
