public import UsageEvents

/// Reads a log from beginning to end, or from a sequence on, without a lock: beside a writer, or from a copy.
///
/// `next` returns nil at the end. Where a writer is appending it stops in front of a block that is not whole
/// yet, and may be called again. A torn tail is an end too (`tail` tells); anything else that fails a check
/// is thrown as damage.
public struct LogReader<D: Disk>: ~Copyable {
    /// What stands behind the last record.
    public enum TailState: Sendable {
        /// Nothing.
        case clean
        /// A block that is not whole: a writer is busy, or was interrupted. It was never acknowledged.
        case torn
    }

    /// What stood behind the last record when `next` returned nil.
    public private(set) var tail = TailState.clean
    /// Sequence of the next event.
    public private(set) var nextSequence: UInt64 = 0
    /// Events in blocks that were passed over, because all their times lie outside the span.
    public private(set) var skippedEvents: UInt64 = 0
    /// What a repair could not save of the part that was read: its events are not delivered.
    public private(set) var gaps: [LogGap] = []

    /// Whether tables of many names begin anew: for callers that are done with a batch when they ask again.
    package var forgetsNames = false

    private let disk: D
    private let directory: LogDirectory
    private var segments: [UInt64]
    private var segment: SegmentFile<D>?
    private var segmentIndex = 0
    private var position = SegmentFile<D>.Position(offset: 0, chain: 0, sequence: 0)
    private var logID: LogID?
    /// Whether the segment ended with a durable record when it was last looked at.
    private var isMarked = false
    /// Whether the last call came to the end: the file may have grown since.
    private var isWaiting = false
    private var start: UInt64
    /// The segment in front of which it stops.
    private let end: UInt64?
    /// The times that are wanted.
    private let times: EventTimes?
    /// The index of the segment, where times are wanted and it is sealed.
    private var index: SegmentFooter?
    private var streams = StreamDirectory()
    private var decoder = BlockDecoder()
    /// Where a block goes that is decoded elsewhere, while that is wanted.
    private var raw = RawBlock()
    private var wantsRaw = false
    /// A block whose rows arrived at different times, as far as it was not delivered yet.
    private var parts: BlockParts?
    /// The request ids beside a sealed segment.
    private var ids: IDsFile<D>?

    /// Opens the log in a directory, at the first event whose sequence is not below `start`.
    ///
    /// - Parameters:
    ///   - end: the first sequence of a segment at which the log shall end, for this reader; nil for the end
    ///     of the log.
    ///   - times: what times are wanted; of events that are delivered some may lie outside. Nil for all.
    public init(
        _ disk: D, directory path: String, from start: UInt64 = 0, beforeSegment end: UInt64? = nil,
        times: EventTimes? = nil
    ) throws(LogError) {
        self.disk = disk
        self.end = end
        self.times = times
        self.start = start
        directory = LogDirectory(path)
        guard let found = try directory.list(disk) else { throw .noSuchLog(path: path) }
        try directory.refuseWhileErasing(disk)
        segments = found
        // The last segment that begins at or before the start; its own blocks are skipped by their headers.
        segmentIndex = max(0, (found.lastIndex { $0 <= start }) ?? 0)
        nextSequence = found.isEmpty ? 0 : found[segmentIndex]
    }

    /// The name of the log; nil while it holds nothing.
    public var id: LogID? { logID }

    /// The next record, its events in `batch` in place of what that held; nil at the end.
    public mutating func next(
        into batch: inout EventBatch, symbols: inout Symbols, columns: ColumnSet = .all
    ) throws(LogError) -> LogRecord? {
        if isWaiting {
            isWaiting = false
            try segment?.refresh()
            isMarked = try segment?.isMarked() ?? false
        }
        if let record = nextPart(into: &batch) { return record }
        while true {
            guard try openSegment() else { return nil }
            try skipByTime()
            switch try find() {
            case .end:
                guard try nextSegment() else { return nil }
            case .torn:
                guard segmentIndex == segments.count - 1 else { throw .damaged(damageHere(.blockHeader)) }
                // The writer may have rotated since the directory was listed.
                guard try isLastSegment() else { continue }
                return stopAtTornTail()
            case .damaged(let damage):
                throw .damaged(damage)
            case .block(let block, let chain):
                guard isWanted(block) else {
                    advance(block, chain)
                    continue
                }
                if block.kind == .events, let times,
                    !times.meets(block.minTs, streams.latest(block.minTs))
                {
                    skippedEvents += UInt64(block.count)
                    advance(block, chain)
                    continue
                }
                if block.kind == .gap || block.kind == .footer {
                    if block.kind == .gap { gaps.append(LogGap(block)) }
                    advance(block, chain)
                    continue
                }
                if forgetsNames, symbols.isLarge { symbols = Symbols() }
                guard let record = try decode(block, columns, &batch, &symbols) else {
                    return stopAtTornTail()
                }
                advance(block, chain)
                guard parts != nil else { return record }
                if let record = nextPart(into: &batch) { return record }
            }
        }
    }

    /// The same for a reader that decodes on other threads: events are left as they are in `raw`, their
    /// labels numbered. Where `raw` is empty afterwards, they were decoded all the same, into `batch`.
    public mutating func next(
        raw: inout RawBlock, into batch: inout EventBatch, symbols: inout Symbols, columns: ColumnSet
    ) throws(LogError) -> LogRecord? {
        raw.clear()
        swap(&raw, &self.raw)
        wantsRaw = true
        defer {
            wantsRaw = false
            swap(&raw, &self.raw)
        }
        return try next(into: &batch, symbols: &symbols, columns: columns)
    }

    /// The next part of a block that is delivered in several; nil where there is none.
    private mutating func nextPart(into batch: inout EventBatch) -> LogRecord? {
        guard let (record, end) = parts?.next(into: &batch, from: start) else {
            if let end = parts?.endSequence { nextSequence = end }
            parts = nil
            return nil
        }
        nextSequence = end
        return record
    }

    /// Goes to the block of a sealed segment in which the wanted sequence lies, past those before it.
    private mutating func skipByIndex() throws(LogError) {
        guard start > position.sequence, let row = try segment?.lastBlock()?.index.row(at: start),
            let found = try segment?.position(of: row)
        else { return }
        position = found
        nextSequence = found.sequence
    }

    /// Goes past blocks of a sealed segment whose events all lie outside the times that are wanted.
    private mutating func skipByTime() throws(LogError) {
        guard let times, let index else { return }
        let rows = index.outside(times, from: position.offset)
        guard !rows.isEmpty else { return }
        let found: SegmentFile<D>.Position?
        if rows.upperBound < index.rows.count {
            found = try segment?.position(of: index.rows[rows.upperBound])
        } else {
            found = segment?.end
        }
        guard let found else { return }
        skippedEvents += index.rows[rows].reduce(0) { $0 + UInt64($1.count) }
        position = found
        nextSequence = found.sequence
    }

    private func isWanted(_ block: BlockHeader) -> Bool {
        block.kind == .events ? block.endSequence > start : block.firstSequence >= start
    }

    private mutating func find() throws(LogError) -> SegmentFile<D>.Found {
        let start = start
        return try segment?.block(at: position, directory: &streams) { block in
            block.kind == .events ? block.endSequence <= start : block.firstSequence < start
        } ?? .end
    }

    private mutating func stopAtTornTail() -> LogRecord? {
        tail = .torn
        isWaiting = true
        return nil
    }

    private mutating func advance(_ block: BlockHeader, _ chain: UInt32) {
        position.offset += block.length
        position.chain = chain
        position.sequence = block.endSequence
        nextSequence = block.endSequence
        tail = .clean
    }

    private func damageHere(_ kind: LogDamage.Kind, end: UInt64? = nil) -> LogDamage {
        LogDamage(
            file: directory.segment(segments[segmentIndex]), offset: position.offset, kind: kind,
            firstSequence: position.sequence, endSequence: end)
    }

    // MARK: - Segments

    /// Opens the segment that is due; false where there is none yet.
    private mutating func openSegment() throws(LogError) -> Bool {
        if segment != nil { return true }
        if segments.isEmpty {
            try relist()
            if segments.isEmpty { return false }
        }
        segmentIndex = min(segmentIndex, segments.count - 1)
        let first = segments[segmentIndex]
        let path = directory.segment(first)
        switch try SegmentFile.open(disk, path, firstSequence: first) {
        case .segment(let file):
            try check(file.header, path)
            position = file.start
            logID = file.header.logID
            nextSequence = position.sequence
            ids = file.header.seal?.hasIDs ?? false ? IDsFile(disk, directory, first) : nil
            segment = consume file
            isMarked = try segment?.isMarked() ?? false
            try skipByIndex()
            index = times == nil ? nil : try segment?.lastBlock()?.index
            return true
        case .torn:
            guard segmentIndex == segments.count - 1 else { throw .damaged(damageHere(.segmentHeader)) }
            // It may be finished, or removed by a recovering writer: look for it again next time.
            segments.removeLast()
            tail = .torn
            return false
        case .bad(let error):
            throw error
        }
    }

    /// Compares a segment's header with the one before.
    private func check(_ header: SegmentHeader, _ path: String) throws(LogError) {
        func damage(_ kind: LogDamage.Kind, _ first: UInt64, _ end: UInt64?) -> LogError {
            .damaged(LogDamage(file: path, offset: 0, kind: kind, firstSequence: first, endSequence: end))
        }
        if let logID, header.logID != logID { throw damage(.missingSegment, header.firstSequence, nil) }
        // Of those before it some may still be there, where dropping them was interrupted.
        if header.seal?.isBase ?? false { return }
        guard segmentIndex > 0 else {
            if header.isFirst { return }
            throw damage(.missingSegment, 0, header.firstSequence)
        }
        guard header.previousSegment == segments[segmentIndex - 1] else {
            throw damage(.missingSegment, segments[segmentIndex - 1], header.firstSequence)
        }
        // A reader that begins in the middle has not read the segment before.
        guard logID != nil else { return }
        if position.offset < header.previousLength || position.sequence != header.firstSequence {
            throw damage(.missingSegment, position.sequence, header.firstSequence)
        }
        if position.offset > header.previousLength || position.chain != header.previousChain {
            throw damage(.chain, position.sequence, nil)
        }
    }

    /// Goes on to the segment behind this one; false where there is none.
    private mutating func nextSegment() throws(LogError) -> Bool {
        if let end, segmentIndex + 1 < segments.count, segments[segmentIndex + 1] >= end { return false }
        if segmentIndex == segments.count - 1 {
            guard try !isLastSegment() else {
                tail = .clean
                isWaiting = true
                return false
            }
            // The writer synced the end of this segment before it made the next one: look at it once more.
            let before = position.offset
            try segment?.refresh()
            if let length = segment?.length, length > before { return true }
        }
        if segmentIndex + 1 == segments.count - 1 {
            // A last segment without a header is only being created, or a recovering writer will remove it:
            // stay here.
            let first = segments[segmentIndex + 1]
            if case .torn = try SegmentFile.open(disk, directory.segment(first), firstSequence: first) {
                segments.removeLast()
                tail = .torn
                isWaiting = true
                return false
            }
        }
        segmentIndex += 1
        position = segment?.statedEnd(position) ?? position
        segment = nil
        return true
    }

    private mutating func isLastSegment() throws(LogError) -> Bool {
        try relist()
        return segmentIndex == segments.count - 1
    }

    private mutating func relist() throws(LogError) {
        var found = try directory.list(disk) ?? []
        guard let last = found.last, segments.last.map({ last > $0 }) ?? true else { return }
        if segmentIndex < segments.count {
            // Those in front may have been dropped meanwhile, this one too: it is open.
            let current = segments[segmentIndex]
            found.removeAll { $0 < current }
            if found.first != current { found.insert(current, at: 0) }
            segmentIndex = 0
        }
        segments = found
    }

    // MARK: - Records

    /// Decodes the block at the position; nil where its content is torn.
    private mutating func decode(
        _ block: BlockHeader, _ columns: ColumnSet, _ batch: inout EventBatch, _ symbols: inout Symbols
    ) throws(LogError) -> LogRecord? {
        // In the last segment a write may be unfinished: what is not known to be synced is checked whole, so
        // that every reader stops where recovery would cut, whichever columns it wants.
        let isDoubtful = segmentIndex == segments.count - 1 && !isMarked
        let needed = isDoubtful ? block.length : streams.end(for: columns, kind: block.kind)
        try segment?.ensure(position.offset, needed)
        guard let view = segment?.view(position.offset, needed) else { return nil }
        let wantsIDs = block.kind == .events && columns.contains(.requestID)
        let idTexts = wantsIDs ? try ids?.texts(of: block) : nil
        let fault: BlockFault
        do throws(BlockFault) {
            if isDoubtful {
                try decoder.check(view.window.span.extracting(view.range), header: block, directory: streams)
            }
            return try record(
                view.window.span.extracting(view.range), block, columns, &batch, &symbols, ids: idTexts)
        } catch { fault = error }
        let damage = damageHere(fault == .stream ? .stream : .content, end: block.endSequence)
        guard fault == .stream, segmentIndex == segments.count - 1 else { throw .damaged(damage) }
        guard case .torn = try segment?.judge(position, .stream, block, until: block.length) else {
            throw .damaged(damage)
        }
        return nil
    }

    private mutating func record(
        _ bytes: Span<UInt8>, _ block: BlockHeader, _ columns: ColumnSet, _ batch: inout EventBatch,
        _ symbols: inout Symbols, ids idTexts: TextColumn?
    ) throws(BlockFault) -> LogRecord {
        let received = block.received == LogFormat.noReceived ? nil : block.received
        switch block.kind {
        case .tick: return .tick(received: block.received)
        // `next` passes over the others.
        case .durable, .gap, .footer: return .durable
        case .control:
            let content = try decoder.control(bytes, directory: streams)
            return .control(
                ControlRecord(
                    name: content.name, payload: content.payload, sequence: block.firstSequence,
                    received: received))
        case .events:
            // A block that is delivered in parts, or in part, is decoded here.
            if wantsRaw, start <= block.firstSequence, streams.range(of: .runs).isEmpty {
                try raw.take(bytes, block, streams, columns, &decoder, symbols: &symbols)
                return .events(
                    EventsRecord(
                        firstSequence: block.firstSequence, count: block.count, received: received,
                        duplicates: DuplicateHorizon()))
            }
            try decoder.events(
                bytes, header: block, directory: streams, columns: columns, into: &batch, symbols: &symbols)
            // The marks stand behind the ids; a reader that leaves those out does not get them.
            let horizon =
                columns.contains(.requestID)
                ? try decoder.horizon(bytes, directory: streams) : DuplicateHorizon()
            if let idTexts { batch.requestID = idTexts }
            if let runs = try decoder.runs(bytes, header: block, directory: streams) {
                parts = BlockParts(
                    batch: batch, runs: runs, firstSequence: block.firstSequence, duplicates: horizon)
            }
            let skipped = start > block.firstSequence ? Int(start - block.firstSequence) : 0
            if skipped > 0 { batch.dropFirst(skipped) }
            return .events(
                EventsRecord(
                    firstSequence: block.firstSequence + UInt64(skipped), count: block.count - skipped,
                    received: received, duplicates: horizon))
        }
    }
}
