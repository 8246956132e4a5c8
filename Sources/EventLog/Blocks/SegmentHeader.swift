/// The first 128 bytes of a segment.
struct SegmentHeader: Equatable {
    var logID: LogID
    /// Sequence of the first event, and the file's name.
    var firstSequence: UInt64
    /// First sequence of the segment before; `LogFormat.noSegment` in the first one.
    var previousSegment: UInt64 = LogFormat.noSegment
    /// Last chain value of the segment before.
    var previousChain: UInt32 = 0
    /// Bytes of the segment before: it is complete, and nothing may follow there.
    var previousLength: Int = 0
    /// The latest wall clock that a block before it carries; `LogFormat.noReceived` for none.
    var lastReceived: Int64 = LogFormat.noReceived
    /// The program that wrote it.
    var writer: String = SegmentHeader.program
    /// What a sealed segment says besides; nil in one that is, or was, appended to.
    var seal: Seal?
    /// What the blocks of the file hold.
    var role = Role.events

    /// What the blocks of a file hold that begins with such a header.
    enum Role {
        /// The events of a segment.
        case events
        /// Request ids, beside a sealed segment.
        case ids
        /// Sums by day, beside a sealed segment.
        case cells
    }

    /// What the header of a sealed segment keeps of the open form that it replaces, so that the segment
    /// behind it still follows.
    struct Seal: Equatable {
        /// Bytes of the open form.
        var openLength: Int
        /// Last chain value of the open form.
        var openChain: UInt32
        /// One past the last event.
        var endSequence: UInt64
        /// Whether the request ids were put into a file beside it.
        var hasIDs = false
        /// Whether segments before it may have been dropped by retention.
        var isBase = false

        /// What a segment that may be sealed once more ends in, seen from the one behind it.
        init(openLength: Int, openChain: UInt32, endSequence: UInt64) {
            self.openLength = openLength
            self.openChain = openChain
            self.endSequence = endSequence
        }
    }

    /// The name and version that this program signs with.
    static let program = "tidemark 0.1"

    /// No sequence has the two highest bits, so no block of ids or of cells passes for a block of events.
    var identity: FileIdentity {
        let mark: UInt64 =
            switch role {
            case .events: 0
            case .ids: 1 << 63
            case .cells: 3 << 62
            }
        return FileIdentity(logID: logID, firstSequence: firstSequence | mark)
    }

    /// Whether a reader may begin here: nothing was before it, or what was is gone on purpose.
    var isFirst: Bool { previousSegment == LogFormat.noSegment || seal?.isBase ?? false }

    /// Bits of the word at offset 60.
    private enum Flag {
        static let sealed: UInt32 = 1
        static let hasIDs: UInt32 = 2
        static let isBase: UInt32 = 4
        static let isIDs: UInt32 = 8
        static let isCells: UInt32 = 16
        static let all: UInt32 = 31
    }

    private var flags: UInt32 {
        guard let seal else { return 0 }
        return Flag.sealed | (seal.hasIDs ? Flag.hasIDs : 0) | (seal.isBase ? Flag.isBase : 0)
            | (role == .ids ? Flag.isIDs : 0) | (role == .cells ? Flag.isCells : 0)
    }

    /// The 128 bytes; the last four are their checksum.
    func encoded() -> [UInt8] {
        var out = LogFormat.segmentMagic
        out.append(littleEndian: LogFormat.major)
        out.append(littleEndian: LogFormat.minor)
        out.append(littleEndian: UInt32(LogFormat.segmentHeaderBytes))
        out.append(littleEndian: logID.high)
        out.append(littleEndian: logID.low)
        out.append(littleEndian: firstSequence)
        out.append(littleEndian: previousSegment)
        out.append(littleEndian: UInt64(previousLength))
        out.append(littleEndian: previousChain)
        out.append(littleEndian: flags)
        var name = Array(writer.utf8.prefix(32))
        name.append(contentsOf: [UInt8](repeating: 0, count: 32 - name.count))
        out.append(contentsOf: name)
        out.append(littleEndian: lastReceived)
        out.append(littleEndian: UInt64(seal?.openLength ?? 0))
        out.append(littleEndian: seal?.openChain ?? 0)
        out.append(littleEndian: seal?.endSequence ?? 0)
        out.append(littleEndian: CRC32C.of(out.span))
        return out
    }

    /// The chain value that the first block continues: the checksum of the 128 bytes.
    static func chain(of bytes: Span<UInt8>) -> UInt32 { bytes.littleEndian(UInt32.self, at: 124) }

    /// What reading a header gives.
    enum Parsed {
        case header(SegmentHeader, chain: UInt32)
        case damaged
        /// It does not begin like a segment.
        case foreign
        /// An intact header of another major version.
        case otherVersion(String)
    }

    /// Reads the header at the front of a file's first 128 bytes.
    static func parse(_ bytes: Span<UInt8>) -> Parsed {
        guard bytes.count >= LogFormat.segmentHeaderBytes else { return .damaged }
        let sum = bytes.littleEndian(UInt32.self, at: 124)
        guard CRC32C.of(bytes.extracting(0..<124)) == sum else {
            for i in 0..<8 where bytes[i] != LogFormat.segmentMagic[i] { return .foreign }
            return .damaged
        }
        for i in 0..<8 where bytes[i] != LogFormat.segmentMagic[i] { return .foreign }
        let major = bytes.littleEndian(UInt16.self, at: 8)
        let minor = bytes.littleEndian(UInt16.self, at: 10)
        guard major == LogFormat.major else { return .otherVersion("\(major).\(minor)") }
        guard let previousLength = Int(exactly: bytes.littleEndian(UInt64.self, at: 48)) else {
            return .damaged
        }
        let flags = bytes.littleEndian(UInt32.self, at: 60)
        // What a later minor version marks a segment with might decide how it is read.
        guard flags & ~Flag.all == 0 else { return .otherVersion("\(major).\(minor)+") }
        let name = (64..<96).map { bytes[$0] }.prefix { $0 != 0 }
        var header = SegmentHeader(
            logID: LogID(
                high: bytes.littleEndian(UInt64.self, at: 16), low: bytes.littleEndian(UInt64.self, at: 24)),
            firstSequence: bytes.littleEndian(UInt64.self, at: 32),
            previousSegment: bytes.littleEndian(UInt64.self, at: 40),
            previousChain: bytes.littleEndian(UInt32.self, at: 56), previousLength: previousLength,
            lastReceived: bytes.int64(at: 96), writer: String(decoding: name, as: UTF8.self))
        if flags & Flag.sealed != 0 {
            guard let seal = Seal(bytes, flags: flags), seal.endSequence >= header.firstSequence else {
                return .damaged
            }
            header.seal = seal
            header.role = flags & Flag.isCells != 0 ? .cells : flags & Flag.isIDs != 0 ? .ids : .events
        }
        return .header(header, chain: sum)
    }
}

extension SegmentHeader.Seal {
    /// Reads what stands behind the fields that every segment has.
    fileprivate init?(_ bytes: Span<UInt8>, flags: UInt32) {
        guard let length = Int(exactly: bytes.littleEndian(UInt64.self, at: 104)), length < 1 << 40 else {
            return nil
        }
        let end = bytes.littleEndian(UInt64.self, at: 116)
        guard end <= UInt64.max / 2 else { return nil }
        self.init(
            openLength: length, openChain: bytes.littleEndian(UInt32.self, at: 112), endSequence: end)
        hasIDs = flags & 2 != 0
        isBase = flags & 4 != 0
    }
}
