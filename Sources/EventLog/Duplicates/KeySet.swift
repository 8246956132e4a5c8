internal import UsageEvents

/// The 128-bit keys of two generations, the current one and the one before it, and one table of their
/// places: open addressing with linear probing, at most half full.
///
/// The keys are hashes already, so their bits choose the slot. A slot has eight bits of the key and its
/// number, so a table of 2 million keys has 16 MiB, and a new key is mostly told from the others by one look
/// into it. Keys are numbered from 1 on, those of the older generation first. 24 to 48 bytes a key.
struct KeySet: Sendable {
    private var older: [Hash128] = []
    private var current: [Hash128] = []
    private var slots: [UInt32]

    /// Bits of a slot that hold the number of a key.
    private static let numberBits: UInt32 = 24
    /// Keys that can be numbered.
    static let countMax = 1 << 24 - 1

    init() { slots = [UInt32](repeating: 0, count: 64) }

    /// The keys of two generations that were remembered before.
    init(older: [Hash128], current: [Hash128]) {
        self.older = older
        self.current = current
        slots = []
        var size = 64
        while (older.count + current.count) * 2 > size { size *= size < 1 << 20 ? 4 : 2 }
        fill(size: size)
    }

    /// The keys of the older generation and of the current one, each in the order of their arrival.
    var generations: [[Hash128]] { [older, current] }

    /// Keys of both generations.
    var count: Int { older.count + current.count }
    /// Keys of the older generation.
    var olderCount: Int { older.count }
    /// Keys of the current generation.
    var currentCount: Int { current.count }

    /// Reads the slots that keys begin at, which brings them into the cache; what it returns means nothing.
    func touch(_ hashes: ArraySlice<Hash128>) -> UInt32 {
        let mask = slots.count - 1
        var touched: UInt32 = 0
        for key in hashes { touched ^= slots[Int(truncatingIfNeeded: key.low) & mask] }
        return touched
    }

    private static func tag(_ key: Hash128) -> UInt32 {
        UInt32(truncatingIfNeeded: key.high >> 56) << numberBits
    }

    /// Whether the key with a number is this one.
    private func isKey(_ number: Int, _ key: Hash128) -> Bool {
        number > older.count ? current[number - older.count - 1] == key : older[number - 1] == key
    }

    /// Adds a key to the current generation; false where either generation has it.
    @inline(__always)
    mutating func insert(_ key: Hash128) -> Bool {
        let tag = Self.tag(key)
        let mask = slots.count &- 1
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let slot = slots[at]
            if slot == 0 { break }
            if (slot ^ tag) >> Self.numberBits == 0,
                isKey(Int(slot & (1 << Self.numberBits - 1)), key)
            {
                return false
            }
            at = (at &+ 1) & mask
        }
        current.append(key)
        slots[at] = tag | UInt32(truncatingIfNeeded: count)
        if count * 2 > slots.count { fill(size: slots.count * (slots.count < 1 << 20 ? 4 : 2)) }
        return true
    }

    /// Forgets the older generation; the current one takes its place.
    mutating func turn() {
        swap(&older, &current)
        current.removeAll(keepingCapacity: true)
        fill(size: slots.count)
    }

    /// Makes the table anew, with so many slots.
    private mutating func fill(size: Int) {
        precondition(size / 2 <= Self.countMax + 1)
        if size == slots.count {
            for i in slots.indices { slots[i] = 0 }
        } else {
            slots = [UInt32](repeating: 0, count: size)
        }
        let mask = size - 1
        var number: UInt32 = 0
        for keys in [older, current] {
            for key in keys {
                number += 1
                var at = Int(truncatingIfNeeded: key.low) & mask
                while slots[at] != 0 { at = (at + 1) & mask }
                slots[at] = Self.tag(key) | number
            }
        }
    }

    /// All keys of each generation in ascending order, for comparing sets.
    var sorted: [[Hash128]] {
        [older, current].map { $0.sorted { ($0.high, $0.low) < ($1.high, $1.low) } }
    }
}
