public import UsageEvents

/// Which columns or keys of an export mean what: `identity=user_email,cost_usd=amount/100,tool='copilot'`.
///
/// A field, `=` and where its value comes from, separated by commas:
/// - a column of a table or a key of JSON objects; dots lead into nested objects: `usage.prompt_tokens`.
///   Blanks inside a name are part of it. A name with `.`, `,`, `=`, `*`, `/` or a quote is put in double
///   quotes, and quotes inside written twice: `"Cost ($/request)"`, `"a.b".c`.
/// - with a number, `/` or `*` and a power of ten: `amount/100` is an amount in cents.
/// - a text in single quotes, which stands for every row: `tool='copilot'`.
public struct ColumnMapping: Hashable, Sendable {
    /// Where the value of a field comes from.
    public enum Origin: Hashable, Sendable {
        /// A column, or the path to a key; the number there is multiplied by 10 to the power of
        /// `decimalShift`, as in `/100` = -2.
        case column(path: [String], decimalShift: Int)
        /// A text for every row.
        case constant(String)
    }

    /// One field and its origin.
    public struct Entry: Hashable, Sendable {
        /// What the value means.
        public var field: Field
        /// Where it comes from.
        public var origin: Origin
    }

    /// The fields that are taken, each once, in the order of `Field`.
    public let entries: [Entry]

    /// Reads the text of a mapping.
    public init(_ text: String) throws(ColumnMappingError) {
        var parser = MappingParser(text)
        entries = try parser.entries()
    }

    /// Columns that are named as fields are.
    init(fields: [Field]) {
        entries = fields.map { Entry(field: $0, origin: .column(path: [$0.key], decimalShift: 0)) }
    }

    /// Where the value of a field comes from; nil where the mapping does not name it.
    func origin(of field: Field) -> Origin? { entries.first { $0.field == field }?.origin }
}

/// What is wrong with the text of a mapping.
public struct ColumnMappingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Number of the character, from 1.
    public var position: Int
    /// One sentence: what was found and what is wanted.
    public var problem: String

    /// `mapping, character 7: ...`
    public var description: String { "mapping, character \(position): \(problem)" }
}

extension ColumnMapping: CustomStringConvertible {
    /// The same mapping as text: fields in their order, quotes where they are needed.
    public var description: String {
        entries.map { "\($0.field.key)=\($0.origin)" }.joined(separator: ",")
    }
}

extension ColumnMapping.Origin: CustomStringConvertible {
    /// As it stands behind the `=`.
    public var description: String {
        switch self {
        case .constant(let text): return "'\(Self.doubled("'", in: text))'"
        case .column(let path, let shift):
            let name = path.map(Self.quoted).joined(separator: ".")
            if shift == 0 { return name }
            return name + (shift < 0 ? "/1" : "*1") + String(repeating: "0", count: abs(shift))
        }
    }

    /// A name as it must be written.
    private static func quoted(_ name: String) -> String {
        let isPlain =
            !name.isEmpty && name.first != " " && name.last != " "
            && !name.contains { MappingParser.special.contains($0) }
        return isPlain ? name : "\"\(doubled("\"", in: name))\""
    }

    private static func doubled(_ quote: Character, in text: String) -> String {
        var out = ""
        for character in text { out += character == quote ? "\(quote)\(quote)" : "\(character)" }
        return out
    }
}
