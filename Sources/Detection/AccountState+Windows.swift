import Statistics
import UsageEvents

extension AccountState {
    /// Hours for which totals are kept; an hour is learned when the account's clock is 24 h past its end.
    static let hoursKept: Int32 = 25
    /// Five-minute slots of the rolling hour.
    static let slots = 12

    /// The clock of an account that nobody watches enters a new slot, by an event that counts.
    @inline(__always)
    mutating func move(
        _ now: inout AccountNow, _ cells: inout PastBlocks, _ rules: Rules, _ stamp: Stamp,
        into signals: inout [Signal]
    ) {
        let slot = AccountNow.slot(of: stamp.at)
        if AccountNow.hour(ofSlot: slot) == now.hour {
            now.closeSlot(&cells)
            now.slot = slot
            now.inSlot = 0
            return
        }
        let isNext = AccountNow.hour(ofSlot: slot) == now.hour &+ 1
        // At most all that the hour held is left of it in the rolling hour, and all of it counts as long as
        // that stays below every trigger.
        let tail = isNext ? now.total : Totals()
        let day = enter(&now, slot: slot, &cells, rules, stamp, into: &signals)
        hourFirstSequence = stamp.sequence
        now.limit = watchLevels.limit(tail: tail, day: day)
    }

    /// The clock has entered another hour: past hours leave the rolling day, and are learned a little later.
    /// Returns what the rolling day holds of the past.
    @inline(never)
    @discardableResult
    mutating func enter(
        _ now: inout AccountNow, slot: Int32, _ cells: inout PastBlocks, _ rules: Rules, _ stamp: Stamp,
        into signals: inout [Signal]
    ) -> Totals {
        let (before, hour) = (now.hour, AccountNow.hour(ofSlot: slot))
        var ended: HourCell?
        if hourFirstSequence != .max {
            ended = HourCell(hour: before, totals: now.total, firstSequence: hourFirstSequence)
        }
        var head = cells.head(now.past)
        if let cell = ended, head.hours > 0,
            cells.hour(head.hours - 1, of: now.past, head, clock: before).hour == before
        {
            cells.add(
                cell.totals, hour: before, sequence: cell.firstSequence, to: &now.past, clock: before,
                slot: now.slot)
            head = cells.head(now.past)
            ended = nil
        }
        hourFirstSequence = .max
        // Hours that are 24 h past are learned, oldest first.
        var gone = 0
        while gone < head.hours {
            let cell = cells.hour(gone, of: now.past, head, clock: before)
            if cell.hour > hour - Self.hoursKept { break }
            learn(cell, rules, stamp, into: &signals)
            gone += 1
        }
        if let cell = ended, cell.hour <= hour - Self.hoursKept {
            learn(cell, rules, stamp, into: &signals)
            ended = nil
        }
        // Of the hours that are kept one may be in front of the rolling day.
        var leaving = Totals()
        if gone < head.hours {
            let oldest = cells.hour(gone, of: now.past, head, clock: before)
            if oldest.hour == hour - 24 { leaving = oldest.totals }
        } else if let cell = ended, cell.hour == hour - 24 {
            leaving = cell.totals
        }
        return now.enter(slot: slot, dropping: gone, ended: ended, &cells) - leaving
    }

    private mutating func learn(
        _ cell: HourCell, _ rules: Rules, _ stamp: Stamp, into signals: inout [Signal]
    ) {
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

extension AccountNow {
    /// What all windows hold, by `Metric`.
    func sums(_ cells: PastBlocks) -> FourTotals { sums(tail: tail(cells), day: dayBefore(cells)) }

    /// The same, where it is known what they hold beside `total`.
    func sums(tail: Totals, day: Totals) -> FourTotals {
        FourTotals(
            spendHour: total.cost &+ tail.cost, tokensHour: total.tokens &+ tail.tokens,
            spendDay: total.cost &+ day.cost, tokensDay: total.tokens &+ day.tokens)
    }

    /// What the rolling day (24 hours of the clock, the current one included) holds beside `total`.
    func dayBefore(_ cells: PastBlocks) -> Totals { cells.sum(from: hour - 23, in: past, clock: hour) }

    /// What the hour of the clock holds.
    func hourTotals(_ cells: PastBlocks) -> Totals {
        var totals = total
        totals += cells.sum(from: hour, in: past, clock: hour)
        return totals
    }
}
