import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// Ids are part of the contract: the same on every machine, in every process, for ever.
@Suite struct AlertIdentityTests {
    private static func id(_ anomaly: Anomaly, of account: String = "svc-0062") -> String? {
        var desk = Desk()
        return desk.observe(anomaly, of: account).first?.id
    }

    @Test func `one finding has this id`() {
        #expect(Self.id(.spike(at: 38.25, since: 38)) == "al_9e489029f35bb778")
        #expect(
            Self.id(.first(.newModel, "m-max", at: 38.25), of: "ann@example.com") == "al_5c7fedfddadbb6ef")
    }

    @Test func `an id is al and sixteen hexadecimal digits`() throws {
        let id = try #require(Self.id(.spike(at: 1)))
        #expect(id.utf8.count == 19)
        #expect(id.hasPrefix("al_"))
        #expect(id.dropFirst(3).utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) })
    }

    @Test func `whatever names the finding is in the id, and nothing else`() {
        let base = Self.id(.spike(at: 10, since: 9))
        #expect(Self.id(.spike(at: 10, since: 9), of: "other") != base)
        #expect(Self.id(.spike(.began, .tokensHour, at: 10, since: 9)) != base)
        #expect(Self.id(.spike(.began, .spendDay, at: 10, since: 9)) != base)
        #expect(Self.id(.spike(at: 10, since: 9.5)) != base)
        #expect(Self.id(.spike(at: 10.5, since: 9)) == base)
        #expect(Self.id(.spike(at: 10, since: 9, observed: 99_000_000_000, sequence: 5_000)) == base)
        #expect(Self.id(.first(.newModel, "a", at: 1)) != Self.id(.first(.newModel, "b", at: 1)))
        #expect(Self.id(.first(.newModel, "a", at: 1)) != Self.id(.first(.newMCPServer, "a", at: 1)))
    }

    @Test func `parts of an id do not run into each other`() {
        #expect(
            Self.id(.first(.newModel, "bc", at: 1), of: "a")
                != Self.id(.first(.newModel, "c", at: 1), of: "ab"))
    }
}
