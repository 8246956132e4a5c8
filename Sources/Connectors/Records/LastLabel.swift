import UsageEvents

/// A label that mostly says what it said in the record before, so that its text is made once.
struct LastLabel: Sendable {
    private var bytes: [UInt8] = []
    private var label: String?

    /// The label of the text before which the cursor stands; nil where the cursor is, or null or an empty
    /// label stands there. `meaning` makes the label of a text.
    mutating func read(
        _ cursor: JSONCursor?, _ record: Span<UInt8>, _ field: Field, key: String,
        meaning: ([UInt8]) -> String = { String(decoding: $0, as: UTF8.self) }
    ) throws(Refusal) -> String? {
        guard var cursor, let text = try cursor.rawText(record, field, key: key) else { return nil }
        let raw = record.extracting(text.range)
        if !text.isEscaped, bytes.span.isEqual(to: raw) { return label }
        var reader = JSONReader(at: text.range.lowerBound - 1)
        let resolved = try reader.string(record, keepText: true)
        let found = try RecordBounds.label(meaning(resolved), field, key: key)
        if !text.isEscaped {
            bytes = resolved
            label = found
        }
        return found
    }
}
