import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// Accounts without history are compared with the organisation, once that is known.
@Suite struct NewcomerTests {
    private static func organisation(accounts: Int, days: Int) -> Scenario {
        var scenario = Scenario(seed: 21)
        for i in 0..<accounts {
            scenario.add(
                Scenario.Work("old-\(i)", tokensPerHour: 100_000 * Double(1 + i % 3)), days: 0..<days)
        }
        return scenario
    }

    private static func find(_ times: Double, accounts: Int = 6, days: Int = 14, from: Double = 240)
        -> Finding
    {
        var scenario = organisation(accounts: accounts, days: days)
        scenario.add(Scenario.Work("new", tokensPerHour: 150_000), from: from, hours: 6, times: times)
        return Finding(scenario.events)
    }

    @Test func `a newcomer far above everybody else is told`() throws {
        let finding = Self.find(60)
        #expect(finding.begun("new").contains("spend_spike"))
        #expect(finding.begun() == finding.begun("new"))
        let anomaly = try #require(finding.told.first)
        guard case .organisation(let have, let need) = anomaly.comparison else {
            Issue.record("\(anomaly.comparison)")
            return
        }
        #expect(have == 0)
        #expect(need > 0)
        let expected = try #require(anomaly.expected)
        #expect(
            expected.value > 0.9e9 && expected.value < 3.1e9, "what an hour costs here: one to three dollars")
        #expect(expected.score >= expected.threshold)
    }

    @Test func `a newcomer like everybody else is not`() {
        let finding = Self.find(1)
        #expect(finding.begun() == [])
    }

    @Test func `while nobody knows the organisation nothing is said of newcomers`() {
        #expect(Self.find(60, accounts: 6, days: 14, from: 30).begun("new") == [])
        #expect(Self.find(60, accounts: 0).begun() == [])
    }

    @Test func `a newcomer that grows from ordinary to unusual is told when it becomes so`() throws {
        var scenario = Self.organisation(accounts: 6, days: 14)
        let new = Scenario.Work("new", tokensPerHour: 150_000)
        scenario.add(new, from: 240, hours: 3, times: 2)
        scenario.add(new, from: 243, hours: 3, times: 80)
        let finding = Finding(scenario.events)
        let anomaly = try #require(finding.told.first)
        #expect(anomaly.at > Scenario.at(243))
        #expect(anomaly.kind == .spendSpike)
        #expect(
            finding.excursions("new").first.map { $0.phase == .began } == true, "the floor was passed before")
    }

    @Test func `an alert of a newcomer ends when it has become known and calm`() {
        var scenario = Self.organisation(accounts: 6, days: 30)
        let new = Scenario.Work("new", tokensPerHour: 150_000)
        scenario.add(new, from: 240, hours: 20 * 24, times: 40)
        let finding = Finding(scenario.events)
        let began = finding.excursions("new").filter { $0.phase == .began }.count
        let ended = Metric.allCases.count { metric in
            finding.signals.contains {
                if case .excursionEnded(metric, _) = $0.content { return true }
                return false
            }
        }
        #expect(began == 4)
        #expect(ended == 4, "its level is its normal, so that each excursion ends")
    }
}
