/// Whose dollars a cost is.
public enum CostBasis: UInt8, CaseIterable, Sendable {
    /// Not said.
    case unstated = 0
    /// On the invoice.
    case billed = 1
    /// Computed by the source from list prices.
    case list = 2
    /// Computed here from the price table.
    case estimated = 3
    /// Part of a plan: nothing is billed for it.
    case included = 4

    /// The word on the wire; nil where nothing was said.
    public var word: String? {
        switch self {
        case .unstated: nil
        case .billed: "billed"
        case .list: "list"
        case .estimated: "estimated"
        case .included: "included"
        }
    }
}

/// What a line stands for.
public enum Grain: UInt8, CaseIterable, Sendable {
    /// One request or a few: the default.
    case request = 0
    /// The total of a closed interval.
    case bucket = 1
    /// A running total.
    case snapshot = 2
    /// A difference to what was said before; may be negative.
    case correction = 3
    /// An MCP server was configured, not used.
    case config = 4

    /// The word on the wire.
    public var word: String {
        switch self {
        case .request: "request"
        case .bucket: "bucket"
        case .snapshot: "snapshot"
        case .correction: "correction"
        case .config: "config"
        }
    }
}

/// Which keys a line had, whose dollars it gives, and what it stands for: 32 bits that hardly ever change
/// between lines.
///
/// A key counts as present when it stood in the line, also with the value null; so a canonical line can be
/// written again as it came.
public struct EventShape: RawRepresentable, Hashable, Sendable {
    /// Bits 0-21: keys present, in the order of `Field`. Bits 24-26: `CostBasis`. Bits 27-29: `Grain`. The
    /// rest is zero.
    public var rawValue: UInt32

    /// Wraps the bits.
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No key present, basis unstated, grain `request`.
    @inlinable public init() { rawValue = 0 }

    /// Builds a shape from its parts.
    @inlinable
    public init(present: UInt32, basis: CostBasis, grain: Grain) {
        rawValue = present | UInt32(basis.rawValue) << 24 | UInt32(grain.rawValue) << 27
    }

    /// Whether a key stood in the line.
    @inlinable public func has(_ field: Field) -> Bool { rawValue & (1 << UInt32(field.rawValue)) != 0 }

    /// Marks a key as present.
    @inlinable public mutating func insert(_ field: Field) { rawValue |= 1 << UInt32(field.rawValue) }

    /// Whose dollars the cost is.
    @inlinable
    public var basis: CostBasis {
        get { CostBasis(rawValue: UInt8(rawValue >> 24 & 7)) ?? .unstated }
        set { rawValue = rawValue & ~(7 << 24) | UInt32(newValue.rawValue) << 24 }
    }

    /// What the line stands for.
    @inlinable
    public var grain: Grain {
        get { Grain(rawValue: UInt8(rawValue >> 27 & 7)) ?? .request }
        set { rawValue = rawValue & ~(7 << 27) | UInt32(newValue.rawValue) << 27 }
    }

    /// Whether every bit has a meaning.
    public var isValid: Bool {
        rawValue & 0xc0c0_0000 == 0 && CostBasis(rawValue: UInt8(rawValue >> 24 & 7)) != nil
            && Grain(rawValue: UInt8(rawValue >> 27 & 7)) != nil
    }
}

/// The keys of a canonical event, in the order in which they are written.
public enum Field: UInt8, CaseIterable, Sendable {
    /// One case a key.
    case ts = 0
    case tsEnd = 1
    case identity = 2
    case team = 3
    case project = 4
    case tool = 5
    case model = 6
    case mcpServer = 7
    case mcpTool = 8
    case inputTokens = 9
    case outputTokens = 10
    case cacheReadTokens = 11
    case cacheWriteTokens = 12
    case reasoningTokens = 13
    case costUSD = 14
    case costBasis = 15
    case requests = 16
    case requestID = 17
    case sessionID = 18
    case origin = 19
    case source = 20
    case grain = 21

    /// The key on the wire.
    public var key: String {
        switch self {
        case .ts: "ts"
        case .tsEnd: "ts_end"
        case .identity: "identity"
        case .team: "team"
        case .project: "project"
        case .tool: "tool"
        case .model: "model"
        case .mcpServer: "mcp_server"
        case .mcpTool: "mcp_tool"
        case .inputTokens: "input_tokens"
        case .outputTokens: "output_tokens"
        case .cacheReadTokens: "cache_read_tokens"
        case .cacheWriteTokens: "cache_write_tokens"
        case .reasoningTokens: "reasoning_tokens"
        case .costUSD: "cost_usd"
        case .costBasis: "cost_basis"
        case .requests: "requests"
        case .requestID: "request_id"
        case .sessionID: "session_id"
        case .origin: "origin"
        case .source: "source"
        case .grain: "grain"
        }
    }
}
