import Statistics
import UsageEvents

extension AccountState {
    /// Hours for which totals are kept; an hour is learned when the account's clock is 24 h past its end.
    static let hoursKept: Int32 = 25
    /// Five-minute slots of the rolling hour.
    static let slots = 12

    /// See `settle(_:_:at:)`; `rings` holds those of all accounts.
    mutating func settle(_ now: inout AccountNow, _ rings: inout [Totals], _ account: Int) {
        var span = rings.mutableSpan
        settle(&now, &span, at: account * Self.slots)
    }

    /// See `rollRing(by:_:at:)`.
    mutating func rollRing(by gap: Int32, _ rings: inout [Totals], _ account: Int) {
        var span = rings.mutableSpan
        rollRing(by: gap, &span, at: account * Self.slots)
    }

    /// See `addToRing(_:slot:_:at:)`.
    mutating func addToRing(_ totals: Totals, slot: Int, _ rings: inout [Totals], _ account: Int) {
        var span = rings.mutableSpan
        addToRing(totals, slot: slot, &span, at: account * Self.slots)
    }

    /// Adds what waits to all windows. The ring of the account begins at `ring` of `rings`.
    @inline(__always)
    mutating func settle(_ now: inout AccountNow, _ rings: inout MutableSpan<Totals>, at ring: Int) {
        let totals = now.pending
        if totals.cost == 0, totals.tokens == 0 { return }
        now.pending = Totals()
        sums.addHour(totals)
        sums.addDay(totals)
        hourTotals += totals
        addToRing(totals, slot: Int(ringIndex), &rings, at: ring)
    }

    /// Adds to a slot of the ring.
    @inline(__always)
    mutating func addToRing(_ totals: Totals, slot: Int, _ rings: inout MutableSpan<Totals>, at ring: Int) {
        let bit: UInt16 = 1 << UInt16(slot)
        let before = ringMask & bit == 0 ? Totals() : rings[ring + slot]
        rings[ring + slot] = Totals(
            cost: before.cost &+ totals.cost, tokens: before.tokens &+ totals.tokens)
        ringMask |= bit
    }

    /// How much may wait from here on.
    @inline(__always)
    func room() -> Totals {
        // The first event of an hour is looked at, so that its sequence is noted.
        hourFirstSequence == .max ? AccountNow.closed : sums.room(below: triggers)
    }

    /// The clock of an account that nobody watches enters a new slot, by an event that counts.
    @inline(__always)
    mutating func move(
        _ now: inout AccountNow, _ rings: inout MutableSpan<Totals>, at ring: Int, _ hours: inout HourPool,
        _ rules: Rules, _ stamp: Stamp, into signals: inout [Signal]
    ) {
        settle(&now, &rings, at: ring)
        let slot = Int32(truncatingIfNeeded: floorDivide(stamp.at, 5 * Timestamp.minute))
        let (before, hour) = (now.hour, AccountNow.hour(ofSlot: slot))
        rollRing(by: min(slot &- now.slot, Int32(Self.slots)), &rings, at: ring)
        now.slot = slot
        if hour != before {
            enter(hour: hour, after: before, hours: &hours, isWatched: false, rules, stamp, into: &signals)
            hourFirstSequence = stamp.sequence
        }
        now.room = room()
    }

    /// The clock moves on by `gap` slots: those behind leave the rolling hour. What they hold is left there,
    /// to be overwritten.
    @inline(__always)
    mutating func rollRing(by gap: Int32, _ rings: inout MutableSpan<Totals>, at ring: Int) {
        if gap >= Int32(Self.slots) {
            // All of them: the ring need not even be read.
            ringMask = 0
            sums.spendHour = 0
            sums.tokensHour = 0
            return
        }
        // The `gap` slots behind the current one, as bits of a ring of twelve.
        let turned = ((UInt32(1) << UInt32(gap)) &- 1) << (UInt32(ringIndex) &+ 1)
        var emptied = UInt16(truncatingIfNeeded: (turned | turned >> 12) & 0xfff) & ringMask
        ringMask &= ~emptied
        while emptied != 0 {
            let slot = ring + emptied.trailingZeroBitCount
            sums.spendHour &-= rings[slot].cost
            sums.tokensHour &-= rings[slot].tokens
            emptied &= emptied &- 1
        }
        let index = UInt32(ringIndex) &+ UInt32(gap)
        ringIndex = UInt8(
            truncatingIfNeeded: index >= UInt32(Self.slots) ? index &- UInt32(Self.slots) : index)
    }

    /// What the slot `back` before the clock's holds.
    func slot(back: Int, _ rings: [Totals], _ account: Int) -> Totals {
        let slot = (Int(ringIndex) + Self.slots - back) % Self.slots
        return ringMask & 1 << UInt16(slot) == 0 ? Totals() : rings[account * Self.slots + slot]
    }

    /// The clock has entered another hour: past hours leave the rolling day, and are learned a little later.
    mutating func enter(
        hour: Int32, after before: Int32, hours pool: inout HourPool, isWatched: Bool,
        _ rules: Rules, _ stamp: Stamp,
        into signals: inout [Signal]
    ) {
        if hourFirstSequence != .max {
            pool.add(hourTotals, hour: before, sequence: hourFirstSequence, to: &hours)
        }
        hourTotals = Totals()
        hourFirstSequence = .max
        // Hours that leave the rolling day (24 hours of the clock, the current one included) no longer count
        // in it.
        var at = hours.oldest
        while at != HourPool.none {
            let cell = pool[at]
            if cell.hour > hour - 24 { break }
            if cell.hour > before - 24 {
                sums.spendDay &-= cell.totals.cost
                sums.tokensDay &-= cell.totals.tokens
            }
            at = cell.newer
        }
        // Hours that are 24 h past are learned, oldest first.
        while hours.oldest != HourPool.none, pool[hours.oldest].hour <= hour - Self.hoursKept {
            let cell = pool.removeOldest(of: &hours)
            let day = cell.hour >= 0 ? cell.hour / 24 : (cell.hour - 23) / 24
            if day > self.day {
                if self.day != Int32.min { learnDay(isWatched: isWatched, rules, stamp, into: &signals) }
                self.day = day
                dayTotals = Totals()
                dayPeak = Totals()
            }
            learnHour(cell.totals, isWatched: isWatched, rules)
            signals.append(stamp.signal(.hourClosed(cell.totals)))
        }
    }

    private mutating func learnHour(_ totals: Totals, isWatched: Bool, _ rules: Rules) {
        dayTotals += totals
        dayPeak.cost = max(dayPeak.cost, totals.cost)
        dayPeak.tokens = max(dayPeak.tokens, totals.tokens)
        if totals.cost > 0, totals.tokens > 0 {
            priceCost = priceCost * 0.99 + Double(totals.cost)
            priceTokens = priceTokens * 0.99 + Double(totals.tokens)
        }
        hoursLearned &+= 1
        if Double(hoursLearned) == rules.hoursNeeded { setThresholds(isWatched: isWatched, rules) }
    }
}
