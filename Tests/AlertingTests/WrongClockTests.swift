import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// One account's wrong clock moves no other account's alerts.
@Suite struct WrongClockTests {
    /// All of detection over a list of events, in the order given.
    private static func fold(_ events: [UsageEvent]) -> [AlertTransition] {
        var symbols = Symbols()
        var batch = EventBatch()
        for event in events { batch.append(event, symbols: &symbols) }
        var scorer = Scorer(configuration: DetectionConfiguration())
        var judge = Judge(configuration: DetectionConfiguration())
        var book = AlertBook(configuration: AlertingConfiguration(), fingerprint: "0")
        var signals: [Signal] = []
        var out: [AlertTransition] = []
        scorer.observe(batch, firstSequence: 0, historical: true, into: &signals)
        for signal in signals {
            let anomaly = judge.observe(signal, symbols: symbols)
            guard let now = judge.now else { continue }
            book.advance(to: now, into: &out)
            if let anomaly { book.observe(anomaly, now: now, symbols: symbols, into: &out) }
        }
        return out
    }

    /// Six weeks of ten accounts in two teams: incidents, steps, new models and servers, a rollout; and
    /// `svc-x` among them.
    private static func events() -> [UsageEvent] {
        var scenario = Scenario(seed: 77)
        func work(_ name: String, _ team: String, _ tokens: Double) -> Scenario.Work {
            var work = Scenario.Work(name, tokensPerHour: tokens)
            work.team = team
            work.eventsPerHour = 3
            if name == "svc-1" { work.nanoPerToken = nil }
            if !name.hasPrefix("svc") { work.hoursOfDay = 8..<18 }
            return work
        }
        let names = ["ann", "bob", "cho", "dee", "eve", "svc-1", "svc-2", "fay"]
        // Near each other, so that nobody is an unusual newcomer: what the organisation is used to includes
        // what svc-x uses.
        let levels = [300_000.0, 200_000, 350_000, 240_000, 280_000, 220_000, 320_000, 260_000]
        let all = names.indices.map { work(names[$0], $0 % 2 == 0 ? "team-a" : "team-b", levels[$0]) }
        for work in all where work.account != "svc-2" { scenario.add(work, days: 0..<42) }
        scenario.add(all[6], days: 0..<20)
        scenario.add(all[6], days: 20..<42, times: 30)
        scenario.add(all[0], from: 15 * 24 + 9, hours: 1.5, times: 30)
        scenario.add(all[1], from: 21 * 24 + 12, hours: 2, times: 40)
        scenario.add(all[5], from: 30 * 24 + 2, hours: 9, times: 25)
        scenario.add(all[0], from: 33 * 24 + 9, hours: 1.5, times: 60)
        func take(_ index: Int, _ model: String, _ server: String?, at hour: Double) {
            var work = all[index]
            work.model = model
            work.mcpServer = server
            scenario.add(work, from: hour, hours: 1)
        }
        take(2, "m-max", nil, at: 16 * 24 + 10)
        take(3, "m-max", nil, at: 20 * 24 + 10)
        take(4, "m-small", "jira", at: 25 * 24 + 11)
        take(0, "m-flash", nil, at: 28 * 24 + 9)
        take(1, "m-flash", nil, at: 28 * 24 + 10)
        take(7, "m-flash", nil, at: 28 * 24 + 12)
        take(3, "m-small", "jira", at: 31 * 24 + 11)
        // The account whose clock is going to be wrong works in the night, and has incidents of its own.
        let wrong = work("svc-x", "team-a", 180_000)
        scenario.add(wrong, days: 0..<42)
        scenario.add(wrong, from: 22 * 24 + 3, hours: 2, times: 30)
        var first = wrong
        first.model = "m-first"
        first.mcpServer = "slack"
        scenario.add(first, from: 18 * 24 + 10, hours: 1)
        take(2, "m-first", "slack", at: 22 * 24 + 11)
        return scenario.events
    }

    /// Transitions of everybody but `svc-x`, in order.
    private static func others(_ transitions: [AlertTransition]) -> [String] {
        transitions.filter { $0.identity != "svc-x" }.map(\.json)
    }

    private static func spoiled(hours: Double, from: Double, count: Int = .max) -> [UsageEvent] {
        var events = events()
        var left = count
        for i in events.indices
        where events[i].identity == "svc-x" && events[i].ts >= Scenario.at(from) && left > 0 {
            events[i].ts = Timestamp(rawValue: events[i].ts.rawValue + Int64(hours * Double(Timestamp.hour)))
            left -= 1
        }
        return events
    }

    @Test func `the scenario has every kind of alert`() {
        let transitions = Self.fold(Self.events())
        #expect(Set(transitions.map(\.kind)).count == AlertKind.allCases.count)
        let reasons: Set = ["first", "grew", "rollout", "back_to_normal", "accepted", "expired"]
        #expect(reasons.subtracting(transitions.map(\.reason)) == [])
        #expect(Set(transitions.compactMap(\.identity)).count >= 7)
        #expect(Self.others(transitions).count < transitions.count)
        #expect(Set(transitions.map { "\($0.id) \($0.seq)" }).count == transitions.count)
    }

    @Test(arguments: [
        (12.0, 0.0), (12, 300), (12, 520), (720, 0), (720, 300), (720, 520), (-12, 300), (-720, 300),
    ])
    func `a clock that is wrong from an hour on moves no other account's alerts`(hours: Double, from: Double)
    {
        let right = Self.others(Self.fold(Self.events()))
        #expect(Self.others(Self.fold(Self.spoiled(hours: hours, from: from))) == right)
    }

    @Test(arguments: [1.0, 400, 700])
    func `one event dated thirty days ahead moves no other account's alerts`(from: Double) {
        let right = Self.others(Self.fold(Self.events()))
        #expect(Self.others(Self.fold(Self.spoiled(hours: 720, from: from, count: 1))) == right)
    }

    @Test func `the account itself is told of again once its clock is overtaken`() {
        let transitions = Self.fold(Self.spoiled(hours: 12, from: 300, count: 1))
        #expect(transitions.contains { $0.identity == "svc-x" && $0.kind == .spendSpike })
    }
}
