/// What happened to the lines of a run.
public struct FeedCounts: Sendable {
    /// Lines read.
    public var lines = 0
    /// Events that were valid.
    public var valid = 0
    /// Events dropped as duplicate deliveries.
    public var duplicates = 0
    /// Lines that were no event, by reason, in the order of `RejectionReason`.
    public var rejected: [(reason: String, count: Int)] = []
    /// Lines that were no event.
    public var rejectedLines = 0
    /// Keys that are not of the schema, by name.
    public var unknownKeys: [(name: String, count: Int)] = []
    /// Events priced from the table.
    public var estimated = 0
    /// Costs with more than nine decimals.
    public var rounded = 0
    /// Events without an id: two equal ones are two events.
    public var withoutID = 0
    /// Bytes read, before decompression.
    public var bytes = 0
    /// Further copies of events that their source says more than once.
    public var copies = 0
    /// Records of no use, by type.
    public var ignored: [(name: String, count: Int)] = []
    /// Events with tokens and a model without a price, by model.
    public var unpriced: [(name: String, count: Int)] = []
    /// Lines at the end of live files that were cut short, left for a later run.
    public var unfinished = 0
    /// Files that were gone when their turn came.
    public var vanished = 0
    /// Files that were read, by format.
    public var files: [(name: String, count: Int)] = []
    /// How often more events were held than fit, so that order by time holds in pieces only.
    public var splits = 0
}

extension FeedCounts {
    /// Adds counts by name to a list, in order of first appearance.
    static func add(_ counts: [(name: String, count: Int)], to list: inout [(name: String, count: Int)]) {
        for (name, count) in counts where count > 0 {
            if let row = list.firstIndex(where: { $0.name == name }) {
                list[row].count += count
            } else {
                list.append((name, count))
            }
        }
    }
}

/// A line that was refused, with the input it came from.
public struct RefusedLine: Sendable {
    /// The input's name.
    public var input: String
    /// Number of the line, reason, field, sentence, first bytes.
    public var line: Int
    /// The stable word of the reason.
    public var reason: String
    /// The key at fault.
    public var field: String?
    /// What was found and what is wanted.
    public var detail: String
    /// The first bytes of the line.
    public var bytes: [UInt8]
}
