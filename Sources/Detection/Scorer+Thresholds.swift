import Statistics
import UsageEvents

extension Scorer {
    /// The state of an account before its first event.
    func newcomer() -> (AccountNow, AccountPast) {
        var now = AccountNow()
        var past = AccountPast()
        for metric in Metric.allCases {
            past.thresholds[metric] = floor(metric)
            now.triggers[metric] = watchLevel(floor(metric))
        }
        return (now, past)
    }

    func spike(_ metric: Metric) -> DetectionConfiguration.Spike {
        metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
    }

    /// From here on it is noted what drives a total.
    private func watchLevel(_ threshold: Int64) -> Int64 { threshold == .max ? .max : max(1, threshold / 2) }

    /// The smallest total that counts, in nano-dollars or tokens; never reached where the detector is off.
    private func floor(_ metric: Metric) -> Int64 {
        let s = spike(metric)
        guard s.enabled else { return .max }
        let amount = metric.isHour ? s.hourFloor : s.dayFloor
        return Int64(max(1, min(amount * (metric.isSpend ? 1e9 : 1), 9e17)))
    }

    /// What is known of a metric: the baseline that judges it, and how much of it there is, in active hours
    /// or days.
    ///
    /// The hour is judged by the largest hours of days: quiet hours say little about what a busy one may be.
    static func baseline(
        _ metric: Metric, _ state: AccountPast, _ b: DetectionConfiguration.Baseline
    ) -> (
        mean: Double, spread: Double, have: Double, need: Double
    ) {
        let moments =
            switch metric {
            case .spendHour: state.peakSpend
            case .tokensHour: state.peakTokens
            case .spendDay: state.daySpend
            case .tokensDay: state.dayTokens
            }
        let spread = moments.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
        guard metric.isHour else {
            return (Double(moments.mean), spread, Double(moments.count), b.daysNeeded)
        }
        let have = min(Double(state.hoursLearned) / b.hoursNeeded, Double(moments.count) / b.daysNeeded)
        return (Double(moments.mean), spread, have * b.hoursNeeded, b.hoursNeeded)
    }

    /// Thresholds follow the baselines whenever a day was learned.
    mutating func setThresholds(_ a: Int) {
        for metric in Metric.allCases {
            let s = spike(metric)
            guard s.enabled else { continue }
            let known = Self.baseline(metric, past[a], configuration.baseline)
            guard known.have >= known.need else { continue }
            let k = metric.isHour ? s.sensitivity : s.daySensitivity
            let level = Deterministic.exp2(min(known.mean + k * known.spread, 59))
            let usual = Deterministic.exp2(min(known.mean, 58)) * s.ratio
            let threshold = max(Int64(max(level, min(usual, 0x1p59))), floor(metric))
            past[a].thresholds[metric] = threshold
            let bit: UInt8 = 1 << UInt8(metric.rawValue)
            if now[a].openAsNewcomer & bit != 0 {
                // It has become known while above a rung: from now on its own baseline decides. It stays
                // open, so that an alert about it is resolved when the total falls.
                now[a].triggers[metric] = threshold
            } else if now[a].open & bit == 0 {
                now[a].triggers[metric] = now[a].isWatched ? threshold : watchLevel(threshold)
            }
        }
    }

    /// A total has reached its trigger. The first stage begins to note what drives it, the second is an
    /// excursion.
    mutating func trigger(_ event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        if !now[a].isWatched {
            now[a].watch = watches.begin(at: now[a].hour)
            watches.add(event.totals, event.facet, to: now[a].watch)
            for metric in Metric.allCases where now[a].open & 1 << UInt8(metric.rawValue) == 0 {
                now[a].triggers[metric] = past[a].thresholds[metric]
            }
        }
        for metric in Metric.allCases where now[a].sums[metric] >= now[a].triggers[metric] {
            signals.append(
                raise(metric, observed: now[a].sums[metric], hour: nil, event: event, retroactive: late))
        }
    }

    /// An hour outside the rolling one has grown by a late event or a bucket: is it a spike after all?
    mutating func checkHour(_ hour: Int32, event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let totals =
            hour == now[a].hour ? now[a].hourTotals : hours.find(hour, in: past[a].hours)?.totals ?? Totals()
        for metric in [Metric.spendHour, .tokensHour] {
            let observed = metric.isSpend ? totals.cost : totals.tokens
            let isOpen = now[a].open & 1 << UInt8(metric.rawValue) != 0
            guard observed >= (isOpen ? now[a].triggers[metric] : past[a].thresholds[metric]) else {
                continue
            }
            if !now[a].isWatched { trigger(event, late: late, into: &signals) }
            signals.append(raise(metric, observed: observed, hour: hour, event: event, retroactive: late))
        }
    }

    /// The signal of an excursion, and the next trigger half as high again. `hour` is the clock hour of a
    /// late rise.
    private mutating func raise(
        _ metric: Metric, observed: Int64, hour: Int32?, event: Observation, retroactive: Bool
    ) -> Signal {
        let a = event.account
        let bit: UInt8 = 1 << UInt8(metric.rawValue)
        let known = Self.baseline(metric, past[a], configuration.baseline)
        let warm = known.have >= known.need
        let isFirst = now[a].open & bit == 0 || warm && now[a].openAsNewcomer & bit != 0
        now[a].open |= bit
        if warm { now[a].openAsNewcomer &= ~bit } else { now[a].openAsNewcomer |= bit }
        let next = observed.addingReportingOverflow(observed / 2)
        now[a].triggers[metric] = next.overflow ? .max : next.partialValue
        let start = start(metric, observed, hour, a)
        let excursion = Excursion(
            metric: metric, phase: isFirst ? .began : .grew, observed: observed,
            expected: warm ? expectation(metric, observed, known.mean, known.spread) : nil, have: known.have,
            need: known.need, startsAt: Timestamp(rawValue: start.at), parts: watches[now[a].watch].parts,
            firstSequence: min(start.sequence, event.sequence), retroactive: retroactive)
        return signal(event, .excursion(excursion))
    }

    /// Since when: the shortest last part of the window that holds nine tenths of it; and the first event
    /// of its first hour.
    private func start(_ metric: Metric, _ observed: Int64, _ hour: Int32?, _ a: Int) -> (
        at: Int64, sequence: UInt64
    ) {
        func amount(_ t: Totals) -> Int64 { metric.isSpend ? t.cost : t.tokens }
        let enough = observed - observed / 10
        let current = now[a].hourFirstSequence
        if let hour, hour != now[a].hour {
            return (
                Int64(hour) * Timestamp.hour, hours.find(hour, in: past[a].hours)?.firstSequence ?? current
            )
        }
        var sum: Int64 = 0
        if metric.isHour, hour == nil {
            var back: Int32 = 0
            while back < Int32(Self.slots) {
                sum &+= amount(
                    rings[a * Self.slots + (Int(now[a].ringIndex) + Self.slots - Int(back)) % Self.slots])
                if sum >= enough { break }
                back += 1
            }
            let at = Int64(now[a].slot - min(back, Int32(Self.slots) - 1)) * 5 * Timestamp.minute
            return (
                at, min(current, hours.find(now[a].hour - 1, in: past[a].hours)?.firstSequence ?? current)
            )
        }
        sum = amount(now[a].hourTotals)
        var since = now[a].hour
        var sequence = current
        var at = past[a].hours.newest
        while sum < enough, at != HourPool.none, hours[at].hour > now[a].hour - 24 {
            sum &+= amount(hours[at].totals)
            since = hours[at].hour
            sequence = min(sequence, hours[at].firstSequence)
            at = hours[at].older
        }
        return (Int64(since) * Timestamp.hour, sequence)
    }

    private func expectation(_ metric: Metric, _ observed: Int64, _ mean: Double, _ spread: Double)
        -> Expectation
    {
        let s = spike(metric)
        return Expectation(
            value: Deterministic.exp2(mean), low: Deterministic.exp2(mean - spread),
            high: Deterministic.exp2(mean + spread),
            score: (Deterministic.log2(Double(max(observed, 1))) - mean) / spread,
            threshold: metric.isHour ? s.sensitivity : s.daySensitivity)
    }

    /// At the end of a slot: totals below half their threshold are back to normal; with all below a quarter
    /// nobody watches.
    mutating func endExcursions(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        var isLow = true
        for metric in Metric.allCases where past[a].thresholds[metric] != .max {
            let sum = now[a].sums[metric]
            if sum >= past[a].thresholds[metric] / 4 { isLow = false }
            guard now[a].open & 1 << UInt8(metric.rawValue) != 0, sum < past[a].thresholds[metric] / 2 else {
                continue
            }
            close(metric, a)
            signals.append(signal(event, .excursionEnded(metric, reason: .backToNormal)))
        }
        let isStale = now[a].open == 0 && now[a].hour - watches[now[a].watch].since >= 24
        guard isLow || isStale else { return }
        // Begin afresh: what was used more than a day ago does not drive a total of today.
        watches.end(now[a].watch)
        now[a].watch = 0
        for metric in Metric.allCases { now[a].triggers[metric] = watchLevel(past[a].thresholds[metric]) }
    }

    /// The level lasted and became the new normal.
    mutating func accept(_ metrics: [Metric], _ event: Observation, into signals: inout [Signal]) {
        for metric in metrics where now[event.account].open & 1 << UInt8(metric.rawValue) != 0 {
            close(metric, event.account)
            signals.append(signal(event, .excursionEnded(metric, reason: .accepted)))
        }
    }

    private mutating func close(_ metric: Metric, _ a: Int) {
        now[a].open &= ~(1 << UInt8(metric.rawValue))
        now[a].openAsNewcomer &= ~(1 << UInt8(metric.rawValue))
        now[a].triggers[metric] = past[a].thresholds[metric]
    }
}
