import Connectors
import EventLog

/// Bytes of one input as text lines need them: read in pieces, decompressed where the magic bytes say zstd,
/// held until consumed.
///
/// Memory: at most four pieces of a mebibyte, whatever the input holds.
final class InputReader {
    private static let pieceBytes = 256 << 10

    /// What a call of `fill` brought.
    enum Fill {
        /// More bytes, or the wish to be called again.
        case data
        /// A pipe or a followed file has nothing now.
        case idle
        /// The input has ended.
        case end
    }

    private let path: String
    private let name: String
    private let follows: Bool
    private var file: FileInput
    /// What is not consumed lies behind `start`.
    private var buffer: [UInt8] = []
    private var start = 0
    private var isSniffed = false
    private var zstd: ZstdInput?
    private var compressed: [UInt8] = []
    private var compressedStart = 0
    /// Whether the decompressor may have more to give without new input.
    private var hasPending = false
    /// Bytes read from the file, before decompression.
    private(set) var bytesRead = 0

    /// Opens an input; `-` is standard input. A followed file is waited for at its end. What lies before
    /// `offset` in a file is passed over.
    init(_ path: String, follows: Bool, from offset: Int = 0) throws(InputError) {
        self.path = path
        self.follows = follows
        name = path == "-" ? "standard input" : path
        file = try FileInput(path)
        guard offset > 0 else { return }
        // The middle of a file says nothing about its kind.
        isSniffed = true
        file.skip(to: offset)
    }

    /// Whether the input is compressed.
    var isCompressed: Bool { zstd != nil }

    /// Length of a regular file; nil for a pipe.
    var size: Int? { file.size }

    /// Which file is open.
    var identity: InputIdentity { file.identity }

    /// Whether waiting for more may take for ever: a pipe.
    var isPipe: Bool { file.size == nil }

    /// Bytes read and not consumed.
    var unread: Int { buffer.count - start }

    /// Lends the bytes that are not consumed.
    func withUnread<R>(_ body: (Span<UInt8>) -> R) -> R {
        let bytes = buffer
        return body(bytes.span.extracting(start..<bytes.count))
    }

    /// The first bytes are done with.
    func consume(_ n: Int) { start += n }

    /// Whether a pipe has more right now.
    func hasMore() -> Bool { file.wait(milliseconds: 0) }

    /// Reads one more piece behind what is unread.
    func fill() throws(InputError) -> Fill {
        buffer.removeFirst(start)
        start = 0
        if hasPending {
            try decompress()
            return .data
        }
        if isPipe, !file.wait(milliseconds: 100) { return .idle }
        let n: Int
        if zstd == nil {
            n = try file.read(into: &buffer, count: Self.pieceBytes)
        } else {
            compressed.removeFirst(compressedStart)
            compressedStart = 0
            n = try file.read(into: &compressed, count: Self.pieceBytes)
            if n > 0 { try decompress() }
        }
        bytesRead += n
        if !isSniffed, unread >= InputSniff.bytesNeeded || n == 0 { try sniff() }
        guard n == 0 else { return .data }
        if follows, path != "-", zstd == nil { return try waitForGrowth() }
        try endOfCompression()
        return .end
    }

    /// Decides by the first bytes what the input is.
    private func sniff() throws(InputError) {
        isSniffed = true
        let kind = withUnread { InputSniff($0) }
        if let refusal = kind.refusal(name: name) { throw .refused(refusal) }
        guard kind == .zstd else { return }
        zstd = ZstdInput()
        compressed = buffer
        buffer = []
        try decompress()
    }

    /// Unpacks up to a piece; the rest waits for the next call, so that a small file cannot fill the memory.
    private func decompress() throws(InputError) {
        do throws(ZstdInputError) {
            hasPending = true
            // Always some more: what is there may be the beginning of one long line.
            let enough = buffer.count + Self.pieceBytes
            while hasPending, buffer.count < enough {
                hasPending =
                    try zstd?.decompress(compressed.span, at: &compressedStart, into: &buffer) ?? false
            }
        } catch {
            hasPending = false
            throw .corrupt(name: name, why: error.description)
        }
    }

    private func endOfCompression() throws(InputError) {
        do throws(ZstdInputError) { try zstd?.finish() } catch { throw .truncated(name: name) }
    }

    /// At the end of a followed file: the same file may grow, another may take its name.
    private func waitForGrowth() throws(InputError) -> Fill {
        if file.wasReplaced(path: path), let next = try? FileInput(path) {
            file = next
            // What the old file left of a line is no beginning of the new one's first.
            if unread > 0 { buffer.append(0x0a) }
            return .data
        }
        pause(milliseconds: 100)
        return .idle
    }
}
