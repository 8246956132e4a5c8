import Detection
public import UsageEvents

extension NotificationPolicy {
    /// Decides what is due: groups, what a cap held back, ends of silences, reminders, the digest.
    public mutating func wake(now: Timestamp) -> [Decision] {
        var out: [Decision] = []
        // In this order: what is told frees places, and a new hour begins with what the one before held.
        endSilences(now, &out)
        endHours(now, &out)
        sendGroups(now, &out)
        sendHistory(now, &out)
        sendDigest(now, &out)
        remind(now, &out)
        forget(now)
        reschedule()
        return out
    }

    // MARK: - One kind of message each

    private mutating func endSilences(_ now: Timestamp, _ out: inout [Decision]) {
        let ended = hidden.entries.keys.filter { !operators.isActive(silence: $0, at: now) }.sorted()
        for id in ended {
            guard var waiting = hidden[id] else { continue }
            hidden[id] = nil
            let carried = takeMembers(&waiting, now, &out)
            guard !carried.isEmpty || !waiting.isEmpty else { continue }
            for member in carried { note(member, now) }
            let notification = Notification(
                id: waiting.message, purpose: .unsilenced,
                title: Self.unsilencedTitle(carried, waiting, silence: id), transitions: carried,
                omitted: waiting.omitted)
            out.append(
                Decision(
                    nil, .send(notification), .silenceEnded, message: notification.id, silence: id))
        }
    }

    private mutating func endHours(_ now: Timestamp, _ out: inout [Decision]) {
        let hour = now.floored(to: Timestamp.hour)
        for team in due(teams.entries.compactMapValues(\.waiting), now) {
            guard var waiting = teams[team]?.waiting else { continue }
            teams[team] = TeamHour(hour: hour)
            let carried = takeMembers(&waiting, now, &out)
            if !carried.isEmpty || waiting.omitted + waiting.over > 0 {
                let notification = Notification(
                    id: waiting.message, purpose: .capped,
                    title: cappedTitle(carried, waiting, team: Self.teamName(team)), transitions: carried,
                    omitted: waiting.omitted + waiting.over, group: Self.labels(team: team))
                for member in carried { note(member, now) }
                out.append(Decision(nil, .send(notification), .teamCap, message: notification.id))
            }
            // More ends than a message carries: they wait for the end of this hour.
            for rest in waiting.members { out.append(put(rest, .team(team), now)) }
        }
    }

    private mutating func sendGroups(_ now: Timestamp, _ out: inout [Decision]) {
        for key in due(groups.entries.compactMapValues(\.waiting), now) {
            guard var waiting = groups[key]?.waiting else { continue }
            let carried = takeMembers(&waiting, now, &out)
            groups[key]?.waiting = nil
            guard !carried.isEmpty || waiting.omitted > 0 else { continue }
            if spend(key.team, now) {
                groups[key]?.grouped = now
                groups[key]?.start = now
                groups[key]?.sent = rules.settings.groupAbove
                let notification =
                    carried.count == 1 && waiting.omitted + waiting.over == 0
                    ? Notification(carried[0])
                    : Notification(
                        id: waiting.message, purpose: .group,
                        title: Self.groupTitle(carried, waiting, key: key), transitions: carried,
                        omitted: waiting.omitted, group: Self.labels(team: key.team, kind: key.kind))
                for member in carried { note(member, now) }
                out.append(Decision(nil, .send(notification), .grouped, message: notification.id))
                for rest in waiting.members { out.append(put(rest, .group(key), now)) }
            } else {
                var held = teams[key.team]?.waiting ?? newHour(waiting.message, now)
                held.omitted += waiting.omitted
                held.over += waiting.over
                teams[key.team]?.waiting = held
                for member in carried + waiting.members { out.append(put(member, .team(key.team), now)) }
            }
        }
    }

    private mutating func sendHistory(_ now: Timestamp, _ out: inout [Decision]) {
        guard let waiting = history, waiting.due <= now else { return }
        history = nil
        let notification = Notification(
            id: waiting.message, purpose: .historical, title: Self.historyTitle(waiting), transitions: [],
            omitted: waiting.omitted)
        out.append(Decision(nil, .send(notification), .historical, message: notification.id))
    }

    private mutating func sendDigest(_ now: Timestamp, _ out: inout [Decision]) {
        guard var waiting = digest, waiting.due <= now else { return }
        digest = nil
        let carried = takeMembers(&waiting, now, &out)
        guard !carried.isEmpty || waiting.omitted > 0 else { return }
        let notification = Notification(
            id: waiting.message, purpose: .digest, title: Self.digestTitle(carried, waiting),
            transitions: carried, omitted: waiting.omitted)
        out.append(Decision(nil, .send(notification), .digest, message: notification.id))
    }

    private mutating func remind(_ now: Timestamp, _ out: inout [Decision]) {
        var due: [GroupKey: [AlertTransition]] = [:]
        let ids = told.entries.filter { ($0.value.due ?? now) <= now && $0.value.due != nil }.keys.sorted()
        for id in ids where places[id] == nil {
            guard let alert = told[id]?.transition else { continue }
            if operators.isAcknowledged(alert) {
                told[id]?.due = nil
                out.append(Decision(alert, .suppress, .acknowledged))
            } else if let silence = operators.silence(hiding: alert, at: now) {
                told[id]?.due = nil
                out.append(hide(alert, silence))
            } else {
                due[GroupKey(team: teamKey(alert, now), kind: alert.kind.word), default: []].append(alert)
            }
        }
        for (key, alerts) in due.sorted(by: { $0.key < $1.key }) {
            if alerts.count > rules.settings.groupAbove {
                remindTogether(key, alerts, now, &out)
            } else {
                for alert in alerts { remind(alert, key, now, &out) }
            }
        }
    }

    private mutating func remind(
        _ alert: AlertTransition, _ key: GroupKey, _ now: Timestamp, _ out: inout [Decision]
    ) {
        guard spend(key.team, now) else { return out.append(postpone(alert, now)) }
        let notification = Notification(
            id: Self.reminderID(alert, told[alert.id]?.reminders ?? 0), purpose: .reminder,
            title: "Still firing: " + alert.title, transitions: [alert])
        reminded(alert.id, now)
        out.append(Decision(alert, .send(notification), .reminderDue, message: notification.id))
    }

    private mutating func remindTogether(
        _ key: GroupKey, _ alerts: [AlertTransition], _ now: Timestamp, _ out: inout [Decision]
    ) {
        guard spend(key.team, now) else {
            for alert in alerts { out.append(postpone(alert, now)) }
            return
        }
        let carried = Array(alerts.prefix(WaitingAlerts.membersMax))
        let notification = Notification(
            id: messageID(.reminder, alerts[0].id), purpose: .reminder,
            title: Self.reminderTitle(alerts.count, key: key), transitions: carried,
            omitted: alerts.count - carried.count, group: Self.labels(team: key.team, kind: key.kind))
        for alert in alerts {
            reminded(alert.id, now)
            out.append(Decision(alert, .merge, .reminderDue, message: notification.id))
        }
        out.append(Decision(nil, .send(notification), .reminderDue, message: notification.id))
    }

    private mutating func reminded(_ id: String, _ now: Timestamp) {
        guard var entry = told[id] else { return }
        entry.severity = entry.transition.severity
        entry.reminders += 1
        entry.step += 1
        entry.due = reminder(entry.step, now)
        told[id] = entry
    }

    private mutating func postpone(_ alert: AlertTransition, _ now: Timestamp) -> Decision {
        let hourEnd = Self.hourEnd(now)
        told[alert.id]?.due = hourEnd
        return Decision(alert, .hold(until: hourEnd), .teamCap)
    }

    // MARK: - Bookkeeping

    private func due<Key: Comparable & Hashable>(_ waiting: [Key: WaitingAlerts], _ now: Timestamp) -> [Key] {
        waiting.filter { $0.value.due <= now }.keys.sorted()
    }

    /// Drops what no longer counts for anything.
    private mutating func forget(_ now: Timestamp) {
        let hour = now.floored(to: Timestamp.hour)
        let interval = interval
        groups.keep { $0.waiting != nil || $0.start.rawValue + interval > now.rawValue }
        teams.keep { $0.waiting != nil || $0.hour == hour }
    }

    private mutating func reschedule() {
        earliest = .max
        // What waits elsewhere is told from there, and has its next reminder then.
        for (id, entry) in told.entries where places[id] == nil { schedule(entry.due) }
        for group in groups.entries.values { schedule(group.waiting?.due) }
        for team in teams.entries.values { schedule(team.waiting?.due) }
        for waiting in hidden.entries.values { schedule(waiting.due) }
        schedule(digest?.due)
        schedule(history?.due)
    }
}
