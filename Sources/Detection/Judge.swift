import Statistics
public import UsageEvents

/// Phase *judge*: one fold over the signals of all accounts by (sequence, kind); it owns what crosses
/// accounts.
///
/// It holds the organisation's prior for accounts without history, and who uses which model and MCP server.
/// It never feeds *score*. Texts decide every order, never the numbers of symbols, which differ between runs.
public struct Judge: Sendable {
    /// Closed hours of all accounts that the organisation's prior needs before it judges anybody.
    static let priorHoursNeeded: Float = 200
    /// Closed hours that it remembers.
    static let priorMemory: Double = 50_000

    let configuration: DetectionConfiguration
    @usableFromInline var clock = LogClock()
    var priors = [ForgettingMoments](repeating: ForgettingMoments(), count: Metric.allCases.count)
    var novelty = NoveltyBook()

    /// A judge that has seen nothing.
    public init(configuration: DetectionConfiguration) { self.configuration = configuration }

    /// The log's clock; nil before the first signal.
    ///
    /// Asked after each signal, and a call would be handed a copy of the whole judge.
    @inlinable public var now: Timestamp? { clock.now == .min ? nil : Timestamp(rawValue: clock.now) }

    /// The wall clock at which a live block was committed, or a tick.
    public mutating func observe(received: Timestamp) { clock.observe(received: received.rawValue) }

    /// Takes a signal that is only learned from, as nearly all are; false, with nothing done, for any other.
    public mutating func learn(_ signal: Signal) -> Bool {
        switch signal.content {
        case .hourClosed(let totals): learn(totals, .spendHour, .tokensHour)
        case .dayClosed(let totals): learn(totals, .spendDay, .tokensDay)
        default: return false
        }
        clock.observe(account: signal.account, clock: signal.at.rawValue)
        return true
    }

    /// Judges one signal; returns what it means, at most one anomaly.
    public mutating func observe(_ signal: Signal, symbols: borrowing Symbols) -> Anomaly? {
        if learn(signal) { return nil }
        clock.observe(account: signal.account, clock: signal.at.rawValue)
        switch signal.content {
        case .hourClosed, .dayClosed: return nil
        case .firstUse(let use):
            return novelty.judge(
                use, signal: signal, now: clock.now, configuration: configuration, symbols: symbols)
        case .excursion(let excursion):
            return judge(excursion, signal: signal, symbols: symbols)
        case .excursionLasts(let metric): return Self.continuation(.lasts, metric, signal)
        case .excursionEnded(let metric, let reason): return Self.continuation(.ended(reason), metric, signal)
        }
    }

    private static func continuation(_ phase: Anomaly.Phase, _ metric: Metric, _ signal: Signal) -> Anomaly {
        Anomaly(
            phase: phase, kind: metric.kind, metric: metric, account: signal.account,
            sequence: signal.sequence,
            at: signal.at, startsAt: signal.at, firstSequence: signal.sequence, historical: signal.historical,
            retroactive: false, observed: 0, isMoney: metric.isSpend, basis: .unstated,
            comparison: .ownBaseline,
            contributors: [])
    }

    private mutating func learn(_ totals: Totals, _ spend: Metric, _ tokens: Metric) {
        // A total of nothing has no logarithm.
        let (cost, amount) = Deterministic.log2(Double(max(totals.cost, 1)), Double(max(totals.tokens, 1)))
        if totals.cost > 0 { priors[spend.rawValue].learn(cost, memory: Self.priorMemory) }
        if totals.tokens > 0 { priors[tokens.rawValue].learn(amount, memory: Self.priorMemory) }
    }

    /// A known account's excursion stands; one of an account without history is compared with everybody's
    /// hours or days.
    private func judge(_ e: Excursion, signal: Signal, symbols: borrowing Symbols) -> Anomaly? {
        var expected = e.expected
        var comparison = Anomaly.Comparison.ownBaseline
        if expected == nil {
            expected = organisation(e)
            guard let expected, expected.score >= expected.threshold else { return nil }
            comparison = .organisation(have: e.have, need: e.need)
        }
        return Anomaly(
            phase: e.phase == .began ? .began : .grew, kind: e.metric.kind, metric: e.metric,
            account: signal.account,
            sequence: signal.sequence, at: signal.at, startsAt: e.startsAt, firstSequence: e.firstSequence,
            historical: signal.historical, retroactive: e.retroactive, team: teamText(signal.team, symbols),
            observed: e.observed, isMoney: e.metric.isSpend, basis: Self.basis(e.parts), expected: expected,
            comparison: comparison,
            contributors: Self.contributors(e.parts, isSpend: e.metric.isSpend, symbols: symbols))
    }

    private func organisation(_ e: Excursion) -> Expectation? {
        let hours = priors[(e.metric.isSpend ? Metric.spendHour : .tokensHour).rawValue]
        let prior = priors[e.metric.rawValue]
        guard hours.count >= Self.priorHoursNeeded, prior.count >= Self.priorHoursNeeded / 8 else {
            return nil
        }
        let spread = max(Double(prior.variance).squareRoot(), 0.5)
        let mean = Double(prior.mean)
        let s = e.metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
        return Expectation(
            value: Deterministic.exp2(mean), low: Deterministic.exp2(mean - spread),
            high: Deterministic.exp2(mean + spread),
            score: (Deterministic.log2(Double(max(e.observed, 1))) - mean) / spread,
            threshold: s.newcomerSensitivity)
    }

    /// The basis of most of the dollars; the first by number among equals.
    private static func basis(_ parts: [Part]) -> CostBasis {
        var sums = [Int64](repeating: 0, count: CostBasis.allCases.count)
        for part in parts { sums[Int(part.facet.basis.rawValue)] &+= part.totals.cost }
        var best = CostBasis.unstated
        for basis in CostBasis.allCases where sums[Int(basis.rawValue)] > sums[Int(best.rawValue)] {
            best = basis
        }
        return best
    }

    /// Up to three values of each dimension that make at least a twentieth, largest first, then by text.
    static func contributors(
        _ parts: [Part], isSpend: Bool, symbols: borrowing Symbols
    ) -> [Contributor] {
        let total = max(1, parts.reduce(Int64(0)) { $0 &+ (isSpend ? $1.totals.cost : $1.totals.tokens) })
        var out: [Contributor] = []
        let dimensions: [(String, (Facet) -> UInt32)] = [
            ("model", \.model), ("mcp_server", \.mcpServer), ("tool", \.tool),
        ]
        for (dimension, key) in dimensions {
            var sums: [UInt32: Int64] = [:]
            for part in parts where key(part.facet) != 0 {
                sums[key(part.facet), default: 0] &+= isSpend ? part.totals.cost : part.totals.tokens
            }
            var rows: [Contributor] = []
            for (symbol, sum) in sums {
                // Corrections may leave a whole that is smaller than one of its parts.
                let share = min(1, Double(sum) / Double(total))
                guard share >= 0.05 else { continue }
                let text =
                    switch dimension {
                    case "model": symbols.models.text(of: symbol)
                    case "mcp_server": symbols.mcpServers.text(of: symbol)
                    default: symbols.tools.text(of: symbol)
                    }
                rows.append(Contributor(dimension: dimension, value: text, share: share))
            }
            rows.sort { ($1.share, $0.value) < ($0.share, $1.value) }
            out.append(contentsOf: rows.prefix(3))
        }
        return out
    }
}

/// The text of a team; `unassigned` and null are no team: strangers do not vouch for each other.
func teamText(_ team: UInt32, _ symbols: borrowing Symbols) -> String? {
    team == symbols.unassignedTeam ? nil : symbols.teams.optionalText(of: team)
}
