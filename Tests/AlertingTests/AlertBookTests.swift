import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// The life of an alert: one open one an account and family, updates, quiet hours, ends.
@Suite struct AlertBookTests {
    @Test func `a spike fires, grows and ends`() {
        var desk = Desk()
        desk.observe(.spike(at: 10, sequence: 900))
        desk.observe(.spike(.grew, at: 10.5, observed: 70_000_000_000, sequence: 950))
        desk.observe(.spike(.ended(.backToNormal), at: 12, sequence: 990))
        #expect(desk.story == ["0 firing first", "1 firing grew", "2 resolved back_to_normal"])
        #expect(Set(desk.told.map(\.id)).count == 1)
        #expect(desk.told.map(\.observed) == [41_200_000_000, 70_000_000_000, 70_000_000_000])
        #expect(desk.told.map(\.lastSequence) == [900, 950, 990])
        #expect(desk.told.allSatisfy { $0.startsAt == Scenario.at(9.75) && $0.firstSequence == 500 })
        #expect(desk.told.map(\.at) == [10, 10.5, 12].map { Scenario.at($0) })
        #expect(desk.book.openAlerts.isEmpty)
    }

    @Test func `an update never looks less severe than what was said`() {
        var configuration = AlertingConfiguration()
        configuration.criticalUSD = 30
        var desk = Desk(configuration)
        desk.observe(.spike(at: 10))
        var smaller = Anomaly.spike(.grew, at: 11)
        smaller.observed = 3_000_000_000
        desk.observe(smaller)
        #expect(desk.told.map(\.severity) == [.critical, .critical])
        #expect(desk.told.map(\.page) == [true, true])
    }

    @Test func `an account has one open alert of the spend family`() {
        var desk = Desk()
        desk.observe(.spike(at: 10))
        desk.observe(.spike(.began, .tokensHour, at: 10.1))
        desk.observe(.spike(.began, .spendDay, at: 10.2))
        desk.observe(.spike(.grew, .spendDay, at: 10.3))
        desk.observe(.spike(.began, at: 10.4))
        #expect(desk.told.count == 1)
        #expect(desk.book.suppressed == 4)
        desk.observe(.spike(.ended(.backToNormal), .tokensHour, at: 11))
        #expect(desk.told.count == 1, "what ended is not what was told")
        desk.observe(.spike(at: 10.5), of: "bob")
        #expect(desk.told.count == 2, "another account has its own")
        #expect(desk.book.openAlerts.count == 2)
    }

    @Test func `each new value has its own alert`() {
        var desk = Desk()
        desk.observe(.first(.newModel, "m-max", at: 10))
        desk.observe(.first(.newModel, "m-new", at: 10))
        desk.observe(.first(.newMCPServer, "m-max", at: 10))
        desk.observe(.spike(at: 10))
        #expect(desk.told.count == 4)
        #expect(Set(desk.told.map(\.id)).count == 4)
    }

    @Test func `after an alert its family is quiet for a day of the account's clock`() {
        var desk = Desk()
        desk.observe(.spike(at: 10))
        desk.observe(.spike(.ended(.backToNormal), at: 11))
        desk.observe(.spike(.began, .tokensHour, at: 33.9))
        desk.observe(.spike(.grew, at: 33.99))
        #expect(desk.told.count == 2)
        #expect(desk.book.suppressed == 2)
        desk.observe(.spike(at: 34))
        #expect(desk.story.last == "0 firing first")
        #expect(desk.told.count == 3)
        #expect(desk.told[2].id != desk.told[0].id)
    }

    @Test func `after a long excursion its family is quiet for an hour more`() {
        var desk = Desk()
        desk.observe(.spike(.began, .spendDay, at: 10))
        for hour in 11...40 { desk.observe(.spike(.lasts, .spendDay, at: Double(hour))) }
        desk.observe(.spike(.ended(.backToNormal), .spendDay, at: 40.5))
        desk.observe(.spike(at: 41.4))
        #expect(desk.told.count == 2)
        desk.observe(.spike(at: 41.5))
        #expect(desk.told.count == 3)
    }

    @Test func `growth after the quiet time is told even where the beginning was not`() {
        var desk = Desk()
        desk.observe(.spike(.grew, at: 10))
        #expect(desk.story == ["0 firing first"])
    }

    @Test func `a level that lasts is accepted`() {
        var desk = Desk()
        desk.observe(.spike(.began, .spendDay, at: 10))
        for hour in 11...140 { desk.observe(.spike(.lasts, .spendDay, at: Double(hour))) }
        desk.observe(.spike(.ended(.accepted), .spendDay, at: 140))
        #expect(desk.story == ["0 firing first", "1 resolved accepted"])
    }

    @Test func `an account that falls silent is back to normal after a day of the log's clock`() {
        var desk = Desk()
        desk.observe(.spike(at: 10))
        #expect(desk.advance(to: 33.99).isEmpty)
        let resolved = desk.advance(to: 50)
        #expect(desk.story == ["0 firing first", "1 resolved back_to_normal"])
        #expect(resolved.first?.at == Scenario.at(34))
        #expect(desk.advance(to: 90).isEmpty)
    }

    @Test func `growth and an excursion that lasts put that off`() {
        var desk = Desk()
        desk.observe(.spike(at: 10))
        desk.observe(.spike(.grew, at: 20))
        desk.observe(.spike(.lasts, at: 30))
        #expect(desk.advance(to: 53.9).isEmpty)
        #expect(desk.advance(to: 54).count == 1)
    }

    @Test func `a first use expires after a day, also where it became a rollout`() {
        var desk = Desk()
        desk.observe(.first(.newModel, "m-max", at: 10))
        desk.observe(.first(.newModel, "m-max", at: 20, phase: .grew, adopters: 3))
        #expect(desk.advance(to: 33.9).isEmpty)
        desk.advance(to: 34)
        #expect(desk.story == ["0 firing first", "1 firing rollout", "2 resolved expired"])
        #expect(desk.told[1].severity == .low)
        desk.observe(.first(.newModel, "m-max", at: 36, phase: .grew, adopters: 4))
        #expect(desk.told.count == 3, "there is nothing to update any more")
    }

    @Test func `what is due at one time is resolved by deadline, then id`() {
        var desk = Desk()
        for (name, hour) in [("d", 11.0), ("a", 10), ("c", 11), ("b", 11), ("e", 9)] {
            desk.observe(.spike(at: hour, sequence: 900), of: name, now: 9)
        }
        let resolved = desk.advance(to: 100)
        #expect(resolved.map(\.at) == [33, 34, 35, 35, 35].map { Scenario.at($0) })
        #expect(resolved.map(\.identity).prefix(2) == ["e", "a"])
        #expect(resolved[2...].map(\.id) == resolved[2...].map(\.id).sorted())
    }

    @Test(arguments: [10.0, 100])
    func `an account's own story is the same wherever the log's clock is`(lag: Double) {
        var near = Desk()
        var far = Desk()
        for (anomaly, name) in [
            (Anomaly.spike(at: 10), "ann"), (.spike(.lasts, at: 12), "ann"), (.spike(at: 40), "ann"),
            (.spike(.grew, at: 41), "ann"), (.spike(.ended(.backToNormal), at: 70), "ann"),
            (.spike(at: 71.1), "ann"),
        ] {
            near.observe(anomaly, of: name)
            far.observe(anomaly, of: name, now: (anomaly.at.scenarioHour - lag))
        }
        #expect(near.told.map(\.json) == far.told.map(\.json))
        #expect(near.story.count > 4)
    }

    @Test func `a late event about what was told already is not told again`() {
        var configuration = AlertingConfiguration()
        configuration.quietHours = 1
        var desk = Desk(configuration)
        desk.observe(.spike(at: 10))
        desk.observe(.spike(.ended(.backToNormal), at: 11))
        var late = Anomaly.spike(at: 14, since: 9.75)
        late.retroactive = true
        desk.observe(late)
        #expect(desk.told.count == 2)
        late.startsAt = Scenario.at(12)
        desk.observe(late)
        #expect(desk.told.count == 3)
        #expect(
            Set(desk.told.map { "\($0.id) \($0.seq)" }).count == 3, "(id, seq) names a transition for good")
    }

    @Test func `an alert that a new configuration does not make is superseded`() throws {
        var desk = Desk()
        let open = try #require(desk.observe(.spike(at: 10)).first)
        let last = AlertBook.superseded(open, at: Scenario.at(20))
        #expect(last.seq == 1)
        #expect(last.state == .resolved)
        #expect(last.reason == "superseded")
        #expect(last.id == open.id)
    }

    @Test func `money decides the severity of spend, and severity decides what is a page`() {
        for (dollars, severity, page) in [
            (3.0, Severity.low, false), (8, .medium, true), (60, .high, true), (800, .critical, true),
        ] {
            var desk = Desk()
            desk.observe(.spike(at: 10, observed: Int64(dollars * 1e9)))
            #expect(desk.told.map(\.severity) == [severity])
            #expect(desk.told.map(\.page) == [page])
        }
        for (tokens, severity) in [
            (900_000 as Int64, Severity.low), (3_000_000, .medium), (12_000_000, .high),
        ] {
            var desk = Desk()
            desk.observe(.spike(.began, .tokensHour, at: 10, observed: tokens))
            #expect(desk.told.map(\.severity) == [severity])
        }
    }

    @Test func `a first use is as severe as it is new and dear`() {
        var desk = Desk()
        desk.observe(.first(.newModel, "a", at: 10))
        desk.observe(.first(.newModel, "b", at: 10, priceRatio: 3.5))
        desk.observe(.first(.newMCPServer, "c", at: 10))
        desk.observe(.first(.newMCPServer, "d", at: 10, comparison: .newToTeam))
        #expect(desk.told.map(\.severity) == [.low, .high, .high, .medium])
    }
}

extension Timestamp {
    /// The hour of the scenario.
    fileprivate var scenarioHour: Double {
        Double(rawValue - Scenario.start.rawValue) / Double(Timestamp.hour)
    }
}
