import UsageEvents

extension Scorer {
    /// Takes events as long as they are of no note: in order, of a known model and server, below every
    /// trigger. Returns the first row that is not, with nothing done that taking it again would repeat, or
    /// the end.
    mutating func addRun(
        _ batch: borrowing EventBatch, _ rows: Range<Int>, firstSequence: UInt64, historical: Bool,
        into signals: inout [Signal]
    ) -> Int {
        Self.addRun(
            batch, rows, &now, &states, &rings, &hours, &watches, rules, share,
            firstSequence: firstSequence, historical: historical, into: &signals)
    }

    /// As above, with the parts of the scorer one by one: spans of two of them could not live side by side
    /// otherwise. Array subscripts would check at each access that nobody shares the array.
    private static func addRun(
        _ batch: borrowing EventBatch, _ rows: Range<Int>, _ allNow: inout [AccountNow],
        _ allStates: inout [AccountState], _ allRings: inout [Totals], _ hours: inout HourPool,
        _ watches: inout WatchPool, _ rules: Rules, _ share: Share, firstSequence: UInt64,
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
        var rings = allRings.mutableSpan
        for row in rows {
            guard share.has(identity[row]) else { continue }
            let a = share.place(of: identity[row])
            let time = ts[row]
            let totals = Totals(cost: cost[row], tokens: input[row] &+ output[row] &+ written[row])
            guard EventShape(rawValue: shape[row]).grain == .request,
                now[a].knows(time, model: model[row], server: server[row])
            else { return row }
            if time >= now[a].slotEnd {
                // Excursions of an account that is watched may end now, and a new account has no past.
                guard !now[a].isWatched, !now[a].isClosed else { return row }
                let stamp = Stamp(
                    sequence: firstSequence &+ UInt64(row), at: time, account: identity[row],
                    team: batch.team[row], historical: historical)
                states[a].move(
                    &now[a], &rings, at: a &* AccountState.slots, &hours, rules, stamp, into: &signals)
            }
            guard now[a].add(totals, at: time) else { return row }
            if now[a].isWatched {
                let facet = Facet(
                    tool: batch.tool[row], model: batch.model[row], mcpServer: batch.mcpServer[row],
                    project: batch.project[row], basis: EventShape(rawValue: batch.shape[row]).basis)
                watches.add(totals, facet, to: now[a].watch)
            }
        }
        return rows.upperBound
    }
}
