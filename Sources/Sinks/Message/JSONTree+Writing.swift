package import Alerting

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    /// In the order in which they stand.
    package init(dictionaryLiteral elements: (String, JSONTree)...) { self = .object(elements) }
}

extension JSONTree {
    /// A string, or null.
    static func text(_ text: String?) -> JSONTree { text.map(JSONTree.string) ?? .null }

    /// A whole number.
    static func whole(_ value: some BinaryInteger) -> JSONTree { .number(String(value)) }

    /// Strings under their names.
    static func map(_ labels: [(String, String)]) -> JSONTree {
        .object(labels.map { ($0.0, .string($0.1)) })
    }

    /// An object without the members that are null.
    static func compact(_ members: KeyValuePairs<String, JSONTree>) -> JSONTree {
        .object(
            members.compactMap {
                if case .null = $0.value { return nil }
                return ($0.key, $0.value)
            })
    }

    /// The text without spaces or line ends, keys in their order.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        write(into: &out)
        return out
    }

    private func write(into out: inout [UInt8]) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let flag): out.append(contentsOf: (flag ? "true" : "false").utf8)
        case .number(let text): out.append(contentsOf: text.utf8)
        case .string(let text): JSONObjectWriter.append(text, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (i, element) in elements.enumerated() {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                element.write(into: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (i, member) in members.enumerated() {
                if i > 0 { out.append(UInt8(ascii: ",")) }
                JSONObjectWriter.append(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.write(into: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// The same with every string cut to a number of UTF-8 bytes.
    func clipped(to bytesMax: Int) -> JSONTree {
        switch self {
        case .string(let text): .string(ClippedText(text, to: bytesMax).text)
        case .array(let elements): .array(elements.map { $0.clipped(to: bytesMax) })
        case .object(let members): .object(members.map { ($0.key, $0.value.clipped(to: bytesMax)) })
        default: self
        }
    }
}
