internal import UsageEvents

/// The first 56 bytes of a block, under their own checksum.
struct BlockHeader: Equatable {
    /// What the block holds.
    var kind: BlockKind
    /// Entries of the directory that follows.
    var entries: Int = 0
    /// Bytes of the whole block, header, directory and padding included; a multiple of 8.
    var length: Int = 0
    /// The chain: checksum of the header before this one, in the first block that of the segment's header.
    var previous: UInt32 = 0
    /// Bytes of this file that were synced when the block was written.
    var durableBefore: Int = 0
    /// Sequence of the first event; in other records, of the next event.
    var firstSequence: UInt64
    /// Events.
    var count: Int = 0
    /// Checksum of the directory, which holds the checksums of the streams.
    var directoryChecksum: UInt32 = 0
    /// Earliest event time.
    var minTs: Int64 = 0
    /// Wall clock at the commit, ms UTC; `LogFormat.noReceived` in history.
    var received: Int64 = LogFormat.noReceived

    /// One past the last event; in a gap, one past the last event that is known to be lost.
    var endSequence: UInt64 {
        kind == .gap ? UInt64(bitPattern: minTs) : firstSequence + UInt64(count)
    }

    /// What the block behind continues, given the checksum of this header: a gap stands for blocks whose
    /// last chain value it repeats.
    func chain(_ checksum: UInt32) -> UInt32 { kind == .gap ? directoryChecksum : checksum }

    /// A gap: events from `lost.lowerBound` to before `lost.upperBound` are lost, and more where the end
    /// `isOpen`.
    static func gap(
        _ lost: Range<UInt64>, isOpen: Bool, length: Int, resuming chain: UInt32, at position: (Int, UInt32)
    ) -> BlockHeader {
        var header = BlockHeader(kind: .gap, firstSequence: lost.lowerBound)
        header.length = length
        header.previous = position.1
        header.durableBefore = position.0
        header.count = isOpen ? 1 : 0
        header.directoryChecksum = chain
        header.minTs = Int64(bitPattern: lost.upperBound)
        return header
    }

    /// Appends the 56 bytes and returns their checksum, which is also the next block's `previous`.
    func write(into out: inout [UInt8], file: FileIdentity, offset: Int) -> UInt32 {
        let start = out.count
        out.append(littleEndian: LogFormat.blockMagic)
        out.append(kind.rawValue)
        out.append(0)
        out.append(littleEndian: UInt16(entries))
        out.append(littleEndian: UInt32(length))
        out.append(littleEndian: UInt32(0))
        out.append(littleEndian: previous)
        out.append(littleEndian: UInt32(durableBefore))
        out.append(littleEndian: firstSequence)
        out.append(littleEndian: UInt32(count))
        out.append(littleEndian: directoryChecksum)
        out.append(littleEndian: minTs)
        out.append(littleEndian: received)
        let sum = file.checksum(of: out.span.extracting(start..<out.count), at: offset)
        out.set(littleEndian: sum, at: start + 12)
        return sum
    }

    /// What reading a header gives.
    enum Parsed {
        case header(BlockHeader, checksum: UInt32)
        case damaged
        /// An intact header of a later version.
        case unknownKind(UInt8, firstSequence: UInt64)
    }

    /// Reads the header that `bytes` begins with and that stands at `offset` of a file.
    static func parse(_ bytes: Span<UInt8>, file: FileIdentity, offset: Int) -> Parsed {
        let fixed = bytes.extracting(0..<LogFormat.blockHeaderBytes)
        guard fixed.littleEndian(UInt32.self, at: 0) == LogFormat.blockMagic else { return .damaged }
        let sum = fixed.littleEndian(UInt32.self, at: 12)
        guard file.checksum(of: fixed, at: offset) == sum else { return .damaged }
        let first = fixed.littleEndian(UInt64.self, at: 24)
        guard let kind = BlockKind(rawValue: fixed[4]), fixed[5] == 0 else {
            return .unknownKind(fixed[4], firstSequence: first)
        }
        let header = BlockHeader(
            kind: kind, entries: Int(fixed.littleEndian(UInt16.self, at: 6)),
            length: Int(fixed.littleEndian(UInt32.self, at: 8)),
            previous: fixed.littleEndian(UInt32.self, at: 16),
            durableBefore: Int(fixed.littleEndian(UInt32.self, at: 20)), firstSequence: first,
            count: Int(fixed.littleEndian(UInt32.self, at: 32)),
            directoryChecksum: fixed.littleEndian(UInt32.self, at: 36), minTs: fixed.int64(at: 40),
            received: fixed.int64(at: 48))
        guard header.isPlausible(offset: offset) else { return .damaged }
        return .header(header, checksum: sum)
    }

    /// Bounds that every writer keeps, so that what follows can compute with the numbers without overflow.
    private func isPlausible(offset: Int) -> Bool {
        guard
            entries <= LogFormat.entriesMax && length % LogFormat.alignment == 0
                && length >= LogFormat.blockBytesMin + entries * LogFormat.entryBytes
                && durableBefore <= offset && firstSequence <= UInt64.max / 2
        else { return false }
        if kind == .gap {
            return entries == 0 && length < 1 << 31 && count <= 2 && endSequence >= firstSequence
                && endSequence <= UInt64.max / 2
        }
        if kind == .footer { return entries == 0 && length < 1 << 31 && count == 0 }
        return length <= 2 * Limits.blockBytesMax && count <= Limits.eventsPerBlock
            && (kind == .events) == (count > 0)
    }
}

/// What tells a file from every other: its checksums begin with it, so a block in the wrong place fails.
struct FileIdentity: Equatable, Sendable {
    /// 128 random bits, chosen when the log was created.
    let logID: LogID
    /// The first sequence, which is also the file's name.
    let firstSequence: UInt64

    /// The checksum of a header at an offset: over log id, first sequence, offset, and the bytes with those
    /// of the checksum itself (12 to 15) left out.
    func checksum(of header: Span<UInt8>, at offset: Int) -> UInt32 {
        var crc = CRC32C()
        crc.feed(logID.high)
        crc.feed(logID.low)
        crc.feed(firstSequence)
        crc.feed(UInt64(offset))
        crc.feed(header.extracting(0..<12))
        crc.feed(header.extracting(16..<header.count))
        return crc.value
    }
}

/// The name of a log: 128 random bits, fixed when it is created.
public struct LogID: Hashable, Sendable {
    /// The first 64 bits.
    public let high: UInt64
    /// The last 64 bits.
    public let low: UInt64

    /// Wraps the bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new one.
    public static func random() -> LogID {
        LogID(high: UInt64.random(in: .min ... .max), low: UInt64.random(in: .min ... .max))
    }

    /// 32 hexadecimal digits.
    public var hex: String { Hash128(high: high, low: low).hex }
}
