import EventLog
import UsageEvents

/// The file of a snapshot: a header of 128 bytes, then three sections. No byte of it is outside a checksum.
enum SnapshotFile {
    /// A program reads its own version only: what cannot be read is made again from the log.
    static let version: UInt16 = 3
    static let headerBytes = 128
    private static let magic: [UInt8] = Array("TIDESNAP".utf8)
    /// Where the entries of the sections begin in the header, and how long one is.
    private static let entriesAt = 16
    private static let entryBytes = 24

    /// One section: how it is stored.
    struct Section: Hashable {
        /// Bytes in the file.
        var stored = 0
        /// Bytes once unpacked; the same where it is not packed.
        var content = 0
        /// CRC-32C of the bytes in the file.
        var checksum: UInt32 = 0
        var isPacked = false
    }

    /// The sections in the order of the file: head, state, duplicates.
    struct Header: Hashable {
        var sections = [Section](repeating: Section(), count: 3)

        /// Where a section begins in the file, and where the last one ends.
        func start(_ section: Int) -> Int {
            sections[..<section].reduce(SnapshotFile.headerBytes) { $0 + $1.stored }
        }

        func encoded() -> [UInt8] {
            var w = StateWriter()
            for section in sections {
                w.fixed(UInt64(section.stored))
                w.fixed(UInt64(section.content))
                w.fixed(UInt64(section.checksum) | (section.isPacked ? 1 << 32 : 0))
            }
            var out = SnapshotFile.magic + SnapshotFile.word(UInt64(SnapshotFile.version)) + w.bytes
            out += [UInt8](repeating: 0, count: SnapshotFile.headerBytes - 8 - out.count)
            return out + SnapshotFile.word(UInt64(CRC32C.of(out.span)))
        }

        init() {}

        /// Reads the header of a file of so many bytes.
        init(_ bytes: [UInt8], fileBytes: Int) throws(SnapshotRefusal) {
            guard bytes.count == SnapshotFile.headerBytes, bytes.starts(with: SnapshotFile.magic) else {
                throw .broken("its beginning")
            }
            do throws(StateFault) {
                var r = StateReader(Array(bytes[8...]))
                let version = try r.fixed()
                var sum = StateReader(Array(bytes.suffix(8)))
                let body = bytes.span.extracting(0..<SnapshotFile.headerBytes - 8)
                guard try sum.fixed() == UInt64(CRC32C.of(body)) else { throw StateFault("its header") }
                guard version == UInt64(SnapshotFile.version) else {
                    throw StateFault("version \(version)")
                }
                for i in sections.indices { sections[i] = try Section(&r) }
            } catch {
                if error.what.hasPrefix("version ") { throw .version(String(error.what.dropFirst(8))) }
                throw .broken(error.what)
            }
            guard start(sections.count) == fileBytes else { throw .broken("its length") }
            guard encoded() == bytes else { throw .broken("its header") }
        }
    }

    private static func word(_ value: UInt64) -> [UInt8] {
        var w = StateWriter()
        w.fixed(value)
        return w.bytes
    }

    /// Packs or leaves a section as it is.
    static func pack(_ content: [UInt8], packs: Bool) throws -> (section: Section, bytes: [UInt8]) {
        var bytes = content
        if packs {
            bytes = []
            var zstd = ZstdOutput(level: 1)
            try zstd.compress(content.span, into: &bytes)
            try zstd.finish(into: &bytes)
        }
        let section = Section(
            stored: bytes.count, content: content.count, checksum: CRC32C.of(bytes.span), isPacked: packs)
        return (section, bytes)
    }

    /// The content of a section whose bytes are these.
    static func unpack(_ bytes: [UInt8], _ section: Section) throws(SnapshotRefusal) -> [UInt8] {
        guard bytes.count == section.stored, CRC32C.of(bytes.span) == section.checksum else {
            throw .broken("a checksum")
        }
        guard section.isPacked else { return bytes }
        var content: [UInt8] = []
        // Moving it as it grows would cost more than unpacking it; what the length says may be wrong.
        content.reserveCapacity(min(section.content, bytes.count * 16) + ZstdInput.pieceBytes)
        do throws(ZstdInputError) {
            var zstd = ZstdInput()
            var at = 0
            while try zstd.decompress(bytes.span, at: &at, into: &content) {}
            try zstd.finish()
        } catch { throw .broken("\(error)") }
        guard content.count == section.content else { throw .broken("a length") }
        return content
    }
}

extension SnapshotFile.Section {
    /// No section has as many bytes; sums of lengths then do not overflow.
    private static let bytesMax: UInt64 = 1 << 40

    fileprivate init(_ r: inout StateReader) throws(StateFault) {
        let (stored, content) = (try r.fixed(), try r.fixed())
        try r.check(stored < Self.bytesMax && content < Self.bytesMax, "a length")
        let word = try r.fixed()
        self.init(
            stored: Int(stored), content: Int(content), checksum: UInt32(truncatingIfNeeded: word),
            isPacked: word & 1 << 32 != 0)
        try r.check(isPacked || stored == content, "a length")
    }
}
