/// What an account used in one closed clock hour, in a doubly linked list, newest hour first.
struct HourCell: Sendable {
    /// Hours since the epoch.
    var hour: Int32 = 0
    /// Towards older hours; `HourPool.none` at the end.
    var older: UInt32 = HourPool.none
    /// Towards newer hours.
    var newer: UInt32 = HourPool.none
    var totals = Totals()
    /// First event that the cell counts.
    var firstSequence: UInt64 = 0
}

/// The list of one account: at most one cell an hour, 25 in all.
struct HourList: Sendable {
    var newest: UInt32 = HourPool.none
    var oldest: UInt32 = HourPool.none
}

/// The hour cells of all accounts in one array with a free list: 40 bytes for each active hour, no
/// allocation in steady state.
struct HourPool: Sendable {
    static let none = UInt32.max

    private(set) var cells: [HourCell] = []
    private var free: UInt32 = HourPool.none

    subscript(index: UInt32) -> HourCell { cells[Int(index)] }

    /// Adds to the cell of an hour, which is made in its place where it is missing. O(hours between it and
    /// the newest).
    mutating func add(_ totals: Totals, hour: Int32, sequence: UInt64, to list: inout HourList) {
        if free == Self.none {
            free = UInt32(cells.count)
            cells.append(HourCell())
        }
        Self.add(totals, hour, sequence, to: &list, &cells, &free)
    }

    /// Adds a cell that is older than all of a list.
    mutating func append(_ totals: Totals, hour: Int32, sequence: UInt64, to list: inout HourList) {
        let made = UInt32(cells.count)
        cells.append(HourCell(hour: hour, newer: list.oldest, totals: totals, firstSequence: sequence))
        if list.oldest == Self.none { list.newest = made } else { cells[Int(list.oldest)].older = made }
        list.oldest = made
    }

    private static func add(
        _ totals: Totals, _ hour: Int32, _ sequence: UInt64, to list: inout HourList,
        _ cells: inout [HourCell], _ free: inout UInt32
    ) {
        var span = cells.mutableSpan
        var newer = Self.none
        var at = list.newest
        while at != Self.none, span[Int(at)].hour > hour {
            newer = at
            at = span[Int(at)].older
        }
        if at != Self.none, span[Int(at)].hour == hour {
            span[Int(at)].totals += totals
            span[Int(at)].firstSequence = min(span[Int(at)].firstSequence, sequence)
            return
        }
        let made = free
        free = span[Int(made)].older
        span[Int(made)] = HourCell(
            hour: hour, older: at, newer: newer, totals: totals, firstSequence: sequence)
        if newer == Self.none { list.newest = made } else { span[Int(newer)].older = made }
        if at == Self.none { list.oldest = made } else { span[Int(at)].newer = made }
    }

    /// The cell of an hour, if there is one.
    func find(_ hour: Int32, in list: HourList) -> HourCell? {
        var at = list.newest
        while at != Self.none, cells[Int(at)].hour > hour { at = cells[Int(at)].older }
        guard at != Self.none, cells[Int(at)].hour == hour else { return nil }
        return cells[Int(at)]
    }

    /// Takes the oldest cell out of a list.
    mutating func removeOldest(of list: inout HourList) -> HourCell {
        Self.removeOldest(of: &list, &cells, &free)
    }

    private static func removeOldest(
        of list: inout HourList, _ cells: inout [HourCell], _ free: inout UInt32
    ) -> HourCell {
        var span = cells.mutableSpan
        let index = list.oldest
        let cell = span[Int(index)]
        list.oldest = cell.newer
        if cell.newer == Self.none {
            list.newest = Self.none
        } else {
            span[Int(cell.newer)].older = Self.none
        }
        span[Int(index)].older = free
        free = index
        return cell
    }
}
