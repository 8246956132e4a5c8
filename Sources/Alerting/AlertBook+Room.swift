import Detection
import UsageEvents

extension AlertBook {
    /// What had to end early, in this run, because there was no room for more.
    public struct Overflow: Sendable, Hashable {
        /// Alerts that were resolved with the reason `displaced`.
        public var alerts = 0
        /// Quiet times after which something may be told again.
        public var quietTimes = 0
    }

    /// Makes room for one more alert and one more quiet time: at the bound a sixteenth of what is there goes,
    /// so that the order need not be found for each.
    ///
    /// First uses end before excursions, whatever their age: a flood of new names must not hide what an
    /// account spends. Within each, what would have ended first ends first.
    mutating func makeRoom(
        at now: Timestamp, symbols: borrowing Symbols, into out: inout [AlertTransition]
    ) {
        if open.count >= openMax {
            let order = open.map { key, entry in
                (
                    isSpike: entry.anomaly.metric != nil, deadline: deadlines[key] ?? .max,
                    id: entry.transition.id, key: key
                )
            }.sorted { a, b in
                a.isSpike != b.isSpike ? b.isSpike : (a.deadline, a.id) < (b.deadline, b.id)
            }
            for (_, _, _, key) in order.prefix(max(1, openMax / 16)) {
                guard let entry = open[key] else { continue }
                resolve(key, entry, at: now, reason: "displaced", into: &out)
                overflow.alerts += 1
            }
        }
        if quiet.count >= quietMax {
            // Numbers of accounts differ between runs, their names do not.
            func name(_ key: Key) -> ArraySlice<UInt8> { symbols.identities.utf8(of: key.account) }
            let order = quiet.map { (key: $0, until: $1.until) }.sorted { a, b in
                if a.until != b.until { return a.until < b.until }
                if a.key.account == b.key.account { return a.key.family < b.key.family }
                return name(a.key).lexicographicallyPrecedes(name(b.key))
            }
            for (key, _) in order.prefix(quiet.count - quietMax + max(1, quietMax / 16)) {
                quiet[key] = nil
                overflow.quietTimes += 1
            }
        }
    }
}
