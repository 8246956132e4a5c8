public import UsageEvents

/// What phase *score* tells phase *judge* about one account: about one in ten events makes one.
public struct Signal: Sendable {
    /// Sequence of the event that caused it.
    public var sequence: UInt64
    /// The account's clock: the largest event time it has shown.
    public var at: Timestamp
    /// The account, a number of `Symbols.identities`.
    public var account: UInt32
    /// The team that the event named, a number of `Symbols.teams`.
    public var team: UInt32
    /// Whether the event came by import rather than live.
    public var historical: Bool
    /// What happened.
    public var content: Content

    /// What happened.
    public enum Content: Sendable {
        /// The account used a model or an MCP server for the first time.
        indirect case firstUse(FirstUse)
        /// An hour of the account is 24 h past and was learned.
        case hourClosed(Totals)
        /// The last hour of a UTC day was learned.
        case dayClosed(Totals)
        /// A total crossed the account's own threshold, or an account without history passed a rung.
        indirect case excursion(Excursion)
        /// A total is not back yet: said once an hour of the account's clock, so that nobody takes the
        /// account for silent.
        case excursionLasts(Metric)
        /// A total fell back.
        case excursionEnded(Metric, reason: EndReason)
    }
}

/// Which event a signal comes from.
struct Stamp {
    var sequence: UInt64
    /// The account's clock.
    var at: Int64
    var account: UInt32
    var team: UInt32
    var historical: Bool

    func signal(_ content: Signal.Content) -> Signal {
        Signal(
            sequence: sequence, at: Timestamp(rawValue: at), account: account, team: team,
            historical: historical, content: content)
    }
}

/// What an account used in one hour or day.
public struct Totals: Sendable {
    /// Nano-dollars.
    public var cost: Int64 = 0
    /// Tokens that were not served from the cache.
    public var tokens: Int64 = 0

    @inline(__always)
    static func += (a: inout Totals, b: Totals) {
        a.cost &+= b.cost
        a.tokens &+= b.tokens
    }
}

/// A first use, as the account's own state shows it.
public struct FirstUse: Sendable {
    /// What is new: `newModel` or `newMCPServer`.
    public var kind: AlertKind
    /// The model or server, a symbol of its kind.
    public var value: UInt32
    /// What all spellings of the model share; the server itself.
    public var group: UInt32
    /// What the event used, and whose dollars it gives.
    public var facet: Facet
    /// Cost and tokens of the event.
    public var totals: Totals
    /// Cost a token of this event divided by the account's usual cost a token; 0 where either is unknown.
    public var priceRatio: Double
    /// Whether the event itself came late.
    public var late: Bool
}

/// Why an excursion ended.
public enum EndReason: Sendable {
    /// The total fell below half the threshold.
    case backToNormal
    /// The level lasted and became the new normal.
    case accepted
}

/// A total above the threshold of its account.
public struct Excursion: Sendable {
    /// What was measured.
    public var metric: Metric
    /// `began` for the first crossing, `grew` for each further half.
    public var phase: Phase
    /// The total, in nano-dollars or tokens.
    public var observed: Int64
    /// The account's own expectation; nil where it has no history (then the organisation's is used).
    public var expected: Expectation?
    /// Active hours or days learned so far, and how many are needed.
    public var have: Double
    /// See `have`.
    public var need: Double
    /// Since when, to five minutes: the shortest part of the window that holds nine tenths of it.
    public var startsAt: Timestamp
    /// What the account used since the total passed half its threshold, by facet; judge sorts by text.
    public var parts: [Part]
    /// First event of the clock hour in which the window begins: the range to the signal's own sequence has
    /// all of the window.
    public var firstSequence: UInt64
    /// Whether a late event caused it.
    public var retroactive: Bool

    /// First crossing or growth.
    public enum Phase: Sendable {
        /// The first crossing.
        case began
        /// Half as much again since the last signal.
        case grew
    }
}

/// What is usual, in the metric's unit.
public struct Expectation: Sendable {
    /// The usual total: two to the mean of the logarithms.
    public var value: Double
    /// One standard deviation below.
    public var low: Double
    /// One standard deviation above.
    public var high: Double
    /// How many standard deviations above the mean the observed total lies.
    public var score: Double
    /// The score at which it becomes an alert.
    public var threshold: Double

    /// An expectation from its parts.
    public init(value: Double, low: Double, high: Double, score: Double, threshold: Double) {
        self.value = value
        self.low = low
        self.high = high
        self.score = score
        self.threshold = threshold
    }
}

/// A share of a window.
public struct Part: Sendable {
    /// What was used.
    public var facet: Facet
    /// How much.
    public var totals: Totals
}

/// What an event used: tool, model, MCP server, project, and whose dollars it gives.
public struct Facet: Hashable, Sendable {
    /// A number of `Symbols.tools`.
    public var tool: UInt32 = 0
    /// A number of `Symbols.models`.
    public var model: UInt32 = 0
    /// A number of `Symbols.mcpServers`.
    public var mcpServer: UInt32 = 0
    /// A number of `Symbols.projects`.
    public var project: UInt32 = 0
    /// Whose dollars.
    public var basis: CostBasis = .unstated
}
