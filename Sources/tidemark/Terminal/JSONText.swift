/// One JSON object with keys in the order of the calls: for summaries of commands. Alerts write themselves.
struct JSONText {
    private var members: [String] = []

    mutating func number(_ key: String, _ value: some BinaryInteger) { add(key, "\(value)") }

    /// A number with up to `digits` decimals.
    mutating func number(_ key: String, _ value: Double, digits: Int) {
        add(key, decimal(value, digits: digits).filter { $0 != "," })
    }

    mutating func string(_ key: String, _ value: String?) { add(key, value.map(Self.quoted) ?? "null") }

    mutating func flag(_ key: String, _ value: Bool) { add(key, value ? "true" : "false") }

    mutating func object(_ key: String, _ body: (inout JSONText) -> Void) { add(key, Self.object(body)) }

    mutating func array(_ key: String, _ elements: [String]) {
        add(key, "[" + elements.joined(separator: ",") + "]")
    }

    private mutating func add(_ key: String, _ value: String) {
        members.append(Self.quoted(key) + ":" + value)
    }

    /// An object's text.
    static func object(_ body: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        body(&json)
        return "{" + json.members.joined(separator: ",") + "}"
    }

    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
