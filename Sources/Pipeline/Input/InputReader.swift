import Connectors
import EventLog

/// Bytes of one input as text lines need them: read in pieces, decompressed where the magic bytes say zstd, held until consumed.
///
/// Memory: at most four pieces of a mebibyte, whatever the input holds.
final class InputReader {
    private static let pieceBytes = 1 << 20

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
    private var buffer = [UInt8](repeating: 0, count: 2 * pieceBytes)
    private var start = 0
    private var end = 0
    private var isSniffed = false
    private var zstd: ZstdInput?
    private var compressed: [UInt8] = []
    /// Bytes read from the file, before decompression.
    private(set) var bytesRead = 0

    /// Opens an input; `-` is standard input. A followed file is waited for at its end.
    init(_ path: String, follows: Bool) throws(InputError) {
        self.path = path
        self.follows = follows
        name = path == "-" ? "standard input" : path
        file = try FileInput(path)
    }

    /// Length of a regular file; nil for a pipe.
    var size: Int? { file.size }

    /// Whether waiting for more may take for ever: a pipe.
    var isPipe: Bool { file.size == nil }

    /// Bytes read and not consumed.
    var unread: Int { end - start }

    /// Lends the bytes that are not consumed.
    func withUnread<R>(_ body: (Span<UInt8>) -> R) -> R {
        let bytes = buffer
        return body(bytes.span.extracting(start..<end))
    }

    /// The first bytes are done with.
    func consume(_ n: Int) { start += n }

    /// Whether a pipe has more right now.
    func hasMore() -> Bool { file.wait(milliseconds: 0) }

    /// Reads one more piece behind what is unread.
    func fill() throws(InputError) -> Fill {
        makeRoom()
        if isPipe, !file.wait(milliseconds: 100) { return .idle }
        let n: Int
        if zstd == nil {
            let room = end
            n = try file.read(into: &buffer, from: room)
            bytesRead += n
            end += n
        } else {
            if compressed.count != Self.pieceBytes { compressed = [UInt8](repeating: 0, count: Self.pieceBytes) }
            n = try file.read(into: &compressed, from: 0)
            bytesRead += n
            if n > 0 { let piece = compressed
                try decompress(piece.span.extracting(0..<n)) }
        }
        if !isSniffed, unread >= InputSniff.bytesNeeded || n == 0 { try sniff() }
        guard n == 0 else { return .data }
        if follows, path != "-", zstd == nil { return try waitForGrowth() }
        try endOfCompression()
        return .end
    }

    /// Unread bytes move to the front; the buffer grows only for a line longer than it, up to the longest that is decoded.
    private func makeRoom() {
        if start > 0 {
            let rest = end - start
            if rest > 0 {
                for i in 0..<rest { buffer[i] = buffer[start + i] }
            }
            start = 0
            end = rest
        }
        if buffer.count - end < Self.pieceBytes {
            buffer.append(contentsOf: repeatElement(0, count: Self.pieceBytes))
        }
    }

    /// Decides by the first bytes what the input is.
    private func sniff() throws(InputError) {
        isSniffed = true
        let kind = withUnread { InputSniff($0) }
        if let refusal = kind.refusal(name: name) { throw .refused(refusal) }
        guard kind == .zstd else { return }
        zstd = ZstdInput()
        compressed = Array(buffer[start..<end])
        start = 0
        end = 0
        let first = compressed
        try decompress(first.span)
    }

    private func decompress(_ bytes: Span<UInt8>) throws(InputError) {
        var output: [UInt8] = []
        do throws(ZstdInputError) {
            var at = 0
            while try zstd?.decompress(bytes, at: &at, into: &output) ?? false {}
        } catch {
            keep(output)
            throw .corrupt(name: name, why: error.description)
        }
        keep(output)
    }

    private func endOfCompression() throws(InputError) {
        do throws(ZstdInputError) { try zstd?.finish() } catch { throw .truncated(name: name) }
    }

    private func keep(_ output: [UInt8]) {
        if buffer.count - end < output.count {
            buffer.append(contentsOf: repeatElement(0, count: output.count + Self.pieceBytes))
        }
        for i in output.indices { buffer[end + i] = output[i] }
        end += output.count
    }

    /// At the end of a followed file: the same file may grow, another may take its name.
    private func waitForGrowth() throws(InputError) -> Fill {
        if file.wasReplaced(path: path), let next = try? FileInput(path) {
            file = next
            return .data
        }
        pause(milliseconds: 100)
        return .idle
    }
}
