import UsageEvents

/// Which models and MCP servers accounts have used that do not fit beside the account: of those with more
/// than eight, or with large numbers. 12 to 24 bytes a value, and 32 to 64 an account.
///
/// An account has at most `valuesMax` here; whatever else it uses counts as known to it. So one that makes up
/// names takes no more than its share, and hides nothing that others use.
struct UsedTable: Sendable {
    private var pairs = PairSet()
    /// By account, how many values are here.
    private var counts = CountTable()
    private let valuesMax: Int
    /// Uses of values that were not remembered because their account had too many, those that the account's
    /// own line still knew left out.
    private(set) var refused: UInt64 = 0

    /// Nobody has used anything.
    init(valuesMax: Int = FoldBounds.current.valuesPerAccount) {
        precondition(valuesMax >= KnownValues.count)
        self.valuesMax = valuesMax
    }

    /// Whether all values of an account are here.
    func has(_ account: UInt32) -> Bool { counts.count(of: UInt64(account)) != 0 }

    /// Adds a value; false where it was there, or counts as known.
    mutating func insert(account: UInt32, isServer: Bool, value: UInt32) -> Bool {
        guard counts.count(of: UInt64(account)) < valuesMax else {
            if !pairs.contains(account: account, isServer: isServer, value: value) { refused += 1 }
            return false
        }
        guard pairs.insert(account: account, isServer: isServer, value: value) else { return false }
        _ = counts.increment(UInt64(account))
        return true
    }

    /// All values as keys: the account in the upper half, then `Scorer.serverBit`, then the number.
    var keys: [UInt64] { pairs.slots.filter { $0 != 0 } }
}

extension Scorer {
    /// Uses of models and servers that count as known to their account, in this run: there was no room to
    /// remember more.
    public var valuesRefused: UInt64 { used.refused }
}
