import Statistics
public import UsageEvents

/// Phase *score*: a fold over one account's own events in sequence order.
///
/// An account's signals depend on its own events and the configuration only, never on another account, a
/// clock or the size of a batch. Cost: a few additions and comparisons an event; everything else happens
/// when a five-minute slot ends or a trigger is reached. Memory: 512 bytes an account, 40 for each active
/// hour of its last 25, and 12 to 24 for each model and MCP server that it has used.
public struct Scorer: Sendable {
    let rules: Rules
    let share: Share
    /// By place of the account, see `Share`.
    var now: [AccountNow] = []
    var states: [AccountState] = []
    /// The rolling hours: `AccountState.slots` totals an account.
    var rings: [Totals] = []
    var hours = HourPool()
    var watches = WatchPool()
    var used = PairSet()
    /// Which spellings of models are one model.
    var folding = ModelFolding()
    /// Events that came behind the 25 hours that are kept: they count in no window.
    public internal(set) var lateEvents: UInt64 = 0

    /// The settings in force.
    public var configuration: DetectionConfiguration { rules.configuration }

    /// A scorer of all accounts that has seen nothing.
    public init(configuration: DetectionConfiguration) {
        self.init(configuration: configuration, part: 0, of: 1)
    }

    /// One of several scorers that share the accounts; it passes over the events of the others.
    ///
    /// - Parameter parts: how many there are, a power of two.
    public init(configuration: DetectionConfiguration, part: Int, of parts: Int) {
        precondition(parts.nonzeroBitCount == 1 && (0..<parts).contains(part))
        rules = Rules(configuration)
        share = Share(part: UInt32(part), shift: UInt32(parts.trailingZeroBitCount))
    }

    /// Which accounts a scorer has: each one in so many, so that its tables are dense.
    struct Share {
        let part: UInt32
        let shift: UInt32

        @inline(__always)
        func has(_ account: UInt32) -> Bool { account & ((1 &<< shift) &- 1) == part }
        /// The place of an account in the tables.
        @inline(__always)
        func place(of account: UInt32) -> Int { Int(account &>> shift) }
    }

    /// Observes events in sequence order; appends what they mean, in the same order.
    ///
    /// - Parameters:
    ///   - firstSequence: the sequence of the first row.
    ///   - historical: whether the rows came by import.
    public mutating func observe(
        _ batch: borrowing EventBatch, firstSequence: UInt64, historical: Bool, into signals: inout [Signal]
    ) {
        makeRoom(for: batch.identity.span)
        var row = 0
        while true {
            row = addRun(
                batch, row..<batch.count, firstSequence: firstSequence, historical: historical, into: &signals
            )
            guard row < batch.count else { break }
            let event = Observation(
                batch, row, share, sequence: firstSequence &+ UInt64(row), historical: historical)
            observe(event, into: &signals)
            row += 1
        }
    }

    /// One event, as the scorer needs it.
    struct Observation {
        /// Place of the account in the tables.
        let account: Int
        let ts: Int64
        let totals: Totals
        let facet: Facet
        let grain: Grain
        let stamp: Stamp
        var sequence: UInt64 { stamp.sequence }

        init(
            _ batch: borrowing EventBatch, _ row: Int, _ share: Share, sequence: UInt64, historical: Bool
        ) {
            account = share.place(of: batch.identity[row])
            ts = batch.ts[row]
            totals = Totals(
                cost: batch.cost[row],
                tokens: batch.inputTokens[row] &+ batch.outputTokens[row] &+ batch.cacheWriteTokens[row])
            let shape = EventShape(rawValue: batch.shape[row])
            facet = Facet(
                tool: batch.tool[row], model: batch.model[row], mcpServer: batch.mcpServer[row],
                project: batch.project[row], basis: shape.basis)
            grain = shape.grain
            stamp = Stamp(
                sequence: sequence, at: ts, account: batch.identity[row], team: batch.team[row],
                historical: historical)
        }
    }

    /// An event that is of note, or might be.
    @inline(never)
    private mutating func observe(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        settle(a)
        let late = event.ts < now[a].clock
        if !late {
            now[a].clock = event.ts
            if event.ts >= now[a].slotEnd { roll(event, into: &signals) }
        }
        firstUses(of: event, late: late, into: &signals)
        if event.grain != .config, event.grain != .snapshot {
            if late || event.grain != .request {
                addLate(event, late: late, into: &signals)
            } else {
                if now[a].isWatched { watches.add(event.totals, event.facet, to: now[a].watch) }
                states[a].hourFirstSequence = min(states[a].hourFirstSequence, event.sequence)
                now[a].pending = event.totals
                settle(a)
            }
            if states[a].sums.reaches(states[a].triggers) { trigger(event, late: late, into: &signals) }
        }
        now[a].room = states[a].room()
    }

    private mutating func settle(_ a: Int) {
        states[a].settle(&now[a], &rings, a)
    }

    /// What has an account used for the first time? The last values spare the look-up in most events.
    private mutating func firstUses(of event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let model = event.facet.model
        if !now[a].models.contains(model) {
            now[a].models.insert(model)
            let group = folding.group(of: model)
            if used.insert(account: event.stamp.account, isServer: false, value: group) {
                signals.append(firstUse(.newModel, model, group: group, event, late))
            }
        }
        let server = event.facet.mcpServer
        if !now[a].servers.contains(server) {
            now[a].servers.insert(server)
            if used.insert(account: event.stamp.account, isServer: true, value: server) {
                signals.append(firstUse(.newMCPServer, server, group: server, event, late))
            }
        }
    }

    private func firstUse(
        _ kind: AlertKind, _ value: UInt32, group: UInt32, _ event: Observation, _ late: Bool
    ) -> Signal {
        let (cost, tokens) = (states[event.account].priceCost, states[event.account].priceTokens)
        var ratio = 0.0
        if event.totals.tokens > 0, event.totals.cost > 0, tokens > 0, cost > 0 {
            ratio = Double(event.totals.cost) / Double(event.totals.tokens) / (cost / tokens)
        }
        let use = FirstUse(
            kind: kind, value: value, group: group, facet: event.facet, totals: event.totals,
            priceRatio: ratio, late: late)
        return signal(event, .firstUse(use))
    }

    func signal(_ event: Observation, _ content: Signal.Content) -> Signal {
        var stamp = event.stamp
        stamp.at = now[event.account].clock
        return stamp.signal(content)
    }

    private mutating func makeRoom(for accounts: Span<UInt32>) {
        var highest: UInt32 = 0
        for i in accounts.indices { highest = max(highest, accounts[i]) }
        let wanted = share.place(of: highest) + 1
        if accounts.isEmpty || wanted <= now.count { return }
        if wanted > now.capacity {
            // Memory that nobody has written costs nothing yet, and moving costs much: small tables take four
            // times the room at once.
            let room = wanted * (wanted < 100_000 ? 4 : 2)
            now.reserveCapacity(room)
            states.reserveCapacity(room)
            rings.reserveCapacity(room * AccountState.slots)
        }
        let more = wanted - now.count
        now.append(contentsOf: repeatElement(AccountNow(), count: more))
        states.append(contentsOf: repeatElement(AccountState(rules), count: more))
        rings.append(contentsOf: repeatElement(Totals(), count: more * AccountState.slots))
    }
}
