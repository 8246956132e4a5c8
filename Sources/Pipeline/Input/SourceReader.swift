import EventLog
import UsageEvents

/// Sources that are read to their end without a log: their events in batches, as ingestion would append them,
/// duplicate deliveries dropped, numbered from 0.
struct SourceReader {
    /// The events that came last, and the names of their labels.
    private(set) var batch = EventBatch()
    private(set) var symbols = Symbols()
    /// Events so far, those of the batch among them.
    private(set) var events: UInt64 = 0
    /// The first lines that were refused.
    private(set) var refused: [RefusedLine] = []

    private let feed: EventFeed
    private let refusedMax: Int
    private var duplicates = DuplicateWindow()
    private var dropped = 0

    /// Of refused lines the first `refusedMax` are kept.
    init(_ options: FeedOptions, refusedMax: Int = 0) {
        feed = EventFeed(options)
        self.refusedMax = refusedMax
    }

    /// The number of the first event of the batch.
    var firstSequence: UInt64 { events - UInt64(batch.count) }
    /// Lines and what became of them; complete at the end.
    var counts: FeedCounts {
        var counts = feed.counts
        counts.duplicates = dropped
        return counts
    }
    /// Inputs that failed.
    var problems: [InputError] { feed.problems }
    /// Bytes read, and those of all inputs, for a progress bar; see `EventFeed`.
    var bytes: (read: Int, expected: Int?) { (feed.counts.bytes, feed.bytesExpected) }

    /// Brings the next batch; false at the end of all sources, or where the user interrupts.
    mutating func next() throws -> Bool {
        while true {
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished:
                feed.finish()
                return false
            case .idle, .recall: continue
            case .batch:
                refused += feed.refused.prefix(max(0, refusedMax - refused.count))
                feed.refused.removeAll(keepingCapacity: true)
                try dropDuplicates()
                events += UInt64(batch.count)
                return true
            }
        }
    }

    /// Forgets all names where there are many. For callers that are done with a batch when they ask for the
    /// next one; returns whether it did.
    mutating func forgetNames() -> Bool {
        guard symbols.isLarge else { return false }
        symbols = Symbols()
        feed.forgetNumbers()
        return true
    }

    private mutating func dropDuplicates() throws {
        // What a feed counts once needs no second memory.
        guard feed.mayRepeat else { return }
        let count = batch.count
        guard let fresh = try duplicates.admit(batch, symbols: symbols, firstSequence: events) else { return }
        batch.keep(fresh)
        dropped += count - batch.count
    }
}
