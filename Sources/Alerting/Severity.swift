/// How much an alert matters.
public enum Severity: Int, CaseIterable, Comparable, Sendable {
    /// For the record.
    case info = 0
    /// A digest line.
    case low = 1
    /// Worth a look today.
    case medium = 2
    /// Worth a look now.
    case high = 3
    /// Worth waking somebody.
    case critical = 4

    /// The word on the wire.
    public var word: String {
        switch self {
        case .info: "info"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .critical: "critical"
        }
    }

    /// The severity of a word.
    public init?(word: String) {
        guard let match = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = match
    }

    /// Less severe first.
    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}
