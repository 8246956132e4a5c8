import UsageEvents

/// Texts and amounts that come in record after record.
extension JSONCursor {
    /// A label that is likely to have come before; nil where it is null or empty.
    mutating func label(
        _ bytes: Span<UInt8>, _ field: Field, key: String, among texts: inout LabelTexts
    ) throws(Refusal) -> String? {
        var label: String?
        try withLabel(bytes, field, key: key) { (text) throws(Refusal) in
            label = try texts.repeated(field, text)
        }
        return label
    }

    /// Lends the text that stands here, without escapes; nothing is called where it is null.
    mutating func withLabel(
        _ bytes: Span<UInt8>, _ field: Field, key: String, _ body: (Span<UInt8>) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard let text = try rawText(bytes, field, key: key) else { return }
        guard text.isEscaped else { return try body(bytes.extracting(text.range)) }
        var reader = JSONReader(at: text.range.lowerBound - 1)
        let resolved = try reader.string(bytes, keepText: true)
        try body(resolved.span)
    }

    /// Sets a label of an event to the text that stands here; null and an empty text say nothing.
    mutating func set(
        _ field: Field, _ bytes: Span<UInt8>, key: String, _ draft: inout EventDraft
    ) throws(Refusal) {
        try withLabel(bytes, field, key: key) { (text) throws(Refusal) in try draft.set(field, text) }
    }

    /// Where a text stands between its quotes, escapes and all; nil where it is null.
    mutating func rawText(
        _ bytes: Span<UInt8>, _ field: Field?, key: String
    ) throws(Refusal) -> JSONKey? {
        let found = try kind(bytes)
        guard found == .string else {
            guard found == .null else {
                throw Refusal(
                    reason: .wrongType, field: field, detail: "\(key) is \(found.name), a string is wanted")
            }
            try skip(bytes)
            return nil
        }
        let start = at + 1
        try skip(bytes)
        let range = start..<at - 1
        let backslash = bytes.extracting(range).firstIndex(of: UInt8(ascii: "\\"), from: 0)
        return JSONKey(range: range, isEscaped: backslash != nil)
    }

    /// `true` or `false`; nil where it is null.
    mutating func optionalFlag(_ bytes: Span<UInt8>, key: String) throws(Refusal) -> Bool? {
        guard try kind(bytes) == .null else { return try flag(bytes, key: key) }
        try skip(bytes)
        return nil
    }
}
