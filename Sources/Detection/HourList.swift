/// The hours of one account in the pool, oldest first: at most one cell an hour, 26 in all, the running hour
/// included where it has something that no ring counts.
struct HourList: Sendable {
    var oldest = CellPool.none
    var newest = CellPool.none
}

/// A cell of the list: which hour it is follows from the clock, which is less than 256 hours away.
struct HourCell {
    /// Hours since the epoch.
    var hour: Int32
    var content: CellContent
    var totals: Totals { content.totals }
    var firstSequence: UInt64 { content.firstSequence }
}

extension CellPool {
    /// A cell of a list of hours; `clock` is the hour of the account's clock, none of them is later.
    func hour(_ number: UInt32, clock: Int32) -> HourCell {
        let content = self[number]
        return HourCell(hour: Self.number(content.place, upTo: clock), content: content)
    }

    /// The largest number up to another whose low 8 bits are these.
    @inline(__always)
    static func number(_ place: UInt8, upTo clock: Int32) -> Int32 {
        clock &- Int32(UInt8(truncatingIfNeeded: clock) &- place)
    }

    /// Adds to the cell of an hour, which is made in its place where it is missing. O(1) for the newest hour
    /// and later ones, else O(hours).
    mutating func add(
        _ totals: Totals, hour: Int32, sequence: UInt64, to list: inout HourList, clock: Int32
    ) {
        var made = CellContent(
            place: UInt8(truncatingIfNeeded: hour), totals: totals, firstSequence: sequence)
        guard list.newest != Self.none else {
            list.newest = make(made)
            list.oldest = list.newest
            return
        }
        if self.hour(list.newest, clock: clock).hour < hour {
            let number = make(made)
            setLink(of: list.newest, to: number)
            list.newest = number
            return
        }
        var before = Self.none
        var at = list.oldest
        var cell = self.hour(at, clock: clock)
        // There is one at or behind the hour: the newest.
        while cell.hour < hour {
            before = at
            at = cell.content.link
            cell = self.hour(at, clock: clock)
        }
        if cell.hour == hour {
            cell.content.totals += totals
            cell.content.firstSequence = min(cell.firstSequence, sequence)
            set(at, to: cell.content)
            return
        }
        made.link = at
        let number = make(made)
        if before == Self.none { list.oldest = number } else { setLink(of: before, to: number) }
    }

    /// The cell of an hour, if there is one.
    func find(_ hour: Int32, in list: HourList, clock: Int32) -> HourCell? {
        var at = list.oldest
        while at != Self.none {
            let cell = self.hour(at, clock: clock)
            if cell.hour == hour { return cell }
            if cell.hour > hour { return nil }
            at = cell.content.link
        }
        return nil
    }

    /// All cells of a list, oldest first.
    func hours(_ list: HourList, clock: Int32) -> [HourCell] {
        var cells: [HourCell] = []
        var at = list.oldest
        while at != Self.none {
            cells.append(self.hour(at, clock: clock))
            at = link(of: at)
        }
        return cells
    }

    /// Takes the oldest cell out of a list.
    mutating func removeOldest(of list: inout HourList) {
        list.oldest = release(list.oldest)
        if list.oldest == Self.none { list.newest = Self.none }
    }
}
