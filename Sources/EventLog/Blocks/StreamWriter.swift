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
        let content: ZstdCompressor.Content = encoding == .bytes || encoding == .text ? .text : .planes
        if isWorthTrying(bytes, content) {
            // A stream that saves less than 2 % is stored as it is: reading it then costs nothing.
            let limit = bytes.count - max(bytes.count / 50, 8)
            entry.compressed = zstd.compress(bytes, content, limit: limit, into: &payload)
        }
        if !entry.compressed { payload.append(span: bytes) }
        entry.storedLength = payload.count - start
        entry.checksum = CRC32C.of(payload.span.extracting(start..<payload.count))
        entries.append(entry)
    }

    /// Whether compression might pay: never for a few bytes (a frame costs about 13), and for much only where
    /// a sample from the middle shrinks, because the low bytes of counts and ids are noise and there are many
    /// of them.
    private mutating func isWorthTrying(_ bytes: Span<UInt8>, _ content: ZstdCompressor.Content) -> Bool {
        if bytes.count < 64 { return false }
        if bytes.count < 1 << 15 { return true }
        let middle = bytes.count / 2
        trial.removeAll(keepingCapacity: true)
        return zstd.compress(
            bytes.extracting(middle..<middle + 4_096), content, limit: 4_040, into: &trial)
    }

    /// The directory's bytes.
    func writeDirectory(into out: inout [UInt8]) {
        for entry in entries { entry.write(into: &out) }
    }
}
