import UsageEvents

extension NotificationPolicy {
    /// Milliseconds between two groups.
    var interval: Int64 { Int64(rules.settings.groupIntervalSeconds) * Timestamp.second }

    /// `wake` has something to do at this time.
    mutating func schedule(_ time: Timestamp?) {
        if let time { earliest = min(earliest, time.rawValue) }
    }

    /// A name for a message that no other message of any sink has, and that does not depend on the clock.
    mutating func messageID(_ purpose: Notification.Purpose, _ first: String) -> String {
        messages += 1
        let parts = [rules.sink.name, purpose.rawValue, String(messages), first]
        return purpose.rawValue + "_" + Hash128(parts: parts.map { Array($0.utf8) }).shortHex
    }

    /// What an alert begins that waits for others of its kind: a little while, and longer after the message
    /// before.
    mutating func newGroup(_ first: String, _ group: Group, _ now: Timestamp) -> WaitingAlerts {
        let soon = now.rawValue + Int64(rules.settings.groupWaitSeconds) * Timestamp.second
        let later = group.grouped.map { $0.rawValue + interval } ?? soon
        let due = Timestamp(rawValue: max(soon, later))
        schedule(due)
        return WaitingAlerts(message: messageID(.group, first), since: now, due: due)
    }

    /// What is held back until the hour is over.
    mutating func newHour(_ first: String, _ now: Timestamp) -> WaitingAlerts {
        let due = Self.hourEnd(now)
        schedule(due)
        return WaitingAlerts(message: messageID(.capped, first), since: now, due: due)
    }

    /// The end of the hour of the clock.
    static func hourEnd(_ now: Timestamp) -> Timestamp {
        Timestamp(rawValue: (now.floored(to: Timestamp.hour) + 1) * Timestamp.hour)
    }

    private func waiting(in place: Place) -> WaitingAlerts? {
        switch place {
        case .group(let key): groups[key]?.waiting
        case .team(let team): teams[team]?.waiting
        case .digest: digest
        case .silence(let id): hidden[id]
        }
    }

    /// The transition of an alert that waits.
    func waiting(_ id: String) -> AlertTransition? {
        guard let place = places[id] else { return nil }
        return waiting(in: place)?.members.first { $0.id == id }
    }

    /// The message that is made of what waits in a place.
    func message(of place: Place) -> String? { waiting(in: place)?.message }

    /// An alert waits no longer, because it is told, or over.
    mutating func leave(_ id: String, isOver: Bool = false) {
        guard let place = places.removeValue(forKey: id) else { return }
        switch place {
        case .group(let key): groups[key]?.waiting?.remove(id, isOver: isOver)
        case .team(let team): teams[team]?.waiting?.remove(id, isOver: isOver)
        case .digest: digest?.remove(id, isOver: isOver)
        case .silence(let silence): hidden[silence]?.remove(id, isOver: isOver)
        }
    }

    /// Takes the alerts of a message: what a silence hides by now stays behind, and what somebody knows by
    /// now is left out. Ends are always told.
    mutating func takeMembers(
        _ waiting: inout WaitingAlerts, _ now: Timestamp, _ out: inout [Decision]
    ) -> [AlertTransition] {
        for member in waiting.members where member.state == .firing {
            if let silence = operators.silence(hiding: member, at: now) {
                // Out of what is being told first, so that hiding it does not look for it there.
                places[member.id] = nil
                waiting.remove(member.id, isOver: false)
                out.append(hide(member, silence))
            } else if operators.isAcknowledged(member) {
                places[member.id] = nil
                waiting.remove(member.id, isOver: false)
                out.append(Decision(member, .suppress, .acknowledged))
            }
        }
        let before = waiting.members
        let carried = waiting.takeMembers()
        for member in before where !waiting.members.contains(where: { $0.id == member.id }) {
            places[member.id] = nil
        }
        return carried
    }
}
