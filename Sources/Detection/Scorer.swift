import Statistics
public import UsageEvents

/// Phase *score*: a fold over one account's own events in sequence order.
///
/// An account's signals depend on its own events and the configuration only, never on another account, a
/// clock or the size of a batch. Cost: a few additions and comparisons an event; everything else happens
/// when a five-minute slot ends or a trigger is reached. Memory: 224 bytes an account, 16 for each active
/// hour of its last 25 and each active five minutes of its last two hours, and 12 to 24 for each model and
/// MCP server that it has used where they are more than eight.
public struct Scorer: Sendable {
    let rules: Rules
    let share: Share
    /// By place of the account, see `Share`.
    var now: [AccountNow] = []
    var states: [AccountState] = []
    /// Past hours and slots.
    var cells = PastBlocks()
    var watches = WatchPool()
    var used = UsedTable()
    /// Which spellings of models are one model.
    var folding: ModelFolding
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
        folding = ModelFolding(aliases: configuration.aliases)
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
        let groups = folding.groups
        var row = 0
        while true {
            row = addRun(
                batch, row..<batch.count, groups, firstSequence: firstSequence, historical: historical,
                into: &signals)
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
        let time = now[a].time(inSlot: event.ts)
        let late = time < Int64(now[a].inSlot)
        // What the windows hold beside the running total, where that is known.
        var windows: (tail: Totals, day: Totals)?
        if !late {
            if time >= AccountNow.slotTime { windows = roll(event, into: &signals) }
            now[a].clock = event.ts
        }
        firstUses(of: event, late: late, into: &signals)
        if event.grain != .config, event.grain != .snapshot {
            if late || event.grain != .request {
                windows = nil
                addLate(event, late: late, into: &signals)
            } else {
                if now[a].isWatched { watches[states[a].watch].add(event.totals, event.facet) }
                states[a].hourFirstSequence = min(states[a].hourFirstSequence, event.sequence)
                now[a].total += event.totals
            }
            let (tail, day) = windows ?? (now[a].tail(cells), now[a].dayBefore(cells))
            if now[a].sums(tail: tail, day: day).reaches(triggers(a)) {
                trigger(event, late: late, into: &signals)
            }
            windows = (tail, day)
        }
        renewLimit(a, windows)
    }

    /// Finds anew at which total an account has to be looked at; `windows` is what they hold beside the
    /// total, where that is known.
    mutating func renewLimit(_ a: Int, _ windows: (tail: Totals, day: Totals)? = nil) {
        // The first event that counts in an hour is looked at, wherever the clock entered it.
        let isBegun = states[a].hourFirstSequence != .max
        now[a].limit =
            isBegun
            ? triggers(a).limit(
                tail: windows?.tail ?? now[a].tail(cells), day: windows?.day ?? now[a].dayBefore(cells))
            : AccountNow.closed
    }

    /// The totals at which something has to be looked at.
    private func triggers(_ a: Int) -> FourTotals {
        now[a].isWatched ? watches[states[a].watch].triggers : states[a].watchLevels
    }

    /// What has an account used for the first time? The last values spare the look-up in most events.
    private mutating func firstUses(of event: Observation, late: Bool, into signals: inout [Signal]) {
        let model = event.facet.model
        let group = folding.group(of: model)
        if group != 0, isFirstUse(event, group, isServer: false) {
            signals.append(firstUse(.newModel, model, group: group, event, late))
        }
        let server = event.facet.mcpServer
        if server != 0, isFirstUse(event, server, isServer: true) {
            signals.append(firstUse(.newMCPServer, server, group: server, event, late))
        }
    }

    /// Takes note of a use. The first eight values of an account are kept with it; those of an account that
    /// has more, or larger numbers, are in a table of their own.
    private mutating func isFirstUse(_ event: Observation, _ number: UInt32, isServer: Bool) -> Bool {
        let a = event.account
        let account = event.stamp.account
        if now[a].known.contains(number, isServer: isServer) { return false }
        defer { now[a].known.insert(number, isServer: isServer) }
        if !used.has(account) {
            if number <= KnownValues.max, !now[a].known.isFull { return true }
            for value in now[a].known.values {
                _ = used.insert(account: account, isServer: value.isServer, value: value.number)
            }
        }
        return used.insert(account: account, isServer: isServer, value: number)
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
        }
        let more = wanted - now.count
        now.append(contentsOf: repeatElement(AccountNow(), count: more))
        states.append(contentsOf: repeatElement(AccountState(rules), count: more))
    }
}
