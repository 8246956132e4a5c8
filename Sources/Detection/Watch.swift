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
    }
}

/// The watches of the accounts that have one, numbered from 1 so that 0 can stand for none.
struct WatchPool: Sendable {
    private var watches: [Watch] = [Watch()]
    private var free: [UInt32] = []

    subscript(number: UInt32) -> Watch { watches[Int(number)] }

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

    mutating func add(_ totals: Totals, _ facet: Facet, to number: UInt32) {
        watches[Int(number)].add(totals, facet)
    }
}
