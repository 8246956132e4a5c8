import UsageEvents

/// Labels from bytes, checked; those that stand in row after row are made once.
///
/// A table of 512 places, each with the label that came there last: 40 bytes a place and the text.
struct LabelTexts: Sendable {
    private struct Entry {
        var bytes: [UInt8]
        var text: String
    }

    private static let places = 512
    private var entries = [Entry](repeating: Entry(bytes: [], text: ""), count: places)

    /// The label of a field that has few values; nil where it is empty.
    mutating func repeated(_ field: Field, _ bytes: Span<UInt8>) throws(Refusal) -> String? {
        guard !bytes.isEmpty else { return nil }
        let place = Self.place(of: bytes)
        let entry = entries[place]
        if entry.bytes.span.isEqual(to: bytes) { return entry.text }
        guard let text = try Self.label(field, bytes) else { return nil }
        entries[place] = Entry(bytes: [UInt8](copying: bytes), text: text)
        return text
    }

    /// By words of eight bytes, the last of which may overlap the one before. Whoever chooses labels that
    /// share a place makes them be made again for each row, and nothing worse.
    private static func place(of bytes: Span<UInt8>) -> Int {
        var hash = UInt64(truncatingIfNeeded: bytes.count)
        func feed(_ word: UInt64) { hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15 ^ hash >> 29 }
        if bytes.count >= 8 {
            for i in stride(from: 0, to: bytes.count - 8, by: 8) { feed(bytes.word(at: i)) }
            feed(bytes.word(at: bytes.count - 8))
        } else {
            for i in 0..<bytes.count { feed(UInt64(bytes[i])) }
        }
        return Int(truncatingIfNeeded: hash >> 40) & (places - 1)
    }

    /// The label of a field; nil where it is empty.
    static func label(_ field: Field, _ bytes: Span<UInt8>) throws(Refusal) -> String? {
        guard !bytes.isEmpty else { return nil }
        try check(field, bytes)
        return String(utf8: bytes)
    }

    /// Refuses what no label may be: more than `room` bytes, a NUL, what is not UTF-8.
    static func check(
        _ field: Field, _ bytes: Span<UInt8>, room: Int = Limits.labelBytesMax
    ) throws(Refusal) {
        guard bytes.count <= room else {
            throw Refusal(
                reason: .tooLong, field: field,
                detail: "\(field.key) has \(bytes.count) bytes, at most \(room) are wanted")
        }
        if bytes.isPlainASCII { return }
        guard bytes.firstIndex(of: 0, from: 0) == nil else {
            throw Refusal(
                reason: .controlCharacter, field: field, detail: "\(field.key) holds a NUL, text is wanted")
        }
        guard String(utf8: bytes) != nil else {
            throw Refusal(
                reason: .invalidUTF8, field: field, detail: "\(field.key) is not UTF-8, UTF-8 is wanted")
        }
    }
}
