import Statistics
public import UsageEvents

/// Phase *score*: a fold over one account's own events in sequence order.
///
/// An account's signals depend on its own events and the configuration only, never on another account, a
/// clock or the size of a batch. Cost: a few additions and one comparison an event; everything else happens
/// when a five-minute slot ends or a trigger is reached. Memory: about 480 bytes an account and 40 for each
/// active hour of its last 25.
public struct Scorer: Sendable {
    /// Hours for which totals are kept; an hour is learned when the account's clock is 24 h past its end.
    static let hoursKept: Int32 = 25
    /// Five-minute slots of the rolling hour.
    static let slots = 12

    /// The settings in force.
    public let configuration: DetectionConfiguration
    /// By number of the account.
    var now: [AccountNow] = []
    var past: [AccountPast] = []
    /// The rolling hours: `slots` totals an account.
    var rings: [Totals] = []
    var hours = HourPool()
    var watches = WatchPool()
    var used = PairSet()
    /// Events that came behind the 25 hours that are kept: they count in no window.
    public internal(set) var lateEvents: UInt64 = 0

    /// An engine that has seen nothing.
    public init(configuration: DetectionConfiguration) { self.configuration = configuration }

    /// Observes events in sequence order; appends what they mean, in the same order.
    ///
    /// - Parameters:
    ///   - firstSequence: the sequence of the first row.
    ///   - historical: whether the rows came by import.
    public mutating func observe(
        _ batch: borrowing EventBatch, firstSequence: UInt64, historical: Bool, into signals: inout [Signal]
    ) {
        let firstSignal = signals.count
        var row = 0
        while true {
            row = addRun(batch, from: row, firstSequence: firstSequence)
            guard row < batch.count else { break }
            let account = Int(batch.identity[row])
            if account >= now.count { makeRoom(for: account) }
            let shape = EventShape(rawValue: batch.shape[row])
            let event = Observation(
                account: account, team: batch.team[row], ts: batch.ts[row],
                sequence: firstSequence &+ UInt64(row),
                totals: Totals(
                    cost: batch.cost[row],
                    tokens: batch.inputTokens[row] &+ batch.outputTokens[row] &+ batch.cacheWriteTokens[row]),
                facet: Facet(
                    tool: batch.tool[row], model: batch.model[row], mcpServer: batch.mcpServer[row],
                    project: batch.project[row], basis: shape.basis),
                grain: shape.grain)
            observe(event, into: &signals)
            row += 1
        }
        for i in firstSignal..<signals.count { signals[i].historical = historical }
    }

    /// One event, as the scorer needs it.
    struct Observation {
        var account: Int
        var team: UInt32
        var ts: Int64
        var sequence: UInt64
        var totals: Totals
        var facet: Facet
        var grain: Grain
    }

    @inline(never)
    private mutating func observe(_ event: Observation, into signals: inout [Signal]) {
        let a = event.account
        let late = event.ts < now[a].clock
        if !late {
            now[a].clock = event.ts
            if event.ts >= now[a].slotEnd { roll(event, into: &signals) }
        }
        firstUses(of: event, late: late, into: &signals)
        if event.grain == .config || event.grain == .snapshot { return }
        if late || event.grain != .request {
            addLate(event, late: late, into: &signals)
        } else {
            if now[a].isWatched { watches.add(event.totals, event.facet, to: now[a].watch) }
            now[a].sums.addHour(event.totals)
            now[a].sums.addDay(event.totals)
            now[a].hourTotals += event.totals
            now[a].hourFirstSequence = min(now[a].hourFirstSequence, event.sequence)
            now[a].ringMask |= 1 << UInt16(now[a].ringIndex)
            rings[a * Self.slots + Int(now[a].ringIndex)] += event.totals
        }
        if now[a].sums.reaches(now[a].triggers) { trigger(event, late: late, into: &signals) }
    }

    /// What has an account used for the first time? The last values spare the look-up in most events.
    private mutating func firstUses(of event: Observation, late: Bool, into signals: inout [Signal]) {
        let a = event.account
        let model = event.facet.model
        if model != 0, !any(now[a].models .== model) {
            let m = now[a].models
            now[a].models = SIMD4(model, m[0], m[1], m[2])
            if used.insert(account: UInt32(a), isServer: false, value: model) {
                signals.append(firstUse(.newModel, model, event, late))
            }
        }
        let server = event.facet.mcpServer
        if server != 0, !any(now[a].servers .== server) {
            let s = now[a].servers
            now[a].servers = SIMD4(server, s[0], s[1], s[2])
            if used.insert(account: UInt32(a), isServer: true, value: server) {
                signals.append(firstUse(.newMCPServer, server, event, late))
            }
        }
    }

    private func firstUse(_ kind: AlertKind, _ value: UInt32, _ event: Observation, _ late: Bool) -> Signal {
        let state = past[event.account]
        var ratio = 0.0
        if event.totals.tokens > 0, event.totals.cost > 0, state.priceTokens > 0, state.priceCost > 0 {
            let own = state.priceCost / state.priceTokens
            ratio = Double(event.totals.cost) / Double(event.totals.tokens) / own
        }
        let use = FirstUse(
            kind: kind, value: value, facet: event.facet, totals: event.totals, priceRatio: ratio, late: late)
        return signal(event, .firstUse(use))
    }

    func signal(_ event: Observation, _ content: Signal.Content) -> Signal {
        Signal(
            sequence: event.sequence, at: Timestamp(rawValue: now[event.account].clock),
            account: UInt32(event.account), team: event.team, historical: true, content: content)
    }

    @inline(never)
    private mutating func makeRoom(for account: Int) {
        let size = max(account + 1, now.count + now.count / 2)
        let (newNow, newPast) = newcomer()
        now.append(contentsOf: repeatElement(newNow, count: size - now.count))
        past.append(contentsOf: repeatElement(newPast, count: size - past.count))
        rings.append(contentsOf: repeatElement(Totals(), count: size * Self.slots - rings.count))
    }
}
