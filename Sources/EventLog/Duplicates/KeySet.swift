internal import UsageEvents

/// The 128-bit keys of two generations, the current one and the one before it.
struct KeySet: Sendable {
    private var older = KeyGeneration()
    private var current = KeyGeneration()

    init() {}

    /// The keys of two generations that were remembered before.
    init(older: [Hash128], current: [Hash128]) {
        self.older = KeyGeneration(older)
        self.current = KeyGeneration(current)
    }

    /// The keys of the older generation and of the current one, each in the order of their arrival.
    var generations: [[Hash128]] { [older.keys, current.keys] }

    /// Keys of both generations.
    var count: Int { older.keys.count + current.keys.count }
    /// Keys of the older generation.
    var olderCount: Int { older.keys.count }
    /// Keys of the current generation.
    var currentCount: Int { current.keys.count }

    /// Reads the slots that keys begin at, which brings them into the cache; what it returns means nothing.
    func touch(_ hashes: Span<Hash128>) -> UInt32 { older.touch(hashes) ^ current.touch(hashes) }

    /// Adds a key to the current generation; false where either generation has it.
    @inline(__always)
    mutating func insert(_ key: Hash128) -> Bool { !older.contains(key) && current.insert(key) }

    /// Forgets the older generation; the current one takes its place.
    mutating func turn() {
        swap(&older, &current)
        current.removeAll()
    }

    /// All keys of each generation in ascending order, for comparing sets.
    var sorted: [[Hash128]] {
        generations.map { $0.sorted { ($0.high, $0.low) < ($1.high, $1.low) } }
    }
}

/// Keys in the order of their arrival, and a table of their places: open addressing with linear probing, at
/// most half full.
///
/// The keys are hashes already, so their bits choose the slot. A slot has eight bits of the key and its
/// number from 1 on, so a table of a million keys has 8 MiB, and a new key is mostly told from the others by
/// one look into it. 24 to 48 bytes a key.
struct KeyGeneration: Sendable {
    private(set) var keys: [Hash128]
    private var slots: [UInt32]

    /// Bits of a slot that hold the number of a key.
    private static let numberBits: UInt32 = 24
    /// Keys that can be numbered.
    static let countMax = 1 << 24 - 1

    /// The keys that are there, each once.
    init(_ keys: [Hash128] = []) {
        self.keys = keys
        var size = 64
        while keys.count * 2 > size { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        fill()
    }

    func touch(_ hashes: Span<Hash128>) -> UInt32 {
        let mask = slots.count &- 1
        var touched: UInt32 = 0
        for i in hashes.indices { touched ^= slots[Int(truncatingIfNeeded: hashes[i].low) & mask] }
        return touched
    }

    private static func tag(_ key: Hash128) -> UInt32 {
        UInt32(truncatingIfNeeded: key.high >> 56) << numberBits
    }

    /// The slot where a key would go; nil where it is there.
    @inline(__always)
    private func free(_ key: Hash128) -> Int? {
        let tag = Self.tag(key)
        let mask = slots.count &- 1
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let slot = slots[at]
            if slot == 0 { return at }
            if (slot ^ tag) >> Self.numberBits == 0, keys[Int(slot & (1 << Self.numberBits - 1)) - 1] == key {
                return nil
            }
            at = (at &+ 1) & mask
        }
    }

    /// Whether a key is there.
    @inline(__always)
    func contains(_ key: Hash128) -> Bool { free(key) == nil }

    /// Adds a key; false where it is there.
    @inline(__always)
    mutating func insert(_ key: Hash128) -> Bool {
        guard let place = free(key) else { return false }
        keys.append(key)
        slots[place] = Self.tag(key) | UInt32(truncatingIfNeeded: keys.count)
        if keys.count * 2 > slots.count { grow() }
        return true
    }

    /// Forgets all keys, keeps the memory.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        for i in slots.indices { slots[i] = 0 }
    }

    @inline(never)
    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * (slots.count < 1 << 20 ? 4 : 2))
        fill()
    }

    /// Enters all keys into an empty table.
    private mutating func fill() {
        precondition(keys.count <= Self.countMax)
        let mask = slots.count - 1
        for i in keys.indices {
            var at = Int(truncatingIfNeeded: keys[i].low) & mask
            while slots[at] != 0 { at = (at + 1) & mask }
            slots[at] = Self.tag(keys[i]) | UInt32(truncatingIfNeeded: i + 1)
        }
    }
}
