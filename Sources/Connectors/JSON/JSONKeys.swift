/// The keys that mean something in a record, to be found without a string for each key that is read.
///
/// `enum Key: String, CaseIterable { case type, sessionID = "sessionId" }` and `JSONKeys<Key>()` as a static
/// constant.
struct JSONKeys<Key: RawRepresentable<String> & CaseIterable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let key: Key
        /// The first eight bytes, those past the end 0: they tell nearly all keys apart.
        let beginning: UInt64
        /// Where the whole stands in `texts`.
        let range: Range<Int>
    }

    private let entries: [Entry]
    private let texts: [UInt8]

    init() {
        var texts: [UInt8] = []
        entries = Key.allCases.map { key in
            let text = Array(key.rawValue.utf8)
            texts += text
            return Entry(
                key: key, beginning: Self.beginning(text.span), range: texts.count - text.count..<texts.count)
        }
        self.texts = texts
    }

    /// The key that stands in a record, or nil for one that means nothing. Escapes are resolved; half a
    /// surrogate pair is no known key.
    func find(_ key: JSONKey, in bytes: Span<UInt8>) -> Key? {
        key.isEscaped ? findEscaped(key, in: bytes) : find(bytes.extracting(key.range))
    }

    /// The key of a text.
    func find(_ text: Span<UInt8>) -> Key? {
        let beginning = Self.beginning(text)
        for entry in entries where entry.beginning == beginning && entry.range.count == text.count {
            if texts.span.extracting(entry.range).isEqual(to: text) { return entry.key }
        }
        return nil
    }

    private static func beginning(_ text: Span<UInt8>) -> UInt64 {
        if text.count >= 8 { return text.word(at: 0) }
        var word: UInt64 = 0
        for i in 0..<text.count { word |= UInt64(text[i]) << UInt64(8 * i) }
        return word
    }

    private func findEscaped(_ key: JSONKey, in bytes: Span<UInt8>) -> Key? {
        var reader = JSONReader(at: key.range.lowerBound - 1)
        guard let text = try? reader.string(bytes, keepText: true) else { return nil }
        return find(text.span)
    }
}

extension Span where Element == UInt8 {
    /// Whether two texts are the same.
    @inline(__always)
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count >= 8 else {
            for i in 0..<count where self[i] != other[i] { return false }
            return true
        }
        // Words at 0, 8, ... and one that ends with the last byte.
        var i = 0
        while i < count - 8 {
            guard word(at: i) == other.word(at: i) else { return false }
            i += 8
        }
        return word(at: count - 8) == other.word(at: count - 8)
    }
}
