import UsageEvents

/// Who uses which model and MCP server, and whether one more user is news.
///
/// News to the organisation: nobody had used the value. News to the team: fewer than `teamMates` members
/// had, in a team that is itself old enough to have habits. While the log is younger than `learningDays`,
/// everything is noted and nothing is said. Several accounts that take up a value within a day of the news
/// are one rollout: they join the first alert.
///
/// An account's own clock says how old a habit is when the account itself is judged. What is remembered for
/// others is dated by the log's clock where the account's is ahead of it: a wrong clock must not tell
/// others what is news.
struct NoveltyBook: Sendable {
    /// A value of one kind, and the team; team 0 is the whole organisation. Symbols rather than texts:
    /// looking up needs no order.
    private static func key(_ use: FirstUse, team: UInt32) -> UInt64 {
        key(isModel: use.kind == .newModel, group: use.group, team: team)
    }

    static func key(isModel: Bool, group: UInt32, team: UInt32) -> UInt64 {
        UInt64(team) << 33 | UInt64(group) << 1 | (isModel ? 1 : 0)
    }

    /// Since when a team has been seen, and with how many accounts.
    struct Team {
        var since = Int64.max
        var members = 0
    }

    /// The alert that first told of a value.
    struct News {
        var at: Int64
        var anomaly: Anomaly
    }

    /// How many accounts have used a value, by key.
    var users = CountTable()
    private let teamUsesMax: Int
    /// First uses that count as known to their team, because too many of others are counted already.
    private(set) var uncounted: UInt64 = 0
    /// By number of the team.
    var teams: [Team] = []
    /// Which accounts are in which team.
    var members = TeamMembers()
    var news: [UInt64: News] = [:]
    var logSince: Int64?

    /// Nobody uses anything; the users of so many values are counted by team.
    init(teamUsesMax: Int = FoldBounds.current.teamUses) { self.teamUsesMax = teamUsesMax }

    /// Counts a further user in a team; returns how many there were. What there is no room for counts as used
    /// by everybody. A team's key is never taken from the whole organisation's, which are few.
    private mutating func countInTeam(_ key: UInt64) -> Int {
        guard users.used >= teamUsesMax, users.count(of: key) == 0 else { return users.increment(key) }
        uncounted += 1
        return Self.approved
    }

    /// Milliseconds between two times of a log, which may lie further apart than an `Int64` counts; exact for
    /// all that anybody can live through.
    private static func age(at now: Int64, since: Int64) -> Double { Double(now) - Double(since) }

    mutating func judge(
        _ use: FirstUse, signal: Signal, now: Int64, configuration: DetectionConfiguration,
        symbols: borrowing Symbols
    ) -> Anomaly? {
        let settings = use.kind == .newModel ? configuration.newModel : configuration.newMCPServer
        let isModel = use.kind == .newModel
        let time = min(signal.at.rawValue, now)
        let since = logSince ?? time
        logSince = min(since, time)
        let everywhere = Self.key(use, team: 0)
        let inOrganisation = users.increment(everywhere)
        var inTeam = 0
        var teamKnown = false
        if signal.team != 0, signal.team != symbols.unassignedTeam {
            inTeam = countInTeam(Self.key(use, team: signal.team))
            let team = Int(signal.team)
            if team >= teams.count {
                teams.append(contentsOf: repeatElement(Team(), count: team + 1 - teams.count))
            }
            let first = teams[team].members == 0 ? time : teams[team].since
            teams[team].since = min(first, time)
            if members.insert(account: signal.account, team: signal.team) {
                teams[team].members += 1
            }
            teamKnown =
                Self.age(at: signal.at.rawValue, since: first) >= settings.learningDays
                * Double(Timestamp.day)
                && Double(teams[team].members) > settings.teamMates
        }
        let learning =
            Self.age(at: signal.at.rawValue, since: since) < settings.learningDays * Double(Timestamp.day)
        guard settings.enabled, !learning, inOrganisation < Self.approved else { return nil }
        if let first = news[everywhere],
            Self.age(at: time, since: first.at) < Double(Timestamp.day)
        {
            // Already told within a day: the third adopter makes it a rollout, the others are part of it.
            guard Double(inOrganisation + 1) == settings.rolloutAccounts else { return nil }
            var update = first.anomaly
            update.phase = .grew
            update.sequence = signal.sequence
            update.at = min(signal.at, Timestamp(rawValue: first.anomaly.at.rawValue &+ Timestamp.day))
            update.adopters = inOrganisation + 1
            return update
        }
        let comparison: Anomaly.Comparison
        if inOrganisation == 0 {
            comparison = .newToOrganisation
        } else if settings.teamNews, teamKnown, Double(inTeam) < settings.teamMates {
            comparison = .newToTeam
        } else {
            return nil
        }
        let value = isModel ? symbols.models.text(of: use.value) : symbols.mcpServers.text(of: use.value)
        let isMoney = use.totals.cost > 0
        var contributors = [Contributor(dimension: isModel ? "model" : "mcp_server", value: value, share: 1)]
        if let tool = symbols.tools.optionalText(of: use.facet.tool) {
            contributors.append(Contributor(dimension: "tool", value: tool, share: 1))
        }
        if !isModel, let model = symbols.models.optionalText(of: use.facet.model) {
            contributors.append(Contributor(dimension: "model", value: model, share: 1))
        }
        let anomaly = Anomaly(
            phase: .began, kind: use.kind, metric: nil, account: signal.account, value: value,
            sequence: signal.sequence,
            at: signal.at, startsAt: signal.at, firstSequence: signal.sequence, historical: signal.historical,
            retroactive: use.late, team: teamText(signal.team, symbols),
            observed: isMoney ? use.totals.cost : use.totals.tokens,
            isMoney: isMoney, basis: use.facet.basis, expected: nil, comparison: comparison,
            contributors: contributors, priceRatio: use.priceRatio, adopters: 1)
        if inOrganisation == 0 { news[everywhere] = News(at: time, anomaly: anomaly) }
        return anomaly
    }
}

extension Judge {
    /// First uses that count as known to a team, and such by accounts that do not count as members of a
    /// further one, in this run: there was no room to remember more.
    public var beyond: (teamUses: UInt64, members: UInt64) { (novelty.uncounted, novelty.members.refused) }
}
