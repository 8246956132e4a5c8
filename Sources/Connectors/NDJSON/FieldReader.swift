import UsageEvents

/// Reads the values of known keys as what they must be, and notes which keys stood in the line.
///
/// Null stands for absence everywhere. A null label, time or basis still counts as a key of the line,
/// since it can be written again as it came; a null number does not, because 0 would stand in its place.
struct FieldReader {
    let values: [JSONValue?]
    /// `EventShape` bits of the keys that stood in the line.
    private(set) var present: UInt32

    init(values: [JSONValue?]) {
        self.values = values
        present = 0
        for field in Field.allCases {
            guard let value = values[Int(field.rawValue)] else { continue }
            if value == .null, Self.isForgottenWhenNull(field) { continue }
            present |= 1 << UInt32(field.rawValue)
        }
    }

    /// Whether null cannot be told from another value once it is in its column.
    static func isForgottenWhenNull(_ field: Field) -> Bool {
        switch field {
        case .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .reasoningTokens, .costUSD,
            .requests,
            .grain:
            true
        default: false
        }
    }

    func isNull(_ field: Field) -> Bool { value(field) == nil }

    private func value(_ field: Field) -> JSONValue? {
        let value = values[Int(field.rawValue)]
        return value == .null ? nil : value
    }

    private static func wrongType(_ field: Field, _ value: JSONValue, wanted: String) -> Refusal {
        Refusal(
            reason: .wrongType, field: field, detail: "\(field.key) is \(value.name), \(wanted) is wanted")
    }

    /// A label; nil where it is null or empty.
    func label(_ field: Field) throws(Refusal) -> String? {
        guard let value = value(field) else { return nil }
        guard case .string(let bytes) = value else {
            throw Self.wrongType(field, value, wanted: "a string")
        }
        guard bytes.count <= Limits.labelBytesMax else {
            throw Refusal(
                reason: .tooLong, field: field,
                detail: "\(field.key) has \(bytes.count) bytes, at most \(Limits.labelBytesMax) are wanted")
        }
        guard !bytes.contains(0) else {
            throw Refusal(
                reason: .controlCharacter, field: field, detail: "\(field.key) holds a NUL, text is wanted")
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// A word of a fixed list, whatever it is.
    func word(_ field: Field) throws(Refusal) -> String? {
        guard let value = value(field) else { return nil }
        guard case .string(let bytes) = value else {
            throw Self.wrongType(field, value, wanted: "a string")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A time: RFC 3339 text, or whole milliseconds; from 1970 to the end of 9999.
    func time(_ field: Field, _ line: Span<UInt8>) throws(Refusal) -> Timestamp? {
        guard let value = value(field) else { return nil }
        let ts: Timestamp
        switch value {
        case .string(let bytes):
            guard let parsed = Timestamp(rfc3339: bytes) else {
                throw Refusal(
                    reason: .invalidTime, field: field,
                    detail: "\(field.key) is \(Printable.quote(String(decoding: bytes, as: UTF8.self))), "
                        + "a time such as 2026-04-01T14:25:00.000Z is wanted")
            }
            ts = parsed
        case .number(let range):
            ts = Timestamp(rawValue: try whole(field, range, line))
        default: throw Self.wrongType(field, value, wanted: "a time as text or in epoch milliseconds")
        }
        guard ts.rawValue >= 0, ts.rawValue <= Self.timestampMax else {
            throw Refusal(
                reason: .outOfRange, field: field, detail: "\(field.key) is outside the years 1970 to 9999")
        }
        return ts
    }

    /// 9999-12-31T23:59:59.999Z.
    static let timestampMax: Int64 = 253_402_300_799_999

    /// A whole number from 0 to `max`, or down to `-max` in a correction.
    func integer(
        _ field: Field, _ line: Span<UInt8>, max: Int64, _ isCorrection: Bool
    ) throws(Refusal) -> Int64? {
        guard let value = value(field) else { return nil }
        guard case .number(let range) = value else {
            throw Self.wrongType(field, value, wanted: "a whole number")
        }
        let number = try whole(field, range, line)
        try checkSign(field, number, isCorrection)
        guard number.magnitude <= max.magnitude else {
            throw Refusal(
                reason: .outOfRange, field: field,
                detail: "\(field.key) is \(number), at most \(max) is wanted")
        }
        return number
    }

    /// An amount in dollars, to the nano-dollar.
    func money(
        _ field: Field, _ line: Span<UInt8>, isCorrection: Bool
    ) throws(Refusal) -> (amount: NanoUSD, isRounded: Bool)? {
        guard let value = value(field) else { return nil }
        guard case .number(let range) = value else {
            throw Self.wrongType(field, value, wanted: "a number")
        }
        guard case .value(let nano, let inexact) = ExactNumber(line.extracting(range), scale: 9),
            nano.magnitude <= NanoUSD.eventMax.magnitude
        else {
            throw Refusal(
                reason: .outOfRange, field: field, detail: "\(field.key) is beyond 1000000 dollars either way"
            )
        }
        try checkSign(field, nano, isCorrection)
        return (NanoUSD(rawValue: nano), inexact)
    }

    private func checkSign(_ field: Field, _ number: Int64, _ isCorrection: Bool) throws(Refusal) {
        guard number >= 0 || isCorrection else {
            throw Refusal(
                reason: .outOfRange, field: field,
                detail: "\(field.key) is negative, which only a correction may be")
        }
    }

    /// 1.0 and 1e3 are whole numbers too: programs that keep counts as floats write them.
    private func whole(_ field: Field, _ range: Range<Int>, _ line: Span<UInt8>) throws(Refusal) -> Int64 {
        switch ExactNumber(line.extracting(range), scale: 0) {
        case .value(let number, inexact: false): return number
        case .value(_, inexact: true):
            throw Refusal(
                reason: .wrongType, field: field,
                detail: "\(field.key) is a fraction, a whole number is wanted")
        case .overflow:
            throw Refusal(
                reason: .outOfRange, field: field, detail: "\(field.key) does not fit in 64 bits")
        }
    }
}

/// Text from outside for messages.
enum Printable {
    /// In quotes, in printable ASCII, at most 60 characters of it.
    static func quote(_ text: String) -> String {
        var out = "'"
        for scalar in text.unicodeScalars.prefix(60) { out += scalar.escaped(asASCII: true) }
        return out + (text.unicodeScalars.count > 60 ? "...'" : "'")
    }
}
