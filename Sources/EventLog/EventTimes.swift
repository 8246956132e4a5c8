/// A span of event times. A reader that wants no other passes over blocks that lie wholly outside, and
/// neither reads nor unpacks them.
public struct EventTimes: Sendable, Hashable {
    /// The earliest event time, ms UTC.
    public var since: Int64
    /// The event time before which they lie.
    public var until: Int64

    /// The times from one on, up to another; nil for no limit.
    public init(since: Int64? = nil, until: Int64? = nil) {
        self.since = since ?? .min
        self.until = until ?? .max
    }

    /// Whether a block with such times may have an event in the span. Without a limit every event is in it,
    /// also one at the end of time.
    func meets(_ earliest: Int64, _ latest: Int64) -> Bool {
        latest >= since && (earliest < until || until == .max)
    }
}

extension SegmentFooter {
    /// The blocks of events from an offset on that lie outside the span, up to the first that does not; none
    /// where no block begins at the offset.
    func outside(_ times: EventTimes, from offset: Int) -> Range<Int> {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        guard low < rows.count, rows[low].offset == offset else { return low..<low }
        var end = low
        while end < rows.count, rows[end].count > 0, !times.meets(rows[end].minTs, rows[end].maxTs) {
            end += 1
        }
        return low..<end
    }
}
