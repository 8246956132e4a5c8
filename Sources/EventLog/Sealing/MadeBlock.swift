/// A block that an encoder has just made for no place in particular, taken apart again.
struct MadeBlock {
    let header: BlockHeader
    private(set) var directory = StreamDirectory()

    /// Where a block is made that gets its place later.
    static func place(_ file: FileIdentity) -> BlockEncoder.Place {
        BlockEncoder.Place(file: file, offset: 0, previous: 0, durableBefore: 0)
    }

    /// Nil where the bytes are no block.
    init?(_ bytes: Span<UInt8>, _ file: FileIdentity) {
        guard case .header(let header, _) = BlockHeader.parse(bytes, file: file, offset: 0) else {
            return nil
        }
        self.header = header
        let start = LogFormat.blockHeaderBytes
        let entries = bytes.extracting(start..<start + header.entries * LogFormat.entryBytes)
        guard directory.parse(entries, header: header) else { return nil }
    }
}
