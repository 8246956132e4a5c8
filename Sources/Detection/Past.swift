// What an account keeps of its past: its hours, and the five-minute slots of one hour, side by side in one
// block. The first unit has the head and the oldest slot, then follow the hours, oldest first, then the other
// slots. An entry takes one unit; in a block with a number that does not fit (more than a thousand dollars an
// hour, a negative sum) each takes two.

/// What an account used in an hour.
struct HourCell: Sendable {
    /// Hours since the epoch.
    var hour: Int32
    var totals: Totals
    /// First event that counts in it.
    var firstSequence: UInt64
}

/// What an account had used in its hour at the end of a slot.
struct SlotCell: Sendable {
    /// Five-minute slots since the epoch.
    var slot: Int32
    var totals: Totals
}

/// The first word of a block.
struct PastHead {
    var word: UInt32

    init(_ word: UInt32) { self.word = word }

    @inline(__always)
    init(units: Int, hours: Int, slots: Int, isWide: Bool) {
        word = UInt32(units) | UInt32(hours) << 8 | UInt32(slots) << 16 | (isWide ? 1 << 24 : 0)
    }

    /// Of the block, used or not.
    var units: Int { Int(word & 0xff) }
    var hours: Int { Int(word >> 8 & 0xff) }
    var slots: Int { Int(word >> 16 & 0xff) }
    /// Whether an entry takes two units.
    var isWide: Bool { word >> 24 != 0 }

    /// Where an hour begins, and behind the last one.
    @inline(__always)
    func place(hour: Int) -> Int { isWide ? 2 + 2 * hour : 1 + hour }
    /// Where a slot begins.
    @inline(__always)
    func place(slot: Int) -> Int { slot == 0 ? 0 : place(hour: hours + slot - 1) }

    /// The units that entries take.
    @inline(__always)
    static func units(hours: Int, slots: Int, isWide: Bool) -> Int {
        (hours + max(1, slots)) << (isWide ? 1 : 0)
    }

    /// How many of the first units nobody reads: a block without slots has no first slot.
    var unused: Int { slots == 0 ? place(hour: 0) : 0 }
}

extension PastUnit {
    private static let limit: UInt64 = 1 << 40

    /// An hour in one unit: 40 bits each for cost, tokens and sequence, 8 for the hour; nil where a number
    /// does not fit.
    @inline(__always)
    init?(_ hour: HourCell) {
        let (c, t) = (UInt64(bitPattern: hour.totals.cost), UInt64(bitPattern: hour.totals.tokens))
        guard (c | t | hour.firstSequence) < Self.limit else { return nil }
        let high =
            UInt32(truncatingIfNeeded: c >> 32) | UInt32(truncatingIfNeeded: t >> 32) << 8
            | UInt32(truncatingIfNeeded: hour.firstSequence >> 32) << 16
        self.init(
            UInt32(truncatingIfNeeded: hour.firstSequence), UInt32(truncatingIfNeeded: c),
            UInt32(truncatingIfNeeded: t), high | UInt32(UInt8(truncatingIfNeeded: hour.hour)) << 24)
    }

    /// The same for a slot, which leaves the first word free.
    @inline(__always)
    init?(_ slot: SlotCell) {
        self.init(HourCell(hour: slot.slot, totals: slot.totals, firstSequence: 0))
    }

    @inline(__always)
    var totals: Totals {
        Totals(
            cost: Int64(bitPattern: UInt64(w & 0xff) << 32 | UInt64(y)),
            tokens: Int64(bitPattern: UInt64(w >> 8 & 0xff) << 32 | UInt64(z)))
    }

    /// The hour that a unit holds; `clock` is that of the account's clock, less than 256 hours later.
    @inline(__always)
    func hour(clock: Int32) -> HourCell {
        HourCell(
            hour: number(upTo: clock), totals: totals, firstSequence: UInt64(w >> 16 & 0xff) << 32 | UInt64(x)
        )
    }

    /// The slot that a unit holds; `clock` is that of the account's clock.
    @inline(__always)
    func slot(clock: Int32) -> SlotCell { SlotCell(slot: number(upTo: clock), totals: totals) }

    /// The largest number up to another whose low 8 bits are those of the unit.
    @inline(__always)
    private func number(upTo clock: Int32) -> Int32 {
        clock &- Int32(UInt8(truncatingIfNeeded: clock) &- UInt8(truncatingIfNeeded: w >> 24))
    }

    /// The second unit of a wide entry.
    init(_ totals: Totals) {
        let (c, t) = (UInt64(bitPattern: totals.cost), UInt64(bitPattern: totals.tokens))
        self.init(
            UInt32(truncatingIfNeeded: c), UInt32(c >> 32), UInt32(truncatingIfNeeded: t), UInt32(t >> 32))
    }

    /// See `init(_:)`.
    var wideTotals: Totals {
        Totals(
            cost: Int64(bitPattern: UInt64(y) << 32 | UInt64(x)),
            tokens: Int64(bitPattern: UInt64(w) << 32 | UInt64(z)))
    }
}

extension PastBlocks {
    @inline(__always)
    func head(_ block: UInt32) -> PastHead {
        block == Self.none ? PastHead(0) : PastHead(self[block].x)
    }

    /// An hour of a block; `clock` is the hour of the account's clock, none is later.
    @inline(__always)
    func hour(_ i: Int, of block: UInt32, _ head: PastHead, clock: Int32) -> HourCell {
        let at = block &+ UInt32(head.place(hour: i))
        if !head.isWide { return self[at].hour(clock: clock) }
        let first = self[at]
        return HourCell(
            hour: Int32(bitPattern: first.z), totals: self[at &+ 1].wideTotals,
            firstSequence: UInt64(first.y) << 32 | UInt64(first.x))
    }

    /// A slot of a block; `clock` is the slot of the account's clock, none is later.
    @inline(__always)
    func slot(_ i: Int, of block: UInt32, _ head: PastHead, clock: Int32) -> SlotCell {
        let at = block &+ UInt32(head.place(slot: i))
        if !head.isWide { return self[at].slot(clock: clock) }
        return SlotCell(slot: Int32(bitPattern: self[at].z), totals: self[at &+ 1].wideTotals)
    }

    /// The hours of a block, oldest first.
    func hours(of block: UInt32, clock: Int32) -> [HourCell] {
        let head = head(block)
        return (0..<head.hours).map { hour($0, of: block, head, clock: clock) }
    }

    /// The slots of a block, oldest first.
    func slots(of block: UInt32, clock: Int32) -> [SlotCell] {
        let head = head(block)
        return (0..<head.slots).map { slot($0, of: block, head, clock: clock) }
    }

    /// The hour of this number, if there is one.
    func find(_ hour: Int32, in block: UInt32, clock: Int32) -> HourCell? {
        let head = head(block)
        for i in 0..<head.hours {
            let cell = self.hour(i, of: block, head, clock: clock)
            if cell.hour == hour { return cell }
        }
        return nil
    }

    /// What the hours from a number on hold.
    func sum(from first: Int32, in block: UInt32, clock: Int32) -> Totals {
        let head = head(block)
        var sum = Totals()
        for i in stride(from: head.hours - 1, through: 0, by: -1) {
            let cell = hour(i, of: block, head, clock: clock)
            if cell.hour < first { break }
            sum += cell.totals
        }
        return sum
    }

    /// Gives a block back.
    mutating func drop(_ block: inout UInt32) {
        if block != Self.none { release(block) }
        block = Self.none
    }

    /// Writes a block anew, as large as it has to be, and `room` units more.
    mutating func set(_ block: inout UInt32, hours: [HourCell], slots: [SlotCell], room: Int = 0) {
        if hours.isEmpty, slots.isEmpty { return drop(&block) }
        let isWide =
            hours.contains { PastUnit($0) == nil } || slots.contains { PastUnit($0) == nil }
        let units = PastHead.units(hours: hours.count, slots: slots.count, isWide: isWide) + room
        resize(&block, to: units)
        let head = PastHead(units: units, hours: hours.count, slots: slots.count, isWide: isWide)
        for (i, hour) in hours.enumerated() {
            let at = block &+ UInt32(head.place(hour: i))
            if let unit = PastUnit(hour), !isWide {
                self[at] = unit
            } else {
                self[at] = PastUnit(
                    UInt32(truncatingIfNeeded: hour.firstSequence), UInt32(hour.firstSequence >> 32),
                    UInt32(bitPattern: hour.hour), 0)
                self[at &+ 1] = PastUnit(hour.totals)
            }
        }
        for (i, slot) in slots.enumerated() {
            let at = block &+ UInt32(head.place(slot: i))
            if let unit = PastUnit(slot), !isWide {
                self[at] = unit
            } else {
                self[at] = PastUnit(0, 0, UInt32(bitPattern: slot.slot), 0)
                self[at &+ 1] = PastUnit(slot.totals)
            }
        }
        self[block].x = head.word
    }

    /// Makes a block so large; what it holds is lost.
    @inline(__always)
    private mutating func resize(_ block: inout UInt32, to units: Int) {
        if block != Self.none {
            if head(block).units == units { return }
            release(block)
        }
        block = allocate(units)
    }

    /// Adds to an hour, which is made where it is missing.
    mutating func add(
        _ totals: Totals, hour: Int32, sequence: UInt64, to block: inout UInt32, clock: Int32, slot: Int32
    ) {
        let head = head(block)
        var i = head.hours
        while i > 0, self.hour(i - 1, of: block, head, clock: clock).hour >= hour { i -= 1 }
        var made = HourCell(hour: hour, totals: totals, firstSequence: sequence)
        var isThere = false
        if i < head.hours {
            let cell = self.hour(i, of: block, head, clock: clock)
            isThere = cell.hour == hour
            if isThere {
                made.totals += cell.totals
                made.firstSequence = min(sequence, cell.firstSequence)
            }
        }
        if isThere, !head.isWide, let unit = PastUnit(made) {
            self[block &+ UInt32(head.place(hour: i))] = unit
            return
        }
        var hours = hours(of: block, clock: clock)
        if isThere { hours[i] = made } else { hours.insert(made, at: i) }
        set(&block, hours: hours, slots: slots(of: block, clock: slot))
    }

    /// Writes down what the hour had used at the end of its newest slot.
    @inline(__always)
    mutating func append(_ slot: SlotCell, to block: inout UInt32) {
        let head = head(block)
        guard head.slots < head.units, !head.isWide, let unit = PastUnit(slot) else {
            return grow(&block, slot)
        }
        // A ring has no hours.
        self[block &+ UInt32(head.slots)] = unit
        self[block].x = head.word &+ 1 &<< 16
    }

    /// Room for four more: then nearly all of an hour's slots are written without a move.
    @inline(never)
    private mutating func grow(_ block: inout UInt32, _ slot: SlotCell) {
        let head = head(block)
        guard !head.isWide, var unit = PastUnit(slot) else {
            return set(&block, hours: [], slots: slots(of: block, clock: slot.slot) + [slot])
        }
        let made = allocate(min(head.slots + 4, AccountState.slots))
        move(head.slots, from: block, to: made)
        drop(&block)
        block = made
        let word = PastHead(
            units: min(head.slots + 4, AccountState.slots), hours: 0, slots: head.slots + 1, isWide: false
        ).word
        if head.slots == 0 { unit.x = word } else { self[made].x = word }
        self[made &+ UInt32(head.slots)] = unit
    }
}

extension PastBlocks {
    /// An account enters another hour: the oldest hours are dropped, the one that has ended is added, and the
    /// slots of `ring`, with the last one, take the place of the block's own. Returns what its hours hold.
    mutating func turn(
        _ block: inout UInt32, dropping gone: Int, ended: HourCell?, ring: UInt32, last: SlotCell?,
        clock: Int32, slot: Int32
    ) -> Totals {
        let (head, ringHead) = (head(block), head(ring))
        let kept = head.hours &- gone
        let hours = kept &+ (ended == nil ? 0 : 1)
        let slots = ringHead.slots &+ (last == nil ? 0 : 1)
        var sum = Totals()
        if hours == 0, slots == 0 {
            drop(&block)
            return sum
        }
        let hourUnit = PastUnit(ended ?? HourCell(hour: 0, totals: Totals(), firstSequence: 0))
        let slotUnit = PastUnit(last ?? SlotCell(slot: 0, totals: Totals()))
        guard !head.isWide, !ringHead.isWide, let hourUnit, let slotUnit else {
            return turnWide(
                &block, dropping: gone, ended: ended, ring: ring, last: last, clock: clock, slot: slot)
        }
        let units = PastHead.units(hours: hours, slots: slots, isWide: false)
        // Of the old block it needs the hours that are kept; where it stays, they move to the front.
        let isSame = block != Self.none && head.units == units
        let made = isSame ? block : allocate(units)
        sum = move(kept, from: block &+ UInt32(truncatingIfNeeded: head.place(hour: gone)), to: made &+ 1)
        var at = made &+ 1 &+ UInt32(truncatingIfNeeded: kept)
        if let ended {
            sum += ended.totals
            self[at] = hourUnit
            at &+= 1
        }
        var first = slotUnit
        if ringHead.slots > 0 {
            first = self[ring]
            move(ringHead.slots &- 1, from: ring &+ 1, to: at)
            at &+= UInt32(truncatingIfNeeded: ringHead.slots &- 1)
            if last != nil { self[at] = slotUnit }
        }
        first.x = PastHead(units: units, hours: hours, slots: slots, isWide: false).word
        self[made] = first
        if !isSame {
            drop(&block)
            block = made
        }
        return sum
    }

    private mutating func turnWide(
        _ block: inout UInt32, dropping gone: Int, ended: HourCell?, ring: UInt32, last: SlotCell?,
        clock: Int32, slot: Int32
    ) -> Totals {
        var hours = Array(hours(of: block, clock: clock).dropFirst(gone))
        if let ended { hours.append(ended) }
        var slots: [SlotCell] = []
        if ring != Self.none { slots = self.slots(of: ring, clock: slot) }
        if let last { slots.append(last) }
        set(&block, hours: hours, slots: slots)
        return hours.reduce(into: Totals()) { $0 += $1.totals }
    }
}
