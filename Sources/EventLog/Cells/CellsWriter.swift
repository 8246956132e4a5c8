internal import UsageEvents

/// Makes the file of cells beside a sealed segment.
struct CellsWriter<D: Disk> {
    private let disk: D
    private let directory: LogDirectory

    init(_ disk: D, _ directory: LogDirectory) {
        self.disk = disk
        self.directory = directory
    }

    /// Adds up the events of a sealed segment.
    func sums(
        of segment: borrowing SegmentFile<D>, symbols: inout Symbols
    ) throws(LogError) -> CellBuilder {
        var builder = CellBuilder()
        guard let seal = segment.header.seal else { return builder }
        let first = segment.header.firstSequence
        var reader = try LogReader(disk, directory: directory.path, from: first)
        var batch = EventBatch()
        // The reader may find that the log goes on behind the segment.
        while reader.nextSequence < seal.endSequence,
            let record = try reader.next(
                into: &batch, symbols: &symbols, columns: [.ts, .labels, .numbers, .shape, .source])
        {
            guard case .events(let block) = record else { continue }
            guard block.firstSequence < seal.endSequence else { break }
            builder.add(batch, offset: Int(block.firstSequence - first))
        }
        return builder
    }

    /// Makes the file, in place of what may stand there; durable when this returns. Returns its
    /// bytes and how many cells it has; nil where the segment has no index to tie it to.
    ///
    /// Where cells would save less than half of the work it says only that, so that nobody adds up the events
    /// again to find out.
    func write(_ segment: inout SegmentFile<D>) throws(LogError) -> (bytes: Int, cells: Int)? {
        guard let tie = try CellsTie(&segment) else { return nil }
        var symbols = Symbols()
        let builder = try sums(of: segment, symbols: &symbols)
        let count = builder.isWorthwhile ? builder.count : 0
        let first = segment.header.firstSequence
        var header = segment.header
        header.role = .cells
        header.writer = SegmentHeader.program
        header.seal = SegmentHeader.Seal(
            openLength: tie.length, openChain: tie.checksum, endSequence: first + UInt64(count))
        var target = try systemCalls { () throws(IOFailure) in
            try SealedFile(disk, directory.cells(first), header)
        }
        var encoder = BlockEncoder()
        var payload: [UInt8] = []
        payload.append(varint: CellsFile<D>.version)
        payload.append(varint: UInt64(builder.events))
        _ = encoder.control(
            name: CellsFile<D>.recordName, payload: payload,
            header: BlockHeader(kind: .control, firstSequence: first), place: MadeBlock.place(header.identity)
        )
        try append(encoder.block, to: &target, header)
        var at = 0
        while at < count {
            let rows = builder.batch(at..<min(at + Limits.eventsPerBlock, count)).packed()
            let fit = BlockEncoder.rowsThatFit(rows, from: 0, symbols: symbols)
            _ = encoder.events(
                rows, 0..<fit, symbols: symbols,
                header: BlockHeader(kind: .events, firstSequence: first + UInt64(at)),
                duplicates: DuplicateHorizon(), place: MadeBlock.place(header.identity))
            try append(encoder.block, to: &target, header)
            at += fit
        }
        try target.publish(lastReceived: LogFormat.noReceived)
        return (target.count, count)
    }

    private func append(
        _ block: [UInt8], to target: inout SealedFile<D>, _ header: SegmentHeader
    ) throws(LogError) {
        guard let made = MadeBlock(block.span, header.identity) else {
            throw .damaged(
                LogDamage(
                    file: target.path, offset: target.count, kind: .cells,
                    firstSequence: header.firstSequence, endSequence: header.firstSequence))
        }
        try systemCalls { () throws(IOFailure) in
            try target.append(block.span, header: made.header, directory: made.directory)
        }
    }

    /// Whether cells are what adding up the events gives; false for such as cannot be read.
    func agrees(
        _ cells: consuming CellsFile<D>, with segment: borrowing SegmentFile<D>
    ) throws(LogError) -> Bool {
        var symbols = Symbols()
        let builder = try sums(of: segment, symbols: &symbols)
        guard cells.events == UInt64(builder.events) else { return false }
        guard builder.isWorthwhile else { return cells.isEmpty }
        var found = CellBatch()
        var at = 0
        do throws(LogError) {
            while try cells.next(into: &found, symbols: &symbols, times: nil) {
                guard at + found.count <= builder.count,
                    found.isEqual(builder.batch(at..<at + found.count))
                else { return false }
                at += found.count
            }
        } catch {
            guard case .damaged = error else { throw error }
            return false
        }
        return at == builder.count
    }
}

extension LogDirectory {
    /// Removes the sums of a segment that is about to change, for good before the segment does: what they say
    /// would not be true any more.
    func removeCells<D: Disk>(_ disk: D, _ first: UInt64) throws(LogError) {
        guard try remove(disk, cells(first)) else { return }
        try systemCalls { () throws(IOFailure) in try disk.syncDirectory(segments) }
    }

    /// Whether any segment has sums.
    func hasCells<D: Disk>(_ disk: D) throws(LogError) -> Bool {
        try systemCalls { () throws(IOFailure) in
            try disk.list(segments).contains { LogFormat.firstSequence(ofCells: $0) != nil }
        }
    }

    /// Bytes of a file that may not be there; 0 where it is not.
    func bytes<D: Disk>(_ disk: D, of path: String) throws(LogError) -> Int {
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .read)
            return try disk.size(file.handle)
        } catch {
            guard error.cause == .missing else { throw LogError(error) }
            return 0
        }
    }
}

extension CellBatch {
    /// Whether two have the same cells; their labels are numbers of the same tables.
    func isEqual(_ other: CellBatch) -> Bool {
        let rows = 0..<count
        return count == other.count && last == other.last && events == other.events && order == other.order
            && sums.isEqual(rows, of: other.sums)
    }
}
