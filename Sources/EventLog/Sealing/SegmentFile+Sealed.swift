/// What is different in a sealed segment: it ends with an index, and the segment behind it follows the open
/// form that it replaced.
extension SegmentFile {
    /// Bytes that the segment behind this one says it has: those of the open form.
    var statedLength: Int { header.seal?.openLength ?? length }

    /// Where the segment ends, as the one behind it says.
    func statedEnd(_ position: Position) -> Position {
        guard let seal = header.seal, position.offset == length else { return position }
        return Position(offset: seal.openLength, chain: position.chain, sequence: position.sequence)
    }

    /// The end of a sealed segment; nil for one that may grow.
    var end: Position? {
        header.seal.map { Position(offset: length, chain: $0.openChain, sequence: $0.endSequence) }
    }

    /// Whether nothing is missing behind a place at the end of the file.
    func isEnd(_ position: Position) -> Bool {
        guard let seal = header.seal else { return true }
        return position.chain == seal.openChain && position.sequence == seal.endSequence
    }

    /// What to say of an index that is not there or not as it was written.
    func footerDamage(_ position: Position) -> LogDamage {
        damage(
            position, .footer, first: position.sequence,
            end: max(position.sequence, header.seal?.endSequence ?? 0))
    }

    /// Checks the index, whose header is intact and continues what is before it. What follows continues the
    /// open form.
    mutating func footer(_ block: BlockHeader, at position: Position) throws(LogError) -> Found {
        guard let seal = header.seal, block.firstSequence == seal.endSequence,
            position.offset + block.length == length
        else { return .damaged(footerDamage(position)) }
        try ensure(position.offset, block.length)
        let view = view(position.offset, block.length)
        guard SegmentFooter(view.window.span.extracting(view.range), header: block) != nil else {
            return .damaged(footerDamage(position))
        }
        return .block(block, chain: seal.openChain)
    }

    /// The index of a sealed segment, found from the end of the file; nil where there is none that is intact.
    mutating func lastBlock() throws(LogError) -> (
        header: BlockHeader, checksum: UInt32, index: SegmentFooter
    )? {
        guard let seal = header.seal,
            length >= LogFormat.segmentHeaderBytes + LogFormat.blockBytesMin
        else { return nil }
        try ensure(length - 16, 16)
        let end = view(length - 16, 16)
        guard let size = SegmentFooter.length(atEnd: end.window.span.extracting(end.range)),
            size <= length - LogFormat.segmentHeaderBytes
        else { return nil }
        try ensure(length - size, size)
        let view = view(length - size, size)
        let bytes = view.window.span.extracting(view.range)
        guard
            case .header(let block, let checksum) = BlockHeader.parse(
                bytes, file: header.identity, offset: length - size),
            block.length == size, block.firstSequence == seal.endSequence,
            let index = SegmentFooter(bytes, header: block)
        else { return nil }
        return (block, checksum, index)
    }

    /// The place of a block that the index names, with what the block itself says it continues; nil where no
    /// such block stands there.
    mutating func position(of row: SegmentFooter.Row) throws(LogError) -> Position? {
        guard row.offset >= LogFormat.segmentHeaderBytes,
            row.offset + LogFormat.blockHeaderBytes <= length
        else { return nil }
        try ensure(row.offset, LogFormat.blockHeaderBytes)
        let view = view(row.offset, LogFormat.blockHeaderBytes)
        guard
            case .header(let block, _) = BlockHeader.parse(
                view.window.span.extracting(view.range), file: header.identity, offset: row.offset),
            block.firstSequence == row.firstSequence
        else { return nil }
        return Position(offset: row.offset, chain: block.previous, sequence: block.firstSequence)
    }
}
