internal import UsageEvents

/// Adds the events of one segment up to cells, in arrival order.
///
/// The same events give the same cells in the same order, however they come in batches: `log verify`
/// compares.
struct CellBuilder {
    /// The sums of a cell.
    private struct Sums {
        var first: Int64
        var last: Int64
        var events: Int64 = 0
        var order: Int64 = 0
        var input: Int64 = 0
        var output: Int64 = 0
        var read: Int64 = 0
        var written: Int64 = 0
        var cost: Int64 = 0
        var requests: Int64 = 0
    }

    /// What is known of the teams of an account.
    private struct Account {
        /// One that it named; 0 for none.
        var team: UInt32 = 0
        var hasTeams = false
    }

    private var index = CellIndex()
    private var sums: [Sums] = []
    private var accounts: [Account] = []
    /// The cells of the rows of a batch.
    private var cellOf: [UInt32] = []
    /// Events so far.
    private(set) var events = 0
    /// Whether there were too many cells to go on.
    private(set) var isGivenUp = false

    /// Whether reading the cells saves at least half of the work of reading the events.
    var isWorthwhile: Bool { !isGivenUp && sums.count <= events / 2 }

    /// Cells so far.
    var count: Int { sums.count }

    /// Adds events; `offset` is the sequence of the first, counted from that of the segment.
    mutating func add(_ batch: borrowing EventBatch, offset: Int) {
        events += batch.count
        guard !isGivenUp else { return }
        find(batch)
        noteTeams(batch)
        var row = 0
        while true {
            row = addUp(batch, from: row, offset: offset)
            guard row < batch.count else { break }
            // A second cell for what no more fits into the first.
            let full = cellOf[row]
            let fresh = index.replace(full)
            sums.append(Sums(first: .max, last: .min))
            for later in row..<cellOf.count where cellOf[later] == full { cellOf[later] = fresh }
        }
        if sums.count > Limits.cellsPerSegmentMax {
            isGivenUp = true
            sums = []
            index = CellIndex()
        }
    }

    /// Adds rows to their cells; returns the first whose sums would not fit, or the number of rows.
    private mutating func addUp(_ batch: borrowing EventBatch, from start: Int, offset: Int) -> Int {
        let cellOf = cellOf
        let ts = batch.ts.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let read = batch.cacheReadTokens.span
        let written = batch.cacheWriteTokens.span
        let cost = batch.cost.span
        var cells = sums.mutableSpan
        for row in start..<cellOf.count {
            let at = Int(cellOf[row])
            let old = cells[at]
            let sum0 = old.input.addingReportingOverflow(input[row])
            let sum1 = old.output.addingReportingOverflow(output[row])
            let sum2 = old.read.addingReportingOverflow(read[row])
            let sum3 = old.written.addingReportingOverflow(written[row])
            let sum4 = old.cost.addingReportingOverflow(cost[row])
            let sum5 = old.requests.addingReportingOverflow(batch.requests[row])
            if sum0.overflow || sum1.overflow || sum2.overflow || sum3.overflow || sum4.overflow
                || sum5.overflow
            {
                return row
            }
            cells[at] = Sums(
                first: min(old.first, ts[row]), last: max(old.last, ts[row]), events: old.events + 1,
                order: Int64(offset + row + 1), input: sum0.partialValue, output: sum1.partialValue,
                read: sum2.partialValue, written: sum3.partialValue, cost: sum4.partialValue,
                requests: sum5.partialValue)
        }
        return cellOf.count
    }

    /// Finds the cell of each row, and makes those that are new.
    private mutating func find(_ batch: borrowing EventBatch) {
        resize(&cellOf, batch.count)
        let ts = batch.ts.span
        let shapes = batch.shape.span
        let who = batch.identity.span
        let team = batch.team.span
        let tool = batch.tool.span
        let model = batch.model.span
        let servers = batch.mcpServer.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let read = batch.cacheReadTokens.span
        let written = batch.cacheWriteTokens.span
        var day: Int64 = 0
        var dayEnd = Int64.min
        for row in 0..<cellOf.count {
            if ts[row] >= dayEnd || ts[row] < dayEnd - Timestamp.day {
                day = CellBatch.day(ts[row])
                dayEnd = (day + 1) * Timestamp.day
            }
            let hasTokens = input[row] | output[row] | read[row] | written[row] != 0
            let kind = CellBatch.kind(
                EventShape(rawValue: shapes[row]), hasTokens: hasTokens,
                isBelowOne: servers[row] != 0 && batch.requests[row] < 1)
            let key = SIMD8(
                who[row], team[row], tool[row], model[row], servers[row], batch.project[row],
                batch.source[row], CellIndex.part(kind: kind, day: day))
            let cell = index.number(of: key)
            if Int(cell) == sums.count { sums.append(Sums(first: .max, last: .min)) }
            cellOf[row] = cell
        }
    }

    private mutating func noteTeams(_ batch: borrowing EventBatch) {
        for row in 0..<batch.count where batch.team[row] != 0 {
            let who = Int(batch.identity[row])
            if who >= accounts.count {
                accounts.append(contentsOf: repeatElement(Account(), count: who + 1 - accounts.count))
            }
            guard accounts[who].team != batch.team[row] else { continue }
            if accounts[who].team != 0 { accounts[who].hasTeams = true }
            accounts[who].team = batch.team[row]
        }
    }

    /// Some of the cells, in the order in which their first events came.
    func batch(_ range: Range<Int>) -> CellBatch {
        var out = CellBatch()
        out.sums.reserveCapacity(range.count)
        var project: [UInt32] = []
        var source: [UInt32] = []
        var requests: [Int64] = []
        for cell in range {
            let key = index.keys[cell]
            let sum = sums[cell]
            out.sums.identity.append(key[0])
            out.sums.team.append(key[1])
            out.sums.tool.append(key[2])
            out.sums.model.append(key[3])
            out.sums.mcpServer.append(key[4])
            project.append(key[5])
            source.append(key[6])
            out.sums.shape.append(CellIndex.kind(ofPart: key[7]))
            out.sums.ts.append(sum.first)
            out.sums.inputTokens.append(sum.input)
            out.sums.outputTokens.append(sum.output)
            out.sums.cacheReadTokens.append(sum.read)
            out.sums.cacheWriteTokens.append(sum.written)
            out.sums.cost.append(sum.cost)
            requests.append(sum.requests)
            out.last.append(sum.last)
            out.events.append(sum.events)
            let who = Int(key[0])
            out.order.append(who < accounts.count && accounts[who].hasTeams ? sum.order : 0)
        }
        out.sums.project.replace(project)
        out.sums.source.replace(source)
        out.sums.requests.replace(requests)
        return out
    }
}

/// Numbers for what the events of cells have in common, in order of first appearance.
///
/// A key has the account, team, tool, model, MCP server, project, source, and kind and day in one word. The
/// order of the table is never looked at.
struct CellIndex {
    private(set) var keys: [SIMD8<UInt32>] = []
    /// Upper half: bits of a key's hash; lower half: its number plus one, 0 where the slot is free.
    private var slots = [UInt64](repeating: 0, count: 1 << 12)

    /// Kind and day in one word: ten bits of a shape have a meaning, and a day until the year 9999 has 22.
    @inline(__always)
    static func part(kind: UInt32, day: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: day) << 10 | (kind >> 24 & 0x3f) << 4 | (kind >> 16 & 3) << 2
            | (kind >> 14 & 1) << 1 | kind >> 9 & 1
    }

    /// The kind in such a word.
    static func kind(ofPart part: UInt32) -> UInt32 {
        (part >> 4 & 0x3f) << 24 | (part >> 2 & 3) << 16 | (part >> 1 & 1) << 14 | (part & 1) << 9
    }

    /// The number of a key, which is added where it is new.
    @inline(__always)
    mutating func number(of key: SIMD8<UInt32>) -> UInt32 {
        let hash = Self.hash(key)
        let tag = hash & 0xffff_ffff_0000_0000
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: hash) & mask
        while slots[at] != 0 {
            let slot = slots[at]
            let number = UInt32(truncatingIfNeeded: slot) &- 1
            if slot & 0xffff_ffff_0000_0000 == tag, keys[Int(number)] == key { return number }
            at = (at + 1) & mask
        }
        keys.append(key)
        slots[at] = tag | UInt64(keys.count)
        if keys.count * 2 > slots.count { grow() }
        return UInt32(truncatingIfNeeded: keys.count - 1)
    }

    /// A new number for the key that has one; the old one is not found any more.
    mutating func replace(_ number: UInt32) -> UInt32 {
        let key = keys[Int(number)]
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: Self.hash(key)) & mask
        while UInt32(truncatingIfNeeded: slots[at]) != number + 1 { at = (at + 1) & mask }
        keys.append(key)
        slots[at] = slots[at] & 0xffff_ffff_0000_0000 | UInt64(keys.count)
        return UInt32(truncatingIfNeeded: keys.count - 1)
    }

    /// Nobody outside chooses the numbers, so the hash needs no seed.
    @inline(__always)
    private static func hash(_ key: SIMD8<UInt32>) -> UInt64 {
        let a = (UInt64(key[0]) | UInt64(key[1]) << 32) ^ 0x9e37_79b9_7f4a_7c15
        let b = (UInt64(key[2]) | UInt64(key[3]) << 32) ^ 0xd6e8_feb8_6659_fd93
        let c = (UInt64(key[4]) | UInt64(key[5]) << 32) ^ 0xc2b2_ae3d_27d4_eb4f
        let d = (UInt64(key[6]) | UInt64(key[7]) << 32) ^ 0x1656_67b1_9e37_79f9
        let left = a.multipliedFullWidth(by: b)
        let right = c.multipliedFullWidth(by: d)
        let mixed = (left.high ^ left.low) &+ (right.high ^ right.low) &* 0x9e37_79b9_7f4a_7c15
        return mixed ^ mixed >> 29
    }

    /// Doubles the table. Replaced keys stay out of it.
    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot != 0 {
            let key = keys[Int(UInt32(truncatingIfNeeded: slot)) - 1]
            var at = Int(truncatingIfNeeded: Self.hash(key)) & mask
            while slots[at] != 0 { at = (at + 1) & mask }
            slots[at] = slot
        }
    }
}
