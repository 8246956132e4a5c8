public import UsageEvents

// The scorer as bytes: what the events have made of it, and nothing of the way there. What waits to be added
// to windows is added, slots of a ring that are past are left out, what only spares work (the last models of
// an account, free places in pools) begins anew.

extension Scorer {
    /// Notes which symbols the state refers to.
    public func mark(_ codes: inout StateCodes) {
        for a in now.indices where now[a].clock != Int64.min { codes.identities.insert(UInt32(a)) }
        for key in used.slots where key & Self.serverBit != 0 {
            codes.mcpServers.insert(UInt32(truncatingIfNeeded: key) & 0x7fff_ffff)
        }
        for a in now.indices where now[a].isWatched {
            for part in watches[now[a].watch].parts {
                codes.tools.insert(part.facet.tool)
                codes.models.insert(part.facet.model)
                codes.mcpServers.insert(part.facet.mcpServer)
                codes.projects.insert(part.facet.project)
            }
        }
    }

    private static let serverBit: UInt64 = 1 << 31

    /// Writes everything, the groups of models first; `codes` has what `mark` noted.
    public func write(into w: inout StateWriter, _ codes: StateCodes, groups: GroupCodes) {
        precondition(share.shift == 0, "a snapshot is of all accounts")
        w.unsigned(lateEvents)
        let values = usedValues(codes, groups)
        let accounts = codes.identities.symbols
        var ring = [Totals](repeating: Totals(), count: AccountState.slots)
        for code in 1..<max(accounts.count, 1) {
            let account = Int(accounts[code])
            var own = now[account]
            var state = states[account]
            let first = account * AccountState.slots
            for slot in ring.indices { ring[slot] = rings[first + slot] }
            state.settle(&own, &ring, 0)
            w.signed(own.clock)
            w.signed(own.slot)
            state.write(into: &w)
            for slot in ring.indices where state.ringMask & 1 << UInt16(slot) != 0 {
                ring[slot].write(into: &w)
            }
            write(state.hours, into: &w)
            w.flag(own.isWatched)
            if own.isWatched { watches[own.watch].write(into: &w, codes) }
            let range = values.starts[code]..<values.starts[code + 1]
            w.count(range.count)
            for i in range { w.unsigned(values.values[i]) }
        }
    }

    private func write(_ list: HourList, into w: inout StateWriter) {
        var cells: [HourCell] = []
        var at = list.newest
        while at != HourPool.none {
            cells.append(hours[at])
            at = hours[at].older
        }
        w.count(cells.count)
        for cell in cells {
            w.signed(cell.hour)
            cell.totals.write(into: &w)
            w.unsigned(cell.firstSequence)
        }
    }

    /// What each account has used, as codes in ascending order, twice the code and one more for a server; by
    /// code of the account where its values begin.
    private func usedValues(_ codes: StateCodes, _ groups: GroupCodes) -> (starts: [Int], values: [UInt32]) {
        func account(_ key: UInt64) -> Int { Int(codes.identities[UInt32(key >> 32)]) }
        var starts = [Int](repeating: 0, count: codes.identities.symbols.count + 1)
        for key in used.slots where key != 0 { starts[account(key) + 1] += 1 }
        for i in starts.indices.dropFirst() { starts[i] += starts[i - 1] }
        var next = starts
        var values = [UInt32](repeating: 0, count: starts[starts.count - 1])
        for key in used.slots where key != 0 {
            let value = UInt32(truncatingIfNeeded: key) & 0x7fff_ffff
            let isServer = key & Self.serverBit != 0
            let code = isServer ? codes.mcpServers[value] << 1 | 1 : groups[value] << 1
            values[next[account(key)]] = code
            next[account(key)] += 1
        }
        for i in 0..<starts.count - 1 where starts[i + 1] - starts[i] > 1 {
            values[starts[i]..<starts[i + 1]].sort()
        }
        return (starts, values)
    }

    /// Reads what `write` wrote.
    public init(
        _ r: inout StateReader, configuration: DetectionConfiguration, _ numbers: StateNumbers,
        folding: [String]
    ) throws(StateFault) {
        self.init(configuration: configuration)
        for name in folding { self.folding.byName[name] = UInt32(self.folding.byName.count + 1) }
        let groups = UInt32(folding.count)
        lateEvents = try r.unsigned()
        let count = numbers.identities.count
        now.append(AccountNow())
        states.append(AccountState(rules))
        rings.append(contentsOf: repeatElement(Totals(), count: AccountState.slots))
        now.reserveCapacity(count)
        states.reserveCapacity(count)
        rings.reserveCapacity(count * AccountState.slots)
        for account in 1..<UInt32(max(count, 1)) {
            try r.check(try numbers.identities[account] == account, "the number of an account")
            try read(&r, account: account, numbers, groups: groups)
        }
    }

    private mutating func read(
        _ r: inout StateReader, account: UInt32, _ numbers: StateNumbers, groups: UInt32
    ) throws(StateFault) {
        var own = AccountNow()
        own.clock = try r.signed()
        own.slot = try r.signed32()
        try r.check(own.clock != Int64.min, "the clock of an account")
        var state = try AccountState(&r, rules)
        for slot in 0..<AccountState.slots {
            let isUsed = state.ringMask & 1 << UInt16(slot) != 0
            rings.append(isUsed ? try Totals(&r) : Totals())
        }
        let cells = try r.count(eachAtLeast: 4)
        var before = Int32.max
        for _ in 0..<cells {
            let hour = try r.signed32()
            try r.check(hour < before, "hours in descending order")
            before = hour
            hours.append(try Totals(&r), hour: hour, sequence: try r.unsigned(), to: &state.hours)
        }
        if try r.flag() { own.watch = watches.resume(try Watch(&r, numbers)) }
        own.room = state.room()
        now.append(own)
        states.append(state)
        var last: UInt32?
        for _ in 0..<(try r.count()) {
            let value = try r.unsigned32()
            try r.check(last.map { $0 < value } ?? true, "values in ascending order")
            last = value
            let isServer = value & 1 == 1
            try r.check(isServer || value >> 1 <= groups, "a group of models")
            let number = isServer ? try numbers.mcpServers[value >> 1] : value >> 1
            _ = used.insert(account: account, isServer: isServer, value: number)
        }
    }
}

extension Watch {
    func write(into w: inout StateWriter, _ codes: StateCodes) {
        w.count(parts.count)
        for part in parts {
            part.facet.write(into: &w, codes)
            part.totals.write(into: &w)
        }
        w.signed(since)
    }

    init(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) {
        let count = try r.count(eachAtLeast: 7)
        try r.check(count <= Self.facetsMax, "the parts of a total")
        for _ in 0..<count {
            parts.append(Part(facet: try Facet(&r, numbers), totals: try Totals(&r)))
        }
        since = try r.signed32()
    }
}

/// The groups of models that a state refers to, under codes in the order of their names.
public struct GroupCodes: Sendable {
    private var codes: [UInt32: UInt32] = [:]
    /// The names by code, from code 1 on.
    public private(set) var names: [String] = []

    /// Those that accounts of a scorer have used.
    public init(_ scorer: Scorer) {
        var groups: Set<UInt32> = []
        for key in scorer.used.slots where key != 0 && key & 1 << 31 == 0 {
            groups.insert(UInt32(truncatingIfNeeded: key))
        }
        let known = scorer.folding.byName.filter { groups.contains($0.value) }
        let sorted = known.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (name, group) in sorted {
            names.append(name)
            codes[group] = UInt32(names.count)
        }
    }

    /// The code of a group; 0 for one whose name was never learned.
    public subscript(group: UInt32) -> UInt32 { codes[group] ?? 0 }

    /// Writes the names.
    public func write(into w: inout StateWriter) {
        w.count(names.count)
        for name in names { w.text(name) }
    }

    /// Reads the names.
    public static func names(_ r: inout StateReader) throws(StateFault) -> [String] {
        var names: [String] = []
        for _ in 0..<(try r.count()) {
            let name = try r.text()
            if let last = names.last {
                try r.check(last.utf8.lexicographicallyPrecedes(name.utf8), "names in ascending order")
            }
            names.append(name)
        }
        return names
    }
}
