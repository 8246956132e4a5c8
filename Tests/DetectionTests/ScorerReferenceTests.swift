import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// The scorer against its definition.
@Suite struct ScorerReferenceTests {
    private static let seeds: Range<UInt64> = 0..<36

    /// Settings under which much happens to small streams.
    private static func configuration(_ seed: UInt64) -> DetectionConfiguration {
        var c = DetectionConfiguration()
        c.baseline.hoursNeeded = [4, 12, 24][Int(seed % 3)]
        c.baseline.daysNeeded = [2, 3, 5][Int(seed / 3 % 3)]
        c.baseline.adoptDays = [2, 3][Int(seed % 2)]
        c.baseline.dayMemory = [6, 30][Int(seed / 2 % 2)]
        for spike in [\DetectionConfiguration.spendSpike, \.tokenSpike] {
            c[keyPath: spike].sensitivity = 1.5
            c[keyPath: spike].daySensitivity = 1.2
            c[keyPath: spike].ratio = 1.5
        }
        c.spendSpike.hourFloor = 0.01
        c.spendSpike.dayFloor = 0.05
        c.tokenSpike.hourFloor = 1_000
        c.tokenSpike.dayFloor = 5_000
        return c
    }

    private static func score(
        _ events: [UsageEvent], _ configuration: DetectionConfiguration, symbols: inout Symbols
    ) -> (signals: [Signal], scorer: Scorer) {
        var batch = EventBatch()
        for event in events { batch.append(event, symbols: &symbols) }
        var scorer = Scorer(configuration: configuration)
        var signals: [Signal] = []
        scorer.observe(batch, firstSequence: 0, historical: true, into: &signals)
        return (signals, scorer)
    }

    @Test(arguments: seeds)
    func `signals are those of a scorer that sums every window from scratch`(seed: UInt64) {
        var usage = RandomUsage(seed: seed, account: "ann")
        let events = usage.events(700)
        let configuration = Self.configuration(seed)
        var reference = ReferenceScorer(configuration: configuration)
        for (i, event) in events.enumerated() { reference.observe(event, sequence: UInt64(i)) }
        var symbols = Symbols()
        let (signals, scorer) = Self.score(events, configuration, symbols: &symbols)
        let found = signals.map { text(of: $0, symbols: symbols) }
        for (a, b) in zip(found, reference.signals) where a != b {
            Issue.record("found\n  \(a)\nexpected\n  \(b)")
            break
        }
        #expect(found.count == reference.signals.count)
        #expect(scorer.lateEvents == UInt64(reference.lateEvents))
    }

    @Test func `the streams above show every kind of signal`() {
        var seen: Set<String> = []
        for seed in Self.seeds {
            var usage = RandomUsage(seed: seed, account: "ann")
            var symbols = Symbols()
            for signal in Self.score(usage.events(700), Self.configuration(seed), symbols: &symbols).signals {
                switch signal.content {
                case .firstUse(let use):
                    seen.insert(
                        "first \(use.kind)\(use.late ? " late" : "")\(use.priceRatio > 0 ? " priced" : "")")
                case .hourClosed: seen.insert("hour")
                case .dayClosed: seen.insert("day")
                case .excursion(let e):
                    let known = e.expected == nil ? "unknown" : "known"
                    seen.formUnion(["\(e.metric) \(e.phase) \(known)", "retroactive \(e.retroactive)"])
                case .excursionLasts(let metric): seen.insert("\(metric) lasts")
                case .excursionEnded(let metric, let reason): seen.insert("\(metric) \(reason)")
                }
            }
        }
        var expected: Set = ["hour", "day", "retroactive true", "retroactive false"]
        for metric in Metric.allCases {
            expected.formUnion(["backToNormal", "accepted", "lasts"].map { "\(metric) \($0)" })
            expected.formUnion(
                ["began", "grew"].flatMap { ["\(metric) \($0) known", "\(metric) \($0) unknown"] })
        }
        expected.formUnion(["first newModel", "first newMCPServer", "first newMCPServer late"])
        #expect(expected.subtracting(seen).sorted() == [])
    }

    @Test(arguments: [0, 3, 6, 9] as [UInt64])
    func `more different things than are told apart change no total, no trigger and no time`(seed: UInt64) {
        var usage = RandomUsage(seed: seed, account: "ann", projects: 400)
        let events = usage.events(700)
        let configuration = Self.configuration(seed)
        var reference = ReferenceScorer(configuration: configuration)
        for (i, event) in events.enumerated() { reference.observe(event, sequence: UInt64(i)) }
        var symbols = Symbols()
        let (signals, _) = Self.score(events, configuration, symbols: &symbols)
        let expected = reference.signals.map { line in
            line.firstRange(of: " parts ").map { String(line[..<$0.lowerBound]) } ?? line
        }
        #expect(signals.map { text(of: $0, symbols: symbols, parts: false) } == expected)
        var most = 0
        for (signal, line) in zip(signals, reference.signals) {
            guard case .excursion(let excursion) = signal.content else { continue }
            most = max(most, excursion.parts.count)
            let whole = excursion.parts.reduce((0, 0)) { ($0.0 + $1.totals.cost, $0.1 + $1.totals.tokens) }
            #expect(whole == ReferenceScorer.whole(of: line), "\(line.prefix(80))")
            #expect(Set(excursion.parts.map(\.facet)).count == excursion.parts.count)
        }
        #expect(most == Watch.facetsMax)
    }
}
