import EventLog
import Testing
import UsageEvents

@testable import Pipeline

/// What counts as use, worked out by hand for a few events each.
@Suite struct UsageRulesTests {
    /// Folds events of one account.
    private func fold(
        _ groupings: [UsageGrouping], _ events: [(inout UsageEvent) -> Void]
    ) throws -> (fold: UsageFold, names: UsageNames) {
        var symbols = Symbols()
        var batch = EventBatch()
        for (n, change) in events.enumerated() {
            var event = UsageEvent(
                ts: Timestamp(rawValue: 1_772_409_600_000 + Int64(n) * 60_000), identity: "ana@acme.example")
            change(&event)
            batch.append(event, symbols: &symbols)
        }
        var fold = UsageFold(groupings)
        try fold.add(batch, symbols: symbols)
        return (fold, fold.names(symbols))
    }

    private func cost(_ event: inout UsageEvent, _ nano: Int64, _ basis: CostBasis = .unstated) {
        event.cost = NanoUSD(rawValue: nano)
        event.shape.basis = basis
        if basis != .estimated { event.shape.insert(.costUSD) }
    }

    @Test func `running totals are counted and left out, corrections are added with their sign`() throws {
        let result = try fold(
            [UsageGrouping([])],
            [
                { self.cost(&$0, 5_000) },
                {
                    self.cost(&$0, 700_000)
                    $0.shape.grain = .snapshot
                },
                {
                    self.cost(&$0, -2_000)
                    $0.shape.grain = .correction
                },
                {
                    self.cost(&$0, 40_000)
                    $0.requests = 12
                    $0.shape.grain = .bucket
                    $0.shape.insert(.requests)
                },
            ])
        let total = result.fold.tables[0].total
        #expect(total.cost == 43_000 && total.events == 3 && result.fold.snapshots == 1)
        // One request, none for a correction of money, twelve of the bucket.
        #expect(total.requests == 13)
    }

    @Test func `a correction that gives requests back takes them from the sum`() throws {
        let result = try fold(
            [UsageGrouping([])],
            [
                { $0.inputTokens = 10 }, { $0.inputTokens = 20 },
                {
                    $0.inputTokens = -20
                    $0.requests = -1
                    $0.shape.grain = .correction
                    $0.shape.insert(.requests)
                },
            ])
        let total = result.fold.tables[0].total
        #expect(total.inputTokens == 10 && total.requests == 1)
    }

    @Test func `a server that was used counts at least once, one that was configured not at all`() throws {
        let servers = UsageGrouping([.mcpServer], isOfMCPServers: true)
        let result = try fold(
            [servers, UsageGrouping([.mcpServer])],
            [
                { $0.mcpServer = "github" },
                {
                    // An increment: the request itself stands in another line.
                    $0.mcpServer = "github"
                    $0.requests = 0
                    $0.shape.insert(.requests)
                },
                {
                    $0.mcpServer = "jira"
                    $0.requests = 40
                    $0.shape.grain = .bucket
                    $0.shape.insert(.requests)
                },
                {
                    $0.mcpServer = "notes"
                    $0.shape.grain = .config
                },
                { $0.inputTokens = 5 },
            ])
        func uses(_ table: Int) -> [String] {
            result.fold.tables[table].rows(by: .uses, names: result.names).map { row in
                guard case .named(let labels) = row.group else { return "?" }
                let name = result.names.text(.mcpServer, labels[0]) ?? "none"
                return "\(name) \(row.sums.uses) \(row.sums.requests) \(row.sums.events)"
            }
        }
        #expect(uses(0) == ["jira 40 40 1", "github 2 1 2", "notes 0 0 0"])
        #expect(uses(1) == ["jira 40 40 1", "github 2 1 2", "none 0 1 1"])
        #expect(result.fold.events == 4)
    }

    @Test func `whose dollars they are is told apart, and unknown is not zero`() throws {
        let result = try fold(
            [UsageGrouping([.costKind])],
            [
                { self.cost(&$0, 1, .billed) }, { self.cost(&$0, 20, .list) },
                { self.cost(&$0, 300, .estimated) },
                { self.cost(&$0, 4_000, .included) }, { self.cost(&$0, 50_000) },
                { $0.shape.basis = .included },
                {
                    $0.inputTokens = 9
                    $0.model = "new-model"
                },
                { $0.mcpServer = "github" },
            ])
        let total = result.fold.tables[0].total
        #expect(
            [total.billed, total.list, total.estimated, total.included, total.unstated]
                == [1, 20, 300, 4_000, 50_000])
        #expect(total.cost == 54_321 && total.isApproximate)
        #expect(total.priced == 6 && total.unpriced == 1)
        let unpriced = result.fold.unpriced(result.names)
        #expect(unpriced.map(\.model) == ["new-model"] && unpriced.map(\.events) == [1])
        let kinds = result.fold.tables[0].rows(by: .cost, names: result.names).compactMap { row in
            if case .named(let labels) = row.group { result.names.text(.costKind, labels[0]) } else { nil }
        }
        #expect(kinds == ["unstated", "included", "estimated", "list", "billed", "unpriced", "unmetered"])
    }

    @Test func `the team of an account is the one that its events named last`() throws {
        let result = try fold(
            [UsageGrouping([.identity])],
            [
                { $0.team = "search" }, { $0.team = "web" }, { $0.team = nil }, { $0.team = "unassigned" },
            ])
        #expect(result.fold.team(of: 1, names: result.names) == "web")
        let none = try fold([UsageGrouping([.identity])], [{ $0.inputTokens = 1 }])
        #expect(none.fold.team(of: 1, names: none.names) == nil)
    }

    @Test func `names that are like a mistyped one are found`() throws {
        let result = try fold(
            [UsageGrouping([])], [{ $0.model = "Opus-4" }, { $0.model = "opus-3" }, { $0.model = "mini" }])
        #expect(result.names.similar(to: "OPUS", in: .model) == ["Opus-4", "opus-3"])
        #expect(result.names.contains("mini", in: .model) && !result.names.contains("maxi", in: .model))
    }

    @Test(arguments: UsagePeriod.allCases)
    func `periods follow each other without a gap, and begin where the calendar says`(period: UsagePeriod) {
        var random = SplitMix64(seed: 9)
        for _ in 0..<2_000 {
            let ts = Timestamp(rawValue: Int64(random.next() % 253_402_300_800_000))
            let index = period.index(of: ts)
            let start = period.start(of: index)
            #expect(start == PlainUsage.start(ts, period))
            #expect(start <= ts && ts < period.start(of: index + 1))
            #expect(period.index(of: start) == index)
            #expect(
                period.index(of: Timestamp(rawValue: start.rawValue - 1)) == index - 1 || start.rawValue == 0)
        }
    }

    @Test func `a log and the files it was made from give the same sums, duplicates once`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("demo.ndjson", DemoCorpus.bytes())
        // The same file again: each line with an id is a duplicate.
        let feed = FeedOptions(sources: [file, file], prices: .bundled)
        let log = directory.path + "/log"
        var options = IngestOptions(log: log, feed: feed)
        options.detects = false
        let ingest = try Ingest(PosixDisk(), options: options, observer: IngestObserver())
        _ = try ingest.run(IngestObserver())
        let groupings = [UsageGrouping([.identity, .model, .mcpServer, .source], every: .day)]
        var fromLog = UsageFold(groupings)
        var fromFiles = UsageFold(groupings)
        let read = try UsageReading.log(PosixDisk(), directory: log, into: &fromLog)
        let fed = try UsageReading.sources(feed, into: &fromFiles)
        #expect(read.events == fed.events && (fed.counts?.duplicates ?? 0) > 0)
        let a = fromLog.tables[0].rows(by: .cost, perPeriod: true, names: read.names)
        let b = fromFiles.tables[0].rows(by: .cost, perPeriod: true, names: fed.names)
        #expect(a.map(\.sums) == b.map(\.sums) && a.map(\.period) == b.map(\.period))
        #expect(try UsageReading.clock(of: feed) == LogText.now(PosixDisk(), directory: log))
    }
}
