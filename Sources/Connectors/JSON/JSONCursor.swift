import UsageEvents

/// What a JSON value is, by its first byte.
enum JSONKind: Hashable, Sendable {
    case object, array, string, number, bool, null

    /// What a message calls it.
    var name: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a boolean"
        case .null: "null"
        }
    }
}

/// The key of a member: where it stands between its quotes, and whether escapes are to be resolved.
struct JSONKey: Hashable, Sendable {
    let range: Range<Int>
    let isEscaped: Bool
}

/// A pull reader over the bytes of one record: the caller asks for the members it wants and skips the rest
/// unread.
///
/// ```
/// var cursor = JSONCursor()
/// try cursor.enterObject(record)
/// while let key = try cursor.nextKey(record) {
///     switch keys.find(key, in: record) {            // JSONKeys: the keys that mean something
///     case .model: model = try cursor.text(record)   // each member is read ...
///     case .usage: try readUsage(&cursor, record)    // (enterObject, nextKey ... until nil)
///     default: try cursor.skip(record)               // ... or skipped: never neither
///     }
/// }
/// try cursor.end(record)
/// ```
///
/// The syntax is RFC 8259 to the letter, also in what is skipped: UTF-8, no raw control characters, nesting
/// up to `Limits.jsonDepthMax`. Half a surrogate pair, which the grammar allows and programs that cut text
/// write, is refused only where a text is read.
struct JSONCursor {
    /// The next byte to read. After a thrown refusal: where the fault stands, at the end for a record that
    /// is cut short.
    private(set) var at: Int
    /// How many objects and arrays are open.
    private var depth = 0
    /// Whether the open container has given nothing yet.
    private var isFirst = true

    /// A cursor before the value that begins at `at`, blanks allowed.
    init(at: Int = 0) { self.at = at }

    // MARK: - Containers

    /// Steps into an object.
    mutating func enterObject(_ bytes: Span<UInt8>) throws(Refusal) {
        try enter(UInt8(ascii: "{"), bytes)
    }

    /// Steps into an array.
    mutating func enterArray(_ bytes: Span<UInt8>) throws(Refusal) {
        try enter(UInt8(ascii: "["), bytes)
    }

    /// The next key of the open object, and the cursor stands before its value; nil at the end of the
    /// object, and the cursor stands behind it.
    mutating func nextKey(_ bytes: Span<UInt8>) throws(Refusal) -> JSONKey? {
        guard try isNext(before: UInt8(ascii: "}"), bytes) else { return nil }
        return try key(bytes)
    }

    /// Whether the open array has another element, before which the cursor then stands; at its end the
    /// cursor stands behind it.
    mutating func nextElement(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        try isNext(before: UInt8(ascii: "]"), bytes)
    }

    /// Checks that nothing but blanks follows.
    mutating func end(_ bytes: Span<UInt8>) throws(Refusal) {
        skipBlanks(bytes)
        guard at == bytes.count else { throw unexpected(bytes, wanted: "the end of the record") }
    }

    private mutating func enter(_ bracket: UInt8, _ bytes: Span<UInt8>) throws(Refusal) {
        skipBlanks(bytes)
        try expect(bracket, bytes)
        depth += 1
        isFirst = true
        try check(depth)
    }

    private mutating func isNext(before bracket: UInt8, _ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        skipBlanks(bytes)
        if peek(bytes) == bracket {
            at += 1
            depth -= 1
            isFirst = false
            return false
        }
        if !isFirst {
            try expect(UInt8(ascii: ","), bytes)
            skipBlanks(bytes)
        }
        isFirst = false
        return true
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(Refusal) -> JSONKey {
        guard peek(bytes) == UInt8(ascii: "\"") else { throw unexpected(bytes, wanted: "a key") }
        let start = at + 1
        let isEscaped = try skipString(bytes)
        let key = JSONKey(range: start..<at - 1, isEscaped: isEscaped)
        skipBlanks(bytes)
        try expect(UInt8(ascii: ":"), bytes)
        skipBlanks(bytes)
        return key
    }

    // MARK: - Values

    /// What stands here.
    mutating func kind(_ bytes: Span<UInt8>) throws(Refusal) -> JSONKind {
        skipBlanks(bytes)
        switch peek(bytes) {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw unexpected(bytes, wanted: "a value")
        }
    }

    /// Reads a string: its text in valid UTF-8, escapes resolved.
    mutating func text(_ bytes: Span<UInt8>) throws(Refusal) -> [UInt8] {
        guard try kind(bytes) == .string else { throw unexpected(bytes, wanted: "a string") }
        let start = at
        guard try skipString(bytes) else { return [UInt8](copying: bytes.extracting(start + 1..<at - 1)) }
        var reader = JSONReader(at: start)
        return try reader.string(bytes, keepText: true)
    }

    /// Reads a number: where its text stands, for `ExactNumber`.
    mutating func number(_ bytes: Span<UInt8>) throws(Refusal) -> Range<Int> {
        guard try kind(bytes) == .number else { throw unexpected(bytes, wanted: "a number") }
        let start = at
        try skipNumber(bytes)
        return start..<at
    }

    /// Reads `true` or `false`.
    mutating func bool(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        guard try kind(bytes) == .bool else { throw unexpected(bytes, wanted: "a boolean") }
        let isTrue = peek(bytes) == UInt8(ascii: "t")
        try skipLiteral(isTrue ? "true" : "false", bytes)
        return isTrue
    }

    /// Steps over a value of any kind.
    mutating func skip(_ bytes: Span<UInt8>) throws(Refusal) {
        // A bit for each container opened here, 1 for an object.
        var objects: UInt64 = 0
        var level = 0
        skipBlanks(bytes)
        while true {
            var isOpened = false
            switch peek(bytes) {
            case UInt8(ascii: "\""): _ = try skipString(bytes)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                objects = objects << 1 | (bytes[at] == UInt8(ascii: "{") ? 1 : 0)
                level += 1
                at += 1
                try check(depth + level)
                skipBlanks(bytes)
                isOpened = true
            case UInt8(ascii: "t"): try skipLiteral("true", bytes)
            case UInt8(ascii: "f"): try skipLiteral("false", bytes)
            case UInt8(ascii: "n"): try skipLiteral("null", bytes)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber(bytes)
            default: throw unexpected(bytes, wanted: "a value")
            }
            // Up to the next value, or out of the containers that end here.
            while level > 0 {
                if !isOpened { skipBlanks(bytes) }
                let isObject = objects & 1 == 1
                if peek(bytes) == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                    objects >>= 1
                    level -= 1
                    isOpened = false
                    continue
                }
                if !isOpened {
                    try expect(UInt8(ascii: ","), bytes)
                    skipBlanks(bytes)
                }
                if isObject { _ = try key(bytes) }
                break
            }
            if level == 0 { return }
        }
    }

    // MARK: - Tokens

    /// The byte that stands here; 0 at the end, since nothing outside of strings may be a NUL.
    private func peek(_ bytes: Span<UInt8>) -> UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a else { return }
            at += 1
        }
    }

    private mutating func expect(_ wanted: UInt8, _ bytes: Span<UInt8>) throws(Refusal) {
        guard peek(bytes) == wanted else { throw unexpected(bytes, wanted: JSONReader.name(of: wanted)) }
        at += 1
    }

    private func check(_ depth: Int) throws(Refusal) {
        guard depth <= Limits.jsonDepthMax else {
            throw Refusal(
                reason: .tooDeep,
                detail: "values are nested more than \(Limits.jsonDepthMax) deep at byte \(at - 1)")
        }
    }

    /// The refusal for whatever stands here.
    private func unexpected(_ bytes: Span<UInt8>, wanted: String) -> Refusal {
        let found = at < bytes.count ? "found \(JSONReader.name(of: bytes[at]))" : "the record ends"
        return Refusal(reason: .malformedJSON, detail: "\(found) at byte \(at), \(wanted) is wanted")
    }

    private mutating func skipLiteral(_ word: String, _ bytes: Span<UInt8>) throws(Refusal) {
        for wanted in word.utf8 {
            guard peek(bytes) == wanted else { throw unexpected(bytes, wanted: "'\(word)'") }
            at += 1
        }
    }

    private mutating func skipNumber(_ bytes: Span<UInt8>) throws(Refusal) {
        if peek(bytes) == UInt8(ascii: "-") { at += 1 }
        if peek(bytes) == UInt8(ascii: "0") {
            at += 1
            if isDigit(bytes) { throw unexpected(bytes, wanted: "a number without leading zeros") }
        } else {
            try skipDigits(bytes)
        }
        if peek(bytes) == UInt8(ascii: ".") {
            at += 1
            try skipDigits(bytes)
        }
        if peek(bytes) == UInt8(ascii: "e") || peek(bytes) == UInt8(ascii: "E") {
            at += 1
            if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") { at += 1 }
            try skipDigits(bytes)
        }
    }

    private func isDigit(_ bytes: Span<UInt8>) -> Bool {
        let byte = peek(bytes)
        return byte >= 48 && byte <= 57
    }

    private mutating func skipDigits(_ bytes: Span<UInt8>) throws(Refusal) {
        guard isDigit(bytes) else { throw unexpected(bytes, wanted: "a digit") }
        while isDigit(bytes) { at += 1 }
    }

    /// Steps over the string whose opening quote stands here; returns whether it holds escapes.
    private mutating func skipString(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        var isEscaped = false
        at += 1
        while true {
            while at + 8 <= bytes.count {
                let hit = bytes.word(at: at).endsOfPlainText
                at += hit == 0 ? 8 : hit.trailingZeroBitCount >> 3
                if hit != 0 { break }
            }
            guard at < bytes.count else { throw unexpected(bytes, wanted: "the end of a string") }
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return isEscaped
            case UInt8(ascii: "\\"):
                isEscaped = true
                at += 1
                try skipEscape(bytes)
            case 0..<0x20:
                throw Refusal(
                    reason: .controlCharacter,
                    detail:
                        "found \(JSONReader.name(of: byte)) in a string at byte \(at), an escape is wanted")
            case 0x20..<0x80: at += 1
            default: try skipLetters(bytes)
            }
        }
    }

    /// Steps over characters past ASCII; they seldom come alone.
    private mutating func skipLetters(_ bytes: Span<UInt8>) throws(Refusal) {
        while at < bytes.count, bytes[at] >= 0x80 {
            let length = UTF8Sequence.length(bytes, at)
            guard length > 0 else {
                let byte = JSONReader.name(of: bytes[at])
                throw Refusal(
                    reason: .invalidUTF8, detail: "found \(byte) in a string at byte \(at), UTF-8 is wanted")
            }
            at += length
        }
    }

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(Refusal) {
        switch peek(bytes) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
        case UInt8(ascii: "u"):
            at += 1
            for _ in 0..<4 {
                switch peek(bytes) {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    at += 1
                default: throw unexpected(bytes, wanted: "a hexadecimal digit")
                }
            }
        default: throw unexpected(bytes, wanted: "an escape")
        }
    }
}
