import Statistics
import UsageEvents

extension AccountState {
    /// Hours for which totals are kept; an hour is learned when the account's clock is 24 h past its end.
    static let hoursKept: Int32 = 25
    /// Five-minute slots of the rolling hour.
    static let slots = 12

    /// What all windows hold, by `Metric`.
    func sums(_ now: AccountNow, _ cells: CellPool) -> FourTotals {
        let tail = now.tail(ringBefore, cells)
        return FourTotals(
            spendHour: now.total.cost &+ tail.cost, tokensHour: now.total.tokens &+ tail.tokens,
            spendDay: now.total.cost &+ dayBefore.cost, tokensDay: now.total.tokens &+ dayBefore.tokens)
    }

    /// What the hour of the clock holds.
    func hourTotals(_ now: AccountNow, _ cells: CellPool) -> Totals {
        var totals = now.total
        if hours.newest != CellPool.none {
            let newest = cells.hour(hours.newest, clock: now.hour)
            if newest.hour == now.hour { totals += newest.totals }
        }
        return totals
    }

    /// The clock of an account that nobody watches enters a new slot, by an event that counts.
    @inline(__always)
    mutating func move(
        _ now: inout AccountNow, _ cells: inout CellPool, _ rules: Rules, _ stamp: Stamp,
        into signals: inout [Signal]
    ) {
        let slot = Int32(truncatingIfNeeded: floorDivide(stamp.at, 5 * Timestamp.minute))
        if AccountNow.hour(ofSlot: slot) == now.hour {
            now.closeSlot(&cells)
            now.slot = slot
            return
        }
        let isNext = AccountNow.hour(ofSlot: slot) == now.hour &+ 1
        // At most all that the hour held is left of it in the rolling hour, and all of it counts as long as
        // that stays below every trigger.
        let tail = isNext ? now.total : Totals()
        enter(&now, slot: slot, &cells, rules, stamp, into: &signals)
        hourFirstSequence = stamp.sequence
        now.limit = watchLevels.limit(tail: tail, day: dayBefore)
    }

    /// The clock has entered another hour: past hours leave the rolling day, and are learned a little later.
    @inline(never)
    mutating func enter(
        _ now: inout AccountNow, slot: Int32, _ cells: inout CellPool, _ rules: Rules, _ stamp: Stamp,
        into signals: inout [Signal]
    ) {
        let (before, hour) = (now.hour, AccountNow.hour(ofSlot: slot))
        if hourFirstSequence != .max {
            cells.add(
                now.total, hour: before, sequence: hourFirstSequence, to: &hours, clock: before)
            dayBefore += now.total
        }
        now.enter(slot: slot, before: &ringBefore, &cells)
        hourFirstSequence = .max
        // Hours that leave the rolling day (24 hours of the clock, the current one included) no longer count
        // in it.
        var at = hours.oldest
        while at != CellPool.none {
            let cell = cells.hour(at, clock: before)
            if cell.hour > hour - 24 { break }
            if cell.hour > before - 24 { dayBefore = dayBefore - cell.totals }
            at = cell.content.link
        }
        // Hours that are 24 h past are learned, oldest first.
        while hours.oldest != CellPool.none {
            let cell = cells.hour(hours.oldest, clock: before)
            if cell.hour > hour - Self.hoursKept { break }
            cells.removeOldest(of: &hours)
            let day = cell.hour >= 0 ? cell.hour / 24 : (cell.hour - 23) / 24
            if day > self.day {
                if self.day != Int32.min { learnDay(rules, stamp, into: &signals) }
                self.day = day
                dayTotals = Totals()
                dayPeak = Totals()
            }
            learnHour(cell.totals, rules)
            signals.append(stamp.signal(.hourClosed(cell.totals)))
        }
    }

    private mutating func learnHour(_ totals: Totals, _ rules: Rules) {
        dayTotals += totals
        dayPeak.cost = max(dayPeak.cost, totals.cost)
        dayPeak.tokens = max(dayPeak.tokens, totals.tokens)
        if totals.cost > 0, totals.tokens > 0 {
            priceCost = priceCost * 0.99 + Double(totals.cost)
            priceTokens = priceTokens * 0.99 + Double(totals.tokens)
        }
        hoursLearned &+= 1
        if Double(hoursLearned) == rules.hoursNeeded { setThresholds(rules) }
    }
}
