import EventLog
import UsageEvents

/// A place in a log, by what stands in front of it: the last event and the records behind that. It stays
/// the same place however the log is cut into blocks and files.
struct LogMark: Sendable, Hashable {
    /// Events in front.
    var events: UInt64 = 0
    /// The sequence of the last of them.
    var lastSequence: UInt64 = 0
    /// Ticks and control records that stand behind it.
    var records: UInt64 = 0
    /// The hash of the last event, and of the records behind it.
    var hash = Hash128(high: 0, low: 0)

    /// Sequence from which on a reader continues.
    var nextSequence: UInt64 { events == 0 ? 0 : lastSequence + 1 }

    /// Events were taken; `received` is the wall clock of a live block.
    mutating func take(
        _ batch: borrowing EventBatch, firstSequence: UInt64, received: Int64?, symbols: borrowing Symbols
    ) {
        guard !batch.isEmpty else { return }
        events += UInt64(batch.count)
        lastSequence = firstSequence + UInt64(batch.count) - 1
        records = 0
        hash = Self.hash(batch, row: batch.count - 1, received: received, symbols: symbols)
    }

    /// A tick was taken.
    mutating func take(tick received: Int64) {
        var w = StateWriter()
        w.hash(hash)
        w.signed(received)
        hash = w.digest
        records += 1
    }

    /// A control record was taken.
    mutating func take(_ control: ControlRecord) { take(control: control.name, payload: control.payload) }

    /// A control record was written.
    mutating func take(control name: String, payload: [UInt8]) {
        var w = StateWriter()
        w.hash(hash)
        w.text(name)
        w.hash(Hash128(payload.span))
        hash = w.digest
        records += 1
    }

    /// The hash of what detection reads of an event.
    private static func hash(
        _ batch: borrowing EventBatch, row: Int, received: Int64?, symbols: borrowing Symbols
    ) -> Hash128 {
        var w = StateWriter()
        w.signed(batch.ts[row])
        w.text(batch.identity[row], of: symbols.identities)
        w.text(batch.team[row], of: symbols.teams)
        w.text(batch.project[row], of: symbols.projects)
        w.text(batch.tool[row], of: symbols.tools)
        w.text(batch.model[row], of: symbols.models)
        w.text(batch.mcpServer[row], of: symbols.mcpServers)
        for tokens in [
            batch.inputTokens[row], batch.outputTokens[row], batch.cacheReadTokens[row],
            batch.cacheWriteTokens[row], batch.cost[row], batch.requests[row],
        ] {
            w.signed(tokens)
        }
        w.unsigned(batch.shape[row])
        w.flag(received != nil)
        w.signed(received ?? 0)
        return w.digest
    }

    /// A reader of a log that stands at this place; throws where the log has no such place.
    ///
    /// - Parameter symbols: the names that the fold knew there, which may be fewer than the log has.
    func reader<D: Disk>(
        _ disk: D, directory: String, log: LogID, symbols: Symbols = Symbols()
    ) throws -> LogReader<D> {
        var batch = EventBatch()
        var symbols = symbols
        var found = LogMark()
        var last = try LogReader(disk, directory: directory, from: lastSequence)
        // Records that stand in front of the event have its sequence, too.
        var record = try last.next(into: &batch, symbols: &symbols, columns: .detection)
        while let other = record, !other.isEvents {
            record = try last.next(into: &batch, symbols: &symbols, columns: .detection)
        }
        guard case .events(let block)? = record, block.firstSequence == lastSequence else {
            throw SnapshotRefusal.notInLog
        }
        guard last.id == log else { throw SnapshotRefusal.otherLog }
        found.hash = Self.hash(batch, row: 0, received: block.received, symbols: symbols)
        var reader = try LogReader(disk, directory: directory, from: nextSequence)
        while found.records < records {
            switch try reader.next(into: &batch, symbols: &symbols, columns: .ts) {
            case .tick(let received)?: found.take(tick: received)
            case .control(let control)?: found.take(control)
            case .durable?: continue
            case .events?, nil: throw SnapshotRefusal.notInLog
            }
        }
        guard found.hash == hash else { throw SnapshotRefusal.notInLog }
        return reader
    }
}

extension LogRecord {
    fileprivate var isEvents: Bool {
        if case .events = self { return true }
        return false
    }
}
