import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// What an account's signals may not depend on: other accounts, batches, the numbers of symbols.
@Suite struct ScorerOrderTests {
    private static let names = ["ann", "bob", "cho", "svc-1"]

    /// Streams of several accounts, each in its own order.
    private static func streams(_ seed: UInt64) -> [[UsageEvent]] {
        names.enumerated().map { i, name in
            var usage = RandomUsage(seed: seed * 10 + UInt64(i), account: name)
            return usage.events(400)
        }
    }

    /// Merges streams at random, each in its order.
    private static func interleaved(_ streams: [[UsageEvent]], seed: UInt64) -> [UsageEvent] {
        var random = SplitMix64(seed: seed)
        var heads = streams.map { $0[...] }
        var out: [UsageEvent] = []
        while true {
            let live = heads.indices.filter { !heads[$0].isEmpty }
            guard !live.isEmpty else { return out }
            // In runs, as sources deliver.
            let from = live[random.below(live.count)]
            for _ in 0...random.below(30) { if let event = heads[from].popFirst() { out.append(event) } }
        }
    }

    private static var configuration: DetectionConfiguration {
        var c = DetectionConfiguration()
        c.baseline.hoursNeeded = 6
        c.baseline.daysNeeded = 2
        c.spendSpike.sensitivity = 1.5
        c.spendSpike.hourFloor = 0.01
        c.spendSpike.dayFloor = 0.05
        c.tokenSpike.hourFloor = 1_000
        c.tokenSpike.dayFloor = 5_000
        return c
    }

    private static func score(
        _ events: [UsageEvent], batchSize: Int, symbols: inout Symbols
    ) -> [Signal] {
        var scorer = Scorer(configuration: configuration)
        var signals: [Signal] = []
        var row = 0
        while row < events.count {
            var batch = EventBatch()
            let end = min(events.count, row + batchSize)
            for event in events[row..<end] { batch.append(event, symbols: &symbols) }
            scorer.observe(batch, firstSequence: UInt64(row), historical: true, into: &signals)
            row = end
        }
        return signals
    }

    /// The signals of each account, sequences replaced by the number of the event within its account.
    private static func byAccount(_ events: [UsageEvent]) -> [String: [String]] {
        var symbols = Symbols()
        let signals = score(events, batchSize: events.count, symbols: &symbols)
        var number: [UInt64] = []
        var counts: [String: UInt64] = [:]
        for event in events {
            number.append(counts[event.identity, default: 0])
            counts[event.identity, default: 0] += 1
        }
        var out: [String: [String]] = [:]
        for var signal in signals {
            signal.sequence = number[Int(signal.sequence)]
            if case .excursion(var excursion) = signal.content {
                excursion.firstSequence = number[Int(excursion.firstSequence)]
                signal.content = .excursion(excursion)
            }
            out[symbols.identities.text(of: signal.account), default: []].append(
                text(of: signal, symbols: symbols))
        }
        return out
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `batches of one, seven and a thousand give the same signals as one`(seed: UInt64) {
        let events = Self.interleaved(Self.streams(seed), seed: seed)
        var symbols = Symbols()
        let whole = Self.score(events, batchSize: events.count, symbols: &symbols)
            .map { text(of: $0, symbols: symbols) }
        #expect(whole.count > 500)
        for size in [1, 7, 1_000] {
            var symbols = Symbols()
            let found = Self.score(events, batchSize: size, symbols: &symbols).map {
                text(of: $0, symbols: symbols)
            }
            #expect(found == whole, "in batches of \(size)")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `an account's signals are the same however others are interleaved, or without them`(seed: UInt64) {
        let streams = Self.streams(seed)
        let expected = Self.byAccount(Self.interleaved(streams, seed: 1))
        #expect(Self.byAccount(Self.interleaved(streams, seed: 2)) == expected)
        #expect(Self.byAccount(Array(streams.joined())) == expected)
        #expect(Self.byAccount(Array(streams.reversed().joined())) == expected)
        for (name, stream) in zip(Self.names, streams) {
            #expect(Self.byAccount(stream)[name] == expected[name])
        }
    }

    @Test func `symbols numbered in another order give the same signals`() {
        let events = Self.interleaved(Self.streams(7), seed: 7)
        var symbols = Symbols()
        let expected = Self.score(events, batchSize: 100, symbols: &symbols).map {
            text(of: $0, symbols: symbols)
        }
        var reversed = Symbols()
        for i in 0..<40 { _ = reversed.identities.intern("unseen-\(i)") }
        for event in events.reversed() {
            var batch = EventBatch()
            batch.append(event, symbols: &reversed)
        }
        #expect(reversed.identities.find("ann") != symbols.identities.find("ann"))
        #expect(reversed.models.find("m-max") != symbols.models.find("m-max"))
        let found = Self.score(events, batchSize: 100, symbols: &reversed).map {
            text(of: $0, symbols: reversed)
        }
        #expect(found == expected)
    }

    @Test func `signals come in the order of their events`() {
        let events = Self.interleaved(Self.streams(3), seed: 3)
        var symbols = Symbols()
        let signals = Self.score(events, batchSize: 64, symbols: &symbols)
        #expect(zip(signals, signals.dropFirst()).allSatisfy { $0.sequence <= $1.sequence })
    }

    @Test func `imported and live signals say so`() {
        var usage = RandomUsage(seed: 1, account: "ann")
        var symbols = Symbols()
        var batch = EventBatch()
        for event in usage.events(200) { batch.append(event, symbols: &symbols) }
        for historical in [true, false] {
            var scorer = Scorer(configuration: Self.configuration)
            var signals: [Signal] = []
            scorer.observe(batch, firstSequence: 0, historical: historical, into: &signals)
            #expect(signals.allSatisfy { $0.historical == historical })
        }
    }
}
