/// A sealed segment, or the file of request ids beside one, while it is written: blocks one behind the other,
/// then the index. It appears under its name when it is whole, read back, and durable.
struct SealedFile<D: Disk>: ~Copyable {
    /// The name that it will have.
    let path: String
    private let disk: D
    private let header: SegmentHeader
    private var file: NewFile<D>
    private var chain: UInt32
    private var footer = SegmentFooter()
    private var block: [UInt8] = []

    /// Begins a file with a header.
    init(_ disk: D, _ path: String, _ header: SegmentHeader) throws(IOFailure) {
        var file = try NewFile(disk, path)
        let bytes = header.encoded()
        try file.write(bytes.span)
        self.disk = disk
        self.path = path
        self.header = header
        chain = SegmentHeader.chain(of: bytes.span)
        self.file = file
    }

    /// Bytes so far.
    var count: Int { file.count }

    /// Appends a block that exists already, with some of its streams, under a header that fits its new
    /// place. The stored bytes are copied, checksums and all.
    mutating func append(
        _ source: Span<UInt8>, header old: BlockHeader, directory: StreamDirectory,
        where isWanted: (StreamEntry) -> Bool = { _ in true }
    ) throws(IOFailure) {
        block.removeAll(keepingCapacity: true)
        var wanted: [Int] = []
        var streams = 0
        for i in directory.entries.indices where isWanted(directory.entries[i]) {
            wanted.append(i)
            streams += directory.entries[i].storedLength
        }
        var entries: [UInt8] = []
        for i in wanted { directory.entries[i].write(into: &entries) }
        let bytes = LogFormat.blockHeaderBytes + entries.count + streams
        let padded = (bytes + LogFormat.alignment - 1) / LogFormat.alignment * LogFormat.alignment
        var new = old
        new.entries = wanted.count
        new.length = padded + LogFormat.endMarkBytes
        new.previous = chain
        new.durableBefore = file.count
        // A gap has no directory, and keeps in this place what its successor continues.
        if new.kind != .gap { new.directoryChecksum = CRC32C.of(entries.span) }
        let sum = new.write(into: &block, file: header.identity, offset: file.count)
        block.append(contentsOf: entries)
        for i in wanted { block.append(span: source.extracting(directory.stored(i))) }
        block.append(contentsOf: repeatElement(0, count: padded - bytes))
        block.append(littleEndian: LogFormat.endMark)
        footer.rows.append(row(new, directory, at: file.count))
        chain = new.chain(sum)
        let piece = block
        try file.write(piece.span)
    }

    /// Writes the index, reads everything back, and puts the file under its name; durable when this returns.
    mutating func publish(lastReceived: Int64) throws(LogError) {
        precondition(file.count < 1 << 31, "offsets in a segment have 32 bits")
        let end = header.seal?.endSequence ?? header.firstSequence
        let index = footer.block(
            header.identity, offset: file.count, previous: chain, endSequence: end, lastReceived: lastReceived
        )
        do throws(IOFailure) {
            try file.write(index.span)
            try file.sync()
        } catch { throw LogError(error) }
        try readBack()
        do throws(IOFailure) { try file.publish() } catch { throw LogError(error) }
    }

    /// Checks every byte of the file against chain, checksums and index, as the disk has it.
    private func readBack() throws(LogError) {
        guard
            case .segment(var found) = try SegmentFile.open(
                disk, file.temporary, firstSequence: header.firstSequence, as: header.role),
            found.header == header
        else { throw .damaged(unreadable(0)) }
        var directory = StreamDirectory()
        var decoder = BlockDecoder()
        var position = found.start
        var rows: [SegmentFooter.Row] = []
        while true {
            guard case .block(let block, let chain) = try found.block(at: position, directory: &directory)
            else { throw .damaged(unreadable(position.offset)) }
            if block.kind == .footer { break }
            try found.ensure(position.offset, block.length)
            let view = found.view(position.offset, block.length)
            do throws(BlockFault) {
                try decoder.check(
                    view.window.span.extracting(view.range), header: block, directory: directory)
            } catch { throw .damaged(unreadable(position.offset)) }
            rows.append(row(block, directory, at: position.offset))
            position = SegmentFile<D>.Position(
                offset: position.offset + block.length, chain: chain, sequence: block.endSequence)
        }
        guard rows == footer.rows else { throw .damaged(unreadable(position.offset)) }
    }

    private func row(
        _ block: BlockHeader, _ directory: StreamDirectory, at offset: Int
    ) -> SegmentFooter.Row { SegmentFooter.Row(block, directory, at: offset, isIDs: header.role == .ids) }

    private func unreadable(_ offset: Int) -> LogDamage {
        LogDamage(
            file: file.temporary, offset: offset, kind: .content, firstSequence: header.firstSequence,
            endSequence: header.seal?.endSequence)
    }
}
