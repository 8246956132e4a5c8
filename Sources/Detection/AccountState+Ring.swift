import Statistics
import UsageEvents

// The rolling hour: twelve slots of five minutes, which lie in the hour of the clock and the one before it.
// A slot is written down once, when it is over, in the ring of its hour; nothing is taken out as the clock
// moves on, because what the window holds is only asked for when a total comes near its trigger.

extension AccountNow {
    /// The running slot is over.
    @inline(__always)
    mutating func closeSlot(_ cells: inout PastBlocks) {
        if total.isZero { return }
        var block = ring
        cells.append(SlotCell(slot: slot, totals: total), to: &block)
        ring = block
    }

    /// The clock enters a slot of another hour: `gone` of its oldest hours are dropped, and `ended` is added.
    /// Returns what all its hours then hold.
    @inline(__always)
    mutating func enter(
        slot next: Int32, dropping gone: Int, ended: HourCell?, _ cells: inout PastBlocks
    ) -> Totals {
        let isNext = AccountNow.hour(ofSlot: next) == hour &+ 1
        var block = ring
        if !isNext { cells.drop(&block) }
        let last = isNext && !total.isZero ? SlotCell(slot: slot, totals: total) : nil
        let sum = cells.turn(
            &past, dropping: gone, ended: ended, ring: block, last: last, clock: hour, slot: slot)
        cells.drop(&block)
        ring = block
        slot = next
        inSlot = 0
        total = Totals()
        return sum
    }

    /// What the rolling hour holds of the clock hour before.
    func tail(_ cells: PastBlocks) -> Totals {
        let head = cells.head(past)
        if head.slots == 0 { return Totals() }
        let end = cells.slot(head.slots - 1, of: past, head, clock: slot).totals
        for i in stride(from: head.slots - 1, through: 0, by: -1) {
            let cell = cells.slot(i, of: past, head, clock: slot)
            if cell.slot <= slot &- Int32(AccountState.slots) { return end - cell.totals }
        }
        return end
    }

    /// What each slot of the rolling hour holds, the running one first.
    func slots(_ cells: PastBlocks) -> [Totals] {
        var out = [Totals](repeating: Totals(), count: AccountState.slots)
        func fill(_ ends: [SlotCell]) {
            var before = Totals()
            for cell in ends {
                let back = Int(slot &- cell.slot)
                if back < out.count { out[back] = cell.totals - before }
                before = cell.totals
            }
        }
        fill(cells.slots(of: past, clock: slot))
        fill(cells.slots(of: ring, clock: slot) + [SlotCell(slot: slot, totals: total)])
        return out
    }

    /// An event that came late counts in a slot of the ring, `late`, which is not behind the rolling hour.
    mutating func addLate(_ totals: Totals, slot late: Int32, _ cells: inout PastBlocks) {
        if late >= hour &* Int32(AccountState.slots) {
            total += totals
            guard late < slot else { return }
            let slots = inserted(totals, late, cells.slots(of: ring, clock: slot))
            var block = ring
            cells.set(&block, hours: [], slots: slots)
            ring = block
        } else {
            let slots = inserted(totals, late, cells.slots(of: past, clock: slot))
            cells.set(&past, hours: cells.hours(of: past, clock: hour), slots: slots)
        }
    }

    /// Adds to all slots of an hour from one on, which is made where it is missing.
    private func inserted(_ totals: Totals, _ late: Int32, _ old: [SlotCell]) -> [SlotCell] {
        var slots = old
        var i = slots.count
        while i > 0, slots[i - 1].slot >= late {
            i -= 1
            slots[i].totals += totals
        }
        if i == slots.count || slots[i].slot != late {
            // The slot had nothing: its hour held at its end what it held at the end of the slot before.
            var made = SlotCell(slot: late, totals: totals)
            if i > 0 { made.totals += slots[i - 1].totals }
            slots.insert(made, at: i)
        }
        return slots
    }
}

extension Totals {
    var isZero: Bool { cost == 0 && tokens == 0 }

    @inline(__always)
    static func - (a: Totals, b: Totals) -> Totals {
        Totals(cost: a.cost &- b.cost, tokens: a.tokens &- b.tokens)
    }
}
