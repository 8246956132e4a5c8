import Statistics
import UsageEvents

// The rolling hour: twelve slots of five minutes, which lie in the hour of the clock and the one before it.
// A slot is written down once, when it is over, in the ring of its hour; nothing is taken out as the clock
// moves on, because what the window holds is only asked for when a total comes near its trigger.

extension AccountNow {
    /// Slot of a cell of the ring.
    private func slot(_ cell: CellContent) -> Int32 { CellPool.number(cell.place, upTo: slot) }

    /// The running slot is over.
    @inline(__always)
    mutating func closeSlot(_ cells: inout CellPool) {
        if total.isZero { return }
        ring = cells.make(
            CellContent(place: UInt8(truncatingIfNeeded: slot), totals: total, link: ring))
    }

    /// The clock enters a slot of another hour; `before` is the ring of the hour before this one.
    @inline(__always)
    mutating func enter(slot next: Int32, before: inout UInt32, _ cells: inout CellPool) {
        cells.release(list: before)
        if AccountNow.hour(ofSlot: next) == hour &+ 1 {
            closeSlot(&cells)
            before = ring
        } else {
            cells.release(list: ring)
            before = CellPool.none
        }
        ring = CellPool.none
        slot = next
        total = Totals()
    }

    /// What the rolling hour holds of the clock hour before, whose ring is `before`.
    func tail(_ before: UInt32, _ cells: CellPool) -> Totals {
        if before == CellPool.none { return Totals() }
        let end = cells[before].totals
        var at = before
        while at != CellPool.none {
            let cell = cells[at]
            if slot(cell) <= slot &- Int32(AccountState.slots) { return end - cell.totals }
            at = cell.link
        }
        return end
    }

    /// What each slot of the rolling hour holds, the running one first.
    func slots(before: UInt32, _ cells: CellPool) -> [Totals] {
        var out = [Totals](repeating: Totals(), count: AccountState.slots)
        func fill(_ first: UInt32, _ back: Int, _ end: Totals) {
            var (at, back, end) = (first, back, end)
            while at != CellPool.none, back < out.count {
                let cell = cells[at]
                out[back] = end - cell.totals
                back = Int(slot &- slot(cell))
                end = cell.totals
                at = cell.link
            }
            if back < out.count { out[back] = end }
        }
        fill(ring, 0, total)
        if before != CellPool.none {
            let newest = cells[before]
            fill(newest.link, Int(slot &- slot(newest)), newest.totals)
        }
        return out
    }

    /// An event that came late counts in a slot of the ring, `late`, which is not behind the rolling hour.
    mutating func addLate(
        _ totals: Totals, slot late: Int32, before: inout UInt32, _ cells: inout CellPool
    ) {
        if late >= hour &* Int32(AccountState.slots) {
            total += totals
            if late < slot { insert(totals, late, into: &ring, &cells) }
        } else {
            insert(totals, late, into: &before, &cells)
        }
    }

    /// Adds to all slots of an hour from one on, which is made where it is missing.
    private func insert(
        _ totals: Totals, _ late: Int32, into list: inout UInt32, _ cells: inout CellPool
    ) {
        var newer = CellPool.none
        var at = list
        while at != CellPool.none {
            var cell = cells[at]
            let number = slot(cell)
            if number < late { break }
            cell.totals += totals
            cells.set(at, to: cell)
            if number == late { return }
            newer = at
            at = cell.link
        }
        // The slot had nothing: its hour held at its end what it held at the end of the slot before.
        var made = CellContent(place: UInt8(truncatingIfNeeded: late), totals: totals, link: at)
        if at != CellPool.none { made.totals += cells[at].totals }
        let number = cells.make(made)
        if newer == CellPool.none { list = number } else { cells.setLink(of: newer, to: number) }
    }

    /// Puts slots back, the running one first, which `slots` gave; returns the ring of the hour before.
    mutating func resume(slots: [Totals], _ cells: inout CellPool) -> UInt32 {
        let first = hour &* Int32(AccountState.slots)
        var before = CellPool.none
        total = Totals()
        for back in stride(from: slots.count - 1, through: 0, by: -1) {
            let number = slot &- Int32(back)
            if number == first {
                (before, ring) = (ring, CellPool.none)
                total = Totals()
            }
            total += slots[back]
            guard back > 0, !slots[back].isZero else { continue }
            ring = cells.make(
                CellContent(place: UInt8(truncatingIfNeeded: number), totals: total, link: ring))
        }
        return before
    }
}

extension Totals {
    var isZero: Bool { cost == 0 && tokens == 0 }

    @inline(__always)
    static func - (a: Totals, b: Totals) -> Totals {
        Totals(cost: a.cost &- b.cost, tokens: a.tokens &- b.tokens)
    }
}
