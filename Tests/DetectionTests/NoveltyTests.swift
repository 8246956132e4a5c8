import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// First uses of models and MCP servers: what is news, and to whom.
@Suite struct NoveltyTests {
    /// A small organisation that has had its habits for ten days: four accounts in each of two teams, and
    /// two strangers.
    private static func organisation() -> Scenario {
        var scenario = Scenario(seed: 1)
        for (team, names) in [("team-a", ["a1", "a2", "a3", "a4"]), ("team-b", ["b1", "b2", "b3", "b4"])] {
            for name in names {
                scenario.add(work(name, team: team, model: "m-small", server: nil), from: 0, hours: 240)
            }
        }
        scenario.add(work("s1", team: nil, model: "m-small", server: nil), from: 0, hours: 240)
        scenario.add(work("s2", team: "unassigned", model: "m-small", server: nil), from: 0, hours: 240)
        // What team a uses and team b does not.
        for name in ["a1", "a2"] {
            scenario.add(work(name, team: "team-a", model: "m-old", server: "github"), at: 20, tokens: 100)
        }
        return scenario
    }

    private static func work(_ name: String, team: String?, model: String, server: String?) -> Scenario.Work {
        var work = Scenario.Work(name, tokensPerHour: 1_000)
        work.team = team
        work.model = model
        work.mcpServer = server
        work.eventsPerHour = 1
        return work
    }

    private typealias Use = (hour: Double, name: String, team: String?, model: String, server: String?)

    private static func find(
        _ uses: [Use], _ configuration: DetectionConfiguration = DetectionConfiguration()
    ) -> Finding {
        var scenario = organisation()
        for use in uses {
            scenario.add(
                work(use.name, team: use.team, model: use.model, server: use.server), at: use.hour,
                tokens: 1_000)
        }
        return Finding(scenario.events, configuration)
    }

    @Test func `the first events of a log are silent`() {
        let finding = Self.find([
            (100, "b1", "team-b", "m-new", "jira"), (160, "b2", "team-b", "m-newer", nil),
        ])
        #expect(finding.begun() == [])
    }

    @Test func `what nobody in the organisation had used is news`() throws {
        let finding = Self.find([(200, "b1", "team-b", "m-new", "jira")])
        #expect(finding.begun("b1") == ["new_model m-new", "new_mcp_server jira"])
        #expect(finding.begun().count == 2)
        for anomaly in finding.anomalies {
            guard case .newToOrganisation = anomaly.comparison else {
                Issue.record("\(anomaly)")
                continue
            }
            #expect(anomaly.expected == nil)
            #expect(anomaly.metric == nil)
            #expect(anomaly.at == Scenario.at(200))
            #expect(anomaly.startsAt == Scenario.at(200))
            #expect(anomaly.team == "team-b")
            #expect(anomaly.adopters == 1)
            #expect(anomaly.firstSequence == anomaly.sequence)
        }
        let server = try #require(finding.anomalies.last)
        #expect(
            server.contributors == [
                Contributor(dimension: "mcp_server", value: "jira", share: 1),
                Contributor(dimension: "tool", value: "claude-code", share: 1),
                Contributor(dimension: "model", value: "m-new", share: 1),
            ])
    }

    @Test func `another spelling of a known model is no news, a new model under any spelling is once`() {
        let finding = Self.find([
            (200, "b1", "team-b", "claude-opus-4-6-20260105", nil),
            (201, "b1", "team-b", "claude-4.6-opus", nil),
            (230, "b2", "team-b", "us.anthropic.claude-opus-4-6-20260105-v1:0", nil),
            (231, "b1", "team-b", "M-SMALL", nil), (232, "b1", "team-b", "openrouter/vendor/m-small", nil),
        ])
        #expect(finding.begun("b1") == ["new_model claude-opus-4-6-20260105"])
        let spelled = finding.signals.count {
            if case .firstUse(let use) = $0.content {
                return use.kind == .newModel && $0.at >= Scenario.at(200)
            }
            return false
        }
        #expect(spelled == 2, "one first use an account, under whatever spelling")
    }

    @Test func `a name that stands for a known model is no news, one that stands for a new model is it once`()
    {
        var configuration = DetectionConfiguration()
        configuration.modelAliases = "team-small=m-small,fast-prod=m-fast"
        let uses: [Use] = [
            (200, "b1", "team-b", "gateway/Team-Small", nil), (210, "b1", "team-b", "fast-prod", nil),
            (211, "b1", "team-b", "m-fast", nil), (212, "b2", "team-b", "m-fast", nil),
        ]
        #expect(Self.find(uses, configuration).begun("b1") == ["new_model fast-prod"])
        #expect(
            Self.find(uses).begun("b1") == [
                "new_model gateway/Team-Small", "new_model fast-prod", "new_model m-fast",
            ])
    }

    @Test func `using it again is no news`() {
        let finding = Self.find([
            (200, "b1", "team-b", "m-new", "jira"), (201, "b1", "team-b", "m-small", nil),
            (202, "b1", "team-b", "m-new", "jira"), (230, "b1", "team-b", "m-new", "jira"),
        ])
        #expect(finding.begun().count == 2)
    }

    @Test func `what another team uses is news to a team until two mates vouch for it`() {
        let finding = Self.find([
            (200, "b1", "team-b", "m-old", "github"), (201, "b2", "team-b", "m-old", "github"),
            (202, "b3", "team-b", "m-old", "github"), (203, "b4", "team-b", "m-old", "github"),
        ])
        #expect(finding.begun("b1") == ["new_model m-old", "new_mcp_server github"])
        #expect(finding.begun("b2") == ["new_model m-old", "new_mcp_server github"])
        #expect(finding.begun("b3") == [])
        #expect(finding.begun("b4") == [])
        for anomaly in finding.anomalies {
            guard case .newToTeam = anomaly.comparison else {
                Issue.record("\(anomaly)")
                continue
            }
        }
    }

    @Test func `within a team that uses it nobody is told`() {
        let finding = Self.find([
            (200, "a3", "team-a", "m-old", "github"), (201, "a4", "team-a", "m-old", "github"),
        ])
        #expect(finding.begun() == [])
    }

    @Test func `a team that has no habits yet is not told`() {
        let finding = Self.find([
            (200, "c1", "team-c", "m-small", nil), (201, "c2", "team-c", "m-small", nil),
            (202, "c3", "team-c", "m-small", nil), (203, "c3", "team-c", "m-old", "github"),
        ])
        #expect(finding.begun() == [])
    }

    @Test func `strangers have no team and vouch for nobody`() {
        let known = Self.find([
            (200, "s1", nil, "m-old", "github"), (201, "s2", "unassigned", "m-old", "github"),
        ])
        #expect(known.begun() == [], "it is not new to the organisation, and they are no team")
        let finding = Self.find([
            (200, "s1", "unassigned", "m-old", nil), (201, "s2", "unassigned", "m-old", nil),
            (202, "s3", "unassigned", "m-old", nil), (203, "b1", "team-b", "m-old", nil),
        ])
        #expect(finding.begun() == ["new_model m-old"])
        #expect(finding.begun("b1") == ["new_model m-old"])
        #expect(Self.find([(200, "s2", "unassigned", "m-new", nil)]).begun("s2") == ["new_model m-new"])
    }

    @Test func `three adopters within a day are one rollout`() throws {
        let finding = Self.find([
            (200, "b1", "team-b", "m-new", nil), (205, "a1", "team-a", "m-new", nil),
            (210, "b2", "team-b", "m-new", nil), (215, "a2", "team-a", "m-new", nil),
        ])
        #expect(finding.begun() == ["new_model m-new"])
        #expect(finding.anomalies.count == 2)
        let update = try #require(finding.anomalies.last)
        guard case .grew = update.phase else {
            Issue.record("\(update.phase)")
            return
        }
        #expect(
            finding.symbols.identities.text(of: update.account) == "b1", "the alert stays with who was first")
        #expect(update.adopters == 3)
        #expect(update.at == Scenario.at(210))
        #expect(update.startsAt == Scenario.at(200))
    }

    @Test func `adopters on other days are told to their teams`() {
        let finding = Self.find([
            (200, "b1", "team-b", "m-new", nil), (225, "a1", "team-a", "m-new", nil),
            (226, "b2", "team-b", "m-new", nil),
        ])
        #expect(finding.anomalies.count == 3)
        #expect(finding.begun("a1") == ["new_model m-new"])
        #expect(finding.begun("b2") == ["new_model m-new"])
    }

    @Test func `a server that is configured, not used, is news all the same`() {
        var scenario = Self.organisation()
        scenario.add(Self.work("b1", team: "team-b", model: "m-small", server: "jira"), at: 200, tokens: 0)
        var events = scenario.events
        for i in events.indices where events[i].mcpServer == "jira" { events[i].shape.grain = .config }
        let finding = Finding(events)
        #expect(finding.begun() == ["new_mcp_server jira"])
    }

    @Test func `news to teams can be switched off, and each detector as a whole`() {
        let uses: [Use] = [(200, "b1", "team-b", "m-old", "github"), (201, "b2", "team-b", "m-new", "jira")]
        var configuration = DetectionConfiguration()
        configuration.newModel.teamNews = false
        #expect(
            Self.find(uses, configuration).begun()
                == ["new_mcp_server github", "new_model m-new", "new_mcp_server jira"])
        configuration.newModel.enabled = false
        #expect(Self.find(uses, configuration).begun() == ["new_mcp_server github", "new_mcp_server jira"])
        configuration.newMCPServer.enabled = false
        #expect(Self.find(uses, configuration).begun() == [])
    }

    @Test func `a dearer model says how much dearer it is than the account's usual`() throws {
        var scenario = Self.organisation()
        var dear = Self.work("b1", team: "team-b", model: "m-max", server: nil)
        dear.nanoPerToken = 45_000
        scenario.add(dear, at: 200, tokens: 1_000)
        let anomaly = try #require(Finding(scenario.events).anomalies.first)
        #expect(abs(anomaly.priceRatio - 4.5) < 0.01)
        #expect(anomaly.observed == 45_000_000)
        #expect(anomaly.isMoney)
    }

    @Test(arguments: [12.0, 720])
    func `a clock that is ahead does not hide another account's news`(ahead: Double) {
        // b1 takes up a model first, by a wrong clock; two days later it is news to team a all the same.
        let uses: [Use] = [(200, "b1", "team-b", "m-new", nil), (239, "a1", "team-a", "m-new", nil)]
        let right = Self.find(uses)
        var scenario = Self.organisation()
        for use in uses {
            scenario.add(
                Self.work(use.name, team: use.team, model: use.model, server: nil), at: use.hour,
                tokens: 1_000)
        }
        var events = scenario.events
        for i in events.indices where events[i].identity == "b1" {
            events[i].ts = Timestamp(rawValue: events[i].ts.rawValue + Int64(ahead) * Timestamp.hour)
        }
        #expect(right.begun("a1") == ["new_model m-new"])
        #expect(Finding(events).begun("a1") == right.begun("a1"))
    }
}
