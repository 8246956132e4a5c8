import Testing
import TidemarkTestKit
import UsageEvents

/// The scenario builder that other tests stand on.
@Suite struct ScenarioTests {
    private static let ann = Scenario.Work("ann", tokensPerHour: 60_000)

    private static func ratio(_ scenario: Scenario, to expected: Double) -> Double {
        var sum: Int64 = 0
        for event in scenario.events { sum += event.inputTokens + event.outputTokens }
        return Double(sum) / expected
    }

    @Test func `it adds up to what was asked for`() {
        var scenario = Scenario(seed: 1)
        scenario.add(Self.ann, days: 0..<10)
        #expect(scenario.events.count == 10 * 24 * 6)
        #expect(abs(Self.ratio(scenario, to: 240.0 * 60_000) - 1) < 0.02)
        #expect(scenario.events.allSatisfy { $0.ts >= Scenario.at(0) && $0.ts < Scenario.at(240) })
        #expect(
            scenario.events.allSatisfy { $0.cost.rawValue == ($0.inputTokens + $0.outputTokens) * 10_000 })
        var busy = Scenario(seed: 1)
        busy.add(Self.ann, from: 3, hours: 1.5, times: 25)
        #expect(busy.events.count == 9)
        #expect(busy.events.allSatisfy { $0.ts >= Scenario.at(3) && $0.ts < Scenario.at(4.5) })
        #expect(abs(Self.ratio(busy, to: 1.5 * 25 * 60_000) - 1) < 0.2)
    }

    @Test func `the same seed gives the same events, another one others`() {
        func build(_ seed: UInt64) -> [UsageEvent] {
            var scenario = Scenario(seed: seed)
            scenario.add(Self.ann, days: 0..<2)
            return scenario.events
        }
        #expect(build(1) == build(1))
        #expect(build(1) != build(2))
    }

    @Test func `another stretch leaves those before it alone`() {
        var one = Scenario(seed: 1)
        one.add(Self.ann, days: 0..<2)
        var two = one
        two.add(Scenario.Work("bob", tokensPerHour: 10), days: 0..<2)
        #expect(two.events.filter { $0.identity == "ann" } == one.events)
    }

    @Test func `events come in the order of time, within the hours of work`() {
        var office = Self.ann
        office.hoursOfDay = 9..<17
        var scenario = Scenario(seed: 1)
        scenario.add(office, days: 0..<5)
        scenario.add(office, at: 12, tokens: 5)
        let events = scenario.events
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.ts <= $1.ts })
        #expect(events.count == 5 * 8 * 6 + 1)
        var symbols = Symbols()
        let batch = scenario.batch(&symbols)
        #expect(batch.count == events.count)
        #expect(batch.event(at: 7, symbols: symbols) == events[7])
    }
}
