import Statistics
public import UsageEvents

/// Phase *score*: a fold over one account's own events in sequence order.
///
/// An account's signals depend on its own events and the configuration only, never on another account, a clock or the size of a batch.
/// Cost: a few additions and one comparison an event; everything else happens when a five-minute slot ends or a trigger is reached.
/// Memory: about 480 bytes an account and 40 for each active hour of its last 25.
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
    var watches: [UInt32: Watch] = [:]
    var used = PairSet()
    /// Events that came behind the 25 hours that are kept: they count in no window.
    public internal(set) var lateEvents: UInt64 = 0

    /// An engine that has seen nothing.
    public init(configuration: DetectionConfiguration) { self.configuration = configuration }

    /// How many accounts have been seen.
    public var accountCount: Int { now.count { $0.clock != Int64.min } }

    /// Observes events in sequence order; appends what they mean, in the same order.
    ///
    /// - Parameters:
    ///   - firstSequence: the sequence of the first row.
    ///   - historical: whether the rows came by import.
    public mutating func observe(
        _ batch: borrowing EventBatch, firstSequence: UInt64, historical: Bool, into signals: inout [Signal]
    ) {
        let firstSignal = signals.count
        let ts = batch.ts.span
        let identity = batch.identity.span
        let model = batch.model.span
        let server = batch.mcpServer.span
        let shape = batch.shape.span
        let cost = batch.cost.span
        let input = batch.inputTokens.span
        let output = batch.outputTokens.span
        let written = batch.cacheWriteTokens.span
        for row in ts.indices {
            let a = Int(identity[row])
            if a >= now.count { makeRoom(for: a) }
            let totals = Totals(cost: cost[row], tokens: input[row] &+ output[row] &+ written[row])
            if EventShape(rawValue: shape[row]).grain == .request,
                addInSlot(a, ts[row], totals, model[row], server[row], firstSequence &+ UInt64(row))
            {
                continue
            }
            let event = Observation(
                account: a, team: batch.team[row], ts: ts[row], sequence: firstSequence &+ UInt64(row), totals: totals,
                facet: Facet(
                    tool: batch.tool[row], model: model[row], mcpServer: server[row], project: batch.project[row],
                    basis: EventShape(rawValue: shape[row]).basis),
                grain: EventShape(rawValue: shape[row]).grain)
            observe(event, into: &signals)
        }
        for i in firstSignal..<signals.count { signals[i].historical = historical }
    }

    /// The common case, whole: an event in or behind its account's five-minute slot that is of no note to anybody.
    /// Returns false, with nothing done, for all others.
    @inline(__always)
    private mutating func addInSlot(
        _ a: Int, _ ts: Int64, _ totals: Totals, _ model: UInt32, _ server: UInt32, _ sequence: UInt64
    ) -> Bool {
        guard ts >= now[a].clock else { return false }
        if ts >= now[a].slotEnd { guard rollInHour(a, ts) else { return false } }
        guard model == 0 || model == now[a].lastModels.0 || model == now[a].lastModels.1,
            server == 0 || server == now[a].lastServers.0 || server == now[a].lastServers.1, !now[a].isWatched
        else { return false }
        var sums = now[a].sums
        sums.addHour(totals)
        sums.addDay(totals)
        if sums.reaches(now[a].triggers) { return false }
        now[a].sums = sums
        now[a].clock = ts
        now[a].hourTotals += totals
        now[a].hourFirstSequence = min(now[a].hourFirstSequence, sequence)
        now[a].ringMask |= 1 << UInt16(now[a].ringIndex)
        rings[a * Self.slots + Int(now[a].ringIndex)] += totals
        return true
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
            if event.ts >= now[a].slotEnd, !rollInHour(a, event.ts) { roll(event, into: &signals) }
        }
        firstUses(of: event, late: late, into: &signals)
        if event.grain == .config || event.grain == .snapshot { return }
        if late || event.grain != .request {
            addLate(event, late: late, into: &signals)
        } else {
            if now[a].isWatched { watches[UInt32(a)]?.add(event.totals, event.facet) }
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
        if model != 0, model != now[a].lastModels.0 {
            now[a].lastModels = (model, now[a].lastModels.0)
            if used.insert(account: UInt32(a), isServer: false, value: model) {
                signals.append(firstUse(.newModel, model, event, late))
            }
        }
        let server = event.facet.mcpServer
        if server != 0, server != now[a].lastServers.0 {
            now[a].lastServers = (server, now[a].lastServers.0)
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
