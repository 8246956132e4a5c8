public import UsageEvents

// The scorer as bytes: what the events have made of it, and nothing of the way there. What only spares work
// (limits, free places in pools, the order in which values came) is left out.

extension Scorer {
    /// Notes which symbols the state refers to.
    public func mark(_ codes: inout StateCodes) {
        for a in now.indices where now[a].hasClock { codes.identities.insert(UInt32(a)) }
        for key in usedKeys() where key & Self.serverBit != 0 {
            codes.mcpServers.insert(UInt32(truncatingIfNeeded: key) & 0x7fff_ffff)
        }
        for a in now.indices where now[a].isWatched {
            for part in watches[states[a].watch].parts {
                codes.tools.insert(part.facet.tool)
                codes.models.insert(part.facet.model)
                codes.mcpServers.insert(part.facet.mcpServer)
                codes.projects.insert(part.facet.project)
            }
        }
    }

    static let serverBit: UInt64 = 1 << 31

    /// What all accounts have used, each once, as in `used`.
    func usedKeys() -> [UInt64] {
        var keys = used.keys
        for a in now.indices {
            let account = UInt32(a) << share.shift | share.part
            if used.has(account) { continue }
            for value in now[a].known.values {
                keys.append(
                    UInt64(account) << 32 | (value.isServer ? Self.serverBit : 0) | UInt64(value.number))
            }
        }
        return keys
    }

    /// Writes everything, the groups of models first; `codes` has what `mark` noted.
    public func write(into w: inout StateWriter, _ codes: StateCodes, groups: GroupCodes) {
        precondition(share.shift == 0, "a snapshot is of all accounts")
        w.unsigned(lateEvents)
        let values = usedValues(codes, groups)
        let accounts = codes.identities.symbols
        for code in 1..<max(accounts.count, 1) {
            let account = Int(accounts[code])
            let own = now[account]
            let state = states[account]
            w.signed(own.clock)
            own.total.write(into: &w)
            state.write(into: &w)
            cells.write(own.ring, into: &w)
            cells.write(own.past, into: &w)
            w.flag(own.isWatched)
            if own.isWatched { watches[state.watch].write(into: &w, codes) }
            let range = values.starts[code]..<values.starts[code + 1]
            w.count(range.count)
            for i in range { w.unsigned(values.values[i]) }
        }
    }

    /// What each account has used, as codes in ascending order, twice the code and one more for a server; by
    /// code of the account where its values begin.
    private func usedValues(_ codes: StateCodes, _ groups: GroupCodes) -> (starts: [Int], values: [UInt32]) {
        func account(_ key: UInt64) -> Int { Int(codes.identities[UInt32(key >> 32)]) }
        var starts = [Int](repeating: 0, count: codes.identities.symbols.count + 1)
        let keys = usedKeys()
        for key in keys { starts[account(key) + 1] += 1 }
        for i in starts.indices.dropFirst() { starts[i] += starts[i - 1] }
        var next = starts
        var values = [UInt32](repeating: 0, count: starts[starts.count - 1])
        for key in keys {
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
        now.reserveCapacity(count)
        states.reserveCapacity(count)
        for account in 1..<UInt32(max(count, 1)) {
            try r.check(try numbers.identities[account] == account, "the number of an account")
            try read(&r, account: account, numbers, groups: groups)
        }
    }

    private mutating func read(
        _ r: inout StateReader, account: UInt32, _ numbers: StateNumbers, groups: UInt32
    ) throws(StateFault) {
        var own = AccountNow()
        let clock = try r.signed()
        own.slot = AccountNow.slot(of: clock)
        own.clock = clock
        try r.check(own.clock == clock, "the clock of an account")
        own.total = try Totals(&r)
        var state = try AccountState(&r, rules)
        let firstSlot = own.hour * Int32(AccountState.slots)
        own.ring = try cells.read(&r, own, slots: firstSlot..<own.slot, hours: 0)
        own.past = try cells.read(
            &r, own, slots: firstSlot - Int32(AccountState.slots)..<firstSlot,
            hours: Int(AccountState.hoursKept))
        own.isWatched = try r.flag()
        var triggers = state.watchLevels
        if own.isWatched {
            let watch = try Watch(&r, numbers)
            triggers = watch.triggers
            state.watch = watches.resume(watch)
        }
        if state.hourFirstSequence != .max {
            own.limit = triggers.limit(tail: own.tail(cells), day: own.dayBefore(cells))
        }
        var last: UInt32?
        var values: [(number: UInt32, isServer: Bool)] = []
        let uses = try r.count()
        var isSpread = uses > KnownValues.count
        for _ in 0..<uses {
            let value = try r.unsigned32()
            try r.check(last.map { $0 < value } ?? true, "values in ascending order")
            last = value
            let isServer = value & 1 == 1
            try r.check(isServer || value >> 1 <= groups, "a group of models")
            let number = isServer ? try numbers.mcpServers[value >> 1] : value >> 1
            try r.check(number != 0, "a value")
            own.known.insert(number, isServer: isServer)
            isSpread = isSpread || number > KnownValues.max
            values.append((number, isServer))
        }
        if isSpread {
            for value in values {
                _ = used.insert(account: account, isServer: value.isServer, value: value.number)
            }
        }
        now.append(own)
        states.append(state)
    }
}

extension Watch {
    func write(into w: inout StateWriter, _ codes: StateCodes) {
        w.count(parts.count)
        triggers.write(into: &w)
        for part in parts {
            part.facet.write(into: &w, codes)
            part.totals.write(into: &w)
        }
        w.signed(since)
    }

    init(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) {
        let count = try r.count(eachAtLeast: 7)
        try r.check(count <= Self.facetsMax, "the parts of a total")
        triggers = try FourTotals(&r)
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
        for key in scorer.usedKeys() where key & Scorer.serverBit == 0 {
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
