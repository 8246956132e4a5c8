/// One way of sending alerts: its word in the configuration and what settings it needs. The encoders are in
/// the module `Sinks`; this table stands here so that a configuration can be checked without them.
public struct SinkKind: Hashable, Sendable {
    /// Whether a setting must, may or must not be there.
    public enum Need: Hashable, Sendable {
        /// It has no meaning for this kind.
        case unused
        /// It may be left out.
        case optional
        /// Exactly one.
        case one
        /// One or more.
        case several
        /// Any number, or none.
        case any
    }

    /// The word in `kind:`.
    public let word: String
    /// One line for people.
    public let summary: String
    /// Addresses that requests go to.
    public let url: Need
    /// Secrets: what they are for, the table in docs/sinks.md says.
    public let secret: Need
    /// Program and arguments.
    public var command = Need.unused
    /// A file.
    public var path = Need.unused
    /// Beginnings that its addresses may have.
    public var schemes = ["https", "http"]
    /// Seconds after which a firing alert is sent again, for a receiver that forgets what it is not told;
    /// nil where once is enough.
    public var resendSeconds: Int64?

    /// Every kind, in the order in which they are listed.
    public static let all: [SinkKind] = [
        SinkKind(
            word: "webhook", summary: "signed JSON by HTTP (Standard Webhooks)", url: .one, secret: .any),
        SinkKind(
            word: "alertmanager_webhook", summary: "what Prometheus Alertmanager sends to its receivers",
            url: .one, secret: .optional),
        SinkKind(
            word: "alertmanager", summary: "Prometheus Alertmanager, every member of a cluster",
            url: .several, secret: .optional, resendSeconds: 60),
        SinkKind(word: "slack", summary: "Slack, an incoming webhook", url: .one, secret: .unused),
        SinkKind(word: "teams", summary: "Microsoft Teams, a workflow's webhook", url: .one, secret: .unused),
        SinkKind(
            word: "pagerduty", summary: "PagerDuty, Events API v2", url: .optional, secret: .one),
        SinkKind(
            word: "file", summary: "a file, one JSON object a line", url: .unused, secret: .unused,
            path: .one),
        SinkKind(
            word: "exec", summary: "a program that reads JSON lines", url: .unused, secret: .unused,
            command: .one),
        SinkKind(
            word: "ocsf", summary: "OCSF Detection Finding by HTTP", url: .one, secret: .optional),
        SinkKind(
            word: "cloudevents", summary: "CloudEvents 1.0 by HTTP", url: .one, secret: .optional),
        SinkKind(
            word: "syslog", summary: "syslog (RFC 5424) by TLS, TCP or UDP", url: .one, secret: .unused,
            schemes: ["tls", "tcp", "udp"]),
    ]

    /// The kind of a word.
    public static func named(_ word: String) -> SinkKind? { all.first { $0.word == word } }

    /// What is wrong with a sink's settings, one sentence each, naming keys and never a value; empty when it
    /// can be used.
    public func problems(with settings: SinkSettings) -> [String] {
        var out: [String] = []
        func check(_ need: Need, _ count: Int, _ key: String) {
            switch need {
            case .unused where count > 0: out.append("\(word) has no use for \(key)")
            case .one where count == 0, .several where count == 0: out.append("\(word) needs \(key)")
            case .one where count > 1, .optional where count > 1: out.append("\(word) takes one \(key)")
            default: break
            }
        }
        check(url, settings.urls.count, "url")
        check(secret, settings.secrets.count, "secret")
        check(command, settings.command.isEmpty ? 0 : 1, "command")
        check(path, settings.path == nil ? 0 : 1, "path")
        for case .text(let address) in settings.urls {
            let scheme = address.prefix { $0 != ":" }.lowercased()
            guard schemes.contains(scheme), address.dropFirst(scheme.count).hasPrefix("://") else {
                out.append(
                    "\(word) needs a url that begins with \(schemes.joined(separator: ":// or "))://"
                )
                continue
            }
            if scheme == "http", !settings.allowHTTP {
                out.append("a url of \(settings.name) is plain http: use https, or say allow_http: true")
            }
        }
        for field in settings.fields where !Self.fields.contains(field) {
            out.append("fields of \(settings.name) names \(field), which an alert does not have")
        }
        return out
    }

    /// Keys of an alert that `fields` may name. `alwaysSent` are sent whatever it says.
    public static let fields =
        alwaysSent + [
            "at", "starts_at", "page", "historical", "retroactive", "identity", "person", "team", "project",
            "tool", "model", "mcp_server", "title", "reason", "observed", "expected", "score", "threshold",
            "contributors", "exposed_usd", "evidence", "labels",
        ]

    /// Without these a receiver could not tell one alert from another, or a beginning from an end.
    public static let alwaysSent = ["id", "seq", "state", "kind", "severity"]
}
