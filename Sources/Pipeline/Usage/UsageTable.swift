import UsageEvents

/// How events are put together: by up to four dimensions, and by a step of time.
public struct UsageGrouping: Sendable {
    /// The most dimensions that a grouping has.
    public static let dimensionsMax = 4

    /// By what, in the order of the groups' names.
    public let dimensions: [UsageDimension]
    /// The step of time; nil puts all times together.
    public let period: UsagePeriod?
    /// Whether only uses of MCP servers are looked at. Those that were configured and never used have a group
    /// too, with no uses.
    public let isOfMCPServers: Bool

    /// A grouping; more than four dimensions are a mistake of the caller.
    public init(
        _ dimensions: [UsageDimension], every period: UsagePeriod? = nil, isOfMCPServers: Bool = false
    ) {
        precondition(dimensions.count <= Self.dimensionsMax)
        self.dimensions = dimensions
        self.period = period
        self.isOfMCPServers = isOfMCPServers
    }
}

/// More groups than a table may hold.
public struct UsageError: Error, CustomStringConvertible {
    /// How many are the most.
    public let limit: Int

    /// What to do about it.
    public var description: String {
        "more than \(groupedDigits(UInt64(limit))) groups and periods; group by something"
            + " coarser, or narrow it with --since or a filter"
    }
}

/// Sums by group and period. Memory: about 260 bytes for each pair that occurs.
public struct UsageTable: Sendable {
    /// What the groups are.
    public let grouping: UsageGrouping
    private var index = UsageIndex()
    private var sums: [UsageSums] = []
    private var clock: PeriodClock
    private let limit: Int

    init(_ grouping: UsageGrouping, limit: Int) {
        self.grouping = grouping
        self.limit = limit
        clock = PeriodClock(grouping.period)
    }

    /// A row of a batch that counts, with what cannot be read off its columns.
    struct Entry {
        var row: Int
        var cost: UsageCost
        var requests: Int64
        var uses: Int64
        /// How many events the row stands for.
        var events: Int64 = 1
        /// Whether an MCP server was configured, and nothing was used.
        var isConfiguration = false
    }

    /// Adds rows; `last` is the latest time of each, `columns` has one for each of the four dimensions.
    mutating func add(
        _ batch: borrowing EventBatch, last: borrowing [Int64], _ entries: borrowing [Entry],
        columns: borrowing [[UInt32]]
    ) throws(UsageError) {
        precondition(columns.count == UsageGrouping.dimensionsMax)
        let first = columns[0]
        let second = columns[1]
        let third = columns[2]
        let fourth = columns[3]
        let ts = batch.ts.span
        let latest = last.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let read = batch.cacheReadTokens.span
        let written = batch.cacheWriteTokens.span
        let cost = batch.cost.span
        let isOfServers = grouping.isOfMCPServers
        let servers = batch.mcpServer.span
        for i in entries.indices {
            let entry = entries[i]
            let row = entry.row
            if isOfServers ? servers[row] == 0 : entry.isConfiguration { continue }
            var key = UsageKey()
            key.labels = SIMD4(first[row], second[row], third[row], fourth[row])
            key.period = clock.index(of: ts[row])
            let number = index.number(of: key)
            if number == sums.count {
                guard number < limit else { throw UsageError(limit: limit) }
                sums.append(UsageSums())
            }
            sums[number].first = min(sums[number].first, ts[row])
            sums[number].last = max(sums[number].last, latest[row])
            if entry.isConfiguration { continue }
            sums[number].events += entry.events
            sums[number].requests += Int128(entry.requests)
            sums[number].uses += Int128(entry.uses)
            sums[number].inputTokens += Int128(input[row])
            sums[number].outputTokens += Int128(output[row])
            sums[number].cacheReadTokens += Int128(read[row])
            sums[number].cacheWriteTokens += Int128(written[row])
            sums[number].add(cost: cost[row], entry.cost, events: entry.events)
        }
    }

    /// A line of a report.
    public struct Row: Sendable {
        /// What the sums are of.
        public enum Group: Hashable, Sendable {
            /// A group: the numbers of its names, one a dimension.
            case named(SIMD4<UInt32>)
            /// So many groups behind the first few.
            case rest(Int)
        }

        /// The group.
        public var group: Group
        /// Number of the period; 0 where time does not matter.
        public var period: Int32
        /// Its sums.
        public var sums: UsageSums
    }

    /// Whether no event has been added.
    public var isEmpty: Bool { sums.isEmpty }

    /// The sums of everything.
    public var total: UsageSums { sums.reduce(into: UsageSums()) { $0 += $1 } }

    /// The groups, the largest by a metric first, then by spend, tokens and name; those behind the first
    /// `top` as one.
    ///
    /// - Parameter perPeriod: whether each group has a row for each period in which it has events, in the
    ///   order of time; otherwise one row.
    public func rows(
        by metric: UsageMetric, top: Int? = nil, perPeriod: Bool = false, names: UsageNames
    ) -> [Row] {
        let (groups, totals, groupOf) = overAllTime()
        let order = totals.indices.sorted {
            precedes((groups.keys[$0], totals[$0]), (groups.keys[$1], totals[$1]), metric, names)
        }
        let shown = min(top ?? order.count, order.count)
        let rest = order.count - shown
        var rank = [Int](repeating: shown, count: order.count)
        for (place, group) in order.prefix(shown).enumerated() { rank[group] = place }
        guard perPeriod else {
            var rows = order.prefix(shown).map {
                Row(group: .named(groups.keys[$0].labels), period: 0, sums: totals[$0])
            }
            if rest > 0 {
                let sum = order[shown...].reduce(into: UsageSums()) { $0 += totals[$1] }
                rows.append(Row(group: .rest(rest), period: 0, sums: sum))
            }
            return rows
        }
        let cells = groupOf.indices.sorted {
            (rank[groupOf[$0]], index.keys[$0].period) < (rank[groupOf[$1]], index.keys[$1].period)
        }
        var rows: [Row] = []
        for cell in cells {
            let key = index.keys[cell]
            let isRest = rank[groupOf[cell]] == shown
            let group: Row.Group = isRest ? .rest(rest) : .named(key.labels)
            if let last = rows.last, isRest, last.group == group, last.period == key.period {
                rows[rows.count - 1].sums += sums[cell]
            } else {
                rows.append(Row(group: group, period: key.period, sums: sums[cell]))
            }
        }
        return rows
    }

    /// The groups, the sums of each, and the group of each cell.
    private func overAllTime() -> (groups: UsageIndex, totals: [UsageSums], groupOf: [Int]) {
        if grouping.period == nil { return (index, sums, Array(sums.indices)) }
        var groups = UsageIndex()
        var totals: [UsageSums] = []
        var groupOf: [Int] = []
        groupOf.reserveCapacity(sums.count)
        for (cell, key) in index.keys.enumerated() {
            let group = groups.number(of: UsageKey(labels: key.labels))
            if group == totals.count { totals.append(UsageSums()) }
            totals[group] += sums[cell]
            groupOf.append(group)
        }
        return (groups, totals, groupOf)
    }

    private func precedes(
        _ a: (key: UsageKey, sums: UsageSums), _ b: (key: UsageKey, sums: UsageSums), _ metric: UsageMetric,
        _ names: UsageNames
    ) -> Bool {
        let amounts = (metric.value(a.sums), a.sums.cost, a.sums.tokens)
        let others = (metric.value(b.sums), b.sums.cost, b.sums.tokens)
        if amounts != others { return amounts > others }
        for (place, dimension) in grouping.dimensions.enumerated()
        where a.key.labels[place] != b.key.labels[place] {
            return names.precedes(dimension, a.key.labels[place], b.key.labels[place])
        }
        return false
    }
}
