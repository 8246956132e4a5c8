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
        current.removeAll(roomFor: older)
    }

    /// All keys of each generation in ascending order, for comparing sets.
    var sorted: [[Hash128]] {
        generations.map { $0.sorted { ($0.high, $0.low) < ($1.high, $1.low) } }
    }
}

/// Keys in the order of their arrival, and a table of their places, at most half full.
///
/// The keys are hashes already, so their bits choose the place: a group of eight slots, or another one where
/// that one is full. A slot has the number of a key, from 1 on, and in the bits that are left, at least nine,
/// some of the key. So a table of a million keys has 8 MiB, and one look at one group, all eight slots at
/// once, mostly tells a new key from the others. 24 to 48 bytes a key.
struct KeyGeneration: Sendable {
    private(set) var keys: [Hash128]
    /// Two elements a group, the first group at `first`. Slots of a group fill from its first one on and are
    /// never freed one by one; a free one is 0.
    private var halves: [Half] = []
    private var first = 0
    /// The number of groups, a power of two, less one.
    private var mask = 0

    private typealias Half = SIMD4<UInt32>
    private typealias Place = (group: Int, slot: Int)

    /// Bits of a slot that hold the number of a key: as few as the table needs, because the others, its tag,
    /// tell keys apart.
    private var numberMask: UInt32 = 0
    /// How many keys ahead the memory is asked for a group.
    static let lookAhead = 64
    /// Keys that can be numbered.
    static let countMax = 1 << 23 - 1

    /// The keys that are there, each once.
    init(_ keys: [Hash128] = []) {
        self.keys = keys
        var groups = 8
        while keys.count * 2 >= groups * 8 - 2 { groups *= 2 }
        fill(groups)
    }

    /// Brings the group of a key into the cache.
    @inline(__always)
    func prefetch(_ key: Hash128) { halves.prefetch(first &+ 2 &* group(of: key)) }

    @inline(__always)
    private func group(of key: Hash128) -> Int { Int(truncatingIfNeeded: key.low) & mask }

    @inline(__always)
    private func tag(_ key: Hash128) -> UInt32 {
        UInt32(truncatingIfNeeded: key.high >> 32) & ~numberMask
    }

    /// The free slots of a group, and those that may have the key of a tag, eight bits each.
    @inline(__always)
    private func look(_ group: Int, _ tag: UInt32) -> UInt32 {
        halves.look(first &+ 2 &* group, tag, ignoring: numberMask)
    }

    /// Where a key would go; nil where it is there. It changes nothing: it is `mutating` so that it is not
    /// handed a copy of the table's fields.
    @inline(__always)
    private mutating func free(_ key: Hash128) -> Place? {
        let tag = tag(key)
        let group = group(of: key)
        let seen = look(group, tag)
        // The last slot is free, and none looks like the key.
        if seen & 0xff80 == 0x80 { return (group, seen.trailingZeroBitCount) }
        return freeSlowly(key, tag, group)
    }

    /// The same where a slot looks like the key, or the group is full.
    @inline(never)
    private mutating func freeSlowly(_ key: Hash128, _ tag: UInt32, _ start: Int) -> Place? {
        var at = start
        while true {
            let seen = look(at, tag)
            var alike = seen >> 8
            while alike != 0 {
                let slot = slot(at, alike.trailingZeroBitCount)
                if slot != 0, keys[Int(slot & numberMask) - 1] == key { return nil }
                alike &= alike - 1
            }
            if seen & 0x80 != 0 { return (at, seen.trailingZeroBitCount) }
            at = group(behind: at, start)
        }
    }

    private func slot(_ group: Int, _ k: Int) -> UInt32 { halves[first + 2 * group + k >> 2][k & 3] }

    /// Where keys go that a group has no room for: into the other group of its line of the cache, and on to
    /// the next line.
    private func group(behind at: Int, _ start: Int) -> Int {
        (at ^ start) & 1 == 0 ? at ^ 1 : ((at ^ 1) + 2) & mask
    }

    /// Whether a key is there.
    @inline(__always)
    mutating func contains(_ key: Hash128) -> Bool { free(key) == nil }

    /// Adds a key; false where it is there.
    @inline(__always)
    mutating func insert(_ key: Hash128) -> Bool {
        guard let place = free(key) else { return false }
        keys.append(key)
        set(place, tag(key) | UInt32(truncatingIfNeeded: keys.count))
        if keys.count * 2 >= (mask + 1) * 8 - 2 { fill((mask + 1) * (mask + 1 < 1 << 17 ? 4 : 2)) }
        return true
    }

    /// Fills a free slot, as part of its half of the group: a store of four bytes would make the next look at
    /// the group wait.
    @inline(__always)
    private mutating func set(_ place: Place, _ value: UInt32) {
        let slot = Half(repeating: UInt32(truncatingIfNeeded: place.slot & 3))
        let at = first &+ 2 &* place.group &+ place.slot >> 2
        halves[at] |= Half.zero.replacing(with: value, where: Half(0, 1, 2, 3) .== slot)
    }

    /// Forgets all keys, and makes room for as many as another generation has; keeps the memory.
    mutating func removeAll(roomFor other: KeyGeneration) {
        keys.removeAll(keepingCapacity: true)
        if mask < other.mask { return fill(other.mask + 1) }
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
        // Half as many keys as slots, less one.
        numberMask = UInt32(truncatingIfNeeded: groups * 4 - 1)
        keys.reserveCapacity(groups * 4 - 1)
        let keys = keys
        for i in keys.indices {
            if i + Self.lookAhead < keys.count { prefetch(keys[i + Self.lookAhead]) }
            let start = group(of: keys[i])
            var at = start
            while look(at, 0) & 0x80 == 0 { at = group(behind: at, start) }
            let slot = look(at, 0).trailingZeroBitCount
            set((at, slot), tag(keys[i]) | UInt32(truncatingIfNeeded: i + 1))
        }
    }
}
