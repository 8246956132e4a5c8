public import UsageEvents

/// The time from the earliest to the latest of some events.
public struct EventSpan: Hashable, Sendable {
    private var first: Int64 = .max
    private var last: Int64 = .min

    /// No events.
    public init() {}

    /// Adds the events of a batch.
    public mutating func add(_ batch: EventBatch) {
        for ts in batch.ts {
            first = min(first, ts)
            last = max(last, ts)
        }
    }

    /// Days of UTC from the earliest to the latest event, both counted; 0 without events.
    public var days: Int {
        first > last ? 0 : Int(last / Timestamp.day - first / Timestamp.day) + 1
    }
}
