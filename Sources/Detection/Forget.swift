// What erasing an account takes out of the state that is kept where a log begins. It is written down and read
// anew afterwards, so places in tables that become free need not be given back.

/// Models, by group, and MCP servers that an account had used.
public struct UsedValues: Sendable {
    var models: [UInt32] = []
    var servers: [UInt32] = []
}

extension Scorer {
    /// Forgets an account; returns what it had used.
    public mutating func forget(_ account: UInt32) -> UsedValues {
        var values = UsedValues()
        for key in usedKeys() where UInt32(truncatingIfNeeded: key >> 32) == account {
            let value = UInt32(truncatingIfNeeded: key) & 0x7fff_ffff
            if key & Self.serverBit != 0 { values.servers.append(value) } else { values.models.append(value) }
        }
        var kept = UsedTable()
        for key in used.keys {
            let owner = UInt32(truncatingIfNeeded: key >> 32)
            guard owner != account else { continue }
            _ = kept.insert(
                account: owner, isServer: key & Self.serverBit != 0,
                value: UInt32(truncatingIfNeeded: key) & 0x7fff_ffff)
        }
        used = kept
        let place = share.place(of: account)
        if place < now.count { now[place] = AccountNow() }
        return values
    }
}

extension Judge {
    /// Forgets an account that had used some values: those that nobody else has used are gone, too.
    public mutating func forget(_ account: UInt32, used: UsedValues) {
        clock.forget(account)
        novelty.forget(account, used: used)
    }
}

extension LogClock {
    /// Forgets whose a time is, and not the time: the clock must not go back.
    mutating func forget(_ account: UInt32) {
        for row in 0..<count where accounts[row] == account { accounts[row] = 0 }
    }
}

extension NoveltyBook {
    mutating func forget(_ account: UInt32, used: UsedValues) {
        var gone: Set<UInt64> = []
        var counts: [UInt64: Int] = [:]
        for slot in users.slots where slot.key != 0 { counts[slot.key] = slot.count }
        for (values, isModel) in [(used.models, true), (used.servers, false)] {
            for value in values {
                let everywhere = Self.key(isModel: isModel, group: value, team: 0)
                let left = (counts[everywhere] ?? 0) - 1
                if left > 0 { counts[everywhere] = left } else { gone.insert(everywhere) }
            }
        }
        var without = TeamMembers()
        var lonely: Set<UInt32> = []
        for pair in members.pairs {
            guard pair.account == account else {
                _ = without.insert(account: pair.account, team: pair.team)
                continue
            }
            let team = Int(pair.team)
            teams[team].members -= 1
            if teams[team].members == 0 {
                teams[team] = Team()
                lonely.insert(pair.team)
            }
        }
        members = without
        /// Whether a value was the account's alone, or a team.
        func isGone(_ key: UInt64) -> Bool {
            gone.contains(key & (1 << 33 - 1)) || lonely.contains(UInt32(truncatingIfNeeded: key >> 33))
        }
        users = CountTable()
        for (key, count) in counts where !isGone(key) { users.set(key, to: count) }
        news = news.filter { $0.value.anomaly.account != account && !isGone($0.key) }
    }
}
