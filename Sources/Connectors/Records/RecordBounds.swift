import UsageEvents

/// Bounds of what a record gives, for readers whose records name things otherwise than events do.
///
/// A refusal names the key of the record; its field is the one of the event that the value was meant for.
enum RecordBounds {
    /// A label of an event; nil where it is absent or empty.
    static func label(_ text: String?, _ field: Field, key: String) throws(Refusal) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let utf8 = text.utf8
        guard utf8.count <= Limits.labelBytesMax else {
            throw Refusal(
                reason: .tooLong, field: field,
                detail: "\(key) has \(utf8.count) bytes, at most \(Limits.labelBytesMax) are wanted")
        }
        guard !utf8.contains(0) else {
            throw Refusal(
                reason: .controlCharacter, field: field, detail: "\(key) holds a NUL, text is wanted")
        }
        return text
    }

    /// A count of tokens.
    static func tokens(_ count: Int64, _ field: Field, key: String) throws(Refusal) -> Int64 {
        guard count >= 0 else {
            throw Refusal(
                reason: .outOfRange, field: field, detail: "\(key) is \(count), 0 or more is wanted")
        }
        guard count <= Limits.tokensPerEventMax else {
            throw Refusal(
                reason: .outOfRange, field: field,
                detail: "\(key) is \(count), at most \(Limits.tokensPerEventMax) is wanted")
        }
        return count
    }

    /// An amount of money that no correction is.
    static func cost(_ amount: NanoUSD, key: String) throws(Refusal) -> NanoUSD {
        guard amount.rawValue >= 0, amount.rawValue <= NanoUSD.eventMax else {
            throw Refusal(
                reason: .outOfRange, field: .costUSD,
                detail: "\(key) is \(amount) dollars, 0 to 1000000 dollars are wanted")
        }
        return amount
    }

    /// A time from 1970 to the end of 9999.
    static func time(_ ts: Timestamp?, key: String) throws(Refusal) -> Timestamp {
        guard let ts else {
            throw Refusal(
                reason: .missingField, field: .ts, detail: "\(key) is absent or null: each event needs a time"
            )
        }
        guard ts.rawValue >= 0, ts.rawValue <= FieldReader.timestampMax else {
            throw Refusal(
                reason: .outOfRange, field: .ts, detail: "\(key) is outside the years 1970 to 9999")
        }
        return ts
    }
}

/// The bytes that a key of a record without an id is made of.
///
/// Each part is preceded by its length, so that no two lists of parts agree by chance.
struct KeyParts {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    mutating func add(_ text: String?) {
        if let text { text.withUTF8Span { add($0) } } else { bytes.append(0) }
    }

    /// An empty text is as none.
    mutating func add(_ text: Span<UInt8>) {
        add(Int64(text.count))
        bytes.append(copying: text)
    }

    /// Seven bits a byte, the low ones first, so that small numbers are short.
    mutating func add(_ number: Int64) {
        var rest = UInt64(bitPattern: number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Begins another key, in the same memory.
    mutating func restart() { bytes.removeAll(keepingCapacity: true) }

    var hash: Hash128 { Hash128(bytes.span) }
}
