/// One entry of a block's directory: 16 bytes about one stream, or a value that needs no stream.
struct StreamEntry: Equatable {
    var column: UInt8
    /// Which byte of the values, lowest first; 15 for a presence bitmap.
    var plane: UInt8
    var encoding: Encoding
    /// Whether the stored bytes are a zstd frame.
    var compressed = false
    /// Bytes before compression.
    var rawLength = 0
    /// Bytes in the block.
    var storedLength = 0
    /// CRC32C of the stored bytes.
    var checksum: UInt32 = 0
    /// The value of a constant.
    var constant: Int64 = 0

    /// Appends the 16 bytes.
    func write(into out: inout [UInt8]) {
        out.append(column)
        out.append(plane)
        out.append(encoding.rawValue)
        out.append(compressed ? 1 : 0)
        if encoding == .constant {
            out.append(littleEndian: constant)
        } else {
            out.append(littleEndian: UInt32(rawLength))
            out.append(littleEndian: UInt32(storedLength))
        }
        out.append(littleEndian: checksum)
    }

    /// Reads one entry; nil where its bits have no meaning.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        let b = bytes.extracting(offset..<offset + LogFormat.entryBytes)
        guard let encoding = Encoding(rawValue: b[2]), b[3] <= 1 else { return nil }
        column = b[0]
        plane = b[1]
        self.encoding = encoding
        compressed = b[3] == 1
        checksum = b.littleEndian(UInt32.self, at: 12)
        if encoding == .constant {
            guard !compressed, checksum == 0 else { return nil }
            constant = b.int64(at: 4)
        } else {
            rawLength = Int(b.littleEndian(UInt32.self, at: 4))
            storedLength = Int(b.littleEndian(UInt32.self, at: 8))
            guard compressed ? storedLength < rawLength : storedLength == rawLength else { return nil }
        }
    }

    init(column: StreamColumn, plane: UInt8, encoding: Encoding) {
        self.column = column.rawValue
        self.plane = plane
        self.encoding = encoding
    }
}

/// The directory of a block, with the place of each stream worked out.
struct StreamDirectory {
    private(set) var entries: [StreamEntry] = []
    /// Where each stream begins, from the start of the block.
    private(set) var offsets: [Int] = []
    /// Where the streams end and the padding begins.
    private(set) var end = 0

    /// Reads the directory that follows the header; false where it contradicts the header or itself.
    ///
    /// Keeps the memory of the arrays.
    mutating func parse(_ bytes: Span<UInt8>, header: BlockHeader) -> Bool {
        entries.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        var at = LogFormat.blockHeaderBytes + header.entries * LogFormat.entryBytes
        var raw = 0
        var last = -1
        for i in 0..<header.entries {
            guard let entry = StreamEntry(bytes, at: i * LogFormat.entryBytes) else { return false }
            // Ascending order makes every stream unique and the layout canonical.
            let key = Int(entry.column) << 8 | Int(entry.plane)
            guard key > last, entry.plane <= LogFormat.presencePlane else { return false }
            last = key
            offsets.append(at)
            at += entry.storedLength
            raw += entry.rawLength
            guard at <= header.length, raw <= LogFormat.rawBytesMax else { return false }
            entries.append(entry)
        }
        end = at
        // A gap is as long as what it replaces, and an index has no streams.
        if header.kind == .gap || header.kind == .footer { return true }
        let padding = header.length - LogFormat.endMarkBytes - at
        return padding >= 0 && padding < LogFormat.alignment
    }

    /// The latest event time of a block whose earliest is `first`.
    func latest(_ first: Int64) -> Int64 {
        for i in range(of: .ts) where entries[i].plane == LogFormat.latestPlane { return entries[i].constant }
        return first
    }

    /// Where a column's entries stand in `entries`.
    func range(of column: StreamColumn) -> Range<Int> {
        var low = 0
        while low < entries.count, entries[low].column < column.rawValue { low += 1 }
        var high = low
        while high < entries.count, entries[high].column == column.rawValue { high += 1 }
        return low..<high
    }

    /// Where a stream's stored bytes lie in the block.
    func stored(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index] + entries[index].storedLength }
}

extension StreamDirectory {
    /// Where the dictionary ends, which is the first stream of a block of events.
    var dictionaryEnd: Int { entries.isEmpty ? end : stored(0).upperBound }

    /// Where the streams end that some columns need, from the start of the block.
    func end(for columns: ColumnSet, kind: BlockKind) -> Int {
        guard kind == .events, !columns.contains(.requestID), !columns.contains(.texts),
            range(of: .runs).isEmpty
        else { return end }
        var last: StreamColumn = .ts
        if columns.contains(.labels) || columns.contains(.shape) { last = .shape }
        if columns.contains(.numbers) { last = .requests }
        if columns.contains(.source) { last = .source }
        if columns.contains(.tsEnd) { last = .tsEnd }
        if columns.contains(.details) { last = .reasoningTokens }
        var to = offsets.first ?? end
        for i in entries.indices where entries[i].column <= last.rawValue { to = stored(i).upperBound }
        return to
    }
}
