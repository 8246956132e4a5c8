public import UsageEvents

/// A block of events as it stands in the log, its labels already numbered: `RawBlockDecoder` makes columns of
/// it, on any thread.
public struct RawBlock: Sendable {
    fileprivate var bytes: [UInt8] = []
    fileprivate var header: BlockHeader?
    fileprivate var directory = StreamDirectory()
    fileprivate var names = BlockNames()
    fileprivate var columns: ColumnSet = []

    /// No block yet.
    public init() {}

    /// Whether it holds no block.
    public var isEmpty: Bool { header == nil }

    mutating func clear() { header = nil }

    /// Takes a copy of a block, whose bytes reach to the end of the streams that the columns need.
    mutating func take(
        _ bytes: Span<UInt8>, _ header: BlockHeader, _ directory: StreamDirectory, _ columns: ColumnSet,
        _ decoder: inout BlockDecoder, symbols: inout Symbols
    ) throws(BlockFault) {
        self.bytes.removeAll(keepingCapacity: true)
        self.bytes.append(span: bytes)
        self.header = header
        self.directory = directory
        self.columns = columns
        try decoder.names(
            bytes, header: header, directory: directory, columns, into: &names, symbols: &symbols)
    }
}

/// Decodes raw blocks; each thread has its own.
public struct RawBlockDecoder: ~Copyable {
    private var decoder = BlockDecoder()

    /// A decoder with no memory yet.
    public init() {}

    /// The columns of a block in place of what `batch` holds; false where a check fails. `LogReader.next`,
    /// called for the same block, then says what is wrong.
    public mutating func decode(_ block: borrowing RawBlock, into batch: inout EventBatch) -> Bool {
        guard let header = block.header else { return false }
        do throws(BlockFault) {
            try decoder.events(
                block.bytes.span, header: header, directory: block.directory, columns: block.columns,
                names: block.names, into: &batch)
            return true
        } catch { return false }
    }
}
