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
        var reader = SourceReader(options, refusedMax: shown)
        var summary = Summary()
        while try reader.next() {
            for row in 0..<min(reader.batch.count, max(0, shown - summary.first.count)) {
                summary.first.append(reader.batch.event(at: row, symbols: reader.symbols))
            }
            progress(reader.bytes.read, reader.bytes.expected, Int(reader.events))
            _ = reader.forgetNames()
        }
        summary.events = Int(reader.events)
        summary.refused = reader.refused
        summary.counts = reader.counts
        summary.problems = reader.problems
        return summary
    }
}
