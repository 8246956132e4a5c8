import Statistics
import UsageEvents

// One line a stored field, in the order of the declarations; `StateFieldsTests` fails where a type gets a
// field that is not here.

extension AccountState {
    /// Writes all but the number of a watch. Numbers of eight bytes each: reading them is much quicker than
    /// such that take as many bytes as they need, and packing makes up for their zeros.
    func write(into w: inout StateWriter) {
        thresholds.write(into: &w)
        w.fixed(hourFirstSequence)
        for amount in [dayTotals.cost, dayTotals.tokens, dayPeak.cost, dayPeak.tokens] {
            w.fixed(UInt64(bitPattern: amount))
        }
        w.double(priceCost)
        w.double(priceTokens)
        w.pair(hoursLearned, UInt32(bitPattern: day))
        for moments in [daySpend, dayTokens, peakSpend, peakTokens] {
            w.pair(moments.mean.bitPattern, moments.variance.bitPattern)
        }
        w.pair(daySpend.count.bitPattern, dayTokens.count.bitPattern)
        w.pair(peakSpend.count.bitPattern, peakTokens.count.bitPattern)
        w.pair(levelSpend.sum.bitPattern, levelTokens.sum.bitPattern)
        w.byte(levelSpend.days)
        w.byte(levelTokens.days)
        w.byte(open)
        w.byte(openAsNewcomer)
    }

    init(_ r: inout StateReader, _ rules: Rules) throws(StateFault) {
        self.init(rules)
        thresholds = try FourTotals(&r)
        hourFirstSequence = try r.fixed()
        dayTotals = try Totals(fixed: &r)
        dayPeak = try Totals(fixed: &r)
        priceCost = try r.double()
        priceTokens = try r.double()
        let learned = try r.pair()
        (hoursLearned, day) = (learned.0, Int32(bitPattern: learned.1))
        let (a, b, c, d) = (try r.pair(), try r.pair(), try r.pair(), try r.pair())
        let (days, peaks) = (try r.pair(), try r.pair())
        daySpend = try ForgettingMoments(a, days.0)
        dayTokens = try ForgettingMoments(b, days.1)
        peakSpend = try ForgettingMoments(c, peaks.0)
        peakTokens = try ForgettingMoments(d, peaks.1)
        let sums = try r.pair()
        levelSpend = Level(sum: Float(bitPattern: sums.0), days: try r.byte())
        levelTokens = Level(sum: Float(bitPattern: sums.1), days: try r.byte())
        try r.check(levelSpend.sum.isFinite && levelTokens.sum.isFinite, "a finite number")
        open = try r.byte()
        openAsNewcomer = try r.byte()
        try r.check((open | openAsNewcomer) >> UInt8(Metric.allCases.count) == 0, "a set of metrics")
    }
}

extension StateWriter {
    /// Two numbers in eight bytes.
    fileprivate mutating func pair(_ a: UInt32, _ b: UInt32) { fixed(UInt64(a) | UInt64(b) << 32) }
}

extension StateReader {
    /// See `StateWriter.pair`.
    @inline(__always)
    fileprivate mutating func pair() throws(StateFault) -> (UInt32, UInt32) {
        let word = try fixed()
        return (UInt32(truncatingIfNeeded: word), UInt32(word >> 32))
    }
}

extension FourTotals {
    func write(into w: inout StateWriter) {
        for metric in Metric.allCases { w.fixed(UInt64(bitPattern: self[metric])) }
    }

    init(_ r: inout StateReader) throws(StateFault) {
        self.init(
            spendHour: Int64(bitPattern: try r.fixed()), tokensHour: Int64(bitPattern: try r.fixed()),
            spendDay: Int64(bitPattern: try r.fixed()), tokensDay: Int64(bitPattern: try r.fixed()))
    }
}

extension Totals {
    func write(into w: inout StateWriter) {
        w.signed(cost)
        w.signed(tokens)
    }

    init(_ r: inout StateReader) throws(StateFault) {
        self.init(cost: try r.signed(), tokens: try r.signed())
    }

    /// Of eight bytes each.
    init(fixed r: inout StateReader) throws(StateFault) {
        self.init(cost: Int64(bitPattern: try r.fixed()), tokens: Int64(bitPattern: try r.fixed()))
    }
}

extension ForgettingMoments {
    func write(into w: inout StateWriter) {
        w.float(mean)
        w.float(variance)
        w.float(count)
    }

    init(_ r: inout StateReader) throws(StateFault) {
        guard
            let moments = ForgettingMoments(
                mean: try r.float(), variance: try r.float(), count: try r.float())
        else { throw StateFault("moments") }
        self = moments
    }
}

extension ForgettingMoments {
    fileprivate init(_ pair: (UInt32, UInt32), _ count: UInt32) throws(StateFault) {
        guard
            let moments = ForgettingMoments(
                mean: Float(bitPattern: pair.0), variance: Float(bitPattern: pair.1),
                count: Float(bitPattern: count))
        else { throw StateFault("moments") }
        self = moments
    }
}

extension Facet {
    func write(into w: inout StateWriter, _ codes: StateCodes) {
        w.unsigned(codes.tools[tool])
        w.unsigned(codes.models[model])
        w.unsigned(codes.mcpServers[mcpServer])
        w.unsigned(codes.projects[project])
        w.byte(basis.rawValue)
    }

    init(_ r: inout StateReader, _ numbers: StateNumbers) throws(StateFault) {
        self.init(
            tool: try numbers.tools[r.unsigned32()], model: try numbers.models[r.unsigned32()],
            mcpServer: try numbers.mcpServers[r.unsigned32()],
            project: try numbers.projects[r.unsigned32()], basis: try CostBasis(state: &r))
    }
}
