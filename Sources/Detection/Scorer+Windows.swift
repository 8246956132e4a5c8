import Statistics
import UsageEvents

extension Scorer {
    /// The clock enters a new slot of the same hour, nothing being open or watched: slots that leave the rolling hour are emptied.
    /// Returns false, with nothing done, where more has to happen.
    @inline(__always)
    mutating func rollInHour(_ a: Int, _ ts: Int64) -> Bool {
        let hour = Int32(truncatingIfNeeded: floorDivide(ts, Timestamp.hour))
        guard hour == now[a].hour, !now[a].isWatched, now[a].open == 0 else { return false }
        rollRing(a, ts)
        return true
    }

    @inline(__always)
    private mutating func rollRing(_ a: Int, _ ts: Int64) {
        let slot = Int32(truncatingIfNeeded: floorDivide(ts, 5 * Timestamp.minute))
        let gap = now[a].slot == Int32.min ? Int32(Self.slots) : min(slot - now[a].slot, Int32(Self.slots))
        // The `gap` slots behind the current one, as bits of a ring of twelve.
        let fresh = (UInt32(1) << UInt32(gap)) - 1
        let turn = UInt32(now[a].ringIndex) + 1
        let turned = fresh << turn
        var emptied = UInt16(truncatingIfNeeded: (turned | turned >> 12) & 0xfff) & now[a].ringMask
        now[a].ringMask &= ~emptied
        while emptied != 0 {
            let at = a * Self.slots + emptied.trailingZeroBitCount
            now[a].sums.spendHour &-= rings[at].cost
            now[a].sums.tokensHour &-= rings[at].tokens
            rings[at] = Totals()
            emptied &= emptied - 1
        }
        now[a].ringIndex = UInt8((UInt32(now[a].ringIndex) + UInt32(gap)) % UInt32(Self.slots))
        now[a].slot = slot
        now[a].slotEnd = (Int64(slot) + 1) * 5 * Timestamp.minute
    }

    /// The account's clock has entered a new slot: windows roll, past hours are learned, excursions may end.
    mutating func roll(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let hour = Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.hour))
        rollRing(a, event.ts)
        if hour != now[a].hour {
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
        if now[a].isWatched { endExcursions(event, into: &signals) }
    }

    /// Hours that leave the rolling day (24 hours of the clock, the current one included) no longer count in it.
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
        if Double(past[a].hoursLearned) == configuration.baseline.hoursNeeded.rounded(.up) { setThresholds(a) }
    }

    private mutating func learnDay(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let totals = past[a].dayTotals
        let peak = past[a].dayPeak
        signals.append(signal(event, .dayClosed(totals)))
        let known = (spend: past[a].daySpend, tokens: past[a].dayTokens)
        let spendStep = adopt(totals.cost, known.spend, configuration.spendSpike, &past[a].levelSpend)
        let tokenStep = adopt(totals.tokens, known.tokens, configuration.tokenSpike, &past[a].levelTokens)
        if let spendStep {
            past[a].daySpend.shift(by: spendStep)
            past[a].peakSpend.shift(by: spendStep)
            accept([.spendHour, .spendDay], event, into: &signals)
        }
        if let tokenStep {
            past[a].dayTokens.shift(by: tokenStep)
            past[a].peakTokens.shift(by: tokenStep)
            accept([.tokensHour, .tokensDay], event, into: &signals)
        }
        learn(totals.cost, &past[a].daySpend)
        learn(totals.tokens, &past[a].dayTokens)
        learn(peak.cost, &past[a].peakSpend)
        learn(peak.tokens, &past[a].peakTokens)
        setThresholds(a)
    }

    /// Learns the logarithm of a total, held within three standard deviations once the baseline is warm: an incident must not
    /// teach it. A total of nothing is not an active day and teaches nothing.
    private func learn(_ total: Int64, _ moments: inout ForgettingMoments) {
        guard total > 0 else { return }
        let b = configuration.baseline
        var x = Deterministic.log2(Double(total))
        if Double(moments.count) >= b.daysNeeded {
            let s = 3 * moments.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
            x = min(max(x, Double(moments.mean) - s), Double(moments.mean) + s)
        }
        moments.learn(x, memory: b.dayMemory)
    }

    /// After enough active days inside one new band (a factor of two either way) above the baseline, that level is the new normal.
    /// Returns the step in doublings.
    private func adopt(
        _ total: Int64, _ baseline: ForgettingMoments, _ spike: DetectionConfiguration.Spike, _ level: inout Level
    ) -> Double? {
        let b = configuration.baseline
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

    /// An event behind the account's clock, or one that is not a single request: it lands in the hour it belongs to.
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
        if now[a].isWatched { watches[UInt32(a)]?.add(event.totals, event.facet) }
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
