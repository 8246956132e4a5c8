import EventLog
public import UsageEvents

/// Inputs as `ingest` would understand them, without a log and without detection.
public enum DryRun {
    /// What was understood.
    public struct Summary: Sendable {
        /// Lines and what became of them.
        public var counts = FeedCounts()
        /// Events that would be appended.
        public var events = 0
        /// The first of them.
        public var first: [UsageEvent] = []
        /// The first lines that were refused.
        public var refused: [RefusedLine] = []
        /// Inputs that failed.
        public var problems: [InputError] = []
    }

    /// Reads all inputs to their end and keeps the first `shown` events and refused lines.
    public static func run(
        _ options: FeedOptions, shown: Int,
        progress: (_ bytes: Int, _ expected: Int?, _ events: Int) -> Void = { _, _, _ in }
    ) throws -> Summary {
        let feed = EventFeed(options)
        var summary = Summary()
        var duplicates = DuplicateWindow()
        var symbols = Symbols()
        var batch = EventBatch()
        var dropped = 0
        reading: while true {
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished: break reading
            case .idle, .recall: continue
            case .batch:
                summary.refused += feed.refused.prefix(max(0, shown - summary.refused.count))
                feed.refused.removeAll(keepingCapacity: true)
                let count = batch.count
                if let fresh = try duplicates.admit(
                    batch, symbols: symbols, firstSequence: UInt64(summary.events))
                {
                    batch.keep(fresh)
                    dropped += count - batch.count
                }
                for row in 0..<min(batch.count, max(0, shown - summary.first.count)) {
                    summary.first.append(batch.event(at: row, symbols: symbols))
                }
                summary.events += batch.count
                progress(feed.counts.bytes, feed.bytesExpected, summary.events)
            }
        }
        feed.finish()
        summary.counts = feed.counts
        summary.counts.duplicates = dropped
        summary.problems = feed.problems
        return summary
    }
}
