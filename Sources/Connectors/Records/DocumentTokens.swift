import UsageEvents

/// What stands between the records of JSON documents.
enum DocumentTokens {
    /// How far a number, a word or a text reaches.
    enum Extent {
        case end(Int)
        /// The bytes end before it does.
        case more
        /// None stands here, or one longer than `textBytesMax`.
        case fault
    }

    /// Texts beside a list are short: dates, counts, names.
    static let textBytesMax = 64 << 10

    /// The extent of the number, word or text at `at`.
    static func extent(_ bytes: Span<UInt8>, _ at: Int, isFinal: Bool) -> Extent {
        var i = at
        let last = min(bytes.count, at + textBytesMax)
        if bytes[at] == UInt8(ascii: "\"") {
            i += 1
            while i < last, bytes[i] != UInt8(ascii: "\""), bytes[i] >= 0x20 {
                i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1
            }
            if i < last { return bytes[i] == UInt8(ascii: "\"") ? .end(i + 1) : .fault }
            return last < bytes.count || last - at == textBytesMax ? .fault : .more
        }
        while i < last, isWordPart(bytes[i]) { i += 1 }
        if i == at { return .fault }
        if i < last { return .end(i) }
        if last - at == textBytesMax { return .fault }
        return isFinal ? .end(i) : .more
    }

    private static func isWordPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Where the next byte that is no blank stands, or the end.
    static func indexOfText(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        var i = at
        while i < bytes.count, isBlank(bytes[i]) { i += 1 }
        return i
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    /// Whether the array that opens at `bracket` is the member of one of these keys; what is in front of it
    /// begins at `start`.
    static func isMember(of keys: [[UInt8]], _ bytes: Span<UInt8>, _ start: Int, _ bracket: Int) -> Bool {
        var i = bracket - 1
        while i > start, isBlank(bytes[i]) { i -= 1 }
        guard i > start, bytes[i] == UInt8(ascii: ":") else { return false }
        i -= 1
        while i > start, isBlank(bytes[i]) { i -= 1 }
        guard i > start, bytes[i] == UInt8(ascii: "\"") else { return false }
        return keys.contains { key in
            let first = i - key.count
            return first - 1 > start && bytes[first - 1] == UInt8(ascii: "\"")
                && bytes[first - 2] != UInt8(ascii: "\\") && key.span.isEqual(to: bytes.extracting(first..<i))
        }
    }

    /// What a message calls the value that begins with this byte.
    static func name(of first: UInt8) -> String {
        switch first {
        case UInt8(ascii: "{"): JSONKind.object.name
        case UInt8(ascii: "["): JSONKind.array.name
        case UInt8(ascii: "\""): JSONKind.string.name
        case UInt8(ascii: "t"), UInt8(ascii: "f"): JSONKind.bool.name
        case UInt8(ascii: "n"): JSONKind.null.name
        default: JSONKind.number.name
        }
    }
}
