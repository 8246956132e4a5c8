import UsageEvents

extension Scorer {
    /// The account's clock has entered a new slot: windows roll, past hours are learned, excursions may end.
    mutating func roll(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let slot = Int32(truncatingIfNeeded: floorDivide(event.ts, 5 * Timestamp.minute))
        let (before, hour) = (now[a].hour, AccountNow.hour(ofSlot: slot))
        let all = Int32(AccountState.slots)
        let gap = now[a].slot == Int32.min ? all : min(slot - now[a].slot, all)
        states[a].rollRing(by: gap, &rings, a)
        now[a].slot = slot
        let isNewHour = hour != before
        if isNewHour {
            states[a].enter(
                hour: hour, after: before, hours: &hours, isWatched: now[a].isWatched, rules, event.stamp,
                into: &signals)
        }
        guard now[a].isWatched else { return }
        endExcursions(event, into: &signals)
        guard isNewHour else { return }
        for metric in Metric.allCases where states[a].open & metric.bit != 0 {
            signals.append(signal(event, .excursionLasts(metric)))
        }
    }

    /// An event behind the account's clock, or one that is not a single request: it lands in the hour it
    /// belongs to.
    mutating func addLate(_ event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let slot = Int32(truncatingIfNeeded: floorDivide(event.ts, 5 * Timestamp.minute))
        let hour = Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.hour))
        guard hour > now[a].hour - AccountState.hoursKept else {
            lateEvents += 1
            if Int32(truncatingIfNeeded: floorDivide(event.ts, Timestamp.day)) == states[a].day {
                states[a].dayTotals += event.totals
            }
            return
        }
        if now[a].isWatched { watches.add(event.totals, event.facet, to: now[a].watch) }
        if hour == now[a].hour {
            states[a].hourTotals += event.totals
            states[a].hourFirstSequence = min(states[a].hourFirstSequence, event.sequence)
        } else {
            hours.add(event.totals, hour: hour, sequence: event.sequence, to: &states[a].hours)
        }
        if hour > now[a].hour - 24 { states[a].sums.addDay(event.totals) }
        if event.grain == .request, slot > now[a].slot - Int32(AccountState.slots) {
            let back = Int(now[a].slot - slot)
            let index = (Int(states[a].ringIndex) + AccountState.slots - back) % AccountState.slots
            states[a].sums.addHour(event.totals)
            states[a].addToRing(event.totals, slot: index, &rings, a)
        } else {
            checkHour(hour, event: event, late: late, into: &signals)
        }
    }
}
