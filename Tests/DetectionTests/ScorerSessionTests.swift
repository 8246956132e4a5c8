import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// Many accounts that work side by side in sessions, as they do: nearly all events take the fast path, and
/// batches end in the middle of everything. Against the definition.
@Suite struct ScorerSessionTests {
    /// Requests in the order of time, now and then a late one, of accounts that come and go.
    private static func events(_ seed: UInt64, count: Int, accounts: Int) -> [UsageEvent] {
        var random = SplitMix64(seed: seed)
        var clock = Int64(1_767_571_200_000)
        var busy = (0..<8).map { _ in random.below(accounts) }
        return (0..<count).map { _ in
            // Seconds within a session; hours or days between the days of work.
            switch random.below(400) {
            case 0: clock += Int64(random.below(Int(40 * Timestamp.hour)))
            case 1...4: clock += Int64(random.below(Int(2 * Timestamp.hour)))
            default: clock += Int64(random.below(Int(Timestamp.minute)))
            }
            if random.below(16) == 0 { busy[random.below(busy.count)] = random.below(accounts) }
            let late = random.below(60) == 0 ? Int64(random.below(Int(2 * Timestamp.hour))) : 0
            var event = UsageEvent(
                ts: Timestamp(rawValue: clock - late), identity: "account-\(busy[random.below(busy.count)])")
            // More of them than an account's last four, fewer together than are told apart.
            event.model = random.below(9) == 0 ? nil : "model-\(min(random.below(7), random.below(7)))"
            event.mcpServer = random.below(3) == 0 ? "server-\(min(random.below(6), random.below(6)))" : nil
            event.inputTokens = Int64(random.below(3_000)) * (random.below(40) == 0 ? 30 : 1)
            event.outputTokens = Int64(random.below(500))
            event.cacheReadTokens = Int64(random.below(9_000))
            event.cost = NanoUSD(rawValue: event.inputTokens * 3_000 + event.outputTokens * 15_000)
            event.shape.insert(.costUSD)
            return event
        }
    }

    private static var configuration: DetectionConfiguration {
        var c = DetectionConfiguration()
        c.baseline.hoursNeeded = 6
        c.baseline.daysNeeded = 2
        c.baseline.adoptDays = 2
        for spike in [\DetectionConfiguration.spendSpike, \.tokenSpike] {
            c[keyPath: spike].sensitivity = 1.5
            c[keyPath: spike].daySensitivity = 1.2
            c[keyPath: spike].ratio = 1.5
        }
        c.spendSpike.hourFloor = 0.05
        c.spendSpike.dayFloor = 0.2
        c.tokenSpike.hourFloor = 20_000
        c.tokenSpike.dayFloor = 80_000
        return c
    }

    /// The signals of each account, as text.
    private static func signals(_ events: [UsageEvent], batchSize: Int) -> [String: [String]] {
        var symbols = Symbols()
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
        #expect(zip(signals, signals.dropFirst()).allSatisfy { $0.sequence <= $1.sequence })
        var found: [String: [String]] = [:]
        for signal in signals {
            found[symbols.identities.text(of: signal.account), default: []].append(
                text(of: signal, symbols: symbols))
        }
        return found
    }

    @Test(arguments: [(1, 6), (2, 30), (3, 200)] as [(UInt64, Int)])
    func `sessions of many accounts give the signals of the definition`(
        _ stream: (seed: UInt64, accounts: Int)
    ) {
        let events = Self.events(stream.seed, count: 4_000, accounts: stream.accounts)
        var references: [String: ReferenceScorer] = [:]
        for (i, event) in events.enumerated() {
            references[event.identity, default: ReferenceScorer(configuration: Self.configuration)]
                .observe(event, sequence: UInt64(i))
        }
        for batchSize in [4_000, 997, 100] {
            let found = Self.signals(events, batchSize: batchSize)
            for (account, reference) in references {
                let same = found[account, default: []] == reference.signals
                #expect(same, "\(account) in batches of \(batchSize)")
            }
        }
        let all = references.values.flatMap(\.signals)
        for kind in ["first new_model", "first new_mcp", "hourClosed", "dayClosed", "began", "ended"] {
            #expect(all.contains { $0.contains(kind) }, "\(kind)")
        }
    }
}
