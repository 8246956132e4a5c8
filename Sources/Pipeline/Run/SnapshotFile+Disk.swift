import EventLog
import UsageEvents

// Files of this form on a disk. A file appears under its name only once it is whole and durable.

extension SnapshotFile {
    /// Reads what can be read without the rest.
    static func head<D: Disk>(_ disk: D, _ path: String) throws(SnapshotRefusal) -> Snapshot.Head {
        let file = try open(disk, path)
        return try head(disk, file).head
    }

    /// Reads a file whole.
    static func read<D: Disk>(_ disk: D, _ path: String) throws(SnapshotRefusal) -> Snapshot {
        let file = try open(disk, path)
        let (header, head) = try head(disk, file)
        let state = try section(1, header, disk, file)
        guard Hash128(state.span) == head.digest else { throw .broken("its digest") }
        return Snapshot(head: head, state: state, duplicates: try section(2, header, disk, file))
    }

    /// Writes a file, in place of what may have its name; durable when this returns.
    static func write<D: Disk>(_ snapshot: Snapshot, _ disk: D, _ path: String) throws {
        var head = StateWriter()
        snapshot.head.write(into: &head)
        let parts = [
            try pack(head.bytes, packs: false),
            try pack(snapshot.state, packs: true),
            // Hashes do not shrink.
            try pack(snapshot.duplicates, packs: false),
        ]
        var header = Header()
        header.sections = parts.map(\.section)
        var file = try NewFile(disk, path)
        try file.write(header.encoded().span)
        for part in parts { try file.write(part.bytes.span) }
        try file.publish()
    }

    private static func open<D: Disk>(_ disk: D, _ path: String) throws(SnapshotRefusal) -> OwnedFile<D> {
        do throws(IOFailure) { return try OwnedFile(disk, path, .read) } catch { throw .unreadable(error) }
    }

    private static func head<D: Disk>(
        _ disk: D, _ file: borrowing OwnedFile<D>
    ) throws(SnapshotRefusal) -> (header: Header, head: Snapshot.Head) {
        let size: Int
        do throws(IOFailure) { size = try disk.size(file.handle) } catch { throw .unreadable(error) }
        let header = try Header(try read(disk, file, 0..<headerBytes), fileBytes: size)
        let content = try section(0, header, disk, file)
        do throws(StateFault) {
            var reader = StateReader(content)
            return (header, try Snapshot.Head(&reader))
        } catch { throw .broken(error.what) }
    }

    private static func section<D: Disk>(
        _ number: Int, _ header: Header, _ disk: D, _ file: borrowing OwnedFile<D>
    ) throws(SnapshotRefusal) -> [UInt8] {
        let start = header.start(number)
        let bytes = try read(disk, file, start..<start + header.sections[number].stored)
        return try unpack(bytes, header.sections[number])
    }

    private static func read<D: Disk>(
        _ disk: D, _ file: borrowing OwnedFile<D>, _ range: Range<Int>
    ) throws(SnapshotRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(IOFailure) {
            let n = try disk.readAll(file.handle, at: range.lowerBound, count: range.count, into: &bytes)
            return n == bytes.count ? bytes : Array(bytes[..<n])
        } catch { throw .unreadable(error) }
    }
}
