import Alerting

extension DeliveryConfiguration {
    /// One key of the section `notifications`.
    struct PolicyKey: Sendable {
        let name: String
        let place: any WritableKeyPath<PolicySettings, Int> & Sendable
        let range: ClosedRange<Int>
        let unit: String
        let help: String
    }

    /// All of them, in the order in which they are printed.
    static let policyKeys: [PolicyKey] = [
        PolicyKey(
            name: "group_above", place: \.groupAbove, range: 1...1_000, unit: "alerts",
            help: "Alerts of one team and kind told one by one within group_interval_seconds."),
        PolicyKey(
            name: "group_wait_seconds", place: \.groupWaitSeconds, range: 0...3_600, unit: "seconds",
            help: "How long a group waits for more of its kind."),
        PolicyKey(
            name: "group_interval_seconds", place: \.groupIntervalSeconds, range: 1...86_400, unit: "seconds",
            help: "Time between two groups of one team and kind."),
        PolicyKey(
            name: "repeat_hours", place: \.repeatHours, range: 0...8_760, unit: "hours",
            help: "When an alert that still fires is told again, then twice as long each time; 0: never."),
        PolicyKey(
            name: "repeat_hours_max", place: \.repeatHoursMax, range: 1...8_760, unit: "hours",
            help: "The most hours between two reminders."),
        PolicyKey(
            name: "messages_per_team_hour", place: \.messagesPerTeamHour, range: 1...10_000, unit: "messages",
            help: "Messages of one team in an hour; what is above is told as one when the hour is over."),
        PolicyKey(
            name: "digest_hour_utc", place: \.digestHour, range: 0...23, unit: "hour of the day",
            help: "When the digest is sent."),
    ]

    /// The sections as YAML for people. Addresses are shortened, so that nobody reads a secret off a screen.
    public var annotatedYAML: String {
        var out = "\nnotifications:\n"
        for key in Self.policyKeys {
            let value = policy[keyPath: key.place]
            let usual = PolicySettings()[keyPath: key.place]
            out += "  # \(key.help)\n"
            out += "  \(key.name): \(value)  # \(value == usual ? "default" : "default: \(usual)")\n"
        }
        guard !sinks.isEmpty else {
            return out + "\n# Alerts are sent nowhere: there is no section `sinks`.\n"
        }
        out += "\n# Addresses and secrets are not shown.\nsinks:\n"
        for sink in sinks {
            out += "  \(sink.name):\n"
            for (key, value) in Self.lines(sink) { out += "    \(key): \(value)\n" }
        }
        out += "\nroutes:\n  default: \(Self.list(routes.defaultSinks))\n"
        if !routes.rules.isEmpty { out += "  rules:\n" + Self.rules(routes.rules, indent: "    ") }
        return out
    }

    /// What differs from the defaults.
    private static func lines(_ sink: SinkSettings) -> [(String, String)] {
        let usual = SinkSettings(name: sink.name, kind: sink.kind)
        var lines = [("kind", quoted(sink.kind))]
        lines += places(sink.urls, "url") + places(sink.secrets, "secret")
        func add(_ key: String, _ value: String, unless isUsual: Bool) {
            if !isUsual { lines.append((key, value)) }
        }
        add("identity", sink.identity.rawValue, unless: sink.identity == usual.identity)
        add("fields", list(sink.fields), unless: sink.fields.isEmpty)
        add("command", list(sink.command), unless: sink.command.isEmpty)
        if let path = sink.path { lines.append(("path", quoted(path))) }
        add("allow_http", "true", unless: !sink.allowHTTP)
        add("allow_networks", list(sink.allowNetworks), unless: sink.allowNetworks.isEmpty)
        let ports = sink.allowPorts.map(String.init).joined(separator: ", ")
        add("allow_ports", "[\(ports)]", unless: sink.allowPorts.isEmpty)
        add("in_flight", String(sink.inFlight), unless: sink.inFlight == usual.inFlight)
        add("send_resolved", "false", unless: sink.sendsResolved)
        add("send_history", "true", unless: !sink.sendsHistory)
        add("send_digest", "false", unless: sink.sendsDigest)
        if let url = sink.externalURL { lines.append(("external_url", quoted(shortened(url)))) }
        return lines
    }

    private static func places(_ places: [SinkSettings.Place], _ key: String) -> [(String, String)] {
        var found: [(String, [String])] = []
        for place in places {
            let (suffix, value) =
                switch place {
                case .text(let address): ("", shortened(address))
                case .file(let path): ("_file", path)
                case .environment(let name): ("_env", name)
                case .credential(let name): ("_credential", name)
                }
            if let i = found.firstIndex(where: { $0.0 == key + suffix }) {
                found[i].1.append(value)
            } else {
                found.append((key + suffix, [value]))
            }
        }
        return found.map { ($0.0, $0.1.count == 1 ? quoted($0.1[0]) : list($0.1)) }
    }

    /// Scheme and host of an address: its user, path and query may be secrets.
    public static func shortened(_ address: String) -> String {
        let scheme = address.prefix { $0 != ":" }
        let rest = address[scheme.endIndex...]
        guard rest.hasPrefix("://") else { return "..." }
        let authority = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let isWhole = host.count == authority.count && host.endIndex == address.endIndex
        return "\(scheme)://\(host)" + (isWhole ? "" : "/...")
    }

    private static func rules(_ rules: [RouteTree.Rule], indent: String) -> String {
        rules.reduce(into: "") { out, rule in
            out += "\(indent)- match: \(list(rule.matchers.map(\.text)))\n"
            if !rule.sinks.isEmpty { out += "\(indent)  sinks: \(list(rule.sinks))\n" }
            if rule.continues { out += "\(indent)  continue: true\n" }
            if !rule.rules.isEmpty {
                out += "\(indent)  rules:\n" + Self.rules(rule.rules, indent: indent + "    ")
            }
        }
    }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map(quoted).joined(separator: ", ") + "]"
    }

    private static func quoted(_ text: String) -> String { ConfigurationValue.text(text).yaml }
}
