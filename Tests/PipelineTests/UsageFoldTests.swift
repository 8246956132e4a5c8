import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Sums of usage against the plainest possible reckoning, and what counts.
@Suite struct UsageFoldTests {
    /// Every event of some random batches, and a fold over them.
    private func fold(
        _ groupings: [UsageGrouping], seed: UInt64, style: RandomBatches.Style, size: Int = 700,
        filter: UsageFilter = UsageFilter()
    ) throws -> (fold: UsageFold, events: [UsageEvent], names: UsageNames) {
        var random = RandomBatches(seed: seed)
        var events: [UsageEvent] = []
        var fold = UsageFold(groupings, filter: filter)
        var left = 2_100
        while left > 0 {
            let batch = random.batch(min(size, left), style)
            left -= batch.count
            events += (0..<batch.count).map { batch.event(at: $0, symbols: random.symbols) }
            try fold.add(batch, symbols: random.symbols)
        }
        return (fold, events, fold.names(random.symbols))
    }

    @Test(arguments: UsageDimension.allCases, [RandomBatches.Style.plausible, .adversarial])
    func `sums by anything over any step of time are those of a plain loop`(
        dimension: UsageDimension, style: RandomBatches.Style
    ) throws {
        for (seed, period) in UsagePeriod.allCases.enumerated() {
            let result = try fold(
                [UsageGrouping([dimension], every: period)], seed: UInt64(seed) + 40, style: style)
            let expected = PlainUsage.sums(result.events, by: [dimension], every: period)
            let rows = result.fold.tables[0].rows(by: .cost, perPeriod: true, names: result.names)
            var found: [PlainUsage.Group: UsageSums] = [:]
            for row in rows {
                guard case .named(let labels) = row.group else { throw Unexpected() }
                let group = PlainUsage.Group(
                    names: [result.names.text(dimension, labels[0]) ?? ""],
                    start: period.start(of: row.period))
                #expect(found.updateValue(row.sums, forKey: group) == nil, "\(group) has two rows")
            }
            #expect(found == expected)
        }
    }

    private struct Unexpected: Error {}

    @Test func `four dimensions at once are those of a plain loop`() throws {
        let dimensions: [UsageDimension] = [.identity, .tool, .model, .mcpServer]
        let result = try fold([UsageGrouping(dimensions)], seed: 7, style: .adversarial)
        let expected = PlainUsage.sums(result.events, by: dimensions, every: nil)
        let rows = result.fold.tables[0].rows(by: .tokens, names: result.names)
        #expect(rows.count == expected.count)
        for row in rows {
            guard case .named(let labels) = row.group else { throw Unexpected() }
            let names = dimensions.enumerated().map { result.names.text($1, labels[$0]) ?? "" }
            #expect(expected[PlainUsage.Group(names: names, start: nil)] == row.sums, "\(names)")
        }
    }

    @Test(arguments: [1, 13, 2_100])
    func `the size of batches changes nothing`(size: Int) throws {
        let grouping = UsageGrouping([.team, .session], every: .day)
        let whole = try fold([grouping], seed: 3, style: .adversarial)
        let parts = try fold([grouping], seed: 3, style: .adversarial, size: size)
        let a = whole.fold.tables[0].rows(by: .cost, perPeriod: true, names: whole.names)
        let b = parts.fold.tables[0].rows(by: .cost, perPeriod: true, names: parts.names)
        #expect(a.map(\.sums) == b.map(\.sums) && a.map(\.period) == b.map(\.period))
        #expect(
            whole.fold.unpriced(whole.names).map(\.events) == parts.fold.unpriced(parts.names).map(\.events))
    }

    @Test(arguments: UsageMetric.allCases)
    func `the first groups and the rest add up to the total, in the order of the metric`(metric: UsageMetric)
        throws
    {
        let groupings = [UsageGrouping([.model], every: .week), UsageGrouping([])]
        let result = try fold(groupings, seed: 11, style: .adversarial)
        let table = result.fold.tables[0]
        let total = result.fold.tables[1].total
        let groups = table.rows(by: metric, names: result.names)
        let amounts = groups.map { metric.value($0.sums) }
        #expect(amounts == amounts.sorted(by: >))
        for top in [1, 2, groups.count - 1, groups.count, groups.count + 5] {
            for perPeriod in [false, true] {
                let rows = table.rows(by: metric, top: top, perPeriod: perPeriod, names: result.names)
                #expect(rows.reduce(into: UsageSums()) { $0 += $1.sums } == total)
                let rest = rows.filter { $0.group == .rest(groups.count - top) }
                #expect(rest.isEmpty == (top >= groups.count))
                #expect(Set(rows.map { "\($0.group) \($0.period)" }).count == rows.count)
                #expect(Set(rows.map(\.group)).count == min(top + 1, groups.count))
            }
        }
    }

    @Test func `groups of one amount stand in the order of their names`() throws {
        var symbols = Symbols()
        var batch = EventBatch()
        for name in ["m-10", "m-9", "a", "M", "é"] {
            var event = UsageEvent(ts: Timestamp(rawValue: 0), identity: "ana@acme.example")
            event.model = name
            batch.append(event, symbols: &symbols)
        }
        var fold = UsageFold([UsageGrouping([.model])])
        try fold.add(batch, symbols: symbols)
        let names = fold.names(symbols)
        let rows = fold.tables[0].rows(by: .cost, names: names)
        let order = rows.compactMap { row -> String? in
            guard case .named(let labels) = row.group else { return nil }
            return names.text(.model, labels[0])
        }
        #expect(order == ["M", "a", "m-10", "m-9", "é"])
    }

    @Test func `no sum overflows, whatever the events`() throws {
        var symbols = Symbols()
        var batch = EventBatch()
        for _ in 0..<100 {
            // Columns can hold more than a connector accepts.
            var event = UsageEvent(ts: Timestamp(rawValue: 0), identity: "ana@acme.example")
            event.inputTokens = .max
            event.outputTokens = .max
            event.cacheWriteTokens = .max
            event.cost = NanoUSD(rawValue: .max)
            event.requests = .max
            event.shape.insert(.costUSD)
            batch.append(event, symbols: &symbols)
        }
        var fold = UsageFold([UsageGrouping([])])
        try fold.add(batch, symbols: symbols)
        let total = fold.tables[0].total
        #expect(total.tokens == 300 * Int128(Int64.max))
        #expect(total.requests == 100 * Int128(Int64.max))
        #expect(exactDollars(total.cost) == "922337203685.4775807")
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (1_000_000_000, "1"),
            (41_200_000_000, "41.2"),
            (-1_050_000_000, "-1.05"), (100, "0.0000001"),
        ] as [(Int128, String)])
    func `exact dollars have no zeros to spare`(nano: Int128, text: String) {
        #expect(exactDollars(nano) == text)
    }

    @Test func `more groups than there is room for are refused with what to do`() throws {
        var random = RandomBatches(seed: 2)
        let batch = random.batch(500, .plausible)
        let all = [UsageGrouping([.identity])]
        var fold = UsageFold(all, groupsMax: 40)
        try fold.add(batch, symbols: random.symbols)
        #expect(fold.tables[0].rows(by: .cost, names: fold.names(random.symbols)).count == 40)
        var small = UsageFold(all, groupsMax: 39)
        let error = #expect(throws: UsageError.self) { try small.add(batch, symbols: random.symbols) }
        #expect(error?.description.hasPrefix("more than 39 groups") == true)
    }

    @Test func `only what matches a filter is summed`() throws {
        var filter = UsageFilter()
        filter.require("Person-4@Example.COM", in: .identity)
        filter.require("team-4", in: .team)
        filter.require("api", in: .tool)
        filter.require("mcp-2", in: .mcpServer)
        filter.since = Timestamp(rawValue: 1_772_000_100_000)
        filter.until = Timestamp(rawValue: 1_772_000_900_000)
        let result = try fold(
            [UsageGrouping([.model])], seed: 5, style: .plausible, filter: filter)
        let wanted = result.events.filter {
            $0.identity == "person-4@example.com" && $0.tool == "api" && $0.mcpServer == "mcp-2"
                && $0.ts.rawValue >= 1_772_000_100_000 && $0.ts.rawValue < 1_772_000_900_000
        }
        #expect(!wanted.isEmpty && result.fold.events == wanted.count)
        #expect(result.fold.tables[0].total.cost == wanted.reduce(0) { $0 + Int128($1.cost.rawValue) })
        filter.require("nobody has heard of it", in: .model)
        let none = try fold([UsageGrouping([.model])], seed: 5, style: .plausible, filter: filter)
        #expect(none.fold.events == 0 && none.fold.tables[0].isEmpty)
    }
}

/// Sums by a loop over events as values: slow, and short enough to be right.
enum PlainUsage {
    struct Group: Hashable {
        var names: [String]
        var start: Timestamp?
    }

    static func sums(
        _ events: [UsageEvent], by dimensions: [UsageDimension], every period: UsagePeriod?
    ) -> [Group: UsageSums] {
        var sums: [Group: UsageSums] = [:]
        for event in events where event.shape.grain != .snapshot && event.shape.grain != .config {
            let group = Group(
                names: dimensions.map { name(event, $0) }, start: period.map { start(event.ts, $0) })
            var sum = sums[group] ?? UsageSums()
            add(event, to: &sum)
            sums[group] = sum
        }
        return sums
    }

    private static func add(_ event: UsageEvent, to sum: inout UsageSums) {
        sum.events += 1
        sum.first = min(sum.first, event.ts.rawValue)
        sum.last = max(sum.last, event.ts.rawValue)
        let isSilent = event.shape.grain == .correction && !event.shape.has(.requests)
        let requests = isSilent ? 0 : event.requests
        sum.requests += Int128(requests)
        if event.mcpServer != nil, event.mcpServer != "" {
            sum.uses += Int128(event.shape.grain == .request ? max(1, requests) : requests)
        }
        sum.inputTokens += Int128(event.inputTokens)
        sum.outputTokens += Int128(event.outputTokens)
        sum.cacheReadTokens += Int128(event.cacheReadTokens)
        sum.cacheWriteTokens += Int128(event.cacheWriteTokens)
        let kind = kind(event)
        let cost = Int128(event.cost.rawValue)
        switch kind {
        case "billed": sum.billed += cost
        case "list": sum.list += cost
        case "estimated": sum.estimated += cost
        case "included": sum.included += cost
        case "unstated": sum.unstated += cost
        case "unpriced": sum.unpriced += 1
        default: break
        }
        if kind != "unpriced", kind != "unmetered" { sum.priced += 1 }
    }

    private static func kind(_ event: UsageEvent) -> String {
        if event.shape.hasCost || event.shape.basis == .included {
            return event.shape.basis.word ?? "unstated"
        }
        let tokens = [
            event.inputTokens, event.outputTokens, event.cacheReadTokens, event.cacheWriteTokens,
        ]
        return tokens.contains { $0 != 0 } ? "unpriced" : "unmetered"
    }

    private static func name(_ event: UsageEvent, _ dimension: UsageDimension) -> String {
        switch dimension {
        case .identity: event.identity
        case .team: event.team == "unassigned" ? "" : event.team ?? ""
        case .project: event.project ?? ""
        case .tool: event.tool ?? ""
        case .model: event.model ?? ""
        case .mcpServer: event.mcpServer ?? ""
        case .source: event.source ?? ""
        case .session: event.sessionID ?? ""
        case .costKind: kind(event)
        }
    }

    /// By the calendar of Foundation, which knows nothing of ours.
    static func start(_ ts: Timestamp, _ period: UsagePeriod) -> Timestamp {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        let date = Date(timeIntervalSince1970: Double(floorDivide(ts.rawValue, 1_000)))
        let unit: Calendar.Component =
            switch period {
            case .hour: .hour
            case .day: .day
            case .week: .weekOfYear
            case .month: .month
            }
        let start = calendar.dateInterval(of: unit, for: date)?.start ?? .distantPast
        return Timestamp(rawValue: Int64(start.timeIntervalSince1970) * 1_000)
    }
}
