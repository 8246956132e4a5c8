import UsageEvents

/// Alerts that become one message later. Bounded: it carries so many and counts the rest.
struct WaitingAlerts: Sendable {
    /// Alerts that fire and are carried whole.
    static let membersMax = 50

    /// The message that they become.
    let message: String
    /// When the first came.
    let since: Timestamp
    /// When the message goes.
    var due: Timestamp
    /// The latest transition of each, in the order in which they came.
    var members: [AlertTransition] = []
    /// Alerts that are counted only.
    var omitted = 0
    /// Alerts that were over before anybody was told.
    var over = 0

    /// Whether there is nothing to tell.
    var isEmpty: Bool { members.isEmpty && omitted == 0 && over == 0 }

    /// Alerts in all.
    var count: Int { members.count + omitted + over }

    /// Takes an alert, or its newer transition; false where it is counted only. Ends are always carried: a
    /// receiver that was told of an alert must hear that it is over.
    mutating func add(_ alert: AlertTransition) -> Bool {
        if let i = members.firstIndex(where: { $0.id == alert.id }) {
            members[i] = alert
            return true
        }
        guard alert.state == .resolved || members.count < Self.membersMax else {
            omitted += 1
            return false
        }
        members.append(alert)
        return true
    }

    /// Lets go of an alert; counts it where it is over.
    mutating func remove(_ id: String, isOver: Bool) {
        members.removeAll { $0.id == id }
        if isOver { over += 1 }
    }

    /// What one message carries: ends first, then as many as there is room for, in the order in which they
    /// came. The ends for which there was none stay; everything else is gone.
    mutating func takeMembers() -> [AlertTransition] {
        let ends = members.filter { $0.state == .resolved }
        let room = Self.membersMax - min(ends.count, Self.membersMax)
        var left = Self.membersMax
        var firing = 0
        var carried: [AlertTransition] = []
        var rest: [AlertTransition] = []
        for member in members {
            if member.state == .resolved {
                if left > 0 { carried.append(member) } else { rest.append(member) }
                left -= 1
            } else {
                firing += 1
                if firing <= room { carried.append(member) } else { omitted += 1 }
            }
        }
        members = rest
        return carried
    }
}
