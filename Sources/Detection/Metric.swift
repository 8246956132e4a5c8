/// What is measured of an account.
public enum Metric: Int, CaseIterable, Sendable {
    /// Nano-dollars in a rolling hour.
    case spendHour = 0
    /// Tokens in a rolling hour.
    case tokensHour = 1
    /// Nano-dollars in a rolling day.
    case spendDay = 2
    /// Tokens in a rolling day.
    case tokensDay = 3

    /// Whether the amount is money, in nano-dollars; otherwise tokens.
    public var isSpend: Bool { self == .spendHour || self == .spendDay }

    /// Whether the window is an hour; otherwise a day.
    public var isHour: Bool { self == .spendHour || self == .tokensHour }

    /// The metric's bit in a set of metrics.
    var bit: UInt8 { 1 << UInt8(truncatingIfNeeded: rawValue) }

    /// The window on the wire.
    public var window: String { isHour ? "1h" : "24h" }

    /// The kind of alert that the metric raises.
    public var kind: AlertKind { isSpend ? .spendSpike : .tokenSpike }
}

/// The kinds of finding, in the order in which equal sequences are judged.
public enum AlertKind: Int, CaseIterable, Sendable {
    /// Spend far above the account's own baseline.
    case spendSpike = 0
    /// Tokens far above the account's own baseline.
    case tokenSpike = 1
    /// First use of an AI model that matters.
    case newModel = 2
    /// First use of an MCP server that matters.
    case newMCPServer = 3

    /// The word on the wire.
    public var word: String {
        switch self {
        case .spendSpike: "spend_spike"
        case .tokenSpike: "token_spike"
        case .newModel: "new_model"
        case .newMCPServer: "new_mcp_server"
        }
    }
}
