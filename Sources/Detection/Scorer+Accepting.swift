import Statistics
import UsageEvents

/// A level that somebody said is to be expected of an account.
public struct AcceptedLevel: Sendable {
    /// The account, a number of `Symbols.identities`.
    public let account: UInt32
    /// What was measured.
    public let metric: Metric
    /// The total that is to be expected, in nano-dollars or tokens.
    public let observed: Int64

    /// A level.
    public init(account: UInt32, metric: Metric, observed: Int64) {
        self.account = account
        self.metric = metric
        self.observed = observed
    }
}

extension Scorer {
    /// Takes a level for the account's usual one, as if it had lasted: both baselines of the unit move by the
    /// same number of doublings, excursions of the unit are over, and an account without history has one. A
    /// level that is not above what is usual moves nothing. Accounts of other scorers are passed over.
    public mutating func adopt(_ level: AcceptedLevel) {
        let a = share.place(of: level.account)
        guard share.has(level.account), a < now.count, level.observed > 0 else { return }
        states[a].adopt(level, rules)
        if now[a].isWatched { watches[states[a].watch].follow(states[a], rules) }
        renewLimit(a)
    }
}

extension AccountState {
    fileprivate mutating func adopt(_ level: AcceptedLevel, _ rules: Rules) {
        let b = rules.configuration.baseline
        let x = Deterministic.log2(Double(level.observed))
        let known = baseline(level.metric, b)
        // Without history the level is all that is known of the account, for the hour and for the day.
        let step = known.have >= known.need ? max(0, x - known.mean) : nil
        if level.metric.isSpend {
            Self.move(&daySpend, by: step, to: x, b)
            Self.move(&peakSpend, by: step, to: x, b)
            levelSpend = Level()
        } else {
            Self.move(&dayTokens, by: step, to: x, b)
            Self.move(&peakTokens, by: step, to: x, b)
            levelTokens = Level()
        }
        if step == nil { hoursLearned = max(hoursLearned, UInt32(min(rules.hoursNeeded, 1e6))) }
        for metric in Metric.allCases where metric.isSpend == level.metric.isSpend { close(metric) }
        setThresholds(rules)
    }

    private static func move(
        _ moments: inout ForgettingMoments, by step: Double?, to x: Double,
        _ b: DetectionConfiguration.Baseline
    ) {
        if let step { return moments.shift(by: step) }
        let mean = max(Float(x), moments.count > 0 ? moments.mean : Float(x))
        let count = max(moments.count, Float(b.daysNeeded.rounded(.up)))
        moments = ForgettingMoments(mean: mean, variance: moments.variance, count: count) ?? moments
    }
}
