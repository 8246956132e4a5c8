import Detection
import Testing

@testable import Alerting

@Suite struct MatcherTests {
    @Test(arguments: [
        ("abc", "abc", true), ("abc", "abcd", false), ("abc", "xabc", false), ("", "", true),
        ("", "a", false),
        ("a.c", "axc", true), ("a.c", "a\nc", false), ("a*", "", true), ("a*", "aaaa", true),
        ("a*", "aab", false),
        ("a+", "", false), ("a+b?", "aaa", true), ("a+b?", "aaab", true), ("a+b?", "aaabb", false),
        ("high|critical", "critical", true), ("high|critical", "highcritical", false), ("a|b|c|d", "c", true),
        ("(ab)*", "ababab", true), ("(ab)*", "aba", false), ("(a|b)+c", "abbac", true),
        ("(?:x|y)z", "yz", true),
        ("(a*)*b", "aaaab", true), ("(a*)*b", "aaaa", false), ("(a|)b", "b", true), ("a**", "aa", true),
        ("[a-c]+", "abcabc", true), ("[a-c]+", "abd", false), ("[^a-c]", "d", true), ("[^a-c]", "a", false),
        ("[\\d_]+", "12_3", true), ("\\w+@acme\\.example", "ann@acme.example", true),
        ("\\w+@acme\\.example", "ann@acmexexample", false), ("gpt-.*", "gpt-5.2", true),
        ("é+", "éé", true),
        ("new_.*", "new_model", true), ("\\(\\)", "()", true), ("(a|b|c)?(x|y)*z", "bxyxz", true),
    ])
    func `a pattern matches whole texts`(pattern: String, text: String, matches: Bool) throws {
        #expect(try #require(LinearPattern(pattern)).matches(text) == matches)
    }

    @Test(arguments: [
        "(", ")", "a)", "(a", "[", "[]", "[a", "*a", "+", "?", "a{2}", "^a", "a$", "\\", "\\b", "\\q",
        "(?i)a",
        "[b-a]", "[[a]]", "]", "(?P<n>a)", String(repeating: "(", count: 200),
        String(repeating: "a", count: 513),
    ])
    func `what cannot be kept is refused, not taken for something else`(pattern: String) {
        #expect(LinearPattern(pattern) == nil)
    }

    @Test func `patterns that make others slow are no slower than any`() throws {
        let text = String(repeating: "a", count: 20_000)
        for pattern in ["(a*)*b", "(a|a)*b", "(a+)+(a+)+b", "(a?)*(a?)*(a?)*b"] {
            #expect(try !#require(LinearPattern(pattern)).matches(text))
        }
    }

    @Test(arguments: [
        ("team=payments", true), ("team=search", false), ("team!=search", true), ("team=~pay.*", true),
        ("team!~pay.*", false), ("kind=spend_spike", true), ("severity=~high|critical", true),
        ("page=true", true),
        ("identity=\"user1@acme.example\"", true), ("tool= api", true), ("mcp_server=", true),
        ("model!=", true),
        ("id=al_0000000000000001", true),
    ])
    func `a matcher is read as it is typed`(text: String, matches: Bool) throws {
        #expect(try Matcher(text).matches(.sample()) == matches)
    }

    @Test(arguments: [
        ("team", Matcher.Fault.notAMatcher), ("", .notAMatcher), ("=x", .unknownLabel("")),
        ("taem=x", .unknownLabel("taem")), ("kind=spike", .neverMatches(.kind, "spike")),
        ("page=yes", .neverMatches(.page, "yes")), ("team=~(", .notAPattern("(")), ("team!", .notAMatcher),
    ])
    func `what is no matcher is refused with a reason`(text: String, fault: Matcher.Fault) {
        #expect(throws: fault) { try Matcher(text) }
    }

    @Test func `the first rule that matches takes an alert, unless it says to go on`() throws {
        func rule(_ match: String, _ sinks: [String], _ goesOn: Bool = false, _ rules: [RouteTree.Rule] = [])
            throws -> RouteTree.Rule
        {
            .init(matchers: [try Matcher(match)], sinks: sinks, continues: goesOn, rules: rules)
        }
        let tree = RouteTree(
            defaultSinks: ["chat"],
            rules: [
                try rule("severity=critical", ["pager"], true),
                try rule(
                    "team=payments", ["pay"], false,
                    [try rule("kind=new_model", ["models"]), try rule("severity=low", [])]),
                try rule("team=~.*", ["all"]),
            ])
        #expect(tree.sinks(for: .sample()) == ["pay"])
        #expect(tree.sinks(for: .sample(severity: .critical)) == ["pager", "pay"])
        #expect(tree.sinks(for: .sample(kind: .newModel, severity: .critical)) == ["pager", "models"])
        #expect(tree.sinks(for: .sample(severity: .low)) == ["pay"])
        #expect(tree.sinks(for: .sample(team: "search")) == ["all"])
        #expect(tree.leads(.sample(team: "search"), to: "all"))
        #expect(!tree.leads(.sample(team: "search"), to: "chat"))
        #expect(RouteTree(defaultSinks: ["chat"]).sinks(for: .sample()) == ["chat"])
        #expect(tree.namedSinks == ["chat", "pager", "pay", "models", "all"])
    }
}
