import UsageEvents

/// Rows of any CSV, by a mapping of its columns; a header that uses the names of fields needs none.
struct MappedTable: RowReader {
    static let keepsRejected = true

    private struct Column: Sendable {
        let field: Field
        let index: Int
        let shift: Int
    }

    private let options: DecoderOptions
    private var fields: FieldTexts
    private var header = TableHeader(names: [])
    private var columns: [Column] = []
    private var constants: [(field: Field, text: [UInt8])] = []

    init(_ options: DecoderOptions) {
        self.options = options
        fields = FieldTexts(options)
    }

    mutating func begin(_ header: TableHeader) throws(Refusal) {
        self.header = header
        columns = []
        constants = []
        guard let mapping = options.mapping ?? MappingGuess.canonical(header.names.map { $0.lowercased() })
        else {
            if header.looksLikeARow { throw Self.noHeader }
            throw MappingGuess.refusal(header.names.map { [$0] })
        }
        for entry in mapping.entries {
            switch entry.origin {
            case .constant(let text): constants.append((entry.field, Array(text.utf8)))
            case .column(let path, let shift):
                let name = path.joined(separator: ".")
                guard let index = try header.column(name) else {
                    throw header.looksLikeARow ? Self.noHeader : absent(entry.field, name)
                }
                columns.append(Column(field: entry.field, index: index, shift: shift))
            }
        }
        try mapping.check(options)
    }

    private static let noHeader = Refusal(
        reason: .malformedCSV,
        detail:
            "the first row holds numbers, times or long texts: a header with the names of the columns is "
            + "wanted"
    )

    private func absent(_ field: Field, _ name: String) -> Refusal {
        let names = header.names.prefix(40).map { Printable.quote($0) }.joined(separator: ", ")
        return Refusal(
            reason: .missingField, field: field,
            detail:
                "the column \(Printable.quote(name)) of \(field.key) is not in the header, which has \(names)"
        )
    }

    mutating func read(
        _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
    ) throws(Refusal) {
        fields.begin(&intake.draft)
        for constant in constants { try fields.set(constant.field, constant.text.span, &intake.draft) }
        for column in columns {
            try cells.withText(of: column.index, in: row) { (text) throws(Refusal) in
                do throws(Refusal) {
                    try fields.set(column.field, text, shift: column.shift, &intake.draft)
                } catch {
                    throw error.naming(header.names[column.index])
                }
            }
        }
        try fields.finish(&intake.draft)
        try intake.stageDraft()
    }
}

extension ColumnMapping {
    /// Refuses a mapping that no event can come of.
    func check(_ options: DecoderOptions) throws(Refusal) {
        let fields = entries.map(\.field)
        guard fields.contains(.ts) else {
            throw .missing(.ts, "the mapping must name the column of the time")
        }
        guard MappingGuess.isEnough(fields) else {
            throw .missing(
                .costUSD, "the mapping must name the column of the cost, of tokens or of an MCP server")
        }
        guard fields.contains(.identity) || !(options.defaultIdentity?.isEmpty ?? true) else {
            throw .missing(.identity, "map a column to identity, or type --identity with the account")
        }
    }
}

extension Refusal {
    /// The same refusal, with the column or key that the value stood in, where it is called otherwise.
    func naming(_ column: String) -> Refusal {
        guard let field, field.key != column else { return self }
        var refusal = self
        refusal.detail += " (in \(Printable.quote(column)))"
        return refusal
    }
}
