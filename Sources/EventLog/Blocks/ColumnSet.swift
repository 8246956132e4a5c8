/// Which columns a reader wants; the streams of the others are neither checked nor decompressed.
public struct ColumnSet: OptionSet, Sendable {
    /// One bit a group of columns.
    public let rawValue: UInt16

    /// Wraps the bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Event time.
    public static let ts = ColumnSet(rawValue: 1 << 0)
    /// Identity, team, tool, model, MCP server, project.
    public static let labels = ColumnSet(rawValue: 1 << 1)
    /// The four token counts, requests and cost.
    public static let numbers = ColumnSet(rawValue: 1 << 2)
    /// Keys present, cost basis, grain.
    public static let shape = ColumnSet(rawValue: 1 << 3)
    /// Source.
    public static let source = ColumnSet(rawValue: 1 << 4)
    /// End of a bucket.
    public static let tsEnd = ColumnSet(rawValue: 1 << 5)
    /// Tool of the MCP server, reasoning tokens.
    public static let details = ColumnSet(rawValue: 1 << 6)
    /// Request id.
    public static let requestID = ColumnSet(rawValue: 1 << 7)
    /// Session, origin.
    public static let texts = ColumnSet(rawValue: 1 << 8)

    /// Every column.
    public static let all: ColumnSet = [
        .ts, .labels, .numbers, .shape, .source, .tsEnd, .details, .requestID, .texts,
    ]
    /// What detection reads: times, labels, tokens, cost and shape.
    public static let detection: ColumnSet = [.ts, .labels, .numbers, .shape]
    /// What the duplicate window reads. The other columns of the batch are left empty, the identity included.
    public static let duplicateKeys: ColumnSet = [.ts, .source, .requestID]
    /// What tells how an event that may be said again has been counted.
    public static let revisions: ColumnSet = [
        .ts, .labels, .numbers, .shape, .source, .details, .requestID,
    ]
}
