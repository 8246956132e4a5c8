import Statistics
import UsageEvents

extension Scorer {
    /// The account's clock has entered a new slot: windows roll, past hours are learned, excursions may end.
    mutating func roll(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let hour = Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.hour))
        rollRing(a, to: event.ts)
        let isNewHour = hour != now[a].hour
        if isNewHour {
            let before = now[a].hour
            if now[a].hourFirstSequence != .max {
                hours.add(
                    now[a].hourTotals, hour: before, sequence: now[a].hourFirstSequence, to: &past[a].hours)
            }
            now[a].hour = hour
            now[a].hourTotals = Totals()
            now[a].hourFirstSequence = .max
            if before != Int32.min {
                forget(a, before: before)
                learnHours(event, into: &signals)
            }
        }
        guard now[a].isWatched else { return }
        endExcursions(event, into: &signals)
        guard isNewHour else { return }
        for metric in Metric.allCases where now[a].open & 1 << UInt8(metric.rawValue) != 0 {
            signals.append(signal(event, .excursionLasts(metric)))
        }
    }

    /// Hours that leave the rolling day (24 hours of the clock, the current one included) no longer count
    /// in it.
    private mutating func forget(_ a: Int, before: Int32) {
        var at = past[a].hours.oldest
        while at != HourPool.none, hours[at].hour <= now[a].hour - 24 {
            if hours[at].hour > before - 24 {
                now[a].sums.spendDay &-= hours[at].totals.cost
                now[a].sums.tokensDay &-= hours[at].totals.tokens
            }
            at = hours[at].newer
        }
    }

    /// Hours that are 24 h past are learned, oldest first.
    private mutating func learnHours(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let last = now[a].hour - Self.hoursKept
        while past[a].hours.oldest != HourPool.none, hours[past[a].hours.oldest].hour <= last {
            let cell = hours.removeOldest(of: &past[a].hours)
            let day = cell.hour >= 0 ? cell.hour / 24 : (cell.hour - 23) / 24
            if day > past[a].day {
                if past[a].day != Int32.min { learnDay(event, into: &signals) }
                past[a].day = day
                past[a].dayTotals = Totals()
                past[a].dayPeak = Totals()
            }
            learnHour(cell.totals, a)
            signals.append(signal(event, .hourClosed(cell.totals)))
        }
    }

    private mutating func learnHour(_ totals: Totals, _ a: Int) {
        past[a].dayTotals += totals
        past[a].dayPeak.cost = max(past[a].dayPeak.cost, totals.cost)
        past[a].dayPeak.tokens = max(past[a].dayPeak.tokens, totals.tokens)
        if totals.cost > 0, totals.tokens > 0 {
            past[a].priceCost = past[a].priceCost * 0.99 + Double(totals.cost)
            past[a].priceTokens = past[a].priceTokens * 0.99 + Double(totals.tokens)
        }
        past[a].hoursLearned &+= 1
        if Double(past[a].hoursLearned) == configuration.baseline.hoursNeeded.rounded(.up) {
            setThresholds(a)
        }
    }

    private mutating func learnDay(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let totals = past[a].dayTotals
        let peak = past[a].dayPeak
        signals.append(signal(event, .dayClosed(totals)))
        // A copy, written back whole: no call below holds the array while an element of it changes.
        var state = past[a]
        let b = configuration.baseline
        if let step = Self.adopt(totals.cost, state.daySpend, configuration.spendSpike, b, &state.levelSpend)
        {
            state.daySpend.shift(by: step)
            state.peakSpend.shift(by: step)
            accept([.spendHour, .spendDay], event, into: &signals)
        }
        if let step = Self.adopt(
            totals.tokens, state.dayTokens, configuration.tokenSpike, b, &state.levelTokens)
        {
            state.dayTokens.shift(by: step)
            state.peakTokens.shift(by: step)
            accept([.tokensHour, .tokensDay], event, into: &signals)
        }
        Self.learn(totals.cost, &state.daySpend, b)
        Self.learn(totals.tokens, &state.dayTokens, b)
        Self.learn(peak.cost, &state.peakSpend, b)
        Self.learn(peak.tokens, &state.peakTokens, b)
        past[a] = state
        setThresholds(a)
    }

    /// Learns the logarithm of a total, held within three standard deviations once the baseline is warm: an
    /// incident must not teach it. A total of nothing is not an active day and teaches nothing.
    private static func learn(
        _ total: Int64, _ moments: inout ForgettingMoments, _ b: DetectionConfiguration.Baseline
    ) {
        guard total > 0 else { return }
        var x = Deterministic.log2(Double(total))
        if Double(moments.count) >= b.daysNeeded {
            let s = 3 * moments.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
            x = min(max(x, Double(moments.mean) - s), Double(moments.mean) + s)
        }
        moments.learn(x, memory: b.dayMemory)
    }

    /// After enough active days inside one new band (a factor of two either way) above the baseline, that
    /// level is the new normal. Returns the step in doublings.
    private static func adopt(
        _ total: Int64, _ baseline: ForgettingMoments, _ spike: DetectionConfiguration.Spike,
        _ b: DetectionConfiguration.Baseline, _ level: inout Level
    ) -> Double? {
        guard total > 0, Double(baseline.count) >= b.daysNeeded else { return nil }
        let x = Deterministic.log2(Double(total))
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

    /// An event behind the account's clock, or one that is not a single request: it lands in the hour it
    /// belongs to.
    mutating func addLate(_ event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let slot = Int32(truncatingIfNeeded: floorDivide(event.ts, 5 * Timestamp.minute))
        let hour = Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.hour))
        guard hour > now[a].hour - Self.hoursKept else {
            lateEvents += 1
            if Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.day)) == past[a].day {
                past[a].dayTotals += event.totals
            }
            return
        }
        if now[a].isWatched { watches.add(event.totals, event.facet, to: now[a].watch) }
        if hour == now[a].hour {
            now[a].hourTotals += event.totals
            now[a].hourFirstSequence = min(now[a].hourFirstSequence, event.sequence)
        } else {
            hours.add(event.totals, hour: hour, sequence: event.sequence, to: &past[a].hours)
        }
        if hour > now[a].hour - 24 { now[a].sums.addDay(event.totals) }
        if event.grain == .request, slot > now[a].slot - Int32(Self.slots) {
            let index = (Int(now[a].ringIndex) + Self.slots - Int(now[a].slot - slot)) % Self.slots
            now[a].sums.addHour(event.totals)
            now[a].ringMask |= 1 << UInt16(index)
            rings[a * Self.slots + index] += event.totals
        } else {
            checkHour(hour, event: event, late: late, into: &signals)
        }
    }
}
