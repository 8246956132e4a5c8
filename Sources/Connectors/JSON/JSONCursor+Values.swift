import UsageEvents

/// Values as fields of events want them: null stands for absence, another type is refused under the key that
/// the record has for it.
///
/// Refusals never quote what stands there: it may be anything.
extension JSONCursor {
    /// A text of any length.
    mutating func optionalText(
        _ bytes: Span<UInt8>, _ field: Field?, key: String
    ) throws(Refusal) -> [UInt8]? {
        guard try stands(.string, bytes, field, key: key, wanted: "a string") else { return nil }
        return try text(bytes)
    }

    /// A label; nil where it is null or empty.
    mutating func label(_ bytes: Span<UInt8>, _ field: Field, key: String) throws(Refusal) -> String? {
        guard let text = try optionalText(bytes, field, key: key) else { return nil }
        return try RecordBounds.label(String(decoding: text, as: UTF8.self), field, key: key)
    }

    /// RFC 3339 text from 1970 to 9999.
    mutating func time(_ bytes: Span<UInt8>, key: String) throws(Refusal) -> Timestamp? {
        guard let text = try optionalText(bytes, .ts, key: key) else { return nil }
        guard let ts = Timestamp(rfc3339: text) else {
            throw Refusal(
                reason: .invalidTime, field: .ts,
                detail: "\(key) is no time, one such as 2026-04-01T14:25:00.000Z is wanted")
        }
        return try RecordBounds.time(ts, key: key)
    }

    /// A count of tokens.
    mutating func tokens(_ bytes: Span<UInt8>, _ field: Field, key: String) throws(Refusal) -> Int64? {
        let wanted = "a whole number"
        guard try stands(.number, bytes, field, key: key, wanted: wanted) else { return nil }
        switch ExactNumber(bytes.extracting(try number(bytes)), scale: 0) {
        case .value(let count, inexact: false): return try RecordBounds.tokens(count, field, key: key)
        case .value(_, inexact: true):
            throw Refusal(
                reason: .wrongType, field: field, detail: "\(key) is a fraction, \(wanted) is wanted")
        case .overflow:
            throw Refusal(reason: .outOfRange, field: field, detail: "\(key) does not fit in 64 bits")
        }
    }

    /// An amount in dollars, or in the unit that has 10^`decimals` nano-dollars, to the nano-dollar.
    mutating func dollars(
        _ bytes: Span<UInt8>, key: String, decimals: Int = 9
    ) throws(Refusal) -> (amount: NanoUSD, isRounded: Bool)? {
        guard try stands(.number, bytes, .costUSD, key: key, wanted: "a number") else { return nil }
        let text = bytes.extracting(try number(bytes))
        guard case .value(let nano, let isRounded) = ExactNumber(text, scale: decimals) else {
            throw Refusal(
                reason: .outOfRange, field: .costUSD, detail: "\(key) is beyond 1000000 dollars either way")
        }
        return (try RecordBounds.cost(NanoUSD(rawValue: nano), key: key), isRounded)
    }

    /// Whether `true` stands here; null is false.
    mutating func flag(_ bytes: Span<UInt8>, key: String) throws(Refusal) -> Bool {
        guard try stands(.bool, bytes, nil, key: key, wanted: "true or false") else { return false }
        return try bool(bytes)
    }

    /// Steps into an object; false where null stands.
    mutating func entersObject(_ bytes: Span<UInt8>, key: String) throws(Refusal) -> Bool {
        guard try stands(.object, bytes, nil, key: key, wanted: "an object") else { return false }
        try enterObject(bytes)
        return true
    }

    /// Steps over null and returns false; refuses all but the wanted kind.
    private mutating func stands(
        _ kind: JSONKind, _ bytes: Span<UInt8>, _ field: Field?, key: String, wanted: String
    ) throws(Refusal) -> Bool {
        let found = try self.kind(bytes)
        if found == kind { return true }
        guard found == .null else {
            throw Refusal(
                reason: .wrongType, field: field, detail: "\(key) is \(found.name), \(wanted) is wanted")
        }
        try skip(bytes)
        return false
    }
}
