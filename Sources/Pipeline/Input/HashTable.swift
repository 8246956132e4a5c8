import UsageEvents

/// Numbers by hashes that are kept elsewhere, under these numbers: open addressing with linear probing, at
/// most four fifths full, eight bytes a slot.
///
/// A slot has 32 bits of the hash, by which it is found and told from nearly all others; whoever looks for a
/// hash is shown each number that may be its own. Memory: 10 to 15 bytes a number.
struct HashTable {
    /// 32 bits of a hash.
    typealias Tag = UInt32

    /// The tag in the high half, a number and 1 in the other; 0 where the slot is free.
    private var slots = [UInt64](repeating: 0, count: 64)
    private var count = 0
    /// Whoever makes up ids cannot choose their places.
    private let seed = UInt64.random(in: .min ... .max)

    /// What a slot knows of a hash.
    func tag(_ hash: Hash128) -> Tag {
        let product = (hash.low ^ seed).multipliedFullWidth(by: hash.high | 1)
        return UInt32(truncatingIfNeeded: (product.high ^ product.low) >> 32)
    }

    /// Where looking for a tag begins.
    func home(_ tag: Tag) -> Int { Int((UInt64(tag) * UInt64(slots.count)) >> 32) }

    /// The slot behind another.
    func after(_ place: Int) -> Int { place + 1 == slots.count ? 0 : place + 1 }

    /// The next number with a tag, from a place on, which becomes its own; nil where there are no more.
    func next(_ tag: Tag, at place: inout Int) -> Int? {
        while slots[place] != 0 {
            if slots[place] >> 32 == UInt64(tag) { return Int(slots[place] & 0xffff_ffff) - 1 }
            place = after(place)
        }
        return nil
    }

    /// Puts another number, whose hash is the same, in the place of one.
    mutating func replace(at place: Int, with number: Int) {
        slots[place] = Self.slot(tag(at: place), number)
    }

    /// Adds a number.
    mutating func insert(_ tag: Tag, _ number: Int) {
        if (count + 1) * 5 > slots.count * 4 { grow() }
        put(Self.slot(tag, number))
        count += 1
    }

    private func tag(at place: Int) -> Tag { Tag(truncatingIfNeeded: slots[place] >> 32) }

    private static func slot(_ tag: Tag, _ number: Int) -> UInt64 {
        UInt64(tag) << 32 | UInt64(UInt32(number + 1))
    }

    private mutating func put(_ slot: UInt64) {
        var place = home(Tag(truncatingIfNeeded: slot >> 32))
        while slots[place] != 0 { place = after(place) }
        slots[place] = slot
    }

    private mutating func grow() {
        var old = [UInt64](repeating: 0, count: slots.count + slots.count / 2)
        swap(&old, &slots)
        for slot in old where slot != 0 { put(slot) }
    }
}
