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
        let head = try SnapshotFile.head(disk, path + "/" + name)
        guard Self.sequence(name) == head.mark.nextSequence else { throw .broken("its name") }
        return head
    }

    /// Reads a snapshot whole.
    func read(_ name: String) throws(SnapshotRefusal) -> Snapshot {
        let snapshot = try SnapshotFile.read(disk, path + "/" + name)
        guard Self.sequence(name) == snapshot.head.mark.nextSequence else { throw .broken("its name") }
        return snapshot
    }

    /// Writes a snapshot, durable when this returns, and removes all others but one that is known to be good.
    /// Returns its name.
    func write(_ snapshot: Snapshot, keeping good: String?) throws -> String {
        let name = Self.name(snapshot.head.mark.nextSequence)
        try disk.ensureDirectory(path, parent: log)
        try SnapshotFile.write(snapshot, disk, path + "/" + name)
        // One at the same sequence took the place of the good one, and the one before it stays.
        if name == good { return name }
        for other in all() where other != name && other != good { try disk.remove(path + "/" + other) }
        return name
    }
}
