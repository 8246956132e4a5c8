/// Exact counts by key: open addressing, 16 bytes a slot, at most half full. No key is 0.
struct CountTable: Sendable {
    private(set) var slots = [(key: UInt64, count: Int)](repeating: (0, 0), count: 1_024)
    /// Keys that have a count.
    private(set) var used = 0

    /// How often a key was counted.
    func count(of key: UInt64) -> Int {
        let mask = slots.count - 1
        var at = mixed(key) & mask
        while slots[at].key != 0, slots[at].key != key { at = (at + 1) & mask }
        return slots[at].count
    }

    /// Counts a key once more; returns how often it had been counted before. O(1).
    mutating func increment(_ key: UInt64) -> Int {
        let mask = slots.count - 1
        var at = mixed(key) & mask
        while slots[at].key != 0, slots[at].key != key { at = (at + 1) & mask }
        let before = slots[at].count
        slots[at] = (key, before + 1)
        if before == 0 {
            used += 1
            if used * 2 > slots.count { grow() }
        }
        return before
    }

    /// Sets the count of a key that has none yet.
    mutating func set(_ key: UInt64, to count: Int) {
        _ = increment(key)
        let mask = slots.count - 1
        var at = mixed(key) & mask
        while slots[at].key != key { at = (at + 1) & mask }
        slots[at].count = count
    }

    private mutating func grow() {
        var next = [(key: UInt64, count: Int)](repeating: (0, 0), count: slots.count * 2)
        for slot in slots where slot.key != 0 {
            var at = mixed(slot.key) & (next.count - 1)
            while next[at].key != 0 { at = (at + 1) & (next.count - 1) }
            next[at] = slot
        }
        slots = next
    }
}
