import Statistics
public import UsageEvents

/// What is normal for an account, and how sure that is: for people.
public struct AccountProfile: Sendable {
    /// One metric of the account.
    public struct Level: Sendable {
        /// What is measured.
        public var metric: Metric
        /// What its window holds now, in nano-dollars or tokens.
        public var current: Int64
        /// The usual amount and one standard deviation either way; nil before anything was learned.
        public var usual: (value: Double, low: Double, high: Double)?
        /// The amount at which an alert begins.
        public var threshold: Int64
        /// How much has been learned: active hours or days.
        public var assessment: Assessment
    }

    /// The account's clock.
    public var clock: Timestamp
    /// By `Metric`.
    public var levels: [Level]
    /// Active hours and days learned.
    public var hoursLearned: Int
    /// See `hoursLearned`.
    public var daysLearned: Int
}

/// Unknown is not normal.
public enum Assessment: Sendable {
    /// Too little is known; what there is and what is needed.
    case warmingUp(have: Double, need: Double)
    /// Known, and within bounds: the score of the current amount.
    case normal(score: Double)
    /// Known, and above the threshold.
    case anomalous(score: Double)
}

extension Scorer {
    /// What an account's baselines say; nil for an account that was never seen.
    public func profile(of account: UInt32) -> AccountProfile? {
        let place = share.place(of: account)
        guard share.has(account), place < now.count, now[place].hasClock else { return nil }
        let state = states[place]
        let sums = now[place].sums(cells)
        let levels = Metric.allCases.map { metric in
            let known = state.baseline(metric, configuration.baseline)
            let current = sums[metric]
            let score =
                current > 0 && known.have > 0
                ? (Deterministic.log2(Double(current)) - known.mean) / known.spread : 0
            let assessment: Assessment =
                known.have < known.need
                ? .warmingUp(have: known.have, need: known.need)
                : current >= state.thresholds[metric] ? .anomalous(score: score) : .normal(score: score)
            return AccountProfile.Level(
                metric: metric, current: current,
                usual: known.have > 0
                    ? (
                        Deterministic.exp2(known.mean), Deterministic.exp2(known.mean - known.spread),
                        Deterministic.exp2(known.mean + known.spread)
                    ) : nil, threshold: state.thresholds[metric], assessment: assessment)
        }
        return AccountProfile(
            clock: Timestamp(rawValue: now[place].clock), levels: levels,
            hoursLearned: Int(state.hoursLearned),
            daysLearned: Int(max(state.daySpend.count, state.dayTokens.count)))
    }
}
