public import EventLog
public import UsageEvents

/// Sums usage over events in arrival order, by one or more groupings at once.
///
/// What counts: requests, buckets and corrections are added, corrections with their sign. A running total
/// (grain `snapshot`) is not: it says again what other lines said, so it is counted and left out, as
/// detection does. That an MCP server was configured (grain `config`) is no use of it. The word
/// `unassigned` is no team.
public struct UsageFold: Sendable {
    /// The sums, one table a grouping.
    public private(set) var tables: [UsageTable]
    /// Events that matched, running totals and configurations left out.
    public private(set) var events = 0
    /// Running totals that matched and were left out.
    public private(set) var snapshots = 0
    /// Which events count.
    public let filter: UsageFilter
    /// The team that an account's events named last; with that
    /// event's sequence; by number of the account.
    private var teamOf: [(team: UInt32, sequence: UInt64)] = []
    /// The sequence of the next event, where nobody says it.
    private var next: UInt64 = 0
    /// Events with tokens and without a cost, by number of the model.
    private var unpricedOf: [Int] = []
    private var sessions = SymbolTable()
    private var entries: [UsageTable.Entry] = []

    /// A fold that has seen nothing; a table of more than `groupsMax` sums is refused.
    public init(
        _ groupings: [UsageGrouping], filter: UsageFilter = UsageFilter(),
        groupsMax: Int = Limits.usageGroupsMax
    ) {
        tables = groupings.map { UsageTable($0, limit: groupsMax) }
        self.filter = filter
    }

    /// The columns of a log that the fold needs.
    public var columns: ColumnSet {
        var needed: ColumnSet = [.ts, .labels, .numbers, .shape]
        for dimension in tables.flatMap(\.grouping.dimensions) {
            if dimension == .source { needed.insert(.source) }
            if dimension == .session { needed.insert(.texts) }
        }
        return needed
    }

    /// Whether sums by day tell enough: no hours are asked for, and nothing that they do not have.
    var needsNoEvents: Bool {
        tables.allSatisfy { $0.grouping.period != .hour && !$0.grouping.dimensions.contains(.session) }
    }

    /// Adds a batch that follows those before.
    public mutating func add(_ batch: borrowing EventBatch, symbols: borrowing Symbols) throws(UsageError) {
        try add(batch, symbols: symbols, from: next, within: filter.times)
    }

    /// Adds the events of a batch that lie in a span of times, in place of that of the filter; `sequence` is
    /// that of the first.
    mutating func add(
        _ batch: borrowing EventBatch, symbols: borrowing Symbols, from sequence: UInt64,
        within times: EventTimes
    ) throws(UsageError) {
        entries.removeAll(keepingCapacity: true)
        next = sequence + UInt64(batch.count)
        guard let filter = filter.resolved(symbols, within: times) else { return }
        let unassigned = symbols.unassignedTeam
        for row in 0..<batch.count where filter.admits(batch, row) {
            let shape = EventShape(rawValue: batch.shape[row])
            let hasTokens =
                batch.inputTokens[row] | batch.outputTokens[row] | batch.cacheReadTokens[row]
                | batch.cacheWriteTokens[row] != 0
            let cost = UsageCost(shape: shape, hasTokens: hasTokens)
            let requests = Self.requests(shape, batch.requests[row])
            let uses = shape.grain == .request ? max(requests, 1) : requests
            let entry = UsageTable.Entry(row: row, cost: cost, requests: requests, uses: uses)
            select(
                entry, shape, batch, team: batch.team[row] == unassigned ? 0 : batch.team[row],
                at: sequence + UInt64(row))
        }
        try sum(batch, last: batch.ts, symbols)
    }

    /// Adds the cells that lie in a span of times, in place of that of the filter; `sequence` is that of
    /// their segment.
    mutating func add(
        _ cells: borrowing CellBatch, symbols: borrowing Symbols, from sequence: UInt64,
        within times: EventTimes
    ) throws(UsageError) {
        entries.removeAll(keepingCapacity: true)
        guard let filter = filter.resolved(symbols, within: times) else { return }
        let unassigned = symbols.unassignedTeam
        for row in 0..<cells.count where filter.admits(cells.sums, row) {
            let shape = EventShape(rawValue: cells.sums.shape[row])
            let cost = UsageCost(shape: shape, hasTokens: shape.has(CellBatch.hasTokens))
            let requests = Self.requests(shape, cells.sums.requests[row])
            let uses = shape.has(CellBatch.isBelowOne) ? cells.events[row] : requests
            let entry = UsageTable.Entry(
                row: row, cost: cost, requests: requests, uses: uses, events: cells.events[row])
            let team = cells.sums.team[row]
            select(
                entry, shape, cells.sums, team: team == unassigned ? 0 : team,
                at: sequence + UInt64(cells.order[row]))
        }
        try sum(cells.sums, last: cells.last, symbols)
    }

    /// A correction that does not say how many requests it is about is about money or tokens.
    @inline(__always)
    private static func requests(_ shape: EventShape, _ stated: Int64) -> Int64 {
        shape.grain == .correction && !shape.has(.requests) ? 0 : stated
    }

    /// Notes what matches, if it counts.
    @inline(__always)
    private mutating func select(
        _ found: UsageTable.Entry, _ shape: EventShape, _ batch: borrowing EventBatch, team: UInt32,
        at sequence: UInt64
    ) {
        var entry = found
        if shape.grain == .snapshot {
            snapshots += Int(entry.events)
            return
        }
        let hasServer = batch.mcpServer[entry.row] != 0
        entry.isConfiguration = shape.grain == .config
        if entry.isConfiguration, !hasServer { return }
        if !hasServer { entry.uses = 0 }
        entries.append(entry)
        note(team: team, of: Int(batch.identity[entry.row]), at: sequence)
        if entry.isConfiguration { return }
        events += Int(entry.events)
        guard entry.cost == .unpriced else { return }
        let model = Int(batch.model[entry.row])
        while unpricedOf.count <= model { unpricedOf.append(0) }
        unpricedOf[model] += Int(entry.events)
    }

    /// Adds what was noted to the tables.
    private mutating func sum(
        _ batch: borrowing EventBatch, last: [Int64], _ symbols: borrowing Symbols
    ) throws(UsageError) {
        guard !entries.isEmpty else { return }
        for table in tables.indices {
            let columns = tables[table].grouping.dimensions.map { column($0, batch, symbols) }
            let missing = UsageGrouping.dimensionsMax - columns.count
            let zeros = [UInt32](repeating: 0, count: missing > 0 ? batch.count : 0)
            try tables[table].add(
                batch, last: last, entries, columns: columns + [[UInt32]](repeating: zeros, count: missing))
        }
    }

    @inline(__always)
    private mutating func note(team: UInt32, of account: Int, at sequence: UInt64) {
        guard team != 0 else { return }
        if account >= teamOf.count {
            teamOf.append(
                contentsOf: repeatElement((team: 0, sequence: 0), count: account + 1 - teamOf.count))
        }
        // Cells and events of one segment do not come in the order of the log.
        if sequence >= teamOf[account].sequence { teamOf[account] = (team, sequence) }
    }

    /// One number a row: the name of the row's group in a dimension.
    private mutating func column(
        _ dimension: UsageDimension, _ batch: borrowing EventBatch, _ symbols: borrowing Symbols
    ) -> [UInt32] {
        switch dimension {
        case .identity: return batch.identity
        case .team:
            let unassigned = symbols.unassignedTeam
            return batch.team.map { $0 == unassigned ? 0 : $0 }
        case .project: return Self.dense(batch.project, batch.count)
        case .tool: return batch.tool
        case .model: return batch.model
        case .mcpServer: return batch.mcpServer
        case .source: return Self.dense(batch.source, batch.count)
        case .session:
            var column = [UInt32](repeating: 0, count: batch.count)
            let bytes = batch.sessionID.bytes.span
            for entry in entries {
                column[entry.row] = sessions.intern(
                    bytes.extracting(batch.sessionID.range(of: entry.row)))
            }
            return column
        case .costKind:
            var column = [UInt32](repeating: 0, count: batch.count)
            for entry in entries { column[entry.row] = entry.cost.rawValue }
            return column
        }
    }

    private static func dense(_ column: SparseColumn<UInt32>, _ count: Int) -> [UInt32] {
        column.isDefault ? [UInt32](repeating: column.defaultValue, count: count) : column.values
    }

    /// The names of the groups, for the tables that the events were read with.
    public func names(_ symbols: Symbols) -> UsageNames { UsageNames(symbols: symbols, sessions: sessions) }

    /// The team that an account's matching events named last; nil where none did.
    public func team(of identity: UInt32, names: UsageNames) -> String? {
        Int(identity) < teamOf.count ? names.text(.team, teamOf[Int(identity)].team) : nil
    }

    /// Models that have no price and how many events with tokens they have, the most first.
    public func unpriced(_ names: UsageNames) -> [(model: String?, events: Int)] {
        unpricedOf.indices.filter { unpricedOf[$0] > 0 }
            .sorted {
                unpricedOf[$0] == unpricedOf[$1]
                    ? names.precedes(.model, UInt32($0), UInt32($1)) : unpricedOf[$0] > unpricedOf[$1]
            }
            .map { (names.text(.model, UInt32($0)), unpricedOf[$0]) }
    }
}
