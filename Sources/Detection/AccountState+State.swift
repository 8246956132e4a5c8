import Statistics
import UsageEvents

// One line a stored field, in the order of the declarations; `StateFieldsTests` fails where a type gets a
// field that is not here.

extension AccountState {
    /// Writes all but what lies in pools.
    func write(into w: inout StateWriter) {
        thresholds.write(into: &w)
        dayBefore.write(into: &w)
        // Often there is none, whose number would be the longest.
        w.unsigned(hourFirstSequence &+ 1)
        dayTotals.write(into: &w)
        dayPeak.write(into: &w)
        w.double(priceCost)
        w.double(priceTokens)
        w.unsigned(hoursLearned)
        w.signed(day)
        daySpend.write(into: &w)
        dayTokens.write(into: &w)
        peakSpend.write(into: &w)
        peakTokens.write(into: &w)
        levelSpend.write(into: &w)
        w.byte(open)
        w.byte(openAsNewcomer)
        levelTokens.write(into: &w)
    }

    init(_ r: inout StateReader, _ rules: Rules) throws(StateFault) {
        self.init(rules)
        thresholds = try FourTotals(&r)
        dayBefore = try Totals(&r)
        hourFirstSequence = try r.unsigned() &- 1
        dayTotals = try Totals(&r)
        dayPeak = try Totals(&r)
        priceCost = try r.double()
        priceTokens = try r.double()
        hoursLearned = try r.unsigned32()
        day = try r.signed32()
        daySpend = try ForgettingMoments(&r)
        dayTokens = try ForgettingMoments(&r)
        peakSpend = try ForgettingMoments(&r)
        peakTokens = try ForgettingMoments(&r)
        levelSpend = try Level(&r)
        open = try r.byte()
        openAsNewcomer = try r.byte()
        try r.check((open | openAsNewcomer) >> UInt8(Metric.allCases.count) == 0, "a set of metrics")
        levelTokens = try Level(&r)
    }
}

extension FourTotals {
    func write(into w: inout StateWriter) {
        w.signed(spendHour)
        w.signed(tokensHour)
        w.signed(spendDay)
        w.signed(tokensDay)
    }

    init(_ r: inout StateReader) throws(StateFault) {
        self.init()
        spendHour = try r.signed()
        tokensHour = try r.signed()
        spendDay = try r.signed()
        tokensDay = try r.signed()
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
}

extension Level {
    func write(into w: inout StateWriter) {
        w.float(sum)
        w.byte(days)
    }

    init(_ r: inout StateReader) throws(StateFault) { self.init(sum: try r.float(), days: try r.byte()) }
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
