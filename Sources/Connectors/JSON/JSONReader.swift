import UsageEvents

/// One JSON value of a line; containers are checked and skipped.
enum JSONValue: Hashable {
    case null
    case bool(Bool)
    /// Where the text of the number stands.
    case number(Range<Int>)
    /// The decoded text, valid UTF-8.
    case string([UInt8])
    case array
    case object

    /// What a message calls it.
    var name: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A strict reader of RFC 8259 over the bytes of one line: small and plain rather than fast.
///
/// It is the fall-back of the schema-directed scanner and what that one is tested against. A string must
/// be UTF-8 without raw control characters; an escaped surrogate must have its partner; nesting is
/// bounded.
struct JSONReader {
    /// The next byte to read.
    private(set) var at = 0

    /// Whether all bytes are read.
    func isAtEnd(_ bytes: Span<UInt8>) -> Bool { at == bytes.count }

    /// The byte that comes next, or nil at the end.
    func peek(_ bytes: Span<UInt8>) -> UInt8? { at < bytes.count ? bytes[at] : nil }

    /// Steps over the byte that was just peeked at.
    mutating func advance() { at += 1 }

    /// Steps over blanks, tabs, CR and LF.
    mutating func skipWhitespace(_ bytes: Span<UInt8>) {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a else { return }
            at += 1
        }
    }

    /// Reads one value; `depth` is the nesting of what is around it.
    mutating func value(_ bytes: Span<UInt8>, depth: Int, keepText: Bool) throws(Refusal) -> JSONValue {
        guard let first = peek(bytes) else { throw unexpected(bytes, wanted: "a value") }
        switch first {
        case UInt8(ascii: "\""): return .string(try string(bytes, keepText: keepText))
        case UInt8(ascii: "{"):
            try object(bytes, depth: depth + 1)
            return .object
        case UInt8(ascii: "["):
            try array(bytes, depth: depth + 1)
            return .array
        case UInt8(ascii: "t"):
            try literal("true", bytes)
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false", bytes)
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null", bytes)
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number(bytes))
        default: throw unexpected(bytes, wanted: "a value")
        }
    }

    /// Reads one byte of punctuation.
    mutating func expect(_ wanted: UInt8, _ bytes: Span<UInt8>) throws(Refusal) {
        guard peek(bytes) == wanted else { throw unexpected(bytes, wanted: Self.name(of: wanted)) }
        at += 1
    }

    /// The refusal for whatever stands here.
    func unexpected(_ bytes: Span<UInt8>, wanted: String) -> Refusal {
        guard let byte = peek(bytes) else {
            return Refusal(reason: .malformedJSON, detail: "the line ends at byte \(at), \(wanted) is wanted")
        }
        return Refusal(
            reason: .malformedJSON, detail: "found \(Self.name(of: byte)) at byte \(at), \(wanted) is wanted")
    }

    /// A byte for a message: itself where it is printable, else in hexadecimal.
    static func name(of byte: UInt8) -> String {
        if byte == 0 { return "a NUL byte" }
        if byte > 0x20, byte < 0x7f { return "'\(Character(UnicodeScalar(byte)))'" }
        let hex = String(byte, radix: 16)
        return "byte 0x" + (hex.utf8.count == 1 ? "0" : "") + hex
    }

    // MARK: - Containers and literals

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) {
        try check(depth)
        at += 1
        skipWhitespace(bytes)
        if peek(bytes) == UInt8(ascii: "}") {
            at += 1
            return
        }
        while true {
            guard peek(bytes) == UInt8(ascii: "\"") else { throw unexpected(bytes, wanted: "a key") }
            _ = try string(bytes, keepText: false)
            skipWhitespace(bytes)
            try expect(UInt8(ascii: ":"), bytes)
            skipWhitespace(bytes)
            _ = try value(bytes, depth: depth, keepText: false)
            skipWhitespace(bytes)
            if peek(bytes) == UInt8(ascii: "}") {
                at += 1
                return
            }
            try expect(UInt8(ascii: ","), bytes)
            skipWhitespace(bytes)
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(Refusal) {
        try check(depth)
        at += 1
        skipWhitespace(bytes)
        if peek(bytes) == UInt8(ascii: "]") {
            at += 1
            return
        }
        while true {
            _ = try value(bytes, depth: depth, keepText: false)
            skipWhitespace(bytes)
            if peek(bytes) == UInt8(ascii: "]") {
                at += 1
                return
            }
            try expect(UInt8(ascii: ","), bytes)
            skipWhitespace(bytes)
        }
    }

    private func check(_ depth: Int) throws(Refusal) {
        guard depth <= Limits.jsonDepthMax else {
            throw Refusal(
                reason: .tooDeep,
                detail: "values are nested more than \(Limits.jsonDepthMax) deep at byte \(at)")
        }
    }

    private mutating func literal(_ word: String, _ bytes: Span<UInt8>) throws(Refusal) {
        for wanted in word.utf8 {
            guard peek(bytes) == wanted else { throw unexpected(bytes, wanted: "'\(word)'") }
            at += 1
        }
    }

    // MARK: - Numbers

    private mutating func number(_ bytes: Span<UInt8>) throws(Refusal) -> Range<Int> {
        let start = at
        if peek(bytes) == UInt8(ascii: "-") { at += 1 }
        if peek(bytes) == UInt8(ascii: "0") {
            at += 1
            if isDigit(bytes) {
                throw Refusal(
                    reason: .malformedJSON,
                    detail: "a number at byte \(start) begins with 0 and another digit")
            }
        } else {
            try digits(bytes)
        }
        if peek(bytes) == UInt8(ascii: ".") {
            at += 1
            try digits(bytes)
        }
        if peek(bytes) == UInt8(ascii: "e") || peek(bytes) == UInt8(ascii: "E") {
            at += 1
            if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") { at += 1 }
            try digits(bytes)
        }
        return start..<at
    }

    private func isDigit(_ bytes: Span<UInt8>) -> Bool {
        guard let byte = peek(bytes) else { return false }
        return byte >= 48 && byte <= 57
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(Refusal) {
        guard isDigit(bytes) else { throw unexpected(bytes, wanted: "a digit") }
        while isDigit(bytes) { at += 1 }
    }

    // MARK: - Strings

    /// Reads a string and returns its decoded text, or nothing where the text is not wanted.
    mutating func string(_ bytes: Span<UInt8>, keepText: Bool) throws(Refusal) -> [UInt8] {
        at += 1
        var text: [UInt8] = []
        while true {
            guard let byte = peek(bytes) else { throw unexpected(bytes, wanted: "the end of a string") }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return text
            case UInt8(ascii: "\\"):
                at += 1
                let scalar = try escape(bytes)
                if keepText { text.append(contentsOf: String(Character(scalar)).utf8) }
            case 0..<0x20:
                throw Refusal(
                    reason: .controlCharacter,
                    detail: "found \(Self.name(of: byte)) in a string at byte \(at), an escape is wanted")
            case 0x20..<0x80:
                at += 1
                if keepText { text.append(byte) }
            default:
                let length = UTF8Sequence.length(bytes, at)
                guard length > 0 else {
                    throw Refusal(
                        reason: .invalidUTF8,
                        detail: "found \(Self.name(of: byte)) in a string at byte \(at), UTF-8 is wanted")
                }
                if keepText { for k in 0..<length { text.append(bytes[at + k]) } }
                at += length
            }
        }
    }

    private mutating func escape(_ bytes: Span<UInt8>) throws(Refusal) -> Unicode.Scalar {
        guard let byte = peek(bytes) else { throw unexpected(bytes, wanted: "an escape") }
        let simple: Unicode.Scalar? =
            switch byte {
            case UInt8(ascii: "\""): "\""
            case UInt8(ascii: "\\"): "\\"
            case UInt8(ascii: "/"): "/"
            case UInt8(ascii: "b"): "\u{8}"
            case UInt8(ascii: "f"): "\u{c}"
            case UInt8(ascii: "n"): "\n"
            case UInt8(ascii: "r"): "\r"
            case UInt8(ascii: "t"): "\t"
            default: nil
            }
        if let simple {
            at += 1
            return simple
        }
        guard byte == UInt8(ascii: "u") else { throw unexpected(bytes, wanted: "an escape") }
        let start = at - 1
        at += 1
        let unit = try hexadecimal(bytes)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // A surrogate: only the first of a pair may stand here, and the second must follow.
        if unit < 0xdc00, peek(bytes) == UInt8(ascii: "\\") {
            at += 1
            if peek(bytes) == UInt8(ascii: "u") {
                at += 1
                let low = try hexadecimal(bytes)
                if low >= 0xdc00, low < 0xe000,
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
                {
                    return scalar
                }
            }
        }
        throw Refusal(
            reason: .malformedJSON, detail: "the escape at byte \(start) is half of a surrogate pair")
    }

    private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(Refusal) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(bytes), let digit = Character(UnicodeScalar(byte)).hexDigitValue,
                byte < 0x80
            else { throw unexpected(bytes, wanted: "a hexadecimal digit") }
            unit = unit << 4 | UInt32(digit)
            at += 1
        }
        return unit
    }
}

/// Well-formed UTF-8 by table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing
/// past U+10FFFF.
enum UTF8Sequence {
    /// The length of the sequence of two to four bytes that begins at `at`, or 0 where there is none.
    @inline(__always)
    static func length(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        func byte(_ k: Int) -> UInt8 { at + k < bytes.count ? bytes[at + k] : 0 }
        return length(byte(0), byte(1), byte(2), byte(3))
    }

    /// The length of the sequence that four bytes begin with.
    static func length(_ b0: UInt8, _ b1: UInt8, _ b2: UInt8, _ b3: UInt8) -> Int {
        func follows(_ b: UInt8) -> Bool { b & 0xc0 == 0x80 }
        switch b0 {
        case 0xc2...0xdf: return follows(b1) ? 2 : 0
        case 0xe0...0xef:
            guard follows(b1), follows(b2) else { return 0 }
            if b0 == 0xe0, b1 < 0xa0 { return 0 }
            if b0 == 0xed, b1 >= 0xa0 { return 0 }
            return 3
        case 0xf0...0xf4:
            guard follows(b1), follows(b2), follows(b3) else { return 0 }
            if b0 == 0xf0, b1 < 0x90 { return 0 }
            if b0 == 0xf4, b1 >= 0x90 { return 0 }
            return 4
        default: return 0
        }
    }
}
