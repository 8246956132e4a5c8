import Detection

/// One condition on an alert, as in `team=payments` or `kind=~new_.*`; the shape is Alertmanager's, so that
/// people can move theirs.
public struct Matcher: Hashable, Sendable {
    /// What of an alert is looked at. What an alert has not is the empty text.
    public enum Label: String, Sendable, CaseIterable {
        /// The alert's id.
        case id
        /// Its team.
        case team
        /// Its kind, such as `spend_spike`.
        case kind
        /// Its severity's word.
        case severity
        /// Its account.
        case identity
        /// Its tool.
        case tool
        /// Its model.
        case model
        /// Its MCP server.
        case server = "mcp_server"
        /// `true` for a page, `false` for a line of the digest.
        case page
    }

    /// What of an alert is looked at.
    public let label: Label
    /// What it is compared with: a text, or a pattern.
    public let value: String
    /// Whether what is found must be equal, or must not.
    public let isEqual: Bool
    private let pattern: LinearPattern?

    /// Whether `value` is a pattern.
    public var isRegex: Bool { pattern != nil }

    /// Why a matcher cannot be one.
    public enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// There is none of the signs between a name and a value.
        case notAMatcher
        /// There is no such label.
        case unknownLabel(String)
        /// An alert's kind, severity or page never has this value.
        case neverMatches(Label, String)
        /// The pattern cannot be read.
        case notAPattern(String)

        /// What is wrong, and what is wanted.
        public var description: String {
            switch self {
            case .notAMatcher: "wanted a matcher such as team=payments, kind!=new_model or model=~gpt-.*"
            case .unknownLabel(let name):
                "alerts have no \(name); they have "
                    + Matcher.Label.allCases.map(\.rawValue).joined(separator: ", ")
            case .neverMatches(let label, let value):
                "no alert has the \(label.rawValue) \(value); wanted "
                    + (Matcher.words(of: label) ?? []).joined(separator: ", ")
            case .notAPattern(let text):
                "\(text) is no pattern; it may have letters, . [a-z] \\d \\w \\s * + ? | and groups"
            }
        }
    }

    /// A condition.
    public init(_ label: Label, _ value: String, isRegex: Bool = false, isEqual: Bool = true)
        throws(Fault)
    {
        if isRegex {
            guard let pattern = LinearPattern(value) else { throw .notAPattern(value) }
            self.pattern = pattern
        } else {
            if let words = Self.words(of: label), !words.contains(value) {
                throw .neverMatches(label, value)
            }
            pattern = nil
        }
        self.label = label
        self.value = value
        self.isEqual = isEqual
    }

    /// Reads `name=value`, `name!=value`, `name=~pattern` or `name!~pattern`; the value may stand in double
    /// quotes.
    public init(_ text: String) throws(Fault) {
        let name = text.prefix { $0 != "=" && $0 != "!" }
        let rest = text[name.endIndex...]
        guard let sign = ["=~", "!~", "!=", "="].first(where: { rest.hasPrefix($0) }) else {
            throw .notAMatcher
        }
        let key = name.filter { $0 != " " }
        guard let label = Label(rawValue: String(key)) else { throw .unknownLabel(String(key)) }
        var value = rest.dropFirst(sign.count).drop { $0 == " " }
        if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
            value = value.dropFirst().dropLast()
        }
        try self.init(
            label, String(value), isRegex: sign.hasSuffix("~"), isEqual: sign.hasPrefix("="))
    }

    /// As it is typed.
    public var text: String {
        label.rawValue + (isEqual ? (isRegex ? "=~" : "=") : (isRegex ? "!~" : "!=")) + value
    }

    /// Whether an alert meets it.
    public func matches(_ alert: AlertTransition) -> Bool {
        let found = alert.text(of: label)
        return (pattern.map { $0.matches(found) } ?? (found == value)) == isEqual
    }

    /// The values that there are, where they are few.
    private static func words(of label: Label) -> [String]? {
        switch label {
        case .kind: AlertKind.allCases.map(\.word)
        case .severity: Severity.allCases.map(\.word)
        case .page: ["true", "false"]
        default: nil
        }
    }
}

extension AlertTransition {
    /// What a matcher sees.
    func text(of label: Matcher.Label) -> String {
        switch label {
        case .id: id
        case .team: team ?? ""
        case .kind: kind.word
        case .severity: severity.word
        case .identity: identity ?? ""
        case .tool: tool ?? ""
        case .model: model ?? ""
        case .server: mcpServer ?? ""
        case .page: page ? "true" : "false"
        }
    }
}
