/// What drives an account's totals, noted from the moment one of them passes half its threshold.
///
/// Keeping this for every account all the time would cost most of the memory and time of scoring; nobody
/// asks before a total rises.
struct Watch: Sendable {
    /// Different facets that are told apart; further ones are summed as "other" (`Facet()`).
    static let facetsMax = 64

    var parts: [Part] = []
    /// The hour of the account's clock when it began.
    var since: Int32 = 0
    /// The totals at which an excursion begins or grows, by `Metric`.
    var triggers = FourTotals()

    mutating func add(_ totals: Totals, _ facet: Facet) {
        for i in parts.indices where parts[i].facet == facet {
            parts[i].totals += totals
            return
        }
        if parts.count == Self.facetsMax { return add(totals, Facet()) }
        // The place of "other" is kept free.
        if parts.count == Self.facetsMax - 1, facet != Facet() { return add(totals, Facet()) }
        parts.append(Part(facet: facet, totals: totals))
    }

    /// Begins afresh, keeping the memory.
    mutating func begin(at hour: Int32) {
        parts.removeAll(keepingCapacity: true)
        since = hour
        triggers = FourTotals(repeating: .max)
    }

    /// The account's thresholds or excursions have changed: what is not open begins at its threshold. What
    /// has become known while above a rung is decided by its own baseline from now on; it stays open, so that
    /// an alert about it is resolved when the total falls.
    mutating func follow(_ state: AccountState, _ rules: Rules) {
        for metric in Metric.allCases {
            let isOpen = state.open & metric.bit != 0
            if !isOpen || state.openAsNewcomer & metric.bit != 0 && state.isKnown(metric, rules) {
                triggers[metric] = state.thresholds[metric]
            }
        }
    }
}

/// The watches of the accounts that have one, numbered from 1 so that 0 can stand for none.
struct WatchPool: Sendable {
    private var watches: [Watch] = [Watch()]
    private var free: [UInt32] = []

    subscript(number: UInt32) -> Watch {
        get { watches[Int(number)] }
        _modify { yield &watches[Int(number)] }
    }

    /// A watch that begins at an hour.
    mutating func begin(at hour: Int32) -> UInt32 {
        let number = free.popLast() ?? UInt32(watches.count)
        if number == UInt32(watches.count) { watches.append(Watch()) }
        watches[Int(number)].begin(at: hour)
        return number
    }

    /// The number of a watch that was going on before.
    mutating func resume(_ watch: Watch) -> UInt32 {
        watches.append(watch)
        return UInt32(watches.count - 1)
    }

    /// Nobody needs the watch any more.
    mutating func end(_ number: UInt32) { free.append(number) }
}
