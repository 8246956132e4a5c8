public import UsageEvents

/// What phase *judge* found: a reason to tell somebody, before it is decided whether they are told again.
public struct Anomaly: Sendable {
    /// Begin, grow, last or end.
    public var phase: Phase
    /// Which detector.
    public var kind: AlertKind
    /// The measured total, for spikes.
    public var metric: Metric?
    /// The account, a number of `Symbols.identities`.
    public var account: UInt32
    /// What is new, for first uses: the text of the model or server.
    public var value: String?
    /// Sequence of the event that caused it.
    public var sequence: UInt64
    /// The account's clock.
    public var at: Timestamp
    /// Since when.
    public var startsAt: Timestamp
    /// First event that counts.
    public var firstSequence: UInt64
    /// By import rather than live.
    public var historical: Bool
    /// Raised by a late event.
    public var retroactive: Bool
    /// The team that the events name; nil for none.
    public var team: String?
    /// The amount, in nano-dollars or tokens.
    public var observed: Int64
    /// Whether the amount is money.
    public var isMoney: Bool
    /// Whose dollars they are.
    public var basis: CostBasis
    /// What was usual; nil for first uses.
    public var expected: Expectation?
    /// Whose expectation it is, or how new the value is.
    public var comparison: Comparison
    /// What drove it, largest share first.
    public var contributors: [Contributor]
    /// Cost a token against the account's usual, for first uses; 0 unknown.
    public var priceRatio: Double = 0
    /// Accounts that took up the value, for rollouts.
    public var adopters: Int = 0

    /// Begin, grow, last or end.
    public enum Phase: Sendable {
        /// It begins.
        case began
        /// It is half as large again, or more accounts join.
        case grew
        /// It goes on; nobody is told.
        case lasts
        /// It is over.
        case ended(EndReason)
    }

    /// What the finding was compared with.
    public enum Comparison: Sendable {
        /// The account's own baseline.
        case ownBaseline
        /// The organisation's, because the account is not known yet: learned so far, needed.
        case organisation(have: Double, need: Double)
        /// Nobody in the organisation had used the value.
        case newToOrganisation
        /// Nobody, or hardly anybody, in the team had.
        case newToTeam
    }
}

/// A share of what drove an anomaly.
public struct Contributor: Hashable, Sendable {
    /// `model`, `mcp_server` or `tool`.
    public var dimension: String
    /// Its text.
    public var value: String
    /// 0 to 1, of the observed amount.
    public var share: Double

    /// Every amount in the window that has a value of this dimension, over the whole.
    public init(dimension: String, value: String, share: Double) {
        self.dimension = dimension
        self.value = value
        self.share = share
    }
}
