public import UsageEvents

/// Why a line is not a valid event. The raw value is a stable word for counters, reports and `rejected/`.
public enum RejectionReason: String, CaseIterable, Hashable, Sendable {
    /// Not JSON by RFC 8259: syntax, an unpaired surrogate, text after the object, a line cut short.
    case malformedJSON = "malformed_json"
    /// Not CSV by RFC 4180: a quote at fault, another number of cells than the header has.
    case malformedCSV = "malformed_csv"
    /// Bytes in a string that are not UTF-8.
    case invalidUTF8 = "invalid_utf8"
    /// A raw control character in a string, or an escaped NUL in a label.
    case controlCharacter = "control_character"
    /// Valid JSON, but not an object.
    case notAnObject = "not_an_object"
    /// Values nested deeper than `Limits.jsonDepthMax`.
    case tooDeep = "too_deep"
    /// A line longer than `Limits.lineBytesMax` or a label longer than `Limits.labelBytesMax`.
    case tooLong = "too_long"
    /// A known key that stands twice in the object.
    case duplicateKey = "duplicate_key"
    /// A key that an event of its kind must have is absent or null.
    case missingField = "missing_field"
    /// A known key with a value of another type.
    case wrongType = "wrong_type"
    /// A number, time or text outside its bounds.
    case outOfRange = "out_of_range"
    /// A time that is not RFC 3339.
    case invalidTime = "invalid_time"
    /// A word that is none of those the key allows.
    case unknownValue = "unknown_value"
    /// A time later than the decoder was told to accept.
    case future = "future"
}

/// A line that was refused: where it stood, why, and its first bytes.
public struct Rejection: Hashable, Sendable {
    /// Number of the line in the input, from 1.
    public var line: Int
    /// The reason, as a stable word.
    public var reason: RejectionReason
    /// The key that is at fault, where one is.
    public var field: Field?
    /// One sentence: what was found and what is wanted. Printable ASCII.
    public var detail: String
    /// The line without its LF, at most `Limits.rejectedLineBytesMax` bytes of it; any bytes at all.
    public var bytes: [UInt8]
    /// Whether `bytes` is not the whole line.
    public var isTruncated: Bool

    /// A rejection from its parts.
    public init(
        line: Int, reason: RejectionReason, field: Field?, detail: String, bytes: [UInt8], isTruncated: Bool
    ) {
        self.line = line
        self.reason = reason
        self.field = field
        self.detail = detail
        self.bytes = bytes
        self.isTruncated = isTruncated
    }
}

/// What is thrown inside the module for a line that is no event.
struct Refusal: Error, Hashable {
    var reason: RejectionReason
    var field: Field?
    var detail: String
}
