/// Which accounts are in which team: 4 bytes an account, for nearly all name one team all their lives, and 12
/// to 24 for each further team of one.
struct TeamMembers: Sendable {
    /// By account; 0 for none.
    private var first: [UInt32] = []
    private var further = PairSet()

    /// Adds a pair; false where it was there. Neither number is 0.
    mutating func insert(account: UInt32, team: UInt32) -> Bool {
        let place = Int(account)
        if place >= first.count {
            first.append(contentsOf: repeatElement(0, count: place + 1 - first.count))
        }
        if first[place] == team { return false }
        guard first[place] == 0 else {
            return further.insert(account: account, isServer: false, value: team)
        }
        first[place] = team
        return true
    }

    /// All pairs, in no order.
    var pairs: [(account: UInt32, team: UInt32)] {
        var pairs: [(account: UInt32, team: UInt32)] = []
        for account in first.indices where first[account] != 0 {
            pairs.append((UInt32(account), first[account]))
        }
        for key in further.slots where key != 0 {
            pairs.append((UInt32(truncatingIfNeeded: key >> 32), UInt32(truncatingIfNeeded: key)))
        }
        return pairs
    }
}
