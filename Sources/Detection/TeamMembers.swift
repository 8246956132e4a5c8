import UsageEvents

/// Which accounts are in which team: 4 bytes an account, for nearly all name one team all their lives, and 12
/// to 24 for each further team of one.
struct TeamMembers: Sendable {
    /// By account; 0 for none.
    private var first: [UInt32] = []
    private var further = PairSet()
    private let furtherMax: Int
    /// Pairs that were not added because there were too many.
    private(set) var refused: UInt64 = 0

    /// Nobody is in a team; accounts may be in so many beside their first one, all together.
    init(furtherMax: Int = FoldBounds.current.furtherTeams) { self.furtherMax = furtherMax }

    /// Adds a pair; false where it was there, or where there is no room for it. Neither number is 0.
    mutating func insert(account: UInt32, team: UInt32) -> Bool {
        let place = Int(account)
        if place >= first.count {
            first.append(contentsOf: repeatElement(0, count: place + 1 - first.count))
        }
        if first[place] == team { return false }
        guard first[place] == 0 else {
            if further.count >= furtherMax {
                if !further.contains(account: account, isServer: false, value: team) { refused += 1 }
                return false
            }
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
