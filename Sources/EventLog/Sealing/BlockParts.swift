internal import UsageEvents

/// A decoded block of a sealed segment on its way to the reader's caller, run by run.
struct BlockParts {
    private let batch: EventBatch
    private let runs: BlockRuns
    private let duplicates: DuplicateHorizon
    private let firstSequence: UInt64
    private var next = 0
    private var row = 0

    init(batch: EventBatch, runs: BlockRuns, firstSequence: UInt64, duplicates: DuplicateHorizon) {
        self.batch = batch
        self.runs = runs
        self.firstSequence = firstSequence
        self.duplicates = duplicates
    }

    /// One past the last sequence of the block.
    var endSequence: UInt64 { firstSequence + UInt64(batch.count) }

    /// The next record from a sequence on, and the sequence of the event behind it that is still there; nil
    /// at the end.
    mutating func next(
        into out: inout EventBatch, from start: UInt64
    ) -> (record: LogRecord, nextSequence: UInt64)? {
        while next < runs.runs.count {
            let run = runs.runs[next]
            next += 1
            let from = max(row, start > firstSequence ? Int(min(start - firstSequence, 1 << 32)) : 0)
            let first = firstSequence + UInt64(row)
            row += run.rows
            switch run {
            case .erased: break
            case .tick(let received):
                if first >= start { return (.tick(received: received), first) }
            case .events(_, let received):
                guard from < row else { continue }
                out.take(from..<row, of: batch)
                let record = EventsRecord(
                    firstSequence: firstSequence + UInt64(from), count: row - from, received: received,
                    duplicates: duplicates)
                passErased()
                return (.events(record), firstSequence + UInt64(row))
            }
        }
        return nil
    }

    /// Nobody waits for an event that was erased.
    private mutating func passErased() {
        while next < runs.runs.count, case .erased(let rows) = runs.runs[next] {
            row += rows
            next += 1
        }
    }
}
