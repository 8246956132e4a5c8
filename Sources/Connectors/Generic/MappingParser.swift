import UsageEvents

/// Reads the text of a `ColumnMapping`.
struct MappingParser {
    /// Characters that a name without quotes cannot have.
    static let special: [Character] = [",", "=", ".", "*", "/", "\"", "'"]

    private let text: [Character]
    private var at = 0

    init(_ text: String) { self.text = Array(text) }

    /// All entries, in the order of `Field`.
    mutating func entries() throws(ColumnMappingError) -> [ColumnMapping.Entry] {
        var entries: [ColumnMapping.Entry] = []
        repeat {
            let start = at
            let field = try field()
            guard !entries.contains(where: { $0.field == field }) else {
                throw error(at: start, "\(field.key) stands twice, once is wanted")
            }
            entries.append(ColumnMapping.Entry(field: field, origin: try origin(of: field)))
        } while try isMore()
        return entries.sorted { $0.field.rawValue < $1.field.rawValue }
    }

    private mutating func field() throws(ColumnMappingError) -> Field {
        skipBlanks()
        let start = at
        let name = bare()
        guard let field = Field.allCases.first(where: { $0.key == name }) else {
            let known = Field.allCases.map(\.key).joined(separator: ", ")
            let found = name.isEmpty ? found() : Printable.quote(name)
            throw error(at: start, "found \(found), a field is wanted: one of \(known)")
        }
        guard peek == "=" else { throw error(at: at, "found \(found()), = is wanted behind \(field.key)") }
        at += 1
        return field
    }

    private mutating func origin(of field: Field) throws(ColumnMappingError) -> ColumnMapping.Origin {
        skipBlanks()
        if peek == "'" { return .constant(try quoted("'", of: "a text")) }
        var path = [try name(of: field)]
        while peek == "." {
            at += 1
            path.append(try name(of: field))
        }
        return .column(path: path, decimalShift: try shift(of: field))
    }

    private mutating func name(of field: Field) throws(ColumnMappingError) -> String {
        skipBlanks()
        let start = at
        let name = peek == "\"" ? try quoted("\"", of: "a name") : bare()
        guard !name.isEmpty else {
            at = start
            throw error(at: start, "found \(found()), the column of \(field.key) is wanted")
        }
        skipBlanks()
        return name
    }

    /// The power of ten behind a name.
    private mutating func shift(of field: Field) throws(ColumnMappingError) -> Int {
        guard let sign = peek, sign == "*" || sign == "/" else { return 0 }
        let start = at
        guard field.isNumber else {
            throw error(at: start, "found \(sign), but \(field.key) is no number that can be scaled")
        }
        at += 1
        skipBlanks()
        let number = bare()
        let zeros = number.dropFirst()
        guard number.first == "1", zeros.count <= 12, zeros.allSatisfy({ $0 == "0" }) else {
            throw error(
                at: start + 1,
                "found \(number.isEmpty ? found() : Printable.quote(number)), "
                    + "a power of ten is wanted, such as 100 or 1000")
        }
        return sign == "*" ? zeros.count : -zeros.count
    }

    private mutating func isMore() throws(ColumnMappingError) -> Bool {
        skipBlanks()
        if at == text.count { return false }
        guard peek == "," else {
            throw error(at: at, "found \(found()), a comma or the end of the mapping is wanted")
        }
        at += 1
        return true
    }

    // MARK: - Characters

    private var peek: Character? { at < text.count ? text[at] : nil }

    private mutating func skipBlanks() {
        while peek == " " { at += 1 }
    }

    /// Everything up to a special character, without blanks at the end.
    private mutating func bare() -> String {
        let start = at
        while let character = peek, !Self.special.contains(character) { at += 1 }
        var end = at
        while end > start, text[end - 1] == " " { end -= 1 }
        return String(text[start..<end])
    }

    private mutating func quoted(
        _ quote: Character, of what: String
    ) throws(ColumnMappingError) -> String {
        let start = at
        var out = ""
        at += 1
        while let character = peek {
            at += 1
            if character != quote {
                out.append(character)
            } else if peek == quote {
                out.append(quote)
                at += 1
            } else {
                return out
            }
        }
        throw error(at: start, "found the beginning of \(what) in quotes, its end is wanted")
    }

    /// What stands here, for a message.
    private func found() -> String { peek.map { Printable.quote(String($0)) } ?? "the end of the mapping" }

    private func error(at position: Int, _ problem: String) -> ColumnMappingError {
        ColumnMappingError(position: position + 1, problem: problem)
    }
}

extension Field {
    /// Whether the value is a number that may be scaled.
    var isNumber: Bool {
        switch self {
        case .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .reasoningTokens, .costUSD,
            .requests:
            true
        default: false
        }
    }
}
