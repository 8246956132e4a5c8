import Statistics
import UsageEvents

extension Scorer {
    /// A total has reached its trigger. The first stage begins to note what drives it, the second is an
    /// excursion.
    mutating func trigger(_ event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        if !now[a].isWatched {
            states[a].watch = watches.begin(at: now[a].hour)
            now[a].isWatched = true
            watches[states[a].watch].add(event.totals, event.facet)
            watches[states[a].watch].follow(states[a], rules)
        }
        let sums = now[a].sums(cells)
        for metric in Metric.allCases where sums[metric] >= watches[states[a].watch].triggers[metric] {
            signals.append(
                raise(metric, observed: sums[metric], hour: nil, event: event, retroactive: late))
        }
    }

    /// An hour outside the rolling one has grown by a late event or a bucket: is it a spike after all?
    mutating func checkHour(_ hour: Int32, event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let totals =
            hour == now[a].hour
            ? now[a].hourTotals(cells)
            : cells.find(hour, in: now[a].past, clock: now[a].hour)?.totals ?? Totals()
        for metric in [Metric.spendHour, .tokensHour] {
            let observed = metric.isSpend ? totals.cost : totals.tokens
            let isOpen = states[a].open & metric.bit != 0
            let trigger = isOpen ? watches[states[a].watch].triggers[metric] : states[a].thresholds[metric]
            guard observed >= trigger else { continue }
            if !now[a].isWatched { self.trigger(event, late: late, into: &signals) }
            signals.append(raise(metric, observed: observed, hour: hour, event: event, retroactive: late))
        }
    }

    /// The signal of an excursion, and the next trigger half as high again. `hour` is the clock hour of a
    /// late rise.
    private mutating func raise(
        _ metric: Metric, observed: Int64, hour: Int32?, event: Observation, retroactive: Bool
    ) -> Signal {
        let a = event.account
        let bit: UInt8 = metric.bit
        let known = states[a].baseline(metric, configuration.baseline)
        let warm = known.have >= known.need
        let isFirst = states[a].open & bit == 0 || warm && states[a].openAsNewcomer & bit != 0
        states[a].open |= bit
        if warm { states[a].openAsNewcomer &= ~bit } else { states[a].openAsNewcomer |= bit }
        let next = observed.addingReportingOverflow(observed / 2)
        watches[states[a].watch].triggers[metric] = next.overflow ? .max : next.partialValue
        let start = start(metric, observed, hour, a)
        let excursion = Excursion(
            metric: metric, phase: isFirst ? .began : .grew, observed: observed,
            expected: warm ? expectation(metric, observed, known.mean, known.spread) : nil, have: known.have,
            need: known.need, startsAt: Timestamp(rawValue: start.at), parts: watches[states[a].watch].parts,
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
        let current = states[a].hourFirstSequence
        if let hour, hour != now[a].hour {
            let cell = cells.find(hour, in: now[a].past, clock: now[a].hour)
            return (Int64(hour) * Timestamp.hour, cell?.firstSequence ?? current)
        }
        var sum: Int64 = 0
        if metric.isHour, hour == nil {
            let slots = now[a].slots(cells)
            var back = 0
            while back < slots.count {
                sum &+= amount(slots[back])
                if sum >= enough { break }
                back += 1
            }
            let at = Int64(now[a].slot - Int32(min(back, slots.count - 1))) * 5 * Timestamp.minute
            let before = cells.find(now[a].hour - 1, in: now[a].past, clock: now[a].hour)
            return (at, min(current, before?.firstSequence ?? current))
        }
        sum = amount(now[a].hourTotals(cells))
        var since = now[a].hour
        var sequence = current
        for cell in cells.hours(of: now[a].past, clock: now[a].hour).reversed()
        where cell.hour < now[a].hour {
            guard sum < enough, cell.hour > now[a].hour - 24 else { break }
            sum &+= amount(cell.totals)
            since = cell.hour
            sequence = min(sequence, cell.firstSequence)
        }
        return (Int64(since) * Timestamp.hour, sequence)
    }

    private func expectation(_ metric: Metric, _ observed: Int64, _ mean: Double, _ spread: Double)
        -> Expectation
    {
        let s = rules.spike(metric)
        return Expectation(
            value: Deterministic.exp2(mean), low: Deterministic.exp2(mean - spread),
            high: Deterministic.exp2(mean + spread),
            score: (Deterministic.log2(Double(max(observed, 1))) - mean) / spread,
            threshold: metric.isHour ? s.sensitivity : s.daySensitivity)
    }

    /// At the end of a slot: totals below half their threshold are back to normal; with all below a quarter
    /// nobody watches.
    mutating func endExcursions(
        _ event: Observation, _ sums: FourTotals, into signals: inout [Signal]
    ) {
        let a = event.account
        var isLow = true
        for metric in Metric.allCases where states[a].thresholds[metric] != .max {
            let sum = sums[metric]
            if sum >= states[a].thresholds[metric] / 4 { isLow = false }
            guard states[a].open & metric.bit != 0, sum < states[a].thresholds[metric] / 2 else {
                continue
            }
            states[a].close(metric)
            signals.append(signal(event, .excursionEnded(metric, reason: .backToNormal)))
        }
        let number = states[a].watch
        watches[number].follow(states[a], rules)
        let isStale = states[a].open == 0 && now[a].hour - watches[number].since >= 24
        guard isLow || isStale else { return }
        // Begin afresh: what was used more than a day ago does not drive a total of today.
        watches.end(number)
        states[a].watch = 0
        now[a].isWatched = false
    }
}
