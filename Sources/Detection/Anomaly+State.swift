public import UsageEvents

extension Anomaly {
    /// Writes every field, in the order of the declarations.
    public func write(into w: inout StateWriter, _ codes: StateCodes) {
        phase.write(into: &w)
        w.byte(UInt8(kind.rawValue))
        w.byte(metric.map { UInt8($0.rawValue + 1) } ?? 0)
        w.unsigned(codes.identities[account])
        w.optionalText(value)
        w.unsigned(sequence)
        w.signed(at.rawValue)
        w.signed(startsAt.rawValue)
        w.unsigned(firstSequence)
        w.flag(historical)
        w.flag(retroactive)
        w.optionalText(team)
        w.signed(observed)
        w.flag(isMoney)
        w.byte(basis.rawValue)
        w.flag(expected != nil)
        expected?.write(into: &w)
        comparison.write(into: &w)
        w.count(contributors.count)
        for contributor in contributors { contributor.write(into: &w) }
        w.double(priceRatio)
        w.count(adopters)
    }

    /// Reads what `write` wrote.
    public init(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) {
        self.init(
            phase: try Phase(&r), kind: try AlertKind(&r), metric: try Metric.optional(&r),
            account: try numbers.identities[r.unsigned32()], value: try r.optionalText(),
            sequence: try r.unsigned(), at: Timestamp(rawValue: try r.signed()),
            startsAt: Timestamp(rawValue: try r.signed()), firstSequence: try r.unsigned(),
            historical: try r.flag(), retroactive: try r.flag(), team: try r.optionalText(),
            observed: try r.signed(), isMoney: try r.flag(), basis: try CostBasis(state: &r),
            expected: try r.flag() ? try Expectation(&r) : nil, comparison: try Comparison(&r),
            contributors: try Contributor.list(&r), priceRatio: try r.double(), adopters: try r.number())
    }
}

extension AlertKind {
    /// Reads the number of a case.
    public init(_ r: inout StateReader) throws(StateFault) {
        guard let kind = AlertKind(rawValue: Int(try r.byte())) else { throw StateFault("a kind of alert") }
        self = kind
    }
}

extension Metric {
    /// Reads one more than the number of a case; nil for 0.
    static func optional(_ r: inout StateReader) throws(StateFault) -> Metric? {
        let number = try r.byte()
        if number == 0 { return nil }
        guard let metric = Metric(rawValue: Int(number) - 1) else { throw StateFault("a metric") }
        return metric
    }
}

extension CostBasis {
    /// Reads the number of a case.
    public init(state r: inout StateReader) throws(StateFault) {
        guard let basis = CostBasis(rawValue: try r.byte()) else { throw StateFault("a cost basis") }
        self = basis
    }
}

extension Anomaly.Phase {
    func write(into w: inout StateWriter) {
        switch self {
        case .began: w.byte(0)
        case .grew: w.byte(1)
        case .lasts: w.byte(2)
        case .ended(.backToNormal): w.byte(3)
        case .ended(.accepted): w.byte(4)
        }
    }

    init(_ r: inout StateReader) throws(StateFault) {
        switch try r.byte() {
        case 0: self = .began
        case 1: self = .grew
        case 2: self = .lasts
        case 3: self = .ended(.backToNormal)
        case 4: self = .ended(.accepted)
        default: throw StateFault("a phase")
        }
    }
}

extension Anomaly.Comparison {
    func write(into w: inout StateWriter) {
        switch self {
        case .ownBaseline: w.byte(0)
        case .organisation(let have, let need):
            w.byte(1)
            w.double(have)
            w.double(need)
        case .newToOrganisation: w.byte(2)
        case .newToTeam: w.byte(3)
        }
    }

    init(_ r: inout StateReader) throws(StateFault) {
        switch try r.byte() {
        case 0: self = .ownBaseline
        case 1: self = .organisation(have: try r.double(), need: try r.double())
        case 2: self = .newToOrganisation
        case 3: self = .newToTeam
        default: throw StateFault("a comparison")
        }
    }
}

extension Expectation {
    /// Writes every field.
    public func write(into w: inout StateWriter) {
        w.double(value)
        w.double(low)
        w.double(high)
        w.double(score)
        w.double(threshold)
    }

    /// Reads what `write` wrote.
    public init(_ r: inout StateReader) throws(StateFault) {
        self.init(
            value: try r.double(), low: try r.double(), high: try r.double(), score: try r.double(),
            threshold: try r.double())
    }
}

extension Contributor {
    /// Writes every field.
    public func write(into w: inout StateWriter) {
        w.text(dimension)
        w.text(value)
        w.double(share)
    }

    /// Reads a count and so many contributors.
    public static func list(_ r: inout StateReader) throws(StateFault) -> [Contributor] {
        var list: [Contributor] = []
        for _ in 0..<(try r.count(eachAtLeast: 10)) {
            list.append(Contributor(dimension: try r.text(), value: try r.text(), share: try r.double()))
        }
        return list
    }
}
