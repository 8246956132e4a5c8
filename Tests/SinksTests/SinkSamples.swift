import Detection
import Foundation
import UsageEvents

@testable import Alerting
@testable import Sinks

/// Foundation has a type of the same name.
typealias Message = Alerting.Notification

/// Alerts, messages and contexts to encode.
enum Samples {
    static let account = "svc-0062"
    /// 2026-04-01T14:25:10Z.
    static let attempt: Int64 = 1_775_053_510

    /// An alert as it usually is.
    static func alert(
        identity: String? = account, seq: Int = 0, state: AlertTransition.State = .firing,
        kind: AlertKind = .spendSpike, severity: Severity = .high
    ) -> AlertTransition {
        AlertTransition(
            id: "al_9f1c0c4e5b7a2d10", seq: seq, state: state,
            at: Timestamp(milliseconds: 1_775_053_500_000),
            startsAt: Timestamp(milliseconds: 1_775_052_300_000), kind: kind, severity: severity,
            page: true,
            historical: false, retroactive: false, identity: identity, team: "team-c", tool: "api",
            model: "m-max",
            mcpServer: nil,
            title: "\(identity ?? "team-c") spent $41.20 in the last hour, 18x its usual $2.30",
            reason: state == .firing ? "first" : "back_to_normal", observed: 41_200_000_000, isMoney: true,
            window: "1h",
            basis: .billed,
            expected: Expectation(
                value: 2_300_000_000, low: 900_000_000, high: 6_800_000_000, score: 5.1, threshold: 3.2),
            contributors: [Contributor(dimension: "model", value: "m-max", share: 0.93)],
            exposed: 38_900_000_000, firstSequence: 51_213, lastSequence: 51_987, configuration: "c3a1")
    }

    /// The same with one text in every place that an event can fill.
    static func alert(filledWith text: String) -> AlertTransition {
        var alert = alert(identity: text)
        alert.team = text
        alert.tool = text
        alert.model = text
        alert.mcpServer = text
        alert.title = "\(text) used model \(text), which is new to team \(text)"
        alert.contributors = ["model", "mcp_server", "tool"].map {
            Contributor(dimension: $0, value: text, share: 0.5)
        }
        return alert
    }

    /// Many alerts of different accounts in one message.
    static func group(_ count: Int, filledWith text: String? = nil, omitted: Int = 0) -> Message {
        let alerts = (0..<count).map { n in
            var one = text.map { alert(filledWith: $0) } ?? alert(identity: "svc-\(n)")
            one.id = "al_" + String(repeating: "0", count: 16 - String(n).count) + String(n)
            return one
        }
        return Message(
            id: "gr_5d0c_1", purpose: .group,
            title: "\(count + omitted) members of team \(text ?? "team-c"): spend spike",
            transitions: alerts, omitted: omitted, group: [.init("team", text ?? "team-c")])
    }

    /// Messages of each shape, filled with one text.
    static func messages(_ text: String) -> [Message] {
        var resolved = alert(filledWith: text)
        resolved.state = .resolved
        resolved.seq = 2
        return [
            Message(alert(filledWith: text)), Message(resolved),
            group(4, filledWith: text, omitted: 1_000_000),
        ]
            + [.digest, .operational].map {
                Message(
                    id: "no_1", purpose: $0, title: text, transitions: [], omitted: 3,
                    group: [.init("team", text), .init("identity", text)])
            }
            + [.reminder, .historical, .test].map {
                Message(
                    id: "no_2", purpose: $0, title: text, transitions: [alert(filledWith: text)],
                    group: [.init("team", text)])
            }
    }

    static let routingKey = "0123456789abcdef0123456789abcdef"
    static let webhookSecret = "whsec_dGlkZW1hcmstdGVzdC1zZWNyZXQtMzItYnl0ZXMtISE="

    /// Settings that a kind can be used with.
    static func settings(_ kind: String) -> SinkSettings {
        var settings = SinkSettings(name: "finops", kind: kind)
        settings.externalURL = "https://tidemark.acme.example/"
        if kind == "webhook" { settings.secrets = [.file("secret")] }
        return settings
    }

    static func context(_ kind: String, at time: Int64 = attempt) -> SinkContext {
        let url =
            kind == "syslog" ? "tls://logs.acme.example:6514" : "https://hooks.acme.example/in?token=s3cr3t"
        let secret: [Secret] =
            switch kind {
            case "webhook": [Secret(webhookSecret)]
            case "pagerduty": [Secret(routingKey)]
            default: []
            }
        return SinkContext(
            attemptTime: time, urls: [Secret(url)], secrets: secret,
            pseudonymKey: Secret("a key for pseudonyms, 32 bytes.."), productVersion: "0.2.0",
            hostName: "monitor-1")
    }

    static func requests(
        _ kind: String, _ notification: Message, _ change: (inout SinkSettings) -> Void = { _ in }
    ) throws -> [OutboundRequest] {
        var settings = settings(kind)
        change(&settings)
        return try SinkRegistry.sink(settings).requests(for: notification, context: context(kind))
    }

    /// Every kind's word.
    static let kinds = SinkKind.all.map(\.word)
    /// Those whose body is JSON sent by HTTP.
    static let httpKinds = kinds.filter { !["file", "exec", "syslog"].contains($0) }
}

extension OutboundRequest {
    /// What goes over the wire, without the address.
    var bytes: [UInt8] {
        switch self {
        case .http(let message): message.body
        case .file(let lines): lines
        case .process(let input): input
        case .stream(_, let bytes): bytes
        }
    }

    var message: HTTPMessage? {
        if case .http(let message) = self { message } else { nil }
    }

    /// The body as Foundation reads it.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(bytes)) }
}

/// The value at a path of keys and indices.
func value(_ json: Any, _ path: String) -> Any? {
    path.split(separator: ".").reduce(Optional(json)) { found, step in
        if let index = Int(step) {
            guard let list = found as? [Any], list.indices.contains(index) else { return nil }
            return list[index]
        }
        return (found as? [String: Any])?[String(step)]
    }
}

/// Every string of a JSON value, with the path of keys to it.
func strings(_ json: Any, _ path: String = "") -> [(path: String, text: String)] {
    switch json {
    case let text as String: [(path, text)]
    case let list as [Any]: list.flatMap { strings($0, path + "[]") }
    case let object as [String: Any]:
        object.keys.sorted().flatMap { key in strings(object[key] ?? "", path + "." + key) }
    default: []
    }
}
