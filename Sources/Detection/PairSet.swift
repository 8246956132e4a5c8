/// An exact set of (account, kind, value) pairs: who has used what. Open addressing, 8 bytes a slot, at
/// most two thirds full.
struct PairSet: Sendable {
    private(set) var slots = [UInt64](repeating: 0, count: 1_024)
    private(set) var count = 0

    /// Adds a pair; false where it was there. Accounts are numbered from 1, so no key is 0.
    @inline(__always)
    mutating func insert(account: UInt32, isServer: Bool, value: UInt32) -> Bool {
        let key = UInt64(account) << 32 | (isServer ? 1 << 31 : 0) | UInt64(value)
        let mask = slots.count - 1
        var at = Self.hash(key) & mask
        while slots[at] != 0 {
            if slots[at] == key { return false }
            at = (at + 1) & mask
        }
        slots[at] = key
        count += 1
        if count * 3 > slots.count * 2 { grow() }
        return true
    }

    /// Whether a pair is there.
    func contains(account: UInt32, isServer: Bool, value: UInt32) -> Bool {
        let key = UInt64(account) << 32 | (isServer ? 1 << 31 : 0) | UInt64(value)
        let mask = slots.count - 1
        var at = Self.hash(key) & mask
        while slots[at] != 0 {
            if slots[at] == key { return true }
            at = (at + 1) & mask
        }
        return false
    }

    private mutating func grow() {
        var next = [UInt64](repeating: 0, count: slots.count * 2)
        for key in slots where key != 0 {
            var at = Self.hash(key) & (next.count - 1)
            while next[at] != 0 { at = (at + 1) & (next.count - 1) }
            next[at] = key
        }
        slots = next
    }

    @inline(__always)
    private static func hash(_ key: UInt64) -> Int { mixed(key) }
}

/// A place in a table for a key whose upper half counts as much as the lower: only the whole product mixes it
/// into the lower bits.
@inline(__always)
func mixed(_ key: UInt64) -> Int {
    let product = key.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return Int(truncatingIfNeeded: product.high ^ product.low)
}
