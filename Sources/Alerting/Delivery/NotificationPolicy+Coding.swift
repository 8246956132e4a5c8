import UsageEvents

/// The state as JSON: the same state gives the same bytes, and what was read gives them again. What changed
/// since it was last written is written in the same form, with entries that are gone named as such.
extension NotificationPolicy {
    /// Everything that must survive a restart. Rules and what people decided are no part of it.
    public func encode() -> [UInt8] {
        write(
            told: told.entries.keys, groups: groups.entries.keys, teams: teams.entries.keys,
            silences: hidden.entries.keys, digest: true, history: true)
    }

    /// All of it, from which the next `takeChanges` counts.
    public mutating func takeState() -> [UInt8] {
        settle()
        return encode()
    }

    /// What has changed since the last `takeState` or `takeChanges`.
    public mutating func takeChanges() -> [UInt8] {
        defer { settle() }
        return write(
            told: told.touched, groups: groups.touched, teams: teams.touched, silences: hidden.touched,
            digest: isDigestTouched, history: isHistoryTouched)
    }

    private mutating func settle() {
        told.settle()
        groups.settle()
        teams.settle()
        hidden.settle()
        isDigestTouched = false
        isHistoryTouched = false
    }

    private func write(
        told ids: some Collection<String>, groups keys: some Collection<GroupKey>,
        teams names: some Collection<String>, silences: some Collection<String>, digest isDigestWritten: Bool,
        history isHistoryWritten: Bool
    ) -> [UInt8] {
        var json = JSONObjectWriter(after: [])
        json.raw("version", "1")
        json.raw("messages", String(messages))
        json.array("told", ids.sorted()) { inner, id in
            guard let entry = told[id] else { return inner.string("gone", id) }
            inner.string("severity", entry.severity.word)
            inner.raw("reminders", String(entry.reminders))
            inner.raw("step", String(entry.step))
            inner.optionalTime("due", entry.due)
            inner.raw("alert", entry.transition.json)
        }
        json.array("groups", keys.sorted()) { inner, key in
            inner.string("team", key.team)
            inner.string("kind", key.kind)
            guard let group = groups[key] else { return inner.raw("gone", "true") }
            inner.time("start", group.start)
            inner.raw("sent", String(group.sent))
            inner.optionalTime("grouped", group.grouped)
            inner.waiting("waiting", group.waiting)
        }
        json.array("teams", names.sorted()) { inner, name in
            inner.string("team", name)
            guard let team = teams[name] else { return inner.raw("gone", "true") }
            inner.raw("hour", String(team.hour))
            inner.raw("sent", String(team.sent))
            inner.waiting("waiting", team.waiting)
        }
        json.array("silences", silences.sorted()) { inner, id in
            inner.string("silence", id)
            guard let waiting = hidden[id] else { return inner.raw("gone", "true") }
            inner.waiting("waiting", waiting)
        }
        if isDigestWritten { json.waiting("digest", digest) }
        if isHistoryWritten { json.waiting("history", history) }
        return json.finish()
    }

    /// The state that `encode` wrote, with the changes that were taken after it, in their order; nil for
    /// anything else.
    public init?(decoding state: some Collection<UInt8>, changes: [[UInt8]] = [], rules: Rules) {
        self.init(rules)
        guard read(state), changes.allSatisfy({ read($0) }) else { return nil }
        settle()
        for (key, group) in groups.entries { place(group.waiting, in: .group(key)) }
        for (name, team) in teams.entries { place(team.waiting, in: .team(name)) }
        for (id, waiting) in hidden.entries { place(waiting, in: .silence(id)) }
        place(digest, in: .digest)
        // What is due is found out by the first `wake`.
        earliest = 0
    }

    private mutating func place(_ waiting: WaitingAlerts?, in place: Place) {
        for member in waiting?.members ?? [] { places[member.id] = place }
    }

    private mutating func read(_ bytes: some Collection<UInt8>) -> Bool {
        guard let tree = JSONTree(bytes), tree["version"]?.whole == 1, let count = tree["messages"]?.count,
            read(told: tree["told"]?.elements ?? []), read(groups: tree["groups"]?.elements ?? []),
            read(teams: tree["teams"]?.elements ?? []), read(silences: tree["silences"]?.elements ?? [])
        else { return false }
        messages = count
        if let waiting = tree["digest"] { digest = WaitingAlerts(tree: waiting) }
        if let waiting = tree["history"] { history = WaitingAlerts(tree: waiting) }
        return true
    }

    private mutating func read(told trees: [JSONTree]) -> Bool {
        for tree in trees {
            if let id = tree["gone"]?.text {
                told[id] = nil
                continue
            }
            guard let alert = tree["alert"].flatMap(AlertTransition.init(tree:)),
                let severity = tree["severity"]?.text.flatMap(Severity.init(word:)),
                let reminders = tree["reminders"]?.count, let step = tree["step"]?.count
            else { return false }
            told[alert.id] = Told(
                transition: alert, severity: severity, due: tree["due"]?.time, reminders: reminders,
                step: step)
        }
        return true
    }

    private mutating func read(groups trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let team = tree["team"]?.text, let kind = tree["kind"]?.text else { return false }
            let key = GroupKey(team: team, kind: kind)
            if tree["gone"] != nil {
                groups[key] = nil
                continue
            }
            guard let start = tree["start"]?.time, let sent = tree["sent"]?.count else { return false }
            groups[key] = Group(
                start: start, sent: sent, grouped: tree["grouped"]?.time,
                waiting: tree["waiting"].flatMap(WaitingAlerts.init(tree:)))
        }
        return true
    }

    private mutating func read(teams trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let team = tree["team"]?.text else { return false }
            if tree["gone"] != nil {
                teams[team] = nil
                continue
            }
            guard let hour = tree["hour"]?.whole, let sent = tree["sent"]?.count else { return false }
            teams[team] = TeamHour(
                hour: hour, sent: sent, waiting: tree["waiting"].flatMap(WaitingAlerts.init(tree:)))
        }
        return true
    }

    private mutating func read(silences trees: [JSONTree]) -> Bool {
        for tree in trees {
            guard let silence = tree["silence"]?.text else { return false }
            if tree["gone"] != nil {
                hidden[silence] = nil
                continue
            }
            guard let waiting = tree["waiting"].flatMap(WaitingAlerts.init(tree:)) else { return false }
            hidden[silence] = waiting
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
