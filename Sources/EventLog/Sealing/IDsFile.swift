internal import UsageEvents

/// The file of request ids beside a sealed segment, read in step with it: for each block of events a block of
/// the same sequences.
struct IDsFile<D: Disk>: ~Copyable {
    private let disk: D
    private let path: String
    private let firstSequence: UInt64
    private var file: SegmentFile<D>?
    private var isOpened = false
    private var position = SegmentFile<D>.Position(offset: 0, chain: 0, sequence: 0)
    private var streams = StreamDirectory()
    private var decoder = BlockDecoder()

    init(_ disk: D, _ directory: LogDirectory, _ firstSequence: UInt64) {
        self.disk = disk
        self.firstSequence = firstSequence
        path = directory.ids(firstSequence)
    }

    /// Bytes of the file; nil where it was dropped, as it is once no repetition can be recognised by it.
    mutating func length() throws(LogError) -> Int? {
        try open(at: firstSequence)
        return file?.length
    }

    /// The request ids of a block of the segment; nil where there is no file.
    mutating func texts(of block: BlockHeader) throws(LogError) -> TextColumn? {
        guard let found = try companion(of: block) else { return nil }
        do throws(BlockFault) { return try found.texts(&decoder) } catch { throw .damaged(damage(block)) }
    }

    /// The block with the ids of a block of the segment; nil where there is no file. Its streams have not
    /// been compared with their checksums.
    mutating func companion(of block: BlockHeader) throws(LogError) -> IDsCompanion? {
        try open(at: block.firstSequence)
        while true {
            guard let found = try file?.block(at: position, directory: &streams) else { return nil }
            switch found {
            case .damaged(let damage): throw .damaged(damage)
            case .end, .torn: throw .damaged(damage(block))
            case .block(let header, let chain):
                if header.kind == .events, header.firstSequence == block.firstSequence {
                    guard header.count == block.count else { throw .damaged(damage(block)) }
                    try file?.ensure(position.offset, header.length)
                    guard let view = file?.view(position.offset, header.length) else { return nil }
                    return IDsCompanion(
                        header: header, directory: streams, window: view.window, range: view.range)
                }
                guard header.endSequence <= block.firstSequence, header.kind != .footer else {
                    throw .damaged(damage(block))
                }
                position = SegmentFile<D>.Position(
                    offset: position.offset + header.length, chain: chain, sequence: header.endSequence)
            }
        }
    }

    private mutating func open(at sequence: UInt64) throws(LogError) {
        if isOpened { return }
        isOpened = true
        do throws(LogError) {
            switch try SegmentFile.open(disk, path, firstSequence: firstSequence, as: .ids) {
            case .segment(let found): file = consume found
            case .bad(let error): throw error
            case .torn:
                throw .damaged(
                    LogDamage(
                        file: path, offset: 0, kind: .ids, firstSequence: firstSequence, endSequence: nil))
            }
        } catch {
            if case .io(let failure) = error, failure.cause == .missing { return }
            throw error
        }
        position = file?.start ?? position
        if let row = try file?.lastBlock()?.index.row(at: sequence), let found = try file?.position(of: row) {
            position = found
        }
    }

    private func damage(_ block: BlockHeader) -> LogDamage {
        LogDamage(
            file: path, offset: position.offset, kind: .ids, firstSequence: block.firstSequence,
            endSequence: block.endSequence)
    }
}

/// A block of request ids in memory.
struct IDsCompanion {
    let header: BlockHeader
    let directory: StreamDirectory
    let window: [UInt8]
    let range: Range<Int>

    /// One text a row of the block that it belongs to.
    func texts(_ decoder: inout BlockDecoder) throws(BlockFault) -> TextColumn {
        try decoder.requestIDs(window.span.extracting(range), header: header, directory: directory)
    }
}
