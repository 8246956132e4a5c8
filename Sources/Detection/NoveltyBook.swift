import UsageEvents

/// Who uses which model and MCP server, and whether one more user is news.
///
/// News to the organisation: nobody had used the value. News to the team: fewer than `teamMates` members had, in a team that is
/// itself old enough to have habits. While the log is younger than `learningDays`, everything is noted and nothing is said.
/// Several accounts that take up a value within a day of the news are one rollout: they join the first alert.
struct NoveltyBook: Sendable {
    /// A value of one kind, and the team (empty text: the whole organisation).
    private struct Key: Hashable {
        var kind: AlertKind
        var team: String
        var value: String
    }

    /// The alert that first told of a value.
    private struct News {
        var account: UInt32
        var at: Int64
        var anomaly: Anomaly
    }

    private var users: [Key: Int] = [:]
    private var teamSince: [String: Int64] = [:]
    private var members: [String: Set<UInt32>] = [:]
    private var news: [Key: News] = [:]
    private var logSince: Int64?

    /// First uses that were news to nobody, or came while learning.
    private(set) var unremarkable = 0

    mutating func judge(
        _ use: FirstUse, signal: Signal, configuration: DetectionConfiguration, symbols: borrowing Symbols
    ) -> Anomaly? {
        let settings = use.kind == .newModel ? configuration.newModel : configuration.newMCPServer
        let isModel = use.kind == .newModel
        let value = isModel ? symbols.models.text(of: use.value) : symbols.mcpServers.text(of: use.value)
        let team = teamText(signal.team, symbols)
        let since = logSince ?? signal.at.rawValue
        logSince = min(since, signal.at.rawValue)
        let inOrganisation = users[Key(kind: use.kind, team: "", value: value), default: 0]
        users[Key(kind: use.kind, team: "", value: value), default: 0] += 1
        var inTeam = 0
        var teamKnown = false
        if let team {
            inTeam = users[Key(kind: use.kind, team: "t" + team, value: value), default: 0]
            users[Key(kind: use.kind, team: "t" + team, value: value), default: 0] += 1
            let first = teamSince[team] ?? signal.at.rawValue
            teamSince[team] = min(first, signal.at.rawValue)
            members[team, default: []].insert(signal.account)
            teamKnown =
                Double(signal.at.rawValue - first) >= settings.learningDays * Double(Timestamp.day)
                && Double(members[team]?.count ?? 0) > settings.teamMates
        }
        let learning = Double(signal.at.rawValue - since) < settings.learningDays * Double(Timestamp.day)
        guard settings.enabled, !learning else {
            unremarkable += 1
            return nil
        }
        let key = Key(kind: use.kind, team: "", value: value)
        if let first = news[key], signal.at.rawValue - first.at < Timestamp.day {
            // Already told within a day: the third adopter makes it a rollout, the others are part of it.
            guard Double(inOrganisation + 1) == settings.rolloutAccounts else { return nil }
            var update = first.anomaly
            update.phase = .grew
            update.sequence = signal.sequence
            update.at = signal.at
            update.adopters = inOrganisation + 1
            return update
        }
        let comparison: Anomaly.Comparison
        if inOrganisation == 0 {
            comparison = .newToOrganisation
        } else if settings.teamNews, teamKnown, Double(inTeam) < settings.teamMates {
            comparison = .newToTeam
        } else {
            unremarkable += 1
            return nil
        }
        let isMoney = use.totals.cost > 0
        var contributors = [Contributor(dimension: isModel ? "model" : "mcp_server", value: value, share: 1)]
        if let tool = symbols.tools.optionalText(of: use.facet.tool) {
            contributors.append(Contributor(dimension: "tool", value: tool, share: 1))
        }
        if !isModel, let model = symbols.models.optionalText(of: use.facet.model) {
            contributors.append(Contributor(dimension: "model", value: model, share: 1))
        }
        let anomaly = Anomaly(
            phase: .began, kind: use.kind, metric: nil, account: signal.account, value: value, sequence: signal.sequence,
            at: signal.at, startsAt: signal.at, firstSequence: signal.sequence, historical: signal.historical,
            retroactive: use.late, team: team, observed: isMoney ? use.totals.cost : use.totals.tokens,
            isMoney: isMoney, basis: use.facet.basis, expected: nil, comparison: comparison,
            contributors: contributors, priceRatio: use.priceRatio, adopters: 1)
        if inOrganisation == 0 { news[key] = News(account: signal.account, at: signal.at.rawValue, anomaly: anomaly) }
        return anomaly
    }
}
