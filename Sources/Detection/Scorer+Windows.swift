import UsageEvents

extension Scorer {
    /// The account's clock has entered a new slot: windows roll, past hours are learned, excursions may end.
    /// Returns what the windows hold beside the running total, where that was asked.
    mutating func roll(
        _ event: Observation, into signals: inout [Signal]
    ) -> (tail: Totals, day: Totals)? {
        let a = event.account
        let slot = AccountNow.slot(of: event.ts)
        let isNewHour = AccountNow.hour(ofSlot: slot) != now[a].hour
        if isNewHour {
            states[a].enter(&now[a], slot: slot, &cells, rules, event.stamp, into: &signals)
            if now[a].isWatched { watches[states[a].watch].follow(states[a], rules) }
        } else if slot != now[a].slot {
            now[a].closeSlot(&cells)
            now[a].slot = slot
        }
        now[a].clock = event.ts
        guard now[a].isWatched else { return nil }
        let windows = (tail: now[a].tail(cells), day: now[a].dayBefore(cells))
        endExcursions(event, now[a].sums(tail: windows.tail, day: windows.day), into: &signals)
        guard isNewHour else { return windows }
        for metric in Metric.allCases where states[a].open & metric.bit != 0 {
            signals.append(signal(event, .excursionLasts(metric)))
        }
        return windows
    }

    /// An event behind the account's clock, or one that is not a single request: it lands in the hour it
    /// belongs to.
    mutating func addLate(_ event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let slot = AccountNow.slot(of: event.ts)
        let hour = AccountNow.hour(ofSlot: slot)
        guard hour > now[a].hour - AccountState.hoursKept else {
            lateEvents += 1
            if Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.day)) == states[a].day {
                states[a].dayTotals += event.totals
            }
            return
        }
        if now[a].isWatched { watches[states[a].watch].add(event.totals, event.facet) }
        let isInRing = event.grain == .request && slot > now[a].slot - Int32(AccountState.slots)
        if hour == now[a].hour {
            states[a].hourFirstSequence = min(states[a].hourFirstSequence, event.sequence)
        }
        if isInRing { now[a].addLate(event.totals, slot: slot, &cells) }
        if hour != now[a].hour || !isInRing {
            let (clock, running) = (now[a].hour, now[a].slot)
            cells.add(
                event.totals, hour: hour, sequence: event.sequence, to: &now[a].past, clock: clock,
                slot: running)
        }
        if !isInRing { checkHour(hour, event: event, late: late, into: &signals) }
    }
}
