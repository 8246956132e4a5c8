/// Collects the streams of one block: their directory entries and their stored bytes, compressed where that
/// pays.
struct StreamWriter: ~Copyable {
    private(set) var entries: [StreamEntry] = []
    private(set) var payload: [UInt8] = []
    private let zstd = ZstdCompressor()
    private var trial: [UInt8] = []

    /// Forgets the last block, keeps the memory.
    mutating func begin() {
        entries.removeAll(keepingCapacity: true)
        payload.removeAll(keepingCapacity: true)
    }

    /// Adds a value that needs no stream.
    mutating func add(constant: Int64, _ column: StreamColumn, plane: UInt8 = 0) {
        var entry = StreamEntry(column: column, plane: plane, encoding: .constant)
        entry.constant = constant
        entries.append(entry)
    }

    /// Adds a stream.
    mutating func add(_ bytes: Span<UInt8>, _ column: StreamColumn, plane: UInt8, _ encoding: Encoding) {
        var entry = StreamEntry(column: column, plane: plane, encoding: encoding)
        entry.rawLength = bytes.count
        let start = payload.count
        if let content = encoding == .bytes || encoding == .text ? textContent(bytes) : planeContent(bytes) {
            // What saves less is stored as it is: reading it then costs nothing. Single bytes take as long to
            // decode as they take to encode, so they have to save more.
            let limit = bytes.count - max(bytes.count / (content == .text ? 50 : 8), 8)
            entry.compressed = zstd.compress(bytes, content, limit: limit, into: &payload)
        }
        if !entry.compressed { payload.append(span: bytes) }
        entry.storedLength = payload.count - start
        entry.checksum = CRC32C.of(payload.span.extracting(start..<payload.count))
        entries.append(entry)
    }

    /// How to compress texts, nil where that cannot pay: a few bytes (a frame costs about 13), or many of
    /// which a sample from the middle does not shrink.
    private mutating func textContent(_ bytes: Span<UInt8>) -> ZstdCompressor.Content? {
        if bytes.count < 64 { return nil }
        if bytes.count < 1 << 15 { return .text }
        let middle = bytes.count / 2
        return packed(bytes.extracting(middle..<middle + 4_096), .text) < 4_040 ? .text : nil
    }

    /// How to compress a byte of each number, nil where that cannot pay. The low bytes of counts and ids are
    /// noise, and of most others it only matters how often each byte comes.
    private mutating func planeContent(_ bytes: Span<UInt8>) -> ZstdCompressor.Content? {
        if bytes.count < 64 { return nil }
        if bytes.count < 1 << 13 { return .planes }
        let middle = bytes.count / 2
        let sample = bytes.extracting(middle..<middle + 2_048)
        let bits = Self.entropy(sample)
        // A byte takes a bit at least, so of mostly one value only matches make less.
        if bits < sample.count { return .planes }
        // Less than single bytes would take: something comes again.
        if packed(sample, .planes) * 8 < bits - bits / 16 { return .planes }
        return bits < sample.count * 27 / 4 ? .singles : nil
    }

    /// The bytes that a sample shrinks to.
    private mutating func packed(_ sample: Span<UInt8>, _ content: ZstdCompressor.Content) -> Int {
        trial.removeAll(keepingCapacity: true)
        guard zstd.compress(sample, content, limit: sample.count, into: &trial) else { return sample.count }
        return trial.count
    }

    /// About how many bits a code of single bytes makes of some: each takes the logarithm of how rare it is,
    /// here between powers of two by a straight line.
    private static func entropy(_ bytes: Span<UInt8>) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for i in bytes.indices { counts[Int(bytes[i])] += 1 }
        var sum = 0
        for count in counts where count > 0 { sum += count * (logarithm(bytes.count) - logarithm(count)) }
        return sum / 256
    }

    /// 256 times the logarithm to base 2.
    private static func logarithm(_ n: Int) -> Int {
        let whole = Int.bitWidth - 1 - n.leadingZeroBitCount
        return (whole - 1) << 8 + (n << 8) >> whole
    }

    /// The directory's bytes.
    func writeDirectory(into out: inout [UInt8]) {
        for entry in entries { entry.write(into: &out) }
    }
}
