internal import UsageEvents

/// What became of one segment.
struct SegmentSealing {
    /// Events that the sealed form has.
    var events: UInt64 = 0
    /// Events that were erased now.
    var erased: UInt64 = 0
    /// Blocks that were copied as they were.
    var copied = 0
    /// Blocks that were encoded anew.
    var encoded = 0
    /// Bytes before, request ids included.
    var bytesBefore = 0
    /// Bytes of the sealed segment.
    var bytesAfter = 0
    /// Bytes of the file of request ids beside it.
    var idsBytes = 0
}

/// Writes the sealed form of one segment: runs of small blocks become blocks of 65,536 events, large blocks
/// are copied, request ids go into a file of their own; the events of an account may be emptied.
///
/// A segment that is sealed already keeps its blocks, so that its ids fit whichever form of the segment a
/// crash leaves.
struct SegmentSealer<D: Disk>: ~Copyable {
    private let identity: String?
    private let isSealed: Bool
    private let disk: D
    private let directory: LogDirectory
    private var source: SegmentFile<D>
    private var sourceIDs: IDsFile<D>?
    private var target: SealedFile<D>
    private var ids: SealedFile<D>?
    private var result = SegmentSealing()
    private var lastReceived: Int64

    private var streams = StreamDirectory()
    private var decoder = BlockDecoder()
    private var encoder = BlockEncoder()

    /// Small blocks that were read and are not written yet.
    private var pending = EventBatch()
    private var symbols = Symbols()
    private var runs = BlockRuns()
    private var firstSequence: UInt64
    private var duplicates = DuplicateHorizon()

    /// Blocks of fewer events are joined with their neighbours.
    private static var large: Int { Limits.eventsPerBlock / 2 }

    private init(
        _ disk: D, _ directory: LogDirectory, source: consuming SegmentFile<D>,
        sourceIDs: consuming IDsFile<D>?, idsBefore: Int,
        target: consuming SealedFile<D>, ids: consuming SealedFile<D>?, erasing identity: String?
    ) {
        self.disk = disk
        self.directory = directory
        self.identity = identity
        isSealed = source.header.seal != nil
        firstSequence = source.header.firstSequence
        lastReceived = source.header.lastReceived
        result.bytesBefore = source.length + idsBefore
        self.source = source
        self.sourceIDs = sourceIDs
        self.target = target
        self.ids = ids
    }

    /// Begins the sealed form of a segment that ends at `end`.
    ///
    /// - Parameter erasing: the account whose events are emptied; nil for none.
    static func begin(
        _ disk: D, _ directory: LogDirectory, _ source: consuming SegmentFile<D>,
        end: SegmentFile<D>.Position, keepsIDs: Bool, erasing identity: String? = nil
    ) throws(LogError) -> SegmentSealer {
        var header = source.header
        let first = header.firstSequence
        var hasIDs = keepsIDs && header.seal == nil
        var idsBefore = 0
        var sourceIDs: IDsFile<D>?
        if keepsIDs, header.seal?.hasIDs ?? false {
            var file = IDsFile(disk, directory, first)
            if let length = try file.length() {
                hasIDs = true
                idsBefore = length
            }
            sourceIDs = consume file
        }
        var seal = SegmentHeader.Seal(
            openLength: end.offset, openChain: end.chain, endSequence: end.sequence)
        seal.hasIDs = hasIDs
        seal.isBase = header.seal?.isBase ?? false
        header.seal = seal
        header.writer = SegmentHeader.program
        let target = try systemCalls { () throws(IOFailure) in
            try SealedFile(disk, directory.segment(first), header)
        }
        header.role = .ids
        var ids: SealedFile<D>?
        if hasIDs {
            ids = try systemCalls { () throws(IOFailure) in
                try SealedFile(disk, directory.ids(first), header)
            }
        }
        return SegmentSealer(
            disk, directory, source: source, sourceIDs: sourceIDs, idsBefore: idsBefore, target: target,
            ids: ids, erasing: identity)
    }

    /// Reads the segment, writes its sealed form, and puts it in place of what was there. The ids come first:
    /// a segment that was not sealed does not look at them.
    mutating func run() throws(LogError) -> SegmentSealing {
        var position = source.start
        reading: while true {
            switch try source.block(at: position, directory: &streams) {
            case .end: break reading
            case .torn:
                throw .damaged(source.damage(position, .blockHeader, first: position.sequence, end: nil))
            case .damaged(let damage): throw .damaged(damage)
            case .block(let block, let chain):
                if block.kind != .footer { try take(block, at: position) }
                lastReceived = max(lastReceived, block.received)
                position = SegmentFile<D>.Position(
                    offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
            }
        }
        try flush()
        if isSealed { try directory.removeCells(disk, source.header.firstSequence) }
        try ids?.publish(lastReceived: lastReceived)
        try target.publish(lastReceived: lastReceived)
        result.bytesAfter = target.count
        result.idsBytes = ids?.count ?? 0
        return result
    }

    // MARK: - Reading

    private mutating func take(
        _ block: BlockHeader, at position: SegmentFile<D>.Position
    ) throws(LogError) {
        try source.ensure(position.offset, block.length)
        let view = source.view(position.offset, block.length)
        let bytes = view.window.span.extracting(view.range)
        do throws(BlockFault) {
            try decoder.check(bytes, header: block, directory: streams)
        } catch { throw fault(error, block, position) }
        switch block.kind {
        // The whole file is durable before it has its name.
        case .durable, .footer: break
        case .tick where runs.rows > 0: runs.append(.tick(block.received))
        case .tick, .control, .gap:
            try flush()
            try copy(bytes, block)
        case .events:
            let companion = try sourceIDs?.companion(of: block)
            let isHit: Bool
            do throws(BlockFault) {
                isHit = try concerns(bytes, block)
                if isHit || !isSealed && block.count < Self.large {
                    try append(bytes, block, companion)
                } else {
                    result.events += UInt64(block.count)
                    let known = try decoder.runs(bytes, header: block, directory: streams)
                    result.events -= UInt64(known?.erased ?? 0)
                }
            } catch { throw fault(error, block, position) }
            if isHit || !isSealed && block.count < Self.large {
                if isSealed { try flush() } else { try flushFull() }
            } else {
                try flush()
                try copy(bytes, block, companion)
            }
        }
    }

    private func fault(
        _ error: BlockFault, _ block: BlockHeader, _ position: SegmentFile<D>.Position
    ) -> LogError {
        .damaged(source.damage(position, error == .stream ? .stream : .content, block))
    }

    /// Whether the account that is being erased has events in a block: its dictionary tells.
    private mutating func concerns(_ bytes: Span<UInt8>, _ block: BlockHeader) throws(BlockFault) -> Bool {
        guard let identity else { return false }
        var labels = Symbols()
        try decoder.labels(bytes, header: block, directory: streams, symbols: &labels)
        return labels.identities.find(identity) != nil
    }

    /// Decodes a block behind those that wait to be encoded.
    private mutating func append(
        _ bytes: Span<UInt8>, _ block: BlockHeader, _ companion: IDsCompanion?
    ) throws(BlockFault) {
        if pending.isEmpty {
            firstSequence = block.firstSequence
            // What earlier blocks were called is no label of the next one.
            symbols = Symbols()
        }
        var batch = EventBatch()
        try decoder.events(
            bytes, header: block, directory: streams, columns: .all, into: &batch, symbols: &symbols)
        if let companion { batch.requestID = try companion.texts(&decoder) }
        duplicates = try decoder.horizon(bytes, directory: streams)
        var arrived = BlockRuns()
        if let known = try decoder.runs(bytes, header: block, directory: streams) {
            arrived = known
        } else {
            let received = block.received == LogFormat.noReceived ? nil : block.received
            arrived.append(.events(block.count, received: received))
        }
        if let account = identity.flatMap({ symbols.identities.find($0) }) {
            let before = arrived.erased
            let mask = batch.identity.map { $0 != account }
            arrived = arrived.erasing(mask)
            batch.erase(keeping: mask, fallback: block.minTs)
            result.erased += UInt64(arrived.erased - before)
        }
        result.events += UInt64(block.count - arrived.erased)
        pending.append(0..<block.count, of: batch)
        for run in arrived.runs { runs.append(run) }
    }

    // MARK: - Writing

    private mutating func copy(
        _ bytes: Span<UInt8>, _ block: BlockHeader, _ companion: IDsCompanion? = nil
    ) throws(LogError) {
        if block.kind == .events { result.copied += 1 }
        try write(bytes, block, streams, companion)
    }

    /// Writes a block; its request ids go beside it.
    private mutating func write(
        _ bytes: Span<UInt8>, _ block: BlockHeader, _ directory: StreamDirectory, _ companion: IDsCompanion?
    ) throws(LogError) {
        let column = StreamColumn.requestID.rawValue
        do throws(IOFailure) {
            try target.append(bytes, header: block, directory: directory) { $0.column != column }
            // Whatever has sequences has its place there too, so that they follow each other.
            guard block.kind == .events || block.kind == .gap else { return }
            if let companion {
                try ids?.append(
                    companion.window.span.extracting(companion.range), header: companion.header,
                    directory: companion.directory)
            } else {
                try ids?.append(bytes, header: block, directory: directory) { $0.column == column }
            }
        } catch { throw LogError(error) }
    }

    /// Writes what waits as far as it fills blocks.
    private mutating func flushFull() throws(LogError) {
        while pending.count >= Limits.eventsPerBlock { try encode() }
    }

    /// Writes all that waits; ticks behind the last event stand by themselves.
    private mutating func flush() throws(LogError) {
        while !pending.isEmpty { try encode() }
        for case .tick(let received) in runs.runs {
            var header = BlockHeader(kind: .tick, firstSequence: firstSequence)
            header.received = received
            try write([UInt8]().span, header, StreamDirectory(), nil)
        }
        runs = BlockRuns()
    }

    /// Encodes one block of what waits, decodes it again and compares.
    private mutating func encode() throws(LogError) {
        let rows = BlockEncoder.rowsThatFit(pending, from: 0, symbols: symbols)
        let arrived = runs.removeFirst(rows)
        var header = BlockHeader(kind: .events, firstSequence: firstSequence)
        var encodedRuns: [UInt8] = []
        if let uniform = arrived.uniform {
            header.received = uniform ?? LogFormat.noReceived
        } else {
            header.received = arrived.received ?? LogFormat.noReceived
            encodedRuns = arrived.encoded()
        }
        let file = source.header.identity
        _ = encoder.events(
            pending, 0..<rows, symbols: symbols, header: header, duplicates: duplicates, runs: encodedRuns,
            place: MadeBlock.place(file))
        let block = encoder.block
        guard let made = MadeBlock(block.span, file),
            isSame(block.span, made, rows, encodedRuns.isEmpty ? nil : arrived)
        else {
            throw .damaged(
                LogDamage(
                    file: target.path, offset: target.count, kind: .content, firstSequence: firstSequence,
                    endSequence: firstSequence + UInt64(rows)))
        }
        result.encoded += 1
        try write(block.span, made.header, made.directory, nil)
        firstSequence += UInt64(rows)
        if rows == pending.count {
            pending.removeAll()
        } else {
            var rest = EventBatch()
            rest.append(rows..<pending.count, of: pending)
            pending = rest
        }
    }

    /// Whether an encoded block says what it was made of.
    private mutating func isSame(
        _ block: Span<UInt8>, _ made: MadeBlock, _ rows: Int, _ arrived: BlockRuns?
    ) -> Bool {
        var decoded = EventBatch()
        do throws(BlockFault) {
            try decoder.events(
                block, header: made.header, directory: made.directory, columns: .all, into: &decoded,
                symbols: &symbols)
            let runs = try decoder.runs(block, header: made.header, directory: made.directory)
            let horizon = try decoder.horizon(block, directory: made.directory)
            return runs == arrived && horizon == duplicates && decoded.isEqual(0..<rows, of: pending)
        } catch { return false }
    }
}
