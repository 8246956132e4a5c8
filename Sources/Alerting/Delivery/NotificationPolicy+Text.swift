import UsageEvents

/// The sentences of messages that tell of several alerts. Names in them are data of events: each sink escapes
/// them.
extension NotificationPolicy {
    static func labels(team: String, kind: String? = nil) -> [Notification.Label] {
        (teamName(team).map { [Notification.Label("team", $0)] } ?? [])
            + (kind.map { [Notification.Label("kind", $0)] } ?? [])
    }

    static func groupTitle(_ carried: [AlertTransition], _ waiting: WaitingAlerts, key: GroupKey) -> String {
        let ends = carried.count { $0.state == .resolved }
        let accounts = Set(carried.compactMap(\.identity)).count
        // Without all of them at hand nobody knows how many accounts they are.
        let subject =
            waiting.omitted == 0 && accounts > 1
            ? "\(accounts) members of \(of(key.team))"
            : "\(counted(carried.count + waiting.omitted, "alert")) of \(of(key.team))"
        var notes: [String] = []
        if ends == carried.count, waiting.omitted == 0 {
            notes.append("over")
        } else if ends > 0 {
            notes.append("\(ends) of them over")
        }
        if waiting.over > 0 { notes.append("\(waiting.over) more came and went") }
        return "\(subject): \(words(key.kind))" + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }

    static func reminderTitle(_ count: Int, key: GroupKey) -> String {
        "Still firing: \(counted(count, "alert")) of \(of(key.team)): \(words(key.kind))"
    }

    func cappedTitle(_ carried: [AlertTransition], _ waiting: WaitingAlerts, team: String?) -> String {
        let all = carried.count + waiting.omitted + waiting.over
        let hour = Timestamp(rawValue: waiting.since.floored(to: Timestamp.hour) * Timestamp.hour)
        let ends = carried.count { $0.state == .resolved }
        let notes =
            [(ends, "over"), (waiting.over, "came and went")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(Self.counted(all, "more alert")) of \(Self.of(team ?? "")) held back in the hour from"
            + " \(hour.description.dropFirst(11).prefix(5)) UTC, after"
            + " \(Self.counted(rules.settings.messagesPerTeamHour, "message"))"
            + (notes.isEmpty ? "" : " (\(notes))")
    }

    static func unsilencedTitle(
        _ carried: [AlertTransition], _ waiting: WaitingAlerts, silence: String
    ) -> String {
        let firing = carried.count + waiting.omitted
        var parts: [String] = []
        if firing > 0 { parts.append(counted(firing, "alert")) }
        if waiting.over > 0 { parts.append(counted(waiting.over, "alert") + " already over") }
        return "The silence \(silence) has ended: it hid \(parts.joined(separator: " and "))"
    }

    static func digestTitle(_ carried: [AlertTransition], _ waiting: WaitingAlerts) -> String {
        "Digest of the day: \(counted(carried.count + waiting.omitted, "finding"))"
    }

    static func historyTitle(_ waiting: WaitingAlerts) -> String {
        "\(counted(waiting.omitted, "alert")) found in imported history;"
            + " `tidemark tail --all` lists what was found"
    }

    private static func of(_ team: String) -> String {
        if team.isEmpty { return "no team" }
        return teamName(team).map { "team \($0)" } ?? "further teams"
    }

    private static func words(_ kind: String) -> String {
        String(kind.map { $0 == "_" ? " " : $0 })
    }

    private static func counted(_ n: Int, _ one: String) -> String { n == 1 ? "1 \(one)" : "\(n) \(one)s" }
}
