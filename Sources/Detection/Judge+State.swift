import Statistics
public import UsageEvents

extension Judge {
    /// Notes which symbols the state refers to.
    public func mark(_ codes: inout StateCodes) { novelty.mark(&codes) }

    /// Writes everything; `codes` has what `mark` noted, and the accounts of the scorer.
    public func write(into w: inout StateWriter, _ codes: StateCodes, groups: GroupCodes) {
        clock.write(into: &w, codes)
        for prior in priors { prior.write(into: &w) }
        novelty.write(into: &w, codes, groups)
    }

    /// Reads what `write` wrote; `groups` says how many groups of models there are.
    public init(
        _ r: inout StateReader, configuration: DetectionConfiguration, _ numbers: StateNumbers, groups: Int
    ) throws(StateFault) {
        self.init(configuration: configuration)
        clock = try LogClock(&r, numbers)
        for i in priors.indices { priors[i] = try ForgettingMoments(&r) }
        novelty = try NoveltyBook(&r, numbers, groups: groups)
    }
}

extension LogClock {
    func write(into w: inout StateWriter, _ codes: StateCodes) {
        w.count(count)
        for row in 0..<count {
            w.unsigned(codes.identities[accounts[row]])
            w.signed(clocks[row])
        }
        w.signed(received)
        w.signed(now)
    }

    init(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) {
        self.init()
        count = try r.count()
        try r.check(count <= 3, "the accounts of the clock")
        for row in 0..<count {
            accounts[row] = try numbers.identities[r.unsigned32()]
            clocks[row] = try r.signed()
        }
        received = try r.signed()
        now = try r.signed()
    }
}

extension NoveltyBook {
    /// The parts of a key: a value of one kind, and a team.
    private struct Parts {
        let isModel: Bool
        let group: UInt32
        let team: UInt32

        init(_ key: UInt64) {
            isModel = key & 1 == 1
            group = UInt32(truncatingIfNeeded: key >> 1)
            team = UInt32(truncatingIfNeeded: key >> 33)
        }
    }

    func mark(_ codes: inout StateCodes) {
        for key in users.slots.map(\.key).filter({ $0 != 0 }) + news.keys {
            let parts = Parts(key)
            if !parts.isModel { codes.mcpServers.insert(parts.group) }
            codes.teams.insert(parts.team)
        }
        for pair in members.pairs { codes.teams.insert(pair.team) }
    }

    func write(into w: inout StateWriter, _ codes: StateCodes, _ groups: GroupCodes) {
        /// A key with codes in place of numbers.
        func coded(_ key: UInt64) -> UInt64 {
            let parts = Parts(key)
            return Self.key(
                isModel: parts.isModel,
                group: parts.isModel ? groups[parts.group] : codes.mcpServers[parts.group],
                team: codes.teams[parts.team])
        }
        let counts = users.slots.filter { $0.key != 0 }.map { (key: coded($0.key), count: $0.count) }
        w.count(counts.count)
        for entry in counts.sorted(by: { $0.key < $1.key }) {
            w.unsigned(entry.key)
            w.count(entry.count)
        }
        for team in codes.teams.symbols.dropFirst() {
            let team = Int(team) < teams.count ? teams[Int(team)] : Team()
            w.signed(team.since)
            w.count(team.members)
        }
        let pairs = members.pairs.map { pair in
            UInt64(codes.identities[pair.account]) << 32 | UInt64(codes.teams[pair.team])
        }
        w.count(pairs.count)
        var before: UInt64 = 0
        for pair in pairs.sorted() {
            w.unsigned(pair &- before)
            before = pair
        }
        let told = news.map { (key: coded($0.key), news: $0.value) }.sorted { $0.key < $1.key }
        w.count(told.count)
        for (key, news) in told {
            w.unsigned(key)
            w.signed(news.at)
            news.anomaly.write(into: &w, codes)
        }
        w.flag(logSince != nil)
        w.signed(logSince ?? 0)
    }

    init(_ r: inout StateReader, _ numbers: StateNumbers, groups: Int) throws(StateFault) {
        self.init()
        /// A key that was written with codes.
        func key(_ r: inout StateReader, after before: UInt64?) throws(StateFault) -> (UInt64, coded: UInt64)
        {
            let coded = try r.unsigned()
            try r.check(before.map { $0 < coded } ?? true, "keys in ascending order")
            let parts = Parts(coded)
            try r.check(!parts.isModel || parts.group <= UInt32(groups), "a group of models")
            let group = parts.isModel ? parts.group : try numbers.mcpServers[parts.group]
            let team = try numbers.teams[parts.team]
            let key = Self.key(isModel: parts.isModel, group: group, team: team)
            try r.check(coded >> 33 <= UInt64(UInt32.max) && key != 0, "a key")
            return (key, coded)
        }
        var before: UInt64?
        for _ in 0..<(try r.count(eachAtLeast: 2)) {
            let (key, coded) = try key(&r, after: before)
            before = coded
            let count = try r.number()
            try r.check(count > 0 && count < 1 << 32, "a count of users")
            users.set(key, to: count)
        }
        for code in 1..<UInt32(max(numbers.teams.count, 1)) {
            let team = Int(try numbers.teams[code])
            if team >= teams.count {
                teams.append(contentsOf: repeatElement(Team(), count: team + 1 - teams.count))
            }
            teams[team].since = try r.signed()
            teams[team].members = try r.number()
        }
        var pair: UInt64 = 0
        for _ in 0..<(try r.count()) {
            let (next, overflow) = pair.addingReportingOverflow(try r.unsigned())
            try r.check(!overflow && next > pair, "pairs in ascending order")
            pair = next
            let account = try numbers.identities[UInt32(pair >> 32)]
            let team = try numbers.teams[UInt32(truncatingIfNeeded: pair)]
            try r.check(account != 0 && team != 0, "an account and its team")
            _ = members.insert(account: account, team: team)
        }
        before = nil
        for _ in 0..<(try r.count(eachAtLeast: 2)) {
            let (key, coded) = try key(&r, after: before)
            before = coded
            news[key] = News(at: try r.signed(), anomaly: try Anomaly(&r, numbers))
        }
        let isSince = try r.flag()
        let since = try r.signed()
        try r.check(isSince || since == 0, "the beginning of the log")
        logSince = isSince ? since : nil
    }
}
