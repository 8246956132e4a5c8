/// A buffered stream to standard output or standard error.
///
/// Bytes leave when the buffer is full, when `flush` is called, or after each line where somebody is looking.
/// About 64 KiB a system call: `log cat` spends its time elsewhere.
final class Output {
    private static let bufferBytes = 64 << 10

    private let descriptor: Int32
    private let flushesLines: Bool
    private var buffer: [UInt8] = []
    /// Whether the reader has gone; what is written afterwards is dropped.
    private(set) var isClosed = false
    /// Called before bytes leave, so that a progress bar on the same terminal can step aside.
    var beforeWriting: (() -> Void)?

    /// A stream to a descriptor; `flushesLines` for terminals and for followers of a growing log.
    init(_ descriptor: Int32, flushesLines: Bool) {
        self.descriptor = descriptor
        self.flushesLines = flushesLines
        buffer.reserveCapacity(Self.bufferBytes + (4 << 10))
    }

    /// Appends text and a line end.
    func line(_ text: String) throws(OutputError) {
        buffer.append(contentsOf: text.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if flushesLines || buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Appends text in UTF-8 and a line end.
    func line(_ utf8: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: utf8)
        buffer.append(UInt8(ascii: "\n"))
        if flushesLines || buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Appends lines.
    func lines(_ lines: [String]) throws(OutputError) {
        for line in lines { try self.line(line) }
    }

    /// Appends bytes as they are.
    func write(_ bytes: Span<UInt8>) throws(OutputError) {
        if bytes.count >= Self.bufferBytes {
            try flush()
            return try send(bytes)
        }
        for i in 0..<bytes.count { buffer.append(bytes[i]) }
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Lends the buffer to an appender, then sends it if it is full: what `log cat` uses for each event.
    func append(_ body: (inout [UInt8]) -> Void) throws(OutputError) {
        body(&buffer)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Sends what is buffered.
    func flush() throws(OutputError) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try send(buffer.span)
    }

    private func send(_ bytes: Span<UInt8>) throws(OutputError) {
        guard !isClosed else { throw .closed }
        beforeWriting?()
        do {
            try Platform.write(descriptor, bytes)
        } catch {
            isClosed = true
            switch error {
            case .closed: throw .closed
            case .failed(let reason): throw .failed(reason)
            }
        }
    }
}

/// Why output ended early.
enum OutputError: Error, Equatable {
    /// The reader has gone, as with `| head`: quiet success.
    case closed
    /// The operating system refused it: a full disk behind `>`.
    case failed(String)
}
