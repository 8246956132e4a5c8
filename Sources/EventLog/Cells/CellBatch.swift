public import UsageEvents

/// Sums over events that differ in nothing that usage is asked for by, day by day: what the `.cells` file
/// beside a sealed segment holds.
///
/// A cell stands for all events of one UTC day with the same account, labels and kind. Where a sum would not
/// fit into 64 bits there is a second cell beside it: they add up.
public struct CellBatch: Sendable {
    /// A row a cell. `ts` is that of the earliest event; the labels are those of all its events; tokens, cost
    /// and requests are sums. Of `shape` these parts have a meaning: grain, basis, whether there is a cost,
    /// `requests` in corrections, and the two marks below. Columns that are not mentioned are empty.
    public var sums = EventBatch()
    /// The latest event time, ms UTC; of the same day as the earliest.
    public var last: [Int64] = []
    /// Events.
    public var events: [Int64] = []
    /// Of an account that names several teams in the segment: the sequence of the cell's last event, counted
    /// from the segment's first, plus one. Else 0: then the order of its cells tells nothing.
    public var order: [Int64] = []

    /// A mark in `shape`, which has no place for this: the events have tokens. Only set where they have no
    /// cost.
    public static let hasTokens = Field.inputTokens
    /// A mark in `shape`: each event used an MCP server and says that it stands for less than one request.
    public static let isBelowOne = Field.requestID

    /// No cells.
    public init() {}

    /// Cells.
    public var count: Int { sums.count }

    /// The day of an instant, counted from 1 January 1970 UTC.
    static func day(_ ts: Int64) -> Int64 { floorDivide(ts, Timestamp.day) }

    /// What cells keep of a shape.
    @inline(__always)
    static func kind(_ shape: EventShape, hasTokens: Bool, isBelowOne: Bool) -> UInt32 {
        let cost: UInt32 = 1 << UInt32(Field.costUSD.rawValue)
        let requests: UInt32 = 1 << UInt32(Field.requests.rawValue)
        let basisAndGrain: UInt32 = 0x3f00_0000
        var kept = shape.rawValue & (basisAndGrain | cost)
        if shape.grain == .correction { kept |= shape.rawValue & requests }
        if hasTokens, kept & cost == 0 { kept |= 1 << UInt32(Self.hasTokens.rawValue) }
        if isBelowOne, shape.grain == .request { kept |= 1 << UInt32(Self.isBelowOne.rawValue) }
        return kept
    }
}

extension CellBatch {
    // A file of cells has the form of a file of events. What an event has no column for stands in others:
    // `tsEnd` is the time between first and last with `order` above, `reasoningTokens` is the events but one,
    // `requests` is one more than the requests that there are beyond one for each event. So a cell of one
    // event costs what the event does.

    /// Bits of `tsEnd` for the time between first and last: a day has fewer milliseconds.
    private static var spanBits: Int64 { 27 }

    /// The rows as they are written.
    func packed() -> EventBatch {
        var out = sums
        var spans = [Int64](repeating: 0, count: count)
        var more = spans
        var requests = spans
        for row in 0..<count {
            spans[row] = (last[row] - sums.ts[row]) | order[row] << Self.spanBits
            more[row] = events[row] - 1
            requests[row] = sums.requests[row] &- events[row] &+ 1
        }
        out.tsEnd.replace(spans)
        out.reasoningTokens.replace(more)
        out.requests.replace(requests)
        return out
    }

    /// Reads rows as they were written; false where they cannot have been.
    mutating func unpack(_ batch: consuming EventBatch) -> Bool {
        let rows = batch.count
        resize(&last, rows)
        resize(&events, rows)
        resize(&order, rows)
        var requests = [Int64](repeating: 0, count: rows)
        for row in 0..<rows {
            let packed = batch.tsEnd[row]
            let more = batch.reasoningTokens[row]
            guard packed >= 0, more >= 0, more < Int64(Int32.max) else { return false }
            last[row] = batch.ts[row] &+ packed & (1 << Self.spanBits - 1)
            order[row] = packed >> Self.spanBits
            events[row] = more + 1
            requests[row] = batch.requests[row] &+ more
            guard Self.day(last[row]) == Self.day(batch.ts[row]) else { return false }
        }
        batch.tsEnd.removeAll()
        batch.reasoningTokens.removeAll()
        batch.requests.replace(requests)
        sums = batch
        return true
    }
}
