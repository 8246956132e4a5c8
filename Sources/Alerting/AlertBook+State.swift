import Detection
public import UsageEvents

extension AlertBook {
    /// Writes everything; `codes` has every account that there is.
    public func write(into w: inout StateWriter, _ codes: StateCodes) {
        // Families are numbered from 1 on as they come up.
        let names = families.sorted { $0.value < $1.value }
        w.count(names.count)
        for (name, _) in names { w.text(name) }
        w.count(suppressed)
        w.signed(nextDeadline)
        let alerts = sorted(open, codes)
        w.count(alerts.count)
        for (key, entry) in alerts {
            write(key, into: &w, codes)
            w.signed(deadlines[key] ?? .max)
            entry.transition.write(into: &w)
            entry.anomaly.write(into: &w, codes)
        }
        let said = sorted(quiet, codes)
        w.count(said.count)
        for (key, quiet) in said {
            write(key, into: &w, codes)
            w.signed(quiet.until)
            w.signed(quiet.startsAt.rawValue)
        }
    }

    private func sorted<Value>(_ entries: [Key: Value], _ codes: StateCodes) -> [(Key, Value)] {
        func order(_ key: Key) -> (UInt32, Int) { (codes.identities[key.account], key.family) }
        return entries.map { ($0.key, $0.value) }.sorted { order($0.0) < order($1.0) }
    }

    private func write(_ key: Key, into w: inout StateWriter, _ codes: StateCodes) {
        w.unsigned(codes.identities[key.account])
        w.count(key.family)
    }

    /// Reads what `write` wrote.
    public init(
        _ r: inout StateReader, configuration: AlertingConfiguration, fingerprint: String,
        _ numbers: StateNumbers
    ) throws(StateFault) {
        self.init(configuration: configuration, fingerprint: fingerprint)
        for number in 0..<(try r.count()) { families[try r.text()] = number + 1 }
        suppressed = try r.number()
        nextDeadline = try r.signed()
        for _ in 0..<(try r.count(eachAtLeast: 40)) {
            let key = try key(&r, numbers)
            try r.check(open[key] == nil, "an alert that comes once")
            let deadline = try r.signed()
            open[key] = Open(transition: try AlertTransition(&r), anomaly: try Anomaly(&r, numbers))
            deadlines[key] = deadline
        }
        for _ in 0..<(try r.count(eachAtLeast: 4)) {
            let key = try key(&r, numbers)
            try r.check(quiet[key] == nil, "a quiet time that comes once")
            quiet[key] = Quiet(until: try r.signed(), startsAt: Timestamp(rawValue: try r.signed()))
        }
    }

    private func key(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) -> Key {
        let key = Key(account: try numbers.identities[r.unsigned32()], family: try r.number())
        try r.check(key.family <= families.count, "a family")
        return key
    }
}

extension AlertTransition {
    /// Writes every field, in the order of the declarations.
    func write(into w: inout StateWriter) {
        w.text(id)
        w.count(seq)
        w.flag(state == .firing)
        w.signed(at.rawValue)
        w.signed(startsAt.rawValue)
        w.byte(UInt8(kind.rawValue))
        w.byte(UInt8(severity.rawValue))
        w.flag(page)
        w.flag(historical)
        w.flag(retroactive)
        w.optionalText(identity)
        w.optionalText(team)
        w.optionalText(tool)
        w.optionalText(model)
        w.optionalText(mcpServer)
        w.text(title)
        w.text(reason)
        w.signed(observed)
        w.flag(isMoney)
        w.text(window)
        w.byte(basis.rawValue)
        w.flag(expected != nil)
        expected?.write(into: &w)
        w.count(contributors.count)
        for contributor in contributors { contributor.write(into: &w) }
        w.flag(exposed != nil)
        if let exposed { w.signed(exposed) }
        w.unsigned(firstSequence)
        w.unsigned(lastSequence)
        w.text(configuration)
    }

    /// Reads what `write` wrote.
    init(_ r: inout StateReader) throws(StateFault) {
        self.init(
            id: try r.text(), seq: try r.number(), state: try r.flag() ? .firing : .resolved,
            at: Timestamp(rawValue: try r.signed()), startsAt: Timestamp(rawValue: try r.signed()),
            kind: try AlertKind(&r), severity: try Severity(&r), page: try r.flag(),
            historical: try r.flag(), retroactive: try r.flag(), identity: try r.optionalText(),
            team: try r.optionalText(), tool: try r.optionalText(), model: try r.optionalText(),
            mcpServer: try r.optionalText(), title: try r.text(), reason: try r.text(),
            observed: try r.signed(), isMoney: try r.flag(), window: try r.text(),
            basis: try CostBasis(state: &r), expected: try r.flag() ? try Expectation(&r) : nil,
            contributors: try Contributor.list(&r), exposed: try r.flag() ? try r.signed() : nil,
            firstSequence: try r.unsigned(), lastSequence: try r.unsigned(), configuration: try r.text())
    }
}

extension Severity {
    init(_ r: inout StateReader) throws(StateFault) {
        guard let severity = Severity(rawValue: Int(try r.byte())) else { throw StateFault("a severity") }
        self = severity
    }
}
