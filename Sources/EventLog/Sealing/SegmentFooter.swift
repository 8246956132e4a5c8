/// The index at the end of a sealed segment: what each block holds, so that a reader finds a sequence or a
/// time without reading what stands before it.
struct SegmentFooter: Equatable {
    /// One block.
    struct Row: Equatable {
        /// Where it begins in the file.
        var offset: Int
        /// Sequences that it has; 0 for a record that is not of events.
        var count: Int
        /// Sequence of its first event, or of the next.
        var firstSequence: UInt64
        /// Earliest event time, ms UTC; 0 in other records.
        var minTs: Int64
        /// Latest event time.
        var maxTs: Int64
    }

    static let rowBytes = 32
    /// Behind the rows: four zeros, and the length of the block, by which it is found from the end.
    private static let tailBytes = 8

    /// In the order of the file.
    var rows: [Row] = []

    /// Bytes of the block.
    var blockBytes: Int { LogFormat.blockBytesMin + rows.count * Self.rowBytes + Self.tailBytes }

    /// The block that stands at an offset behind all others, and what was received last.
    func block(
        _ file: FileIdentity, offset: Int, previous: UInt32, endSequence: UInt64, lastReceived: Int64
    ) -> [UInt8] {
        var content: [UInt8] = []
        for row in rows {
            content.append(littleEndian: UInt32(row.offset))
            content.append(littleEndian: UInt32(row.count))
            content.append(littleEndian: row.firstSequence)
            content.append(littleEndian: row.minTs)
            content.append(littleEndian: row.maxTs)
        }
        content.append(littleEndian: UInt32(0))
        content.append(littleEndian: UInt32(blockBytes))
        var header = BlockHeader(kind: .footer, firstSequence: endSequence)
        header.length = blockBytes
        header.previous = previous
        header.durableBefore = offset
        header.directoryChecksum = CRC32C.of(content.span)
        header.received = lastReceived
        var out: [UInt8] = []
        _ = header.write(into: &out, file: file, offset: offset)
        out.append(contentsOf: content)
        out.append(littleEndian: LogFormat.endMark)
        return out
    }

    /// The length that the last 16 bytes of a file state; nil where they are not the end of an index.
    static func length(atEnd bytes: Span<UInt8>) -> Int? {
        guard bytes.littleEndian(UInt64.self, at: 8) == LogFormat.endMark,
            bytes.littleEndian(UInt32.self, at: 0) == 0
        else { return nil }
        let length = Int(bytes.littleEndian(UInt32.self, at: 4))
        let rows = length - LogFormat.blockBytesMin - tailBytes
        return rows >= 0 && rows % rowBytes == 0 ? length : nil
    }

    /// Reads a whole block whose header is intact; nil where a checksum or a length disagrees.
    init?(_ block: Span<UInt8>, header: BlockHeader) {
        guard header.kind == .footer, block.count == header.length,
            Self.length(atEnd: block.extracting(block.count - 16..<block.count)) == header.length
        else { return nil }
        let content = block.extracting(LogFormat.blockHeaderBytes..<block.count - LogFormat.endMarkBytes)
        guard CRC32C.of(content) == header.directoryChecksum else { return nil }
        for at in stride(from: 0, to: content.count - Self.tailBytes, by: Self.rowBytes) {
            rows.append(
                Row(
                    offset: Int(content.littleEndian(UInt32.self, at: at)),
                    count: Int(content.littleEndian(UInt32.self, at: at + 4)),
                    firstSequence: content.littleEndian(UInt64.self, at: at + 8),
                    minTs: content.int64(at: at + 16), maxTs: content.int64(at: at + 24)))
        }
    }

    /// An index of nothing.
    init() {}

    /// The last block that begins at or before a sequence; nil where there is none.
    func row(at sequence: UInt64) -> Row? {
        // A control record stands before the event whose sequence it has: the first of equals.
        guard let last = rows.last(where: { $0.firstSequence <= sequence }) else { return nil }
        return rows.first { $0.firstSequence == last.firstSequence }
    }
}

extension SegmentFooter.Row {
    /// What the index says of a block. Ids have no times.
    init(_ block: BlockHeader, _ directory: StreamDirectory, at offset: Int, isIDs: Bool) {
        let isEvents = block.kind == .events
        self.init(
            offset: offset, count: isEvents ? block.count : 0, firstSequence: block.firstSequence,
            minTs: isEvents && !isIDs ? block.minTs : 0,
            maxTs: isEvents && !isIDs ? directory.latest(block.minTs) : 0)
    }
}
