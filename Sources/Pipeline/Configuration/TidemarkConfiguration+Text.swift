public import UsageEvents

extension TidemarkConfiguration {
    /// The values that are not the default, one `key: value` a line, sorted by key; empty where there are
    /// none.
    ///
    /// It is what the log keeps, and itself a configuration file. Equal configurations have equal texts.
    public var canonicalText: String { text { _ in true } }

    /// The fingerprint of everything that decides about alerts: of the canonical text without the keys that
    /// decide nothing, and of further facts such as the content of the price table or versions of detectors.
    ///
    /// `evidence.config` of an alert is its `shortHex`.
    public func fingerprint(facts: [(name: String, value: String)] = []) -> Hash128 {
        var parts = [Array(text { $0.decides }.utf8)]
        for fact in facts.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) {
            parts.append(Array(fact.name.utf8))
            parts.append(Array(fact.value.utf8))
        }
        return Hash128(parts: parts)
    }

    private func text(where isWanted: (ConfigurationKey) -> Bool) -> String {
        ConfigurationKeys.all.filter(isWanted).sorted { $0.path < $1.path }.reduce(into: "") { text, key in
            let value = key.value(in: self)
            if value != key.defaultValue { text += "\(key.path): \(value.yaml)\n" }
        }
    }

    /// The effective configuration as a YAML file for people: every key with what it is for and what it may
    /// be, and whether its value is the default. Read back, it gives the same configuration.
    public var annotatedYAML: String {
        var out = "# The configuration in force. Every key may be left out.\n"
        var open: [Substring] = []
        for key in ConfigurationKeys.all {
            let parts = key.path.split(separator: ".")
            let sections = parts.dropLast()
            let shared = zip(open, sections).prefix { $0 == $1 }.count
            for depth in shared..<sections.count {
                if depth < 2 { out += "\n" }
                out += String(repeating: "  ", count: depth) + "\(sections[depth]):\n"
            }
            open = Array(sections)
            let indent = String(repeating: "  ", count: sections.count)
            for line in Self.wrapped(
                "\(key.help) \(Self.capitalised(key.kind.wanted)).", width: 76 - indent.count)
            {
                out += "\(indent)# \(line)\n"
            }
            let value = key.value(in: self)
            let note = value == key.defaultValue ? "default" : "default: \(key.defaultValue.yaml)"
            out += "\(indent)\(parts[parts.count - 1]): \(value.yaml)  # \(note)\n"
        }
        return out
    }

    private static func capitalised(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
