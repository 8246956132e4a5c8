import Alerting
import Yams

extension DeliveryConfiguration {
    /// Reads the sections of a file that say who is told; `file` is its name for messages. All others are
    /// passed over.
    ///
    /// Secrets are never written in a file: a key says where they are. An address may be written down, and is
    /// then never printed whole.
    /// - Throws: every fault, with its line.
    public init(yaml bytes: [UInt8], file: String) throws(ConfigurationError) {
        guard let root = try TidemarkConfiguration.compose(yaml: bytes, file: file) else { return }
        var reader = DeliveryReader(file: file)
        // What is no mapping at all is the other reader's fault to tell.
        guard case .mapping(let sections) = root else { return }
        for (name, node) in sections {
            switch name.scalar?.string {
            case "sinks": reader.readSinks(node)
            case "routes": reader.readRoutes(node)
            case "notifications": reader.readPolicy(node)
            default: break
            }
        }
        reader.finish()
        guard reader.faults.isEmpty else {
            let faults = reader.faults.sorted { $0.line < $1.line }
            throw ConfigurationError(faults: Array(faults.prefix(100).map(\.fault)))
        }
        self = reader.delivery
    }
}

/// Walks the tree and collects what is wrong with it.
struct DeliveryReader {
    let file: String
    var delivery = DeliveryConfiguration()
    var faults: [(line: Int, fault: ConfigurationFault)] = []
    private var namedSinks: [(name: String, node: Node, key: String)] = []
    private var hasRoutes = false

    /// Names of sinks stand in file names, routes and messages.
    private static let nameBytesMax = 64

    init(file: String) { self.file = file }

    // MARK: - Sinks

    mutating func readSinks(_ node: Node) {
        for (name, node) in members(node, "sinks", wanted: "sinks by name") {
            let path = "sinks." + name
            guard Self.isName(name) else {
                fault(node, path, "a sink's name has letters, digits, - and _ only, at most 64")
                continue
            }
            var sink = SinkSettings(name: name, kind: "")
            var hasKind = false
            for (key, value) in members(node, path, wanted: "kind and where to send") {
                hasKind = hasKind || key == "kind"
                read(key, value, path + "." + key, into: &sink)
            }
            guard hasKind else {
                fault(node, path, "needs kind: \(Self.kinds)")
                continue
            }
            guard let kind = SinkKind.named(sink.kind) else { continue }
            for problem in kind.problems(with: sink) { fault(node, path, problem) }
            delivery.sinks.append(sink)
        }
    }

    private static var kinds: String { SinkKind.all.map(\.word).joined(separator: ", ") }

    private static func isName(_ name: String) -> Bool {
        (1...nameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
                    || $0 == 0x2d || $0 == 0x5f
            }
    }

    /// Every key of a sink, in the order in which the nearest is looked for.
    private static let sinkKeys =
        ["kind"]
        + ["url", "secret"].flatMap { name in ["", "_file", "_env", "_credential"].map { name + $0 } }
        + [
            "identity", "fields", "command", "path", "allow_http", "allow_networks", "allow_ports",
            "in_flight",
            "send_resolved", "send_history", "send_digest", "external_url",
        ]

    private mutating func read(_ key: String, _ node: Node, _ path: String, into sink: inout SinkSettings) {
        switch key {
        case "kind":
            let word = text(node, path) ?? ""
            if SinkKind.named(word) == nil { fault(node, path, "no kind \(word); there are \(Self.kinds)") }
            sink.kind = word
        case "url": sink.urls += texts(node, path).map { .text($0) }
        case "url_file": sink.urls += texts(node, path).map { .file($0) }
        case "url_env": sink.urls += texts(node, path).map { .environment($0) }
        case "url_credential": sink.urls += texts(node, path).map { .credential($0) }
        case "secret":
            fault(
                node, path,
                "a secret does not stand in a file: use secret_file, secret_env or secret_credential")
        case "secret_file": sink.secrets += texts(node, path).map { .file($0) }
        case "secret_env": sink.secrets += texts(node, path).map { .environment($0) }
        case "secret_credential": sink.secrets += texts(node, path).map { .credential($0) }
        case "identity":
            let words = SinkSettings.IdentityForm.allCases.map(\.rawValue)
            guard let form = text(node, path).flatMap(SinkSettings.IdentityForm.init(rawValue:)) else {
                return fault(node, path, "wanted one of " + words.joined(separator: ", "))
            }
            sink.identity = form
        case "fields": sink.fields = texts(node, path)
        case "command": sink.command = texts(node, path)
        case "path": sink.path = text(node, path)
        case "allow_http": flag(node, path) { sink.allowHTTP = $0 }
        case "allow_networks": sink.allowNetworks = texts(node, path)
        case "allow_ports": sink.allowPorts = wholes(node, path, 1...65_535, "ports")
        case "in_flight": whole(node, path, 1...64, "deliveries at a time") { sink.inFlight = $0 }
        case "send_resolved": flag(node, path) { sink.sendsResolved = $0 }
        case "send_history": flag(node, path) { sink.sendsHistory = $0 }
        case "send_digest": flag(node, path) { sink.sendsDigest = $0 }
        case "external_url": sink.externalURL = text(node, path)
        default: unknown(node, path, key, Self.sinkKeys)
        }
    }

    // MARK: - Routes

    mutating func readRoutes(_ node: Node) {
        hasRoutes = true
        for (key, value) in members(node, "routes", wanted: "default and rules") {
            switch key {
            case "default": delivery.routes.defaultSinks = sinks(value, "routes.default")
            case "rules": delivery.routes.rules = rules(value, "routes.rules", depth: 0)
            default: unknown(value, "routes." + key, key, ["default", "rules"])
            }
        }
    }

    private mutating func rules(_ node: Node, _ path: String, depth: Int) -> [RouteTree.Rule] {
        guard case .sequence(let list) = node else {
            if !TidemarkConfiguration.isNothing(node) { shape(node, path, wanted: "a list of rules") }
            return []
        }
        guard depth < RouteTree.depthMax else {
            fault(node, path, "rules stand at most \(RouteTree.depthMax) deep in each other")
            return []
        }
        var rules: [RouteTree.Rule] = []
        for (i, node) in list.enumerated() {
            let path = "\(path)[\(i + 1)]"
            var rule = RouteTree.Rule(matchers: [], sinks: [])
            for (key, value) in members(node, path, wanted: "match and sinks") {
                let inner = path + "." + key
                switch key {
                case "match": rule.matchers = matchers(value, inner)
                case "sinks": rule.sinks = sinks(value, inner)
                case "continue": flag(value, inner) { rule.continues = $0 }
                case "rules": rule.rules = self.rules(value, inner, depth: depth + 1)
                default: unknown(value, inner, key, ["match", "sinks", "continue", "rules"])
                }
            }
            rules.append(rule)
        }
        return rules
    }

    private mutating func matchers(_ node: Node, _ path: String) -> [Matcher] {
        var out: [Matcher] = []
        for text in texts(node, path) {
            do throws(Matcher.Fault) { out.append(try Matcher(text)) } catch {
                fault(node, path, error.description)
            }
        }
        return out
    }

    private mutating func sinks(_ node: Node, _ path: String) -> [String] {
        let names = texts(node, path)
        namedSinks += names.map { ($0, node, path) }
        return names
    }

    /// What can only be said when all sections have been read.
    mutating func finish() {
        let known = delivery.sinks.map(\.name)
        for (name, node, path) in namedSinks where !known.contains(name) {
            unknown(node, path, name, known)
        }
        if !hasRoutes { delivery.routes = RouteTree(defaultSinks: known) }
    }

    // MARK: - Policy

    mutating func readPolicy(_ node: Node) {
        var policy = delivery.policy
        for (key, value) in members(node, "notifications", wanted: "keys below it") {
            guard let known = DeliveryConfiguration.policyKeys.first(where: { $0.name == key }) else {
                unknown(value, "notifications." + key, key, DeliveryConfiguration.policyKeys.map(\.name))
                continue
            }
            whole(value, "notifications." + key, known.range, known.unit) {
                policy[keyPath: known.place] = $0
            }
        }
        delivery.policy = policy
    }
}
