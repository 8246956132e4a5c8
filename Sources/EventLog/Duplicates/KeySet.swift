internal import UsageEvents

/// A set of 128-bit keys that only grows: the keys in the order of arrival, and a table of their places with
/// open addressing and linear probing, at most two thirds full.
///
/// The keys are hashes already, so their bits choose the slot. A slot is 32 bits of the key and its place
/// plus one; a new key is told from others by those bits, hence costs one miss of the processor's caches, in
/// a table half as large as the keys. 28 to 40 bytes a key.
struct KeySet: Sendable {
    private var keys: [Hash128] = []
    private var slots: [UInt64]

    init() { slots = [UInt64](repeating: 0, count: 64) }

    var count: Int { keys.count }

    /// Reads the slots that keys begin at, which brings them into the cache; what it returns means nothing.
    func touch(_ hashes: ArraySlice<Hash128>) -> UInt64 {
        let mask = slots.count - 1
        var touched: UInt64 = 0
        for key in hashes { touched ^= slots[Int(truncatingIfNeeded: key.low) & mask] }
        return touched
    }

    /// The place of a key among `slots`: where it is, or the empty slot where it would be.
    @inline(__always)
    private func find(_ key: Hash128) -> (slot: Int, isThere: Bool) {
        let tag = key.high & 0xffff_ffff_0000_0000
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let word = slots[at]
            if word == 0 { return (at, false) }
            if word & 0xffff_ffff_0000_0000 == tag,
                keys[Int(truncatingIfNeeded: word & 0xffff_ffff) - 1] == key
            {
                return (at, true)
            }
            at = (at + 1) & mask
        }
    }

    /// Whether the key is in the set.
    func contains(_ key: Hash128) -> Bool { find(key).isThere }

    /// Adds a key; false where it was there.
    mutating func insert(_ key: Hash128) -> Bool {
        let (at, isThere) = find(key)
        if isThere { return false }
        keys.append(key)
        slots[at] = key.high & 0xffff_ffff_0000_0000 | UInt64(keys.count)
        if keys.count * 3 > slots.count * 2 { grow() }
        return true
    }

    /// Forgets all keys, keeps the memory.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        for i in slots.indices { slots[i] = 0 }
    }

    private mutating func grow() {
        // Steps of four while the set is small: filling the table anew costs more than memory that is soon
        // used.
        let factor = slots.count < 1 << 20 ? 4 : 2
        keys.reserveCapacity(slots.count * factor * 2 / 3 + 1)
        var next = [UInt64](repeating: 0, count: slots.count * factor)
        let mask = next.count - 1
        for (i, key) in keys.enumerated() {
            var at = Int(truncatingIfNeeded: key.low) & mask
            while next[at] != 0 { at = (at + 1) & mask }
            next[at] = key.high & 0xffff_ffff_0000_0000 | UInt64(i + 1)
        }
        slots = next
    }

    /// All keys in ascending order, for comparing sets.
    var sorted: [Hash128] { keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) } }
}
