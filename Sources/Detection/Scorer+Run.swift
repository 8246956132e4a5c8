import UsageEvents

// The inner loop of scoring. `unsafe`, because it looks at ten columns in each row: that all of them have the
// rows is asked once, in front, and every row lies in that range; the place of an account is compared with
// the number of accounts before it is used.

extension Scorer {
    /// Takes events as long as they are of no note: in order, of a known model and server, below every
    /// trigger. Returns the first row that is not, with nothing done that taking it again would repeat, or
    /// the end.
    mutating func addRun(
        _ batch: borrowing EventBatch, _ rows: Range<Int>, _ groups: [UInt32], firstSequence: UInt64,
        historical: Bool, into signals: inout [Signal]
    ) -> Int {
        Self.addRun(
            batch, rows, &now, &states, &cells, &watches, rules, share, groups.span,
            firstSequence: firstSequence, historical: historical, into: &signals)
    }

    /// As above, with the parts of the scorer one by one: spans of two of them could not live side by side
    /// otherwise. Array subscripts would check at each access that nobody shares the array.
    private static func addRun(
        _ batch: borrowing EventBatch, _ rows: Range<Int>, _ allNow: inout [AccountNow],
        _ allStates: inout [AccountState], _ cells: inout PastBlocks, _ watches: inout WatchPool,
        _ rules: Rules, _ share: Share, _ groups: Span<UInt32>, firstSequence: UInt64,
        historical: Bool, into signals: inout [Signal]
    ) -> Int {
        let ts = batch.ts.span
        let identity = batch.identity.span
        let model = batch.model.span
        let server = batch.mcpServer.span
        let shape = batch.shape.span
        let cost = batch.cost.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let written = batch.cacheWriteTokens.span
        let team = batch.team.span
        let tool = batch.tool.span
        let project = batch.project.values.span
        let n = rows.upperBound
        precondition(
            rows.lowerBound >= 0 && ts.count >= n && identity.count >= n && model.count >= n
                && server.count >= n && shape.count >= n && cost.count >= n && input.count >= n
                && output.count >= n && written.count >= n && team.count >= n && tool.count >= n
                && (project.isEmpty || project.count >= n))
        var now = allNow.mutableSpan
        var states = allStates.mutableSpan
        let accounts = min(now.count, states.count)
        for row in rows {
            prefetch(row, identity.count &- 1, identity, ts, share, now, states, cells)
            let account = unsafe identity[unchecked: row]
            guard share.has(account) else { continue }
            let a = share.place(of: account)
            precondition(a < accounts)
            let time = unsafe ts[unchecked: row]
            let totals = unsafe Totals(
                cost: cost[unchecked: row],
                tokens: input[unchecked: row] &+ output[unchecked: row] &+ written[unchecked: row])
            let number = unsafe model[unchecked: row]
            let group = Int(number) < groups.count ? unsafe groups[unchecked: Int(number)] : number
            let used = unsafe server[unchecked: row]
            let form = unsafe EventShape(rawValue: shape[unchecked: row])
            var inSlot = unsafe now[unchecked: a].time(inSlot: time)
            guard form.grain == .request, unsafe inSlot >= Int64(now[unchecked: a].inSlot),
                unsafe now[unchecked: a].known.contains(group: group, server: used)
            else { return row }
            if inSlot >= AccountNow.slotTime {
                // Excursions of an account that is watched may end now, and a new account has no past.
                guard unsafe !now[unchecked: a].isWatched, unsafe !now[unchecked: a].isClosed else {
                    return row
                }
                let stamp = Stamp(
                    sequence: firstSequence &+ UInt64(row), at: time, account: account, team: team[row],
                    historical: historical)
                unsafe states[unchecked: a].move(&now[unchecked: a], &cells, rules, stamp, into: &signals)
                inSlot = unsafe now[unchecked: a].time(inSlot: time)
            }
            guard unsafe now[unchecked: a].add(totals, inSlot: inSlot) else { return row }
            if unsafe now[unchecked: a].isWatched {
                let facet = Facet(
                    tool: tool[row], model: number, mcpServer: used,
                    project: project.isEmpty ? 0 : project[row], basis: form.basis)
                watches[unsafe states[unchecked: a].watch].add(totals, facet)
            }
        }
        return n
    }
}
