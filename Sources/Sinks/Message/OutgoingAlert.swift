internal import Alerting
internal import Detection
internal import UsageEvents

/// One alert as a sink may tell it: names in their form, and only the fields that are allowed.
struct OutgoingAlert {
    /// What was asked for, hidden and allowed: every encoder reads only this.
    private(set) var transition: AlertTransition
    private let allowed: Set<String>

    /// Bytes of one label, four times what an event may carry, and of a sentence with several.
    static let labelBytesMax = 1_024
    static let titleBytesMax = 4_096

    init(_ alert: AlertTransition, mask: IdentityMask, fields: [String], isTest: Bool) {
        // Hidden before it is cut: half a name would not be found.
        func label(_ text: String) -> String {
            ClippedText(mask.hide(text), to: Self.labelBytesMax).text
        }
        allowed = Set(fields)
        var safe = alert
        safe.identity = mask.identity(alert.identity).map { ClippedText($0, to: Self.labelBytesMax).text }
        safe.team = alert.team.map(label)
        safe.tool = alert.tool.map(label)
        safe.model = alert.model.map(label)
        safe.mcpServer = alert.mcpServer.map(label)
        safe.title = ClippedText(mask.hide(alert.title), to: Self.titleBytesMax).text
        safe.contributors = alert.contributors.map {
            Contributor(dimension: $0.dimension, value: label($0.value), share: $0.share)
        }
        if !fields.isEmpty {
            if !allowed.contains("identity") { safe.identity = nil }
            if !allowed.contains("team") { safe.team = nil }
            if !allowed.contains("tool") { safe.tool = nil }
            if !allowed.contains("model") { safe.model = nil }
            if !allowed.contains("mcp_server") { safe.mcpServer = nil }
            if !allowed.contains("expected") { safe.expected = nil }
            if !allowed.contains("contributors") { safe.contributors = [] }
            if !allowed.contains("exposed_usd") { safe.exposed = nil }
        }
        transition = safe
        // The sentence tells fields that may not be told, and that of a team may name its members.
        if !fields.isEmpty || (mask.hides && alert.identity == nil) { transition.title = plainTitle }
        if isTest { transition.title = "[test] " + transition.title }
    }

    private func allows(_ field: String) -> Bool { allowed.isEmpty || allowed.contains(field) }

    var id: String { transition.id }
    var isFiring: Bool { transition.state == .firing }
    var severity: Severity { transition.severity }

    /// The sentence, or what the allowed fields make of it.
    var title: String { transition.title }

    /// `Spend spike`.
    var kindName: String {
        switch transition.kind {
        case .spendSpike: "Spend spike"
        case .tokenSpike: "Token spike"
        case .newModel: "New model"
        case .newMCPServer: "New MCP server"
        }
    }

    /// What the allowed fields say, for want of a sentence that may be told.
    var plainTitle: String {
        ([kindName] + facts.filter { $0.name != "Since" }.map { "\($0.name.lowercased()) \($0.value)" })
            .joined(separator: "; ")
    }

    /// `$41.20 in 1h`, `4.2M tokens in 24h`, `$1.20 at first use`; nil where it may not be told.
    var observed: String? {
        guard allows("observed") else { return nil }
        let amount =
            transition.isMoney
            ? Explanation.money(transition.observed, transition.basis)
            : Explanation.tokens(transition.observed)
        return transition.window == "first_use"
            ? amount + " at first use" : "\(amount) in \(transition.window)"
    }

    /// `$2.30 (0.90 to 6.80)`.
    var usual: String? {
        guard let expected = transition.expected else { return nil }
        func amount(_ value: Double) -> String {
            let whole = roundedToThreeDigits(value)
            return transition.isMoney ? NanoUSD(rawValue: whole).dollars : Explanation.tokens(whole)
        }
        return "\(amount(expected.value)) (\(amount(expected.low)) to \(amount(expected.high)))"
    }

    /// What a person wants to see first, in this order; texts of events in it are not escaped.
    var facts: [(name: String, value: String)] {
        var out: [(String, String)] = []
        let team = transition.team.map { "team \($0)" }
        if let who = transition.identity {
            out.append(("Who", who + (team.map { " (\($0))" } ?? "")))
        } else if let team {
            out.append(("Who", team))
        }
        if let observed { out.append(("Observed", observed)) }
        if let usual { out.append(("Usual", usual)) }
        let parts = transition.contributors.prefix(3).map {
            "\($0.value) \(Int((min(max($0.share, 0), 1) * 100).rounded()))%"
        }
        if !parts.isEmpty { out.append(("Mostly", parts.joined(separator: ", "))) }
        if allows("starts_at") { out.append(("Since", Self.minute(transition.startsAt))) }
        return out
    }

    /// `2026-04-01 14:25 UTC`.
    private static func minute(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// The object of the contract as JSON text, where all of it is allowed and no text is longer than a
    /// number of bytes: then there is nothing to take apart.
    func text(uncutTo bytesMax: Int) -> [UInt8]? {
        guard allowed.isEmpty, bytesMax >= Self.labelBytesMax, title.utf8.count <= bytesMax else {
            return nil
        }
        var bytes: [UInt8] = []
        transition.write(into: &bytes)
        return bytes
    }

    /// The object of the contract, with the keys that are allowed.
    var object: JSONTree {
        var bytes: [UInt8] = []
        transition.write(into: &bytes)
        guard case .object(let members)? = JSONTree(bytes) else { return .null }
        if allowed.isEmpty { return .object(members) }
        return .object(members.filter { SinkKind.alwaysSent.contains($0.key) || allowed.contains($0.key) })
    }
}
