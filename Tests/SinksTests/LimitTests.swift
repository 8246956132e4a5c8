import Alerting
import Foundation
import Testing

@testable import Sinks

/// Every limit that a receiver has, kept with the nastiest alerts there are.
@Suite struct LimitTests {
    /// Texts of 64 KiB, or close to it, that try each way to break out of a format.
    static let nasty: [(name: String, text: String)] = [
        ("emoji", String(repeating: "👩‍👩‍👧‍👦", count: 2_621)),
        ("channel", String(repeating: "<!channel> <@U1> & <https://x.example|y> ", count: 1_600)),
        ("quotes", String(repeating: "\"\\'`]", count: 13_000)),
        ("lines", String(repeating: "a\r\nb\n\n: *x* _y_ ~z~\u{2028}\u{2029}", count: 2_500)),
        ("nul", String(repeating: "\0\u{1}\u{1b}[31m\u{7f}\u{85}\u{9b}", count: 6_500)),
        ("direction", String(repeating: "\u{202e}gpj.exe\u{2066}\u{200f}\u{feff}", count: 3_600)),
        ("formula", "=HYPERLINK(\"https://x.example\",\"y\")" + String(repeating: "+1", count: 32_000)),
        (
            "markdown",
            String(
                repeating: "[click](https://x.example) **b** # {{DATE(2026-01-01T00:00:00Z)}} ", count: 950)
        ),
        ("combining", "a" + String(repeating: "\u{301}", count: 32_000)),
        ("planes", String(repeating: "\u{10ffff}\u{fffe}\u{e0041}\u{fffd}", count: 4_400)),
        ("json", String(repeating: #""},"routing_key":"x","a":{""#, count: 2_400)),
        ("empty", ""),
    ]

    private static let cases = nasty.map(\.name)

    private func requests(_ kind: String, _ name: String) throws -> [OutboundRequest] {
        let text = try #require(Self.nasty.first { $0.name == name }).text
        return try Samples.messages(text).flatMap { try Samples.requests(kind, $0) }
    }

    @Test(arguments: Samples.httpKinds, cases)
    func `every body is JSON, small enough, and every header is plain`(kind: String, name: String) throws {
        let bytesMax = [
            "webhook": 19_999, "slack": 12_000, "teams": 20_000, "pagerduty": 512_000, "cloudevents": 65_536,
            "alertmanager_webhook": 500_000, "ocsf": 64_000,
        ]
        for request in try requests(kind, name) {
            let message = try #require(request.message)
            _ = try request.json()
            if let bytesMax = bytesMax[kind] { #expect(message.body.count <= bytesMax) }
            for header in message.headers {
                #expect(header.value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
                #expect(header.name == header.name.lowercased())
            }
        }
    }

    @Test(arguments: cases)
    func `blocks of Slack are within its limits, and nothing in them is acted on`(name: String) throws {
        for request in try requests("slack", name) {
            let json = try request.json()
            let blocks = try #require(value(json, "blocks") as? [[String: Any]])
            #expect((1...50).contains(blocks.count))
            #expect((value(json, "text") as? String ?? "").utf16.count <= 340)
            for block in blocks {
                switch block["type"] as? String {
                case "header":
                    let text = value(block, "text.text") as? String ?? ""
                    #expect(!text.isEmpty && text.utf16.count <= 150)
                case "section":
                    if let text = value(block, "text.text") as? String {
                        #expect(!text.isEmpty && text.utf16.count <= 3_000)
                    }
                    let fields = block["fields"] as? [Any] ?? []
                    #expect(fields.count <= 10)
                    for field in fields {
                        #expect((value(field, "text") as? String ?? "").utf16.count <= 2_000)
                    }
                case "context": #expect((block["elements"] as? [Any] ?? []).count <= 10)
                default: Issue.record("a block of a kind that has no limits here")
                }
            }
            for (path, text) in strings(json) where path.hasSuffix("text") {
                // What Slack acts on stands between `<` and `>`: only our own link does.
                let links = text.split(separator: "<", omittingEmptySubsequences: false).dropFirst()
                #expect(links.allSatisfy { $0.hasPrefix("https://tidemark.acme.example/|Tidemark>") })
            }
        }
    }

    @Test(arguments: cases)
    func `marks of Markdown in a card for Teams have a backslash before them`(name: String) throws {
        for request in try requests("teams", name) {
            for (path, text) in strings(try request.json(), "")
            where path.hasSuffix(".text") || path.hasSuffix(".value") {
                // The word of the severity is ours, and bold.
                let bold = ["**high** ", "**resolved** "].first { text.hasPrefix($0) } ?? ""
                var isEscaped = false
                for byte in text.utf8.dropFirst(bold.utf8.count) {
                    if !isEscaped, "*_[]<>~#{}`".utf8.contains(byte) {
                        Issue.record("\(path): \(text.prefix(200))")
                        break
                    }
                    isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                }
            }
        }
    }

    @Test(arguments: cases)
    func `events for PagerDuty are within its limits`(name: String) throws {
        for request in try requests("pagerduty", name) {
            let json = try request.json()
            #expect(value(json, "routing_key") as? String == Samples.routingKey)
            #expect((value(json, "dedup_key") as? String ?? "").utf16.count <= 255)
            guard value(json, "event_action") as? String == "trigger" else {
                #expect(value(json, "event_action") as? String == "resolve")
                continue
            }
            let summary = try #require(value(json, "payload.summary") as? String)
            #expect(summary.utf16.count <= 1_024)
            #expect((value(json, "payload.source") as? String ?? "").utf16.count <= 255)
            #expect(
                ["critical", "error", "warning", "info"].contains(value(json, "payload.severity") as? String))
        }
    }

    @Test(arguments: cases)
    func `labels for Alertmanager are valid, and the same for each transition`(name: String) throws {
        let text = try #require(Self.nasty.first { $0.name == name }).text
        var labels: [NSDictionary] = []
        for (seq, state) in [(0, AlertTransition.State.firing), (1, .firing), (2, .resolved)] {
            var alert = Samples.alert(filledWith: text)
            alert.seq = seq
            alert.state = state
            alert.model = "m-\(seq)"
            alert.tool = "t-\(seq)"
            alert.observed += Int64(seq)
            let json = try Samples.requests("alertmanager", Message(alert))[0].json()
            labels.append(try #require(value(json, "0.labels") as? NSDictionary))
        }
        #expect(Set(labels).count == 1)
        for request in try requests("alertmanager", name) {
            for entry in try #require(request.json() as? [[String: Any]]) {
                let labels = try #require(entry["labels"] as? [String: String])
                #expect(labels["alertname"]?.isEmpty == false)
                #expect(
                    labels.keys.allSatisfy {
                        $0.utf8.allSatisfy {
                            $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20)
                        } && $0.utf8.first.map { !(0x30...0x39).contains($0) } == true
                    })
                let times = [entry["startsAt"], entry["endsAt"]].compactMap { $0 as? String }
                #expect(times.count == 2 && times[0] < times[1])
            }
        }
    }

    @Test(arguments: cases, ["tls", "tcp", "udp"])
    func `syslog messages can be taken apart again, and none is too long`(name: String, scheme: String) throws
    {
        let text = try #require(Self.nasty.first { $0.name == name }).text
        let sink = try SinkRegistry.sink(Samples.settings("syslog"))
        var context = Samples.context("syslog")
        context.urls = [Secret("\(scheme)://127.0.0.1:6514")]
        for notification in Samples.messages(text) {
            for request in try sink.requests(for: notification, context: context) {
                let frames = scheme == "udp" ? [request.bytes] : try Self.frames(request.bytes)
                for frame in frames {
                    #expect(frame.count <= (scheme == "udp" ? 2_048 : 8_192))
                    try expectSyslog(frame)
                }
            }
        }
    }

    /// RFC 5424: header, one element of data whose values close properly, a BOM and text.
    private func expectSyslog(_ frame: [UInt8]) throws {
        let line = try #require(String(validating: frame, as: UTF8.self))
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) })
        let head = frame.split(separator: 0x20, maxSplits: 6, omittingEmptySubsequences: false)
        try #require(head.count == 7)
        let words = head.prefix(6).map { String(decoding: $0, as: UTF8.self) }
        #expect(["<130>1", "<131>1", "<132>1", "<133>1", "<134>1"].contains(words[0]))
        #expect(words[1].utf8.last == UInt8(ascii: "Z") && words[1].utf8.count == 24)
        #expect(words[2...4] == ["monitor-1", "tidemark", "-"])
        #expect((1...32).contains(words[5].utf8.count))
        var rest = head[6]
        let opening = Array("[tidemark@32473".utf8)
        try #require(rest.starts(with: opening))
        rest = rest.dropFirst(opening.count)
        while rest.first == 0x20 {
            rest = rest.dropFirst().drop { $0 == 0x5f || (0x61...0x7a).contains($0) }
            try #require(rest.starts(with: Array("=\"".utf8)))
            rest = rest.dropFirst(2)
            while let byte = rest.first, byte != UInt8(ascii: "\"") {
                try #require(byte != UInt8(ascii: "]"))
                rest = rest.dropFirst(byte == UInt8(ascii: "\\") ? 2 : 1)
            }
            rest = rest.dropFirst()
        }
        #expect(rest.starts(with: Array("] \u{feff}".utf8)))
    }

    /// Takes messages with their length before them apart.
    private static func frames(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var rest = bytes[...]
        var out: [[UInt8]] = []
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != 0x20 }
            let count = try #require(Int(String(decoding: digits, as: UTF8.self)))
            rest = rest.dropFirst(digits.count + 1)
            try #require(rest.count >= count)
            out.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return out
    }

    @Test(arguments: ["file", "exec"], cases)
    func `lines are JSON objects, one each`(kind: String, name: String) throws {
        for request in try requests(kind, name) {
            #expect(request.bytes.last == 0x0a)
            for line in request.bytes.split(separator: 0x0a) {
                #expect(try JSONSerialization.jsonObject(with: Data(line)) is [String: Any])
                #expect(!line.contains { $0 < 0x20 || $0 == 0x7f })
            }
        }
    }

    @Test func `a cut text ends with a mark, on the boundary of a scalar, and never inside an escape`() {
        for unit in [ClippedText.Unit.utf8, .utf16] {
            for text in ["plain text", "grün und groß", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "a&b<c>d&e"] {
                for max in 3...40 {
                    let escape: (Unicode.Scalar) -> String = { $0 == "&" ? "&amp;" : String($0) }
                    let cut = ClippedText(text, to: max, in: unit, escape: escape).text
                    #expect(unit.length(cut) <= max)
                    let whole = text.replacing("&", with: "&amp;")
                    if cut == whole { continue }
                    #expect(unit.length(whole) > max)
                    #expect(cut.unicodeScalars.last == "…")
                    #expect(
                        Array(whole.utf8).starts(
                            with: cut.unicodeScalars.dropLast().flatMap { String($0).utf8 }))
                    #expect(
                        cut.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy {
                            $0.hasPrefix("amp;")
                        })
                }
            }
        }
    }

    @Test func `alerts that do not fit are counted, never dropped in silence`() throws {
        func counts(_ json: Any, _ alerts: String, _ rest: String) -> Int {
            ((value(json, alerts) as? [Any])?.count ?? 0) + (value(json, rest) as? Int ?? 0)
        }
        for text in [nil, Self.nasty[0].text] {
            let group = Samples.group(300, filledWith: text, omitted: 7)
            let webhook = try Samples.requests("webhook", group)[0].json()
            #expect(counts(webhook, "data.alerts", "data.omitted") == 307)
            let pager = try Samples.requests("pagerduty", group)[0].json()
            #expect(counts(pager, "payload.custom_details.alerts", "payload.custom_details.omitted") == 307)
            let other = try Samples.requests("alertmanager_webhook", group)[0].json()
            #expect(counts(other, "alerts", "truncatedAlerts") == 307)
            let slack = try Samples.requests("slack", group)[0].json()
            let lines = (value(slack, "blocks.1.text.text") as? String ?? "").split(separator: "\n")
            #expect(lines.last == "and \(308 - lines.count) more")
        }
    }
}
