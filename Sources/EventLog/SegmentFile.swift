internal import UsageEvents

/// One segment, open for reading: finds blocks in it and judges what is not one.
struct SegmentFile<D: Disk>: ~Copyable {
    private let file: OwnedFile<D>
    let path: String
    let header: SegmentHeader
    /// Checksum of the segment's header, which the first block continues.
    let headerChain: UInt32
    /// A piece of the file that was read, and where it begins.
    private(set) var window: [UInt8] = []
    private var windowStart = 0
    private var windowEnd = 0
    /// The file's length when it was last asked for.
    private(set) var length: Int

    /// Bytes read at least: many small blocks come with one call, and of a large one not much more than is
    /// wanted.
    private static var readAhead: Int { 128 << 10 }

    /// What opening a segment can find.
    enum Opened: ~Copyable {
        case segment(SegmentFile<D>)
        /// The header is not whole and nothing stands behind it: the file was being created when the program
        /// died.
        case torn(length: Int)
        case bad(LogError)
    }

    private init(file: consuming OwnedFile<D>, header: SegmentHeader, chain: UInt32, length: Int) {
        path = file.path
        self.file = file
        self.header = header
        self.headerChain = chain
        self.length = length
    }

    /// Opens the segment whose name states `firstSequence`, or a file of another role beside it.
    static func open(
        _ disk: D, _ path: String, firstSequence: UInt64, as role: SegmentHeader.Role = .events
    ) throws(LogError) -> Opened {
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .read)
            let length = try disk.size(file.handle)
            var bytes: [UInt8] = []
            let n = try disk.readAll(file.handle, at: 0, count: LogFormat.segmentHeaderBytes, into: &bytes)
            let damage = LogDamage(
                file: path, offset: 0, kind: .segmentHeader, firstSequence: firstSequence, endSequence: nil)
            switch n == LogFormat.segmentHeaderBytes ? SegmentHeader.parse(bytes.span) : .damaged {
            case .header(let header, let chain):
                guard header.firstSequence == firstSequence, header.role == role else {
                    return .bad(.damaged(damage))
                }
                return .segment(SegmentFile(file: file, header: header, chain: chain, length: length))
            case .otherVersion(let version):
                return .bad(.newerFormat(path: path, version: version))
            case .foreign, .damaged:
                // Of what was being written any part may be missing, and zeros stand there.
                guard zip(bytes[..<n], LogFormat.segmentMagic).allSatisfy({ $0 == $1 || $0 == 0 }) else {
                    return .bad(.notALog(path: path, why: "it does not begin with TIDEMARK"))
                }
                // The header is synced before the first block is written: behind it there is nothing yet.
                if length <= LogFormat.segmentHeaderBytes { return .torn(length: length) }
                return .bad(.damaged(damage))
            }
        } catch {
            throw LogError(error)
        }
    }

    /// Asks for the file's length again: a writer may have appended, or cut.
    mutating func refresh() throws(LogError) {
        let now = try systemCalls { () throws(IOFailure) in try file.disk.size(file.handle) }
        // What was read beyond a cut, or in front of an append that was not finished, must be read again.
        windowEnd = windowStart
        length = now
    }

    /// A place in a segment, and what a block there has to continue.
    struct Position: Equatable {
        var offset: Int
        var chain: UInt32
        var sequence: UInt64
    }

    /// Where the first block stands.
    var start: Position {
        Position(offset: LogFormat.segmentHeaderBytes, chain: headerChain, sequence: header.firstSequence)
    }

    /// What stands at a place.
    enum Found {
        /// A block with intact header and directory, which continues what is before it.
        case block(BlockHeader, chain: UInt32)
        /// Nothing: the file ends here.
        case end
        /// Bytes that a crash may have left: nothing that was synced.
        case torn
        case damaged(LogDamage)
    }

    /// Reads the header and the directory at a place; `directory` holds the latter afterwards.
    ///
    /// `skipping` leaves the directory out, for blocks that are not wanted.
    mutating func block(
        at position: Position, directory: inout StreamDirectory,
        skipping: (BlockHeader) -> Bool = { _ in false }
    ) throws(LogError) -> Found {
        let rest = length - position.offset
        if rest == 0 { return isEnd(position) ? .end : .damaged(footerDamage(position)) }
        guard rest >= LogFormat.blockBytesMin else {
            return header.seal == nil ? .torn : .damaged(footerDamage(position))
        }
        try ensure(position.offset, LogFormat.blockHeaderBytes)
        let at = position.offset - windowStart
        let identity = header.identity
        let parsed = BlockHeader.parse(
            window.span.extracting(at..<at + LogFormat.blockHeaderBytes), file: identity,
            offset: position.offset)
        switch parsed {
        case .damaged:
            return try judge(position, .blockHeader, until: nil)
        case .unknownKind(_, let sequence):
            return .damaged(damage(position, .unknownKind, first: sequence, end: nil))
        case .header(let block, let chain):
            guard block.previous == position.chain else { return .damaged(damage(position, .chain, block)) }
            guard block.firstSequence == position.sequence else {
                return .damaged(damage(position, .sequence, block))
            }
            if block.length > rest {
                return header.seal == nil ? .torn : .damaged(damage(position, .blockHeader, block))
            }
            if block.kind == .footer { return try footer(block, at: position) }
            if skipping(block) { return .block(block, chain: block.chain(chain)) }
            let size = block.entries * LogFormat.entryBytes
            try ensure(position.offset, LogFormat.blockHeaderBytes + size)
            let from = position.offset - windowStart + LogFormat.blockHeaderBytes
            let bytes = window.span.extracting(from..<from + size)
            guard block.kind == .gap || CRC32C.of(bytes) == block.directoryChecksum,
                directory.parse(bytes, header: block)
            else {
                return try judge(position, .directory, block, until: block.length)
            }
            return .block(block, chain: block.chain(chain))
        }
    }

    /// As `block`, and checks every byte of the block and every value in it, or with `onlySums` what the
    /// checksums tell; the window then holds all of it.
    mutating func wholeBlock(
        at position: Position, directory: inout StreamDirectory, decoder: inout BlockDecoder,
        onlySums: Bool = false
    ) throws(LogError) -> Found {
        let found = try block(at: position, directory: &directory)
        guard case .block(let header, _) = found else { return found }
        try ensure(position.offset, header.length)
        let from = position.offset - windowStart
        let bytes = window.span.extracting(from..<from + header.length)
        // It has been checked whole.
        if header.kind == .footer { return found }
        do throws(BlockFault) {
            if onlySums {
                try decoder.check(bytes, header: header, directory: directory)
            } else if self.header.role == .ids {
                try decoder.check(bytes, header: header, directory: directory)
                _ = try decoder.requestIDs(bytes, header: header, directory: directory)
            } else {
                try decoder.verify(bytes, header: header, directory: directory)
            }
            return found
        } catch {
            guard error == .stream else { return .damaged(damage(position, .content, header)) }
            return try judge(position, .stream, header, until: header.length)
        }
    }

    /// Whether the file ends with a record that says that everything before it is durable; a sealed one was
    /// synced before it got its name.
    mutating func isMarked() throws(LogError) -> Bool {
        if header.seal != nil { return true }
        let offset = length - LogFormat.blockBytesMin
        guard offset >= LogFormat.segmentHeaderBytes, offset % LogFormat.alignment == 0 else { return false }
        try ensure(offset, LogFormat.blockBytesMin)
        let view = view(offset, LogFormat.blockBytesMin)
        let bytes = view.window.span.extracting(view.range)
        guard case .header(let block, _) = BlockHeader.parse(bytes, file: header.identity, offset: offset)
        else {
            return false
        }
        return block.kind == .durable && bytes.littleEndian(UInt64.self, at: 56) == LogFormat.endMark
    }

    /// Makes sure that `count` bytes from `offset` on are in the window; they must lie within the file.
    mutating func ensure(_ offset: Int, _ count: Int) throws(LogError) {
        if offset >= windowStart, offset + count <= windowEnd { return }
        let wanted = min(max(count, Self.readAhead), length - offset)
        let size = max(window.count, wanted)
        windowEnd = windowStart
        if window.count < size { window = [UInt8](repeating: 0, count: size + size / 4) }
        let n: Int
        do throws(IOFailure) {
            n = try file.disk.readPrefix(file.handle, at: offset, count: wanted, into: &window)
        } catch { throw LogError(error) }
        windowStart = offset
        windowEnd = offset + n
        guard n >= count else {
            throw .io(
                IOFailure(
                    errno: IOFailure.deviceError, operation: "read (the file became shorter)", path: path))
        }
    }

    /// The window, and where in it the bytes at an offset of the file are; they must have been ensured.
    ///
    /// The array is shared, not copied, as long as the caller lets go of it before the next read.
    func view(_ offset: Int, _ count: Int) -> (window: [UInt8], range: Range<Int>) {
        (window, offset - windowStart..<offset - windowStart + count)
    }

    // MARK: - Torn or damaged

    /// Decides whether bytes that fail a check are what a crash left of a write that was never synced, or
    /// damage.
    ///
    /// A crash leaves a file that ends early, or whole sectors that were never written and read as zeros.
    /// Bytes that merely changed are damage, because nothing else tells the last block from one that was
    /// acknowledged. Damage is also whatever a later block knows to have been synced. So zeros over
    /// acknowledged bytes are taken for a torn tail only in the last commit, and only until the next commit
    /// or mark; and then they are reported and kept.
    func judge(
        _ position: Position, _ kind: LogDamage.Kind, _ block: BlockHeader? = nil, until blockLength: Int?
    ) throws(LogError) -> Found {
        let end = blockLength.map { position.offset + $0 } ?? length
        let found: Found = .damaged(
            block.map { damage(position, kind, $0) }
                ?? damage(position, kind, first: position.sequence, end: header.seal?.endSequence))
        // Nothing in it was ever unfinished.
        if header.seal != nil { return found }
        let tail: Tail
        do throws(IOFailure) {
            tail = try Tail(file.disk, file.handle, from: position.offset, to: length)
        } catch { throw LogError(error) }
        guard
            tail.hasEmptySector(from: position.offset, to: end) || tail.isZero(from: end)
                || tail.isCut(position.offset, length: blockLength)
        else { return found }
        return tail.knowsDurable(beyond: position.offset, identity: header.identity) ? found : .torn
    }

    func damage(_ position: Position, _ kind: LogDamage.Kind, _ block: BlockHeader) -> LogDamage {
        damage(position, kind, first: block.firstSequence, end: block.endSequence)
    }

    func damage(_ position: Position, _ kind: LogDamage.Kind, first: UInt64, end: UInt64?) -> LogDamage {
        LogDamage(
            file: path, offset: position.offset, kind: kind, firstSequence: min(first, position.sequence),
            endSequence: end)
    }
}

/// The end of a segment from a bad block on.
private struct Tail {
    let bytes: [UInt8]
    let start: Int

    init<D: Disk>(_ disk: D, _ file: D.File, from: Int, to end: Int) throws(IOFailure) {
        var all: [UInt8] = []
        let n = try disk.readAll(file, at: from, count: end - from, into: &all)
        if n < all.count { all.removeLast(all.count - n) }
        bytes = all
        start = from
    }

    /// Whether a sector, or the part of it that lies in the range, is all zeros. A block begins with its
    /// magic number and hardly ever holds so many zeros just there, so a few are enough.
    func hasEmptySector(from: Int, to end: Int) -> Bool {
        var at = from
        let end = min(end, start + bytes.count)
        while at < end {
            let next = min((at / LogFormat.sectorBytes + 1) * LogFormat.sectorBytes, end)
            if next - at >= LogFormat.alignment, bytes.span.extracting(at - start..<next - start).isZero {
                return true
            }
            at = next
        }
        return false
    }

    /// Whether a block's beginning is there and zeros follow: in place of its end mark, or, where its length
    /// is not known, behind its header, where no block has eight zeros.
    func isCut(_ offset: Int, length: Int?) -> Bool {
        let at = offset - start + (length.map { $0 - LogFormat.endMarkBytes } ?? LogFormat.blockHeaderBytes)
        guard at + 8 <= bytes.count else { return false }
        let word = bytes.span.littleEndian(UInt64.self, at: at)
        if length == nil { return word == 0 }
        for kept: UInt64 in 0..<8 where word == LogFormat.endMark & ((1 << (8 * kept)) - 1) { return true }
        return false
    }

    /// Whether there are bytes from an offset on, and all are zero: no writer leaves that.
    func isZero(from offset: Int) -> Bool {
        offset - start < bytes.count && bytes.span.extracting(offset - start..<bytes.count).isZero
    }

    /// Whether an intact block behind says that bytes beyond `offset` were synced when it was written.
    func knowsDurable(beyond offset: Int, identity: FileIdentity) -> Bool {
        var at = LogFormat.alignment
        while at + LogFormat.blockHeaderBytes <= bytes.count {
            let span = bytes.span.extracting(at..<at + LogFormat.blockHeaderBytes)
            if span.littleEndian(UInt32.self, at: 0) == LogFormat.blockMagic,
                case .header(let block, _) = BlockHeader.parse(span, file: identity, offset: start + at),
                block.durableBefore > offset
            {
                return true
            }
            at += LogFormat.alignment
        }
        return false
    }
}
