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

    /// Brings what a look-up of a key reads into the cache.
    @inline(__always)
    func prefetch(_ key: Hash128) {
        older.prefetch(key)
        current.prefetch(key)
    }

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

/// Keys in the order of their arrival, and a table of their places, at most half full.
///
/// The keys are hashes already, so their bits choose the place: a group of eight slots, or the next group
/// where that one is full. A slot has nine bits of the key and its number from 1 on, so a table of a million
/// keys has 8 MiB, and one look at one group, all eight slots at once, mostly tells a new key from the
/// others. 24 to 48 bytes a key.
struct KeyGeneration: Sendable {
    private(set) var keys: [Hash128]
    /// Two elements a group, the first group at `first`. Slots of a group fill from its first one on and are
    /// never freed one by one; a free one is 0.
    private var halves: [Half] = []
    private var first = 0
    /// The number of groups, a power of two, less one.
    private var mask = 0

    private typealias Group = SIMD8<UInt32>
    private typealias Half = SIMD4<UInt32>
    private typealias Place = (group: Int, slot: UInt32)

    /// Bits of a slot that hold the number of a key.
    private static let numberBits: UInt32 = 23
    /// How many keys ahead the memory is asked for a group.
    static let lookAhead = 64
    /// Keys that can be numbered.
    static let countMax = 1 << 23 - 1

    /// The keys that are there, each once.
    init(_ keys: [Hash128] = []) {
        self.keys = keys
        var groups = 8
        while keys.count * 2 > groups * 8 { groups *= 2 }
        fill(groups)
    }

    /// Brings the group of a key into the cache.
    @inline(__always)
    func prefetch(_ key: Hash128) { halves.prefetch(first &+ 2 &* group(of: key)) }

    @inline(__always)
    private func group(of key: Hash128) -> Int { Int(truncatingIfNeeded: key.low) & mask }

    @inline(__always)
    private subscript(group: Int) -> Group {
        let at = first &+ 2 &* group
        return Group(lowHalf: halves[at], highHalf: halves[at &+ 1])
    }

    @inline(__always)
    private static func tag(_ key: Hash128) -> UInt32 {
        UInt32(truncatingIfNeeded: key.high >> 55) << numberBits
    }

    /// How many slots of a group are taken, and 8 more for each that may have the key of a tag.
    @inline(__always)
    private static func look(_ group: Group, _ tag: UInt32) -> UInt32 {
        let taken = Group(repeating: 1).replacing(with: 0, where: group .== .zero)
        let others = (group ^ Group(repeating: tag)) & Group(repeating: ~0 << numberBits)
        let both = taken | Group.zero.replacing(with: 8, where: others .== .zero)
        let four = both.lowHalf &+ both.highHalf
        let two = four.lowHalf &+ four.highHalf
        return two[0] &+ two[1]
    }

    /// Where a key would go; nil where it is there.
    @inline(__always)
    private func free(_ key: Hash128) -> Place? {
        let tag = Self.tag(key)
        let group = group(of: key)
        let seen = Self.look(self[group], tag)
        return seen < 8 ? (group, seen) : freeSlowly(key, tag, group)
    }

    /// The same, one slot after the other.
    @inline(never)
    private func freeSlowly(_ key: Hash128, _ tag: UInt32, _ start: Int) -> Place? {
        var at = start
        while true {
            let group = self[at]
            for k in 0..<8 {
                let slot = group[k]
                if slot == 0 { return (at, UInt32(k)) }
                if (slot ^ tag) >> Self.numberBits == 0,
                    keys[Int(slot & (1 << Self.numberBits - 1)) - 1] == key
                {
                    return nil
                }
            }
            at = (at + 1) & mask
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
        set(place, Self.tag(key) | UInt32(truncatingIfNeeded: keys.count))
        if keys.count * 2 > (mask + 1) * 8 { fill((mask + 1) * (mask + 1 < 1 << 17 ? 4 : 2)) }
        return true
    }

    /// Fills a free slot, as part of its half of the group: a store of four bytes would make the next look at
    /// the group wait.
    @inline(__always)
    private mutating func set(_ place: Place, _ value: UInt32) {
        let slot = Half(repeating: place.slot & 3)
        let at = first &+ 2 &* place.group &+ Int(place.slot >> 2)
        halves[at] |= Half.zero.replacing(with: value, where: Half(0, 1, 2, 3) .== slot)
    }

    /// Forgets all keys, keeps the memory.
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        for i in halves.indices { halves[i] = .zero }
    }

    /// Enters all keys into an empty table of so many groups.
    @inline(never)
    private mutating func fill(_ groups: Int) {
        precondition(keys.count <= Self.countMax)
        // Room to begin with a line of the cache, so that no group lies in two.
        halves = [Half](repeating: .zero, count: 2 * groups + 3)
        first = halves.firstOfLine
        mask = groups - 1
        let keys = keys
        for i in keys.indices {
            if i + Self.lookAhead < keys.count { prefetch(keys[i + Self.lookAhead]) }
            var at = group(of: keys[i])
            while self[at][7] != 0 { at = (at + 1) & mask }
            // What looks like this key counts eights.
            let taken = Self.look(self[at], 0) % 8
            set((at, taken), Self.tag(keys[i]) | UInt32(truncatingIfNeeded: i + 1))
        }
    }
}
