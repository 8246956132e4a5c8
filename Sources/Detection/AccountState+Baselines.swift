import Statistics
import UsageEvents

extension AccountState {
    /// The last hour of a day was learned: four baselines learn the day, after its signals.
    mutating func learnDay(_ rules: Rules, _ stamp: Stamp, into signals: inout [Signal]) {
        signals.append(stamp.signal(.dayClosed(dayTotals)))
        let c = rules.configuration
        let b = c.baseline
        // The logarithm of each total, once; of nothing there is none.
        let (cost, tokens) = Self.log2(dayTotals)
        if let step = Self.adopt(cost, daySpend, c.spendSpike, b, &levelSpend) {
            daySpend.shift(by: step)
            peakSpend.shift(by: step)
            accept([.spendHour, .spendDay], stamp, into: &signals)
        }
        if let step = Self.adopt(tokens, dayTokens, c.tokenSpike, b, &levelTokens) {
            dayTokens.shift(by: step)
            peakTokens.shift(by: step)
            accept([.tokensHour, .tokensDay], stamp, into: &signals)
        }
        Self.learn(cost, &daySpend, b)
        Self.learn(tokens, &dayTokens, b)
        // A day with one active hour is its own largest.
        let isAlone = dayPeak.cost == dayTotals.cost && dayPeak.tokens == dayTotals.tokens
        let peak = isAlone ? (cost, tokens) : Self.log2(dayPeak)
        Self.learn(peak.0, &peakSpend, b)
        Self.learn(peak.1, &peakTokens, b)
        setThresholds(rules)
    }

    /// A total of nothing is not an active day and has no logarithm.
    private static func log2(_ totals: Totals) -> (cost: Double?, tokens: Double?) {
        let (cost, tokens) = Deterministic.log2(Double(max(totals.cost, 1)), Double(max(totals.tokens, 1)))
        return (totals.cost > 0 ? cost : nil, totals.tokens > 0 ? tokens : nil)
    }

    /// Learns the logarithm of a total, held within three standard deviations once the baseline is warm: an
    /// incident must not teach it.
    private static func learn(
        _ logarithm: Double?, _ moments: inout ForgettingMoments, _ b: DetectionConfiguration.Baseline
    ) {
        guard var x = logarithm else { return }
        if Double(moments.count) >= b.daysNeeded {
            let s = 3 * moments.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
            x = min(max(x, Double(moments.mean) - s), Double(moments.mean) + s)
        }
        moments.learn(x, memory: b.dayMemory)
    }

    /// After enough active days inside one new band (a factor of two either way) above the baseline, that
    /// level is the new normal. Returns the step in doublings.
    private static func adopt(
        _ logarithm: Double?, _ baseline: ForgettingMoments, _ spike: DetectionConfiguration.Spike,
        _ b: DetectionConfiguration.Baseline, _ level: inout Level
    ) -> Double? {
        guard let x = logarithm, Double(baseline.count) >= b.daysNeeded else { return nil }
        let s = baseline.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
        guard x > Double(baseline.mean) + spike.daySensitivity * s else {
            level = Level()
            return nil
        }
        if level.days == 0 || abs(x - level.mean) > 1 { level = Level() }
        level.days += 1
        level.sum += Float(x)
        guard Double(level.days) >= b.adoptDays else { return nil }
        let step = level.mean - Double(baseline.mean)
        level = Level()
        return step
    }

    /// The level lasted and became the new normal.
    private mutating func accept(_ metrics: [Metric], _ stamp: Stamp, into signals: inout [Signal]) {
        for metric in metrics where open & metric.bit != 0 {
            close(metric)
            signals.append(stamp.signal(.excursionEnded(metric, reason: .accepted)))
        }
    }

    /// An excursion is over.
    mutating func close(_ metric: Metric) {
        open &= ~metric.bit
        openAsNewcomer &= ~metric.bit
    }

    /// What is known of a metric: the baseline that judges it, and how much of it there is, in active hours
    /// or days.
    ///
    /// The hour is judged by the largest hours of days: quiet hours say little about what a busy one may be.
    func baseline(_ metric: Metric, _ b: DetectionConfiguration.Baseline) -> (
        mean: Double, spread: Double, have: Double, need: Double
    ) {
        let moments =
            switch metric {
            case .spendHour: peakSpend
            case .tokensHour: peakTokens
            case .spendDay: daySpend
            case .tokensDay: dayTokens
            }
        let spread = moments.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
        guard metric.isHour else {
            return (Double(moments.mean), spread, Double(moments.count), b.daysNeeded)
        }
        let have = min(Double(hoursLearned) / b.hoursNeeded, Double(moments.count) / b.daysNeeded)
        return (Double(moments.mean), spread, have * b.hoursNeeded, b.hoursNeeded)
    }

    /// Whether a metric is judged by the account's own baseline.
    func isKnown(_ metric: Metric, _ rules: Rules) -> Bool {
        let known = baseline(metric, rules.configuration.baseline)
        return rules.spike(metric).enabled && known.have >= known.need
    }

    /// Thresholds follow the baselines whenever a day was learned.
    mutating func setThresholds(_ rules: Rules) {
        for metric in Metric.allCases {
            let s = rules.spike(metric)
            guard s.enabled else { continue }
            let known = baseline(metric, rules.configuration.baseline)
            guard known.have >= known.need else { continue }
            let k = metric.isHour ? s.sensitivity : s.daySensitivity
            let level = Deterministic.exp2(min(known.mean + k * known.spread, 59))
            // Most baselines spread so far that the multiple of the usual lies well below: then it need not
            // be known.
            let isBelow = known.mean <= 58 && k * known.spread > rules.ratioDoublings(metric)
            let usual = isBelow ? 0 : Deterministic.exp2(min(known.mean, 58)) * s.ratio
            let threshold = max(Int64(max(level, min(usual, 0x1p59))), rules.floor(metric))
            thresholds[metric] = threshold
        }
    }
}
