import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// The JSON object of a transition: others script against it.
@Suite struct AlertTransitionTests {
    /// The keys of the contract, in its order.
    private static let keys = [
        "id", "seq", "state", "at", "starts_at", "kind", "severity", "page", "historical", "retroactive",
        "identity",
        "person", "team", "project", "tool", "model", "mcp_server", "title", "reason", "observed", "expected",
        "score", "threshold", "contributors", "exposed_usd", "evidence", "labels",
    ]

    private static func spike(
        _ account: String = "svc-0062", _ anomaly: Anomaly = .spike(at: 38.25, since: 38)
    ) throws
        -> AlertTransition
    {
        var desk = Desk()
        return try #require(desk.observe(anomaly, of: account).first)
    }

    private static func object(_ transition: AlertTransition) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(transition.json.utf8)) as? [String: Any])
    }

    /// The keys of the outermost object in the order of the text.
    private static func keys(_ json: String) -> [String] {
        var keys: [String] = []
        var depth = 0
        var text: [UInt8] = []
        var isInText = false
        var isEscaped = false
        for byte in json.utf8 {
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                    continue
                }
                text.append(byte)
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInText = true
                text = []
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 1: keys.append(String(decoding: text, as: UTF8.self))
            default: break
            }
        }
        return keys
    }

    @Test func `a spike is this line`() throws {
        #expect(
            try Self.spike().json == """
                {"id":"al_9e489029f35bb778","seq":0,"state":"firing","at":"2026-01-06T14:15:00.000Z",\
                "starts_at":"2026-01-06T14:00:00.000Z","kind":"spend_spike","severity":"medium","page":true,\
                "historical":false,"retroactive":false,"identity":"svc-0062","person":null,"team":"team-c",\
                "project":null,"tool":"api","model":"m-max","mcp_server":null,\
                "title":"svc-0062 spent $41.20 in the last hour, 18x its usual $2.30","reason":"first",\
                "observed":{"value":41.2,"unit":"usd","window":"1h","cost_basis":"billed"},\
                "expected":{"value":2.3,"low":0.92,"high":6.9,"unit":"usd"},"score":5.100,"threshold":3.200,\
                "contributors":[{"dimension":"model","value":"m-max","share":0.930},\
                {"dimension":"tool","value":"api","share":1.000}],"exposed_usd":38.9,\
                "evidence":{"first_sequence":500,"last_sequence":900,"config":"c3a1","engine":"1"},\
                "labels":{}}
                """)
    }

    @Test func `every key of the contract is there, in its order, whatever applies`() throws {
        var desk = Desk()
        desk.observe(.spike(at: 10))
        desk.observe(.spike(.grew, at: 11))
        desk.observe(.spike(.ended(.accepted), at: 12))
        desk.observe(.spike(.began, .tokensDay, at: 10), of: "bob")
        desk.observe(.first(.newModel, "m-new", at: 12))
        desk.observe(.first(.newMCPServer, "jira", at: 12, comparison: .newToTeam))
        desk.advance(to: 100)
        #expect(desk.told.count == 9)
        for transition in desk.told {
            #expect(Self.keys(transition.json) == Self.keys)
            let object = try Self.object(transition)
            #expect(Set(object.keys) == Set(Self.keys))
            #expect(object["person"] is NSNull)
            #expect(object["project"] is NSNull)
            #expect((object["labels"] as? [String: Any])?.isEmpty == true)
            let observed = try #require(object["observed"] as? [String: Any])
            #expect(Set(observed.keys) == ["value", "unit", "window", "cost_basis"])
            let evidence = try #require(object["evidence"] as? [String: Any])
            #expect(Set(evidence.keys) == ["first_sequence", "last_sequence", "config", "engine"])
            #expect(object["retroactive"] as? Bool == false)
        }
    }

    @Test func `what does not apply is null`() throws {
        var desk = Desk()
        var first = Anomaly.first(.newModel, "m-new", at: 12)
        first.team = nil
        let use = try Self.object(try #require(desk.observe(first).first))
        for key in ["expected", "score", "threshold", "team", "tool", "mcp_server"] {
            #expect(use[key] is NSNull, "\(key)")
        }
        #expect(use["model"] as? String == "m-new")
        let window = try #require(use["observed"] as? [String: Any])
        #expect(window["window"] as? String == "first_use")
        #expect(window["cost_basis"] is NSNull, "nobody said whose dollars they are")
        let tokens = try Self.object(
            try #require(desk.observe(.spike(.began, .tokensHour, at: 10), of: "bob").first))
        #expect(tokens["exposed_usd"] is NSNull)
        let observed = try #require(tokens["observed"] as? [String: Any])
        #expect(observed["unit"] as? String == "tokens")
        #expect(observed["cost_basis"] is NSNull)
    }

    @Test(
        arguments: [
            (1, "0.000000001"), (41_200_000_000, "41.2"), (41_200_000_001, "41.200000001"),
            (5_000_000_000, "5"),
            (999_999_999_999_999_999, "999999999.999999999"), (Int64.max, "9223372036.854775807"),
        ] as [(Int64, String)])
    func `money is an exact decimal`(nano: Int64, text: String) throws {
        let json = try Self.spike("ann", .spike(at: 10, observed: nano)).json
        #expect(json.contains("\"observed\":{\"value\":\(text),\"unit\":\"usd\""))
        _ = try Self.object(try Self.spike("ann", .spike(at: 10, observed: nano)))
    }

    @Test(arguments: [
        "\"quoted\" and \\ back", "new\nline\r\ttab", "\u{0}\u{1}\u{1f}\u{7f}", "\u{1b}[31mred\u{1b}[0m",
        "</script>",
        "日本語 \u{1f980} e\u{301}", "\u{202e}backwards", "{\"id\":\"al_0\"}", "\u{2028}\u{2029}", " ",
        "\u{80}\u{9b}31m\u{9f}\u{a0}é\u{10ffff}",
    ])
    func `hostile text comes back as it was`(text: String) throws {
        var anomaly = Anomaly.first(.newMCPServer, text, at: 10)
        anomaly.team = text
        let transition = try Self.spike(text, anomaly)
        #expect(!transition.json.unicodeScalars.contains { $0.properties.generalCategory == .control })
        let object = try Self.object(transition)
        // By scalars: canonically equal texts are not the same text.
        func scalars(_ value: Any?) -> [Unicode.Scalar]? {
            (value as? String).map { Array($0.unicodeScalars) }
        }
        #expect(scalars(object["identity"]) == Array(text.unicodeScalars))
        #expect(scalars(object["team"]) == Array(text.unicodeScalars))
        #expect(scalars(object["mcp_server"]) == Array(text.unicodeScalars))
        #expect(Self.keys(transition.json) == Self.keys)
    }

    @Test func `a line that was written is read back and written as the same line`() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<300 {
            var anomaly = Anomaly.spike(
                .began, Metric.allCases[random.below(4)], at: Double(random.below(1_000)),
                observed: Int64(random.next() >> UInt64(2 + random.below(60))),
                sequence: 400 + UInt64(random.below(9_999)))
            anomaly.basis = CostBasis.allCases[random.below(5)]
            anomaly.retroactive = random.below(2) == 0
            anomaly.historical = random.below(2) == 0
            if random.below(5) == 0 { anomaly = .first(.newModel, "a\"\u{7}\\", at: 5, priceRatio: 9) }
            let transition = try Self.spike("ann\n\(random.below(50))", anomaly)
            let json = transition.json
            _ = try Self.object(transition)
            #expect(AlertTransition(json: json.utf8)?.json == json)
        }
    }

    @Test(arguments: [
        (0.0, "0.000"), (5.1, "5.100"), (-0.4, "-0.400"), (3.2004, "3.200"), (0.9996, "1.000"),
        (12, "12.000"),
    ])
    func `scores have three decimals`(score: Double, text: String) {
        #expect(thousandths(score) == text)
    }

    @Test(
        arguments: [
            (0.0, 0), (2, 2), (999.4, 999), (1_234, 1_230), (1_235, 1_240), (999_600, 1_000_000),
            (2_345_678_901, 2_350_000_000),
            (-5, 0), (.infinity, 4_610_000_000_000_000_000),
        ] as [(Double, Int64)])
    func `an expectation has three digits`(value: Double, rounded: Int64) {
        #expect(roundedToThreeDigits(value) == rounded)
    }

    @Test func `what is exposed is what lies above the expectation`() throws {
        #expect(try Self.spike("ann", .spike(at: 10, observed: 41_200_000_000)).exposed == 38_900_000_000)
        #expect(try Self.spike("ann", .spike(at: 10, observed: 1_000_000_000)).exposed == 0)
        #expect(try Self.spike("ann", .spike(.began, .tokensHour, at: 10)).exposed == nil)
        #expect(try Self.spike("ann", .first(.newModel, "m", at: 10)).exposed == 1_200_000)
    }

    @Test func `only a value behind most of the amount is named beside it`() throws {
        var anomaly = Anomaly.spike(at: 10)
        anomaly.contributors = [
            Contributor(dimension: "model", value: "m-a", share: 0.49),
            Contributor(dimension: "tool", value: "api", share: 0.5),
        ]
        let transition = try Self.spike("ann", anomaly)
        #expect(transition.model == nil)
        #expect(transition.tool == "api")
    }
}
