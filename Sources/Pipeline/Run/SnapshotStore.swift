import EventLog
import UsageEvents

/// The snapshots of a log: `snapshots/<next sequence, 20 digits>.snap`, two of them. Whoever holds the log's
/// lock writes them; a file appears under its name only once it is whole and durable.
struct SnapshotStore<D: Disk> {
    private static var suffix: String { ".snap" }

    private let disk: D
    private let log: String
    private let path: String

    init(_ disk: D, log: String) {
        self.disk = disk
        self.log = log
        path = log + "/snapshots"
    }

    /// The names of all, the newest first.
    func names() -> [String] {
        all().filter { Self.sequence($0) != nil }.reversed()
    }

    private func all() -> [String] {
        // Without a directory, or without leave to look into it, there are none.
        do throws(IOFailure) { return try disk.list(path) } catch { return [] }
    }

    private static func name(_ sequence: UInt64) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits + suffix
    }

    private static func sequence(_ name: String) -> UInt64? {
        guard name.hasSuffix(suffix), name.utf8.count == 20 + suffix.utf8.count else { return nil }
        return UInt64(name.dropLast(suffix.count))
    }

    /// Reads what can be read without the rest.
    func head(_ name: String) throws(SnapshotRefusal) -> Snapshot.Head {
        let file = try open(name)
        return try head(name, file).head
    }

    private func open(_ name: String) throws(SnapshotRefusal) -> OwnedFile<D> {
        do throws(IOFailure) { return try OwnedFile(disk, path + "/" + name, .read) } catch {
            throw .unreadable(error)
        }
    }

    private func head(
        _ name: String, _ file: borrowing OwnedFile<D>
    ) throws(SnapshotRefusal) -> (header: SnapshotFile.Header, head: Snapshot.Head) {
        let header = try SnapshotFile.Header(
            try read(file, 0..<SnapshotFile.headerBytes), fileBytes: try size(file))
        let content = try section(0, header, file)
        do throws(StateFault) {
            var reader = StateReader(content)
            let head = try Snapshot.Head(&reader)
            guard Self.sequence(name) == head.mark.nextSequence else { throw StateFault("its name") }
            return (header, head)
        } catch { throw .broken(error.what) }
    }

    /// Reads a snapshot whole.
    func read(_ name: String) throws(SnapshotRefusal) -> Snapshot {
        let file = try open(name)
        let (header, head) = try head(name, file)
        let state = try section(1, header, file)
        guard Hash128(state.span) == head.digest else { throw .broken("its digest") }
        return Snapshot(head: head, state: state, duplicates: try section(2, header, file))
    }

    private func section(
        _ number: Int, _ header: SnapshotFile.Header, _ file: borrowing OwnedFile<D>
    ) throws(SnapshotRefusal) -> [UInt8] {
        let start = header.start(number)
        let bytes = try read(file, start..<start + header.sections[number].stored)
        return try SnapshotFile.unpack(bytes, header.sections[number])
    }

    private func size(_ file: borrowing OwnedFile<D>) throws(SnapshotRefusal) -> Int {
        do throws(IOFailure) { return try disk.size(file.handle) } catch { throw .unreadable(error) }
    }

    private func read(_ file: borrowing OwnedFile<D>, _ range: Range<Int>) throws(SnapshotRefusal) -> [UInt8]
    {
        var bytes: [UInt8] = []
        do throws(IOFailure) {
            let n = try disk.readAll(file.handle, at: range.lowerBound, count: range.count, into: &bytes)
            return n == bytes.count ? bytes : Array(bytes[..<n])
        } catch { throw .unreadable(error) }
    }

    /// Writes a snapshot, durable when this returns, and removes all others but one that is known to be good.
    /// Returns its name.
    func write(_ snapshot: Snapshot, keeping good: String?) throws -> String {
        var head = StateWriter()
        snapshot.head.write(into: &head)
        let parts = [
            try SnapshotFile.pack(head.bytes, packs: false),
            try SnapshotFile.pack(snapshot.state, packs: true),
            // Hashes do not shrink.
            try SnapshotFile.pack(snapshot.duplicates, packs: false),
        ]
        var header = SnapshotFile.Header()
        header.sections = parts.map(\.section)
        let name = Self.name(snapshot.head.mark.nextSequence)
        try disk.ensureDirectory(path, parent: log)
        var file = try NewFile(disk, path + "/" + name)
        try file.write(header.encoded().span)
        for part in parts { try file.write(part.bytes.span) }
        try file.publish()
        // One at the same sequence took the place of the good one, and the one before it stays.
        if name == good { return name }
        for other in all() where other != name && other != good { try disk.remove(path + "/" + other) }
        return name
    }
}
