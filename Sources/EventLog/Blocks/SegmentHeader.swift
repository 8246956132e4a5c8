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

    /// The name and version that this program signs with.
    static let program = "tidemark 0.1"

    var identity: FileIdentity { FileIdentity(logID: logID, firstSequence: firstSequence) }

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
        out.append(littleEndian: UInt32(0))
        var name = Array(writer.utf8.prefix(32))
        name.append(contentsOf: [UInt8](repeating: 0, count: 32 - name.count))
        out.append(contentsOf: name)
        out.append(littleEndian: lastReceived)
        out.append(contentsOf: [UInt8](repeating: 0, count: LogFormat.segmentHeaderBytes - 4 - out.count))
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
        let name = (64..<96).map { bytes[$0] }.prefix { $0 != 0 }
        let header = SegmentHeader(
            logID: LogID(
                high: bytes.littleEndian(UInt64.self, at: 16), low: bytes.littleEndian(UInt64.self, at: 24)),
            firstSequence: bytes.littleEndian(UInt64.self, at: 32),
            previousSegment: bytes.littleEndian(UInt64.self, at: 40),
            previousChain: bytes.littleEndian(UInt32.self, at: 56), previousLength: previousLength,
            lastReceived: bytes.int64(at: 96), writer: String(decoding: name, as: UTF8.self))
        return .header(header, chain: sum)
    }
}
