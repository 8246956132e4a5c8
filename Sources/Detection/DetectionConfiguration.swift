public import UsageEvents

/// Everything about detection that a user may set. The defaults need no configuration.
public struct DetectionConfiguration: Hashable, Sendable {
    /// How baselines learn.
    public struct Baseline: Hashable, Sendable {
        /// Active hours an account needs before its hours are judged by its own baseline.
        public var hoursNeeded: Double = 24
        /// Active days an account needs before its days, and daily peaks, are judged by its own baseline.
        public var daysNeeded: Double = 5
        /// Active days that the baseline remembers.
        public var dayMemory: Double = 30
        /// Spread of an account's daily totals and peaks before it is known, in doublings (log2).
        public var daySpread: Double = 1.0
        /// What the assumed spread is worth, in observations.
        public var spreadWeight: Double = 16
        /// Active days inside one new band after which a level is adopted as the new normal.
        public var adoptDays: Double = 5

        /// The defaults.
        public init() {}
    }

    /// When a total is a spike.
    public struct Spike: Hashable, Sendable {
        /// Whether the detector runs.
        public var enabled = true
        /// Standard deviations (of the logarithm) above the mean at which an hour is a spike.
        public var sensitivity: Double
        /// The same for a day.
        public var daySensitivity: Double = 3.1
        /// Smallest multiple of the usual hour or day that counts.
        public var ratio: Double = 3.0
        /// Smallest hour that counts, in the metric's unit (dollars or tokens).
        public var hourFloor: Double
        /// Smallest day that counts.
        public var dayFloor: Double
        /// Standard deviations of the organisation's hours above which an account without history is judged
        /// unusual.
        public var newcomerSensitivity: Double

        /// The settings that differ between metrics.
        public init(sensitivity: Double, hourFloor: Double, dayFloor: Double, newcomerSensitivity: Double) {
            self.sensitivity = sensitivity
            self.hourFloor = hourFloor
            self.dayFloor = dayFloor
            self.newcomerSensitivity = newcomerSensitivity
        }
    }

    /// When a first use is news.
    public struct Novelty: Hashable, Sendable {
        /// Whether the detector runs.
        public var enabled = true
        /// Days at the beginning of a log during which everything is new and nothing is said.
        public var learningDays: Double = 7
        /// Team mates who use a value already that make it no news to the team.
        public var teamMates: Double = 2
        /// Accounts that take up the same value within a day and make it one rollout alert.
        public var rolloutAccounts: Double = 3
        /// Whether a value that the organisation knows is news where it is new to the team.
        public var teamNews: Bool

        /// Whether news to the team alone counts.
        public init(teamNews: Bool) { self.teamNews = teamNews }
    }

    /// How baselines learn.
    public var baseline = Baseline()
    /// Money.
    public var spendSpike = Spike(sensitivity: 3.1, hourFloor: 1.5, dayFloor: 5, newcomerSensitivity: 2)
    /// Tokens.
    public var tokenSpike = Spike(
        sensitivity: 3.5, hourFloor: 500_000, dayFloor: 1_000_000, newcomerSensitivity: 2.5)
    /// AI models.
    public var newModel = Novelty(teamNews: true)
    /// MCP servers.
    public var newMCPServer = Novelty(teamNews: true)

    /// Names by which models are called, as the text of `ModelAliases`; nil for none.
    public var modelAliases: String?

    /// Names by which models are called.
    public var aliases: ModelAliases { modelAliases.flatMap { ModelAliases($0) } ?? ModelAliases() }

    /// The defaults.
    public init() {}
}
