import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// What *judge* adds to a signal: contributors, basis, team.
@Suite struct JudgeTests {
    /// Symbols of models `m-0` ... in an order of their own, and parts that use them.
    private static func parts(
        _ amounts: [(model: String, tool: String, cost: Int64)], _ symbols: inout Symbols
    ) -> [Part] {
        amounts.map { amount in
            Part(
                facet: Facet(
                    tool: symbols.tools.intern(amount.tool), model: symbols.models.intern(amount.model)),
                totals: Totals(cost: amount.cost, tokens: 1))
        }
    }

    private static func contributors(_ amounts: [(model: String, tool: String, cost: Int64)]) -> [String] {
        var symbols = Symbols()
        let parts = parts(amounts, &symbols)
        return Judge.contributors(parts, isSpend: true, symbols: symbols).map {
            "\($0.dimension) \($0.value) \(Int(($0.share * 100).rounded()))"
        }
    }

    @Test func `contributors are summed by value, the largest first, then by text`() {
        let found = Self.contributors([
            ("m-z", "api", 30), ("m-a", "cursor", 30), ("m-b", "api", 25), ("m-b", "cursor", 15),
        ])
        #expect(found == ["model m-b 40", "model m-a 30", "model m-z 30", "tool api 55", "tool cursor 45"])
    }

    @Test func `at most three of a dimension, none below a twentieth, nothing where nothing was used`() {
        let found = Self.contributors([
            ("a", "", 40), ("b", "", 30), ("c", "", 14), ("d", "", 12), ("e", "", 4), ("", "", 0),
        ])
        #expect(found == ["model a 40", "model b 30", "model c 14"])
        #expect(Self.contributors([]) == [])
    }

    @Test func `corrections leave shares between nothing and all`() {
        #expect(Self.contributors([("a", "", 100), ("b", "", -60)]) == ["model a 100"])
        #expect(Self.contributors([("a", "", -100), ("b", "", 60)]) == ["model b 100"])
    }

    @Test func `the order of parts and the numbers of symbols do not show`() {
        let amounts =
            [("x", "t", 20), ("y", "u", 20), ("z", "v", 20), ("w", "t", 20), ("v", "u", 20)]
            as [(String, String, Int64)]
        let expected = Self.contributors(amounts)
        #expect(expected.prefix(3) == ["model v 20", "model w 20", "model x 20"])
        #expect(Self.contributors(amounts.reversed()) == expected)
    }

    @Test func `an alert says whose dollars most of the money is`() throws {
        var scenario = Scenario(seed: 3)
        var list = Scenario.Work("ann", tokensPerHour: 200_000)
        list.basis = .list
        var billed = list
        billed.basis = .billed
        billed.model = "m-max"
        scenario.add(list, days: 0..<20)
        scenario.add(billed, from: 480, hours: 1.5, times: 40)
        let anomaly = try #require(Finding(scenario.events).told.first)
        #expect(anomaly.basis == .billed)
        let model = try #require(anomaly.contributors.first)
        #expect(model.dimension == "model")
        #expect(model.value == "m-max")
        #expect(model.share > 0.75, "the watch began before, so some of it is ordinary work")
    }

    @Test func `what drives a spike is named, not what was usual before it`() throws {
        var scenario = Scenario(seed: 4)
        let usual = Scenario.Work("ann", tokensPerHour: 200_000)
        var loop = usual
        loop.model = "m-loop"
        loop.mcpServer = "github"
        loop.tool = "agent"
        scenario.add(usual, days: 0..<21)
        scenario.add(loop, from: 490, hours: 2, times: 60)
        let told = Finding(scenario.events).told.filter { $0.metric != nil }
        let last = try #require(told.last)
        for (dimension, value) in [("model", "m-loop"), ("mcp_server", "github"), ("tool", "agent")] {
            let first = try #require(last.contributors.first { $0.dimension == dimension })
            #expect(first.value == value)
            #expect(first.share > 0.9)
        }
    }

    @Test func `a team that is none is none`() {
        var symbols = Symbols()
        let unassigned = symbols.teams.intern("unassigned")
        let team = symbols.teams.intern("team-a")
        #expect(teamText(SymbolTable.null, symbols) == nil)
        #expect(teamText(unassigned, symbols) == nil)
        #expect(teamText(team, symbols) == "team-a")
    }

    @Test func `the log's clock is what the signals say, until there is a wall clock`() {
        var scenario = Scenario(seed: 5)
        for name in ["a", "b", "c", "d"] {
            scenario.add(Scenario.Work(name, tokensPerHour: 1_000), days: 0..<3)
        }
        var finding = Finding(scenario.events)
        let now = finding.judge.now ?? Timestamp(rawValue: 0)
        #expect(now > Scenario.at(70) && now <= Scenario.at(72))
        finding.judge.observe(received: Scenario.at(90))
        #expect(finding.judge.now == Scenario.at(90))
        #expect(Judge(configuration: DetectionConfiguration()).now == nil)
    }
}
