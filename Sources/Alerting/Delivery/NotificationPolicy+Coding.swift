import UsageEvents

/// The state as JSON: the same state gives the same bytes, and what was read gives them again.
extension NotificationPolicy {
    /// Everything that must survive a restart. Rules and what people decided are no part of it.
    public func encode() -> [UInt8] {
        var json = JSONObjectWriter(after: [])
        json.raw("version", "1")
        json.raw("messages", String(messages))
        json.array("told", told.values.sorted { $0.transition.id < $1.transition.id }) { inner, entry in
            inner.string("severity", entry.severity.word)
            inner.raw("reminders", String(entry.reminders))
            inner.raw("step", String(entry.step))
            inner.optionalTime("due", entry.due)
            inner.raw("alert", entry.transition.json)
        }
        json.array("groups", groups.sorted { $0.key < $1.key }) { inner, group in
            inner.string("team", group.key.team)
            inner.string("kind", group.key.kind)
            inner.time("start", group.value.start)
            inner.raw("sent", String(group.value.sent))
            inner.optionalTime("grouped", group.value.grouped)
            inner.waiting("waiting", group.value.waiting)
        }
        json.array("teams", teams.sorted { $0.key < $1.key }) { inner, team in
            inner.string("team", team.key)
            inner.raw("hour", String(team.value.hour))
            inner.raw("sent", String(team.value.sent))
            inner.waiting("waiting", team.value.waiting)
        }
        json.array("silences", hidden.sorted { $0.key < $1.key }) { inner, silence in
            inner.string("silence", silence.key)
            inner.waiting("waiting", silence.value)
        }
        json.waiting("digest", digest)
        json.waiting("history", history)
        return json.finish()
    }

    /// The state that `encode` wrote; nil for anything else.
    public init?(decoding bytes: some Collection<UInt8>, rules: Rules) {
        self.init(rules)
        guard let tree = JSONTree(bytes), tree["version"]?.whole == 1, let count = tree["messages"]?.count
        else { return nil }
        messages = count
        for entry in tree["told"]?.elements ?? [] {
            guard let alert = entry["alert"].flatMap(AlertTransition.init(tree:)),
                let severity = entry["severity"]?.text.flatMap(Severity.init(word:)),
                let reminders = entry["reminders"]?.count, let step = entry["step"]?.count
            else { return nil }
            told[alert.id] = Told(
                transition: alert, severity: severity, due: entry["due"]?.time, reminders: reminders,
                step: step)
        }
        guard read(groups: tree["groups"]?.elements ?? []), read(teams: tree["teams"]?.elements ?? []),
            read(silences: tree["silences"]?.elements ?? [])
        else { return nil }
        digest = tree["digest"].flatMap(WaitingAlerts.init(tree:))
        history = tree["history"].flatMap(WaitingAlerts.init(tree:))
        for member in digest?.members ?? [] { places[member.id] = .digest }
        // What is due is found out by the first `wake`.
        earliest = 0
    }

    private mutating func read(groups trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let team = tree["team"]?.text, let kind = tree["kind"]?.text,
                let start = tree["start"]?.time, let sent = tree["sent"]?.count
            else { return false }
            let key = GroupKey(team: team, kind: kind)
            groups[key] = Group(
                start: start, sent: sent, grouped: tree["grouped"]?.time,
                waiting: tree["waiting"].flatMap(WaitingAlerts.init(tree:)))
            for member in groups[key]?.waiting?.members ?? [] { places[member.id] = .group(key) }
        }
        return true
    }

    private mutating func read(teams trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let team = tree["team"]?.text, let hour = tree["hour"]?.whole,
                let sent = tree["sent"]?.count
            else { return false }
            teams[team] = TeamHour(
                hour: hour, sent: sent, waiting: tree["waiting"].flatMap(WaitingAlerts.init(tree:)))
            for member in teams[team]?.waiting?.members ?? [] { places[member.id] = .team(team) }
        }
        return true
    }

    private mutating func read(silences trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let silence = tree["silence"]?.text,
                let waiting = tree["waiting"].flatMap(WaitingAlerts.init(tree:))
            else { return false }
            hidden[silence] = waiting
            for member in waiting.members { places[member.id] = .silence(silence) }
        }
        return true
    }
}

extension WaitingAlerts {
    fileprivate init?(tree: JSONTree) {
        guard let message = tree["message"]?.text, let since = tree["since"]?.time,
            let due = tree["due"]?.time, let omitted = tree["omitted"]?.count, let over = tree["over"]?.count
        else { return nil }
        self.init(
            message: message, since: since, due: due,
            members: (tree["alerts"]?.elements ?? []).compactMap {
                $0["alert"].flatMap(AlertTransition.init(tree:))
            },
            omitted: omitted, over: over)
    }
}

extension JSONObjectWriter {
    fileprivate mutating func optionalTime(_ key: String, _ time: Timestamp?) {
        if let time { self.time(key, time) } else { raw(key, "null") }
    }

    fileprivate mutating func waiting(_ key: String, _ waiting: WaitingAlerts?) {
        guard let waiting else { return raw(key, "null") }
        object(key) { inner in
            inner.string("message", waiting.message)
            inner.time("since", waiting.since)
            inner.time("due", waiting.due)
            inner.raw("omitted", String(waiting.omitted))
            inner.raw("over", String(waiting.over))
            inner.array("alerts", waiting.members) { $0.raw("alert", $1.json) }
        }
    }
}

extension JSONTree {
    fileprivate var time: Timestamp? { text.flatMap { Timestamp(rfc3339: $0.utf8) } }

    /// A number that counts something: neither negative nor so large that one more is too many.
    fileprivate var count: Int? { whole.flatMap { (0...Int64(Int32.max)).contains($0) ? Int($0) : nil } }
}
