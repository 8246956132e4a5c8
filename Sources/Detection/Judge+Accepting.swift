public import UsageEvents

extension Judge {
    /// Somebody said that a first use is to be expected: the value is no news any more to those to whom it
    /// was, the team or the whole organisation.
    public mutating func approve(_ anomaly: Anomaly, names: ModelFolding, symbols: borrowing Symbols) {
        novelty.approve(anomaly, names: names, symbols: symbols)
    }
}

extension NoveltyBook {
    /// An approved value counts as used by so many more accounts: for whoever comes next it is no news.
    static let approved = 1 << 20

    fileprivate mutating func approve(
        _ anomaly: Anomaly, names: ModelFolding, symbols: borrowing Symbols
    ) {
        let isModel = anomaly.kind == .newModel
        let table = isModel ? symbols.models : symbols.mcpServers
        guard let value = anomaly.value.flatMap({ table.find($0) }) else { return }
        var team: UInt32 = 0
        if case .newToTeam = anomaly.comparison {
            guard let known = anomaly.team.flatMap({ symbols.teams.find($0) }) else { return }
            team = known
        }
        let key = Self.key(isModel: isModel, group: isModel ? names.group(of: value) : value, team: team)
        let before = users.increment(key)
        users.set(key, to: before < Self.approved ? before + Self.approved : before)
    }
}
