/// Which group and which period a sum is about.
struct UsageKey: Hashable, Sendable {
    /// Numbers of the names, one a dimension; 0 behind the last.
    var labels = SIMD4<UInt32>()
    /// Number of the period; 0 where time does not matter.
    var period: Int32 = 0

    /// A hash for a table of this process only. Nobody outside chooses the numbers, so it needs no seed.
    var mixed: Int {
        let a = (UInt64(labels[0]) | UInt64(labels[1]) << 32) ^ 0x9e37_79b9_7f4a_7c15
        let b = UInt64(labels[2]) | UInt64(labels[3]) << 32
        let low = a.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
        let rest = (low.high ^ low.low ^ b) &+ UInt64(UInt32(bitPattern: period)) &* 0xc2b2_ae3d_27d4_eb4f
        let high = rest.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return Int(truncatingIfNeeded: high.high ^ high.low)
    }
}

/// Dense numbers for keys, in order of first appearance: that order alone is ever looked at, never the
/// table's.
///
/// A standard dictionary would do, at three times the cost for each event.
struct UsageIndex: Sendable {
    private(set) var keys: [UsageKey] = []
    /// One more than a key's number; 0 where the slot is free.
    private var slots = [UInt32](repeating: 0, count: 64)

    /// The number of a key, which is added where it is new.
    mutating func number(of key: UsageKey) -> Int {
        let place = place(of: key)
        if slots[place] != 0 { return Int(slots[place]) - 1 }
        keys.append(key)
        slots[place] = UInt32(keys.count)
        if keys.count * 2 > slots.count { grow() }
        return keys.count - 1
    }

    private func place(of key: UsageKey) -> Int {
        let mask = slots.count - 1
        var at = key.mixed & mask
        while slots[at] != 0, keys[Int(slots[at]) - 1] != key { at = (at + 1) & mask }
        return at
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (number, key) in keys.enumerated() { slots[place(of: key)] = UInt32(number + 1) }
    }
}
