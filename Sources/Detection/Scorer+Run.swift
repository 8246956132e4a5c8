import UsageEvents

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
        var now = allNow.mutableSpan
        var states = allStates.mutableSpan
        for row in rows {
            prefetch(row, identity.count &- 1, identity, ts, share, now, states, cells)
            guard share.has(identity[row]) else { continue }
            let a = share.place(of: identity[row])
            let time = ts[row]
            let totals = Totals(cost: cost[row], tokens: input[row] &+ output[row] &+ written[row])
            let number = model[row]
            let group = Int(number) < groups.count ? groups[Int(number)] : number
            var inSlot = now[a].time(inSlot: time)
            guard EventShape(rawValue: shape[row]).grain == .request, inSlot >= Int64(now[a].inSlot),
                now[a].known.contains(group: group, server: server[row])
            else { return row }
            if inSlot >= AccountNow.slotTime {
                // Excursions of an account that is watched may end now, and a new account has no past.
                guard !now[a].isWatched, !now[a].isClosed else { return row }
                let stamp = Stamp(
                    sequence: firstSequence &+ UInt64(row), at: time, account: identity[row],
                    team: batch.team[row], historical: historical)
                states[a].move(&now[a], &cells, rules, stamp, into: &signals)
                inSlot = now[a].time(inSlot: time)
            }
            guard now[a].add(totals, inSlot: inSlot) else { return row }
            if now[a].isWatched {
                let facet = Facet(
                    tool: batch.tool[row], model: batch.model[row], mcpServer: batch.mcpServer[row],
                    project: batch.project[row], basis: EventShape(rawValue: batch.shape[row]).basis)
                watches[states[a].watch].add(totals, facet)
            }
        }
        return rows.upperBound
    }
}
