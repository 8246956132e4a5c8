internal import UsageEvents

/// A set of 128-bit keys that only grows: open addressing, linear probing, at most three quarters full.
///
/// The keys are hashes already, so their low bits choose the slot. Sixteen bytes a slot, so a look-up that misses the
/// processor's caches misses once.
struct KeySet: Sendable {
    private var slots: [SIMD2<UInt64>]
    private(set) var count = 0

    init() { slots = [SIMD2<UInt64>](repeating: .zero, count: 64) }

    /// The key that no slot holds; a key that happens to be zero becomes its neighbour, at odds of 2^-127.
    @inline(__always)
    private static func stored(_ key: Hash128) -> SIMD2<UInt64> {
        let pair = SIMD2(key.high, key.low)
        return pair == .zero ? SIMD2(0, 1) : pair
    }

    /// Whether the key is in the set.
    func contains(_ key: Hash128) -> Bool {
        let wanted = Self.stored(key)
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let slot = slots[at]
            if slot == wanted { return true }
            if slot == .zero { return false }
            at = (at + 1) & mask
        }
    }

    /// Adds a key; false where it was there.
    mutating func insert(_ key: Hash128) -> Bool {
        let wanted = Self.stored(key)
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let slot = slots[at]
            if slot == wanted { return false }
            if slot == .zero { break }
            at = (at + 1) & mask
        }
        slots[at] = wanted
        count += 1
        if count * 4 > slots.count * 3 { grow() }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = [SIMD2<UInt64>](repeating: .zero, count: old.count * 2)
        let mask = slots.count - 1
        for key in old where key != .zero {
            var at = Int(truncatingIfNeeded: key[1]) & mask
            while slots[at] != .zero { at = (at + 1) & mask }
            slots[at] = key
        }
    }

    /// All keys in ascending order, for comparing sets.
    var sorted: [Hash128] {
        slots.filter { $0 != .zero }
            .map { Hash128(high: $0[0], low: $0[1]) }
            .sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    }
}
