import UsageEvents

// Blocks as bytes: how many hours and slots, then their units as they are. What a block holds follows from
// the events of its account, but for room at its end and for words that nobody reads: those are zeros here.

extension PastBlocks {
    func write(_ block: UInt32, into w: inout StateWriter) {
        let head = head(block)
        w.unsigned(head.word >> 8)
        if block == Self.none { return }
        let units = PastHead.units(hours: head.hours, slots: head.slots, isWide: head.isWide)
        for i in 0..<units {
            var unit = i < head.unused ? .zero : self[block &+ UInt32(i)]
            if i == 0 { unit.x = 0 }
            w.fixed(UInt64(unit.x) | UInt64(unit.y) << 32)
            w.fixed(UInt64(unit.z) | UInt64(unit.w) << 32)
        }
    }

    /// Reads a block of an account whose clock is known; its slots lie in a range, and it has at most so many
    /// hours.
    mutating func read(
        _ r: inout StateReader, _ own: AccountNow, slots range: Range<Int32>, hours hoursMax: Int
    ) throws(StateFault) -> UInt32 {
        let word = try r.unsigned32()
        if word == 0 { return Self.none }
        try r.check(word < 1 << 17, "the head of a block")
        var head = PastHead(word << 8)
        try r.check(head.hours <= hoursMax && head.slots <= AccountState.slots, "the head of a block")
        try r.check(head.hours + head.slots > 0, "the head of a block")
        let units = PastHead.units(hours: head.hours, slots: head.slots, isWide: head.isWide)
        let block = allocate(units)
        for i in 0..<units {
            let (a, b) = (try r.fixed(), try r.fixed())
            let isZero = i < head.unused ? a | b == 0 : i > 0 || UInt32(truncatingIfNeeded: a) == 0
            try r.check(isZero, "words of a block that nobody reads")
            self[block &+ UInt32(i)] = PastUnit(
                UInt32(truncatingIfNeeded: a), UInt32(a >> 32), UInt32(truncatingIfNeeded: b),
                UInt32(b >> 32))
        }
        head = PastHead(units: units, hours: head.hours, slots: head.slots, isWide: head.isWide)
        self[block].x = head.word
        var last = Int64(own.hour) - Int64(AccountState.hoursKept)
        for i in 0..<head.hours {
            let hour = hour(i, of: block, head, clock: own.hour).hour
            try r.check(Int64(hour) > last && hour <= own.hour, "hours in ascending order")
            last = Int64(hour)
        }
        last = Int64(range.lowerBound) - 1
        for i in 0..<head.slots {
            let slot = slot(i, of: block, head, clock: own.slot).slot
            try r.check(Int64(slot) > last && slot < range.upperBound, "slots in ascending order")
            last = Int64(slot)
        }
        return block
    }
}
