import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// The one sentence that a manager reads.
@Suite struct ExplanationTests {
    @Test func `a spike says how much, in what time, and how many times the usual`() {
        #expect(
            Explanation.title(of: .spike(at: 1), identity: "ann")
                == "ann spent $41.20 in the last hour, 18x its usual $2.30")
        #expect(
            Explanation.title(of: .spike(.began, .spendDay, at: 1, observed: 9_200_000_000), identity: "ann")
                == "ann spent $9.20 in the last 24 hours, 4x its usual $2.30")
        #expect(
            Explanation.title(of: .spike(.began, .tokensHour, at: 1, observed: 1_260_000), identity: "ann")
                == "ann used 1.3M tokens in the last hour, 4.2x its usual 300k tokens")
    }

    @Test func `an hour that a late event shows is not the last one`() {
        var anomaly = Anomaly.spike(at: 1)
        anomaly.retroactive = true
        #expect(
            Explanation.title(of: anomaly, identity: "ann").hasPrefix("ann spent $41.20 in one hour, 18x"))
    }

    @Test func `dollars that nobody will bill say so`() {
        var anomaly = Anomaly.spike(at: 1)
        anomaly.basis = .list
        #expect(
            Explanation.title(of: anomaly, identity: "ann").contains(
                "spent ≈ $41.20 at list price (a plan may bill less) in the last hour"))
        anomaly.basis = .included
        #expect(
            Explanation.title(of: anomaly, identity: "ann").contains("spent $41.20 (included in a plan) in"))
    }

    @Test func `a newcomer is compared with the others`() {
        var anomaly = Anomaly.spike(at: 1)
        anomaly.comparison = .organisation(have: 2, need: 24)
        #expect(
            Explanation.title(of: anomaly, identity: "new")
                == "new spent $41.20 in the last hour and has no history; accounts here usually spend $2.30")
    }

    @Test func `a first use says what is new to whom`() {
        #expect(
            Explanation.title(of: .first(.newModel, "m-max", at: 1), identity: "ann")
                == "ann used model m-max, which nobody in the organisation had used before")
        #expect(
            Explanation.title(
                of: .first(.newMCPServer, "jira", at: 1, comparison: .newToTeam), identity: "ann")
                == "ann used MCP server jira, which is new to team team-c")
        #expect(
            Explanation.title(of: .first(.newModel, "m-max", at: 1, priceRatio: 4.5), identity: "ann")
                .hasSuffix(", at 4.5x its usual price per token"))
        #expect(
            Explanation.title(
                of: .first(.newModel, "m-max", at: 1, phase: .grew, adopters: 3), identity: "ann")
                == "3 accounts took up model m-max within a day, first ann: a rollout?")
    }

    @Test(
        arguments: [
            (0, "0 tokens"), (812, "812 tokens"), (48_200, "48,200 tokens"), (99_999, "99,999 tokens"),
            (100_000, "100k tokens"), (999_499, "999k tokens"), (999_500, "1M tokens"),
            (999_999, "1M tokens"), (4_200_000, "4.2M tokens"),
            (123_456_789, "123M tokens"), (999_999_999, "1B tokens"), (7_040_000_000, "7B tokens"),
            (-4_200_000, "-4.2M tokens"),
            (Int64.max, "9,223,372,037B tokens"),
        ] as [(Int64, String)])
    func `tokens are short`(n: Int64, text: String) {
        #expect(Explanation.tokens(n) == text)
    }

    @Test(
        arguments: [
            (1.0, "1x"), (1.04, "1x"), (3.44, "3.4x"), (9.96, "10x"), (17.5, "18x"), (1_234.4, "1,234x"),
            (0, "0x"),
        ] as [(Double, String)])
    func `multiples are short`(ratio: Double, text: String) {
        #expect(Explanation.multiple(ratio) == text)
    }
}
