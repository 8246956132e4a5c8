import Alerting
public import EventLog
import UsageEvents

/// The durable memory of one sink: an append-only file of records, each with a checksum.
///
/// A record survives the end of the process once `write` has returned, and the loss of power once `commit`
/// has. What is sent was committed before as part of a plan, so a crash between an attempt and its record
/// repeats that attempt with the same id, and loses nothing.
public struct Outbox<D: Disk>: ~Copyable {
    /// Bytes of finished business after which the file is written anew.
    private static var compactionBytes: Int { 4 << 20 }

    /// What the records say.
    public private(set) var state: OutboxState
    /// Bytes at the end of the file that were not whole when it was opened, and were set aside.
    public let damaged: Int

    private let disk: D
    private let path: String
    private var lock: OwnedFile<D>?
    private var file: OwnedFile<D>
    private var length: Int
    private var compacted = 0
    private var pending: [UInt8] = []
    /// Whether something was written that a loss of power may still take.
    private var isAhead = false

    /// The folder of a log's outboxes.
    public static func folder(inLog log: String) -> String { log + "/outbox" }

    /// The folder of one sink's outbox.
    public static func directory(ofSink name: String, inLog log: String) -> String {
        folder(inLog: log) + "/" + name
    }

    /// Opens a sink's outbox, creating it where there is none, and takes its lock until `end`, or for as long
    /// as this lives.
    ///
    /// - Throws: a failure whose cause is `.busy` where another process sends for this sink.
    public init(_ disk: D, log: String, sink: String) throws(IOFailure) {
        let directory = Self.directory(ofSink: sink, inLog: log)
        let path = directory + "/queue.ndjson"
        try disk.ensureDirectory(Self.folder(inLog: log), parent: log)
        try disk.ensureDirectory(directory, parent: Self.folder(inLog: log))
        let lock = try OwnedFile(disk, directory + "/LOCK", .updateOrCreate)
        try disk.lock(lock.handle)
        let file = try OwnedFile(disk, path, .updateOrCreate)
        try disk.syncDirectory(directory)
        let found = try Self.recover(disk, file.handle, directory)
        self.disk = disk
        self.path = path
        self.lock = consume lock
        self.file = file
        state = found.state
        length = found.length
        damaged = found.damaged
    }

    /// The state of a sink's outbox as it stands on disk, without its lock; nil where there is none.
    public static func state(_ disk: D, log: String, sink: String) throws(IOFailure) -> OutboxState? {
        let path = Self.directory(ofSink: sink, inLog: log) + "/queue.ndjson"
        guard try NewFile<D>.exists(disk, path) else { return nil }
        let file = try OwnedFile(disk, path, .read)
        var state = OutboxState()
        _ = try OutboxText.read(disk, file.handle) { state.apply($0) }
        return state
    }

    /// Adds a record; it counts after the next `write` or `commit`.
    public mutating func append(_ record: OutboxRecord) {
        state.apply(record)
        OutboxText.write(record, to: &pending)
    }

    /// Lets go of the lock, so that another may send for this sink; nothing is written afterwards.
    public mutating func end() { lock = nil }

    /// Hands all records to the system.
    public mutating func write() throws(IOFailure) {
        guard !pending.isEmpty else { return }
        do throws(IOFailure) {
            try disk.writeAll(file.handle, at: length, pending.span, path: path)
        } catch {
            return try replace()
        }
        isAhead = true
        length += pending.count
        pending.removeAll(keepingCapacity: true)
    }

    /// Makes all records durable.
    public mutating func commit() throws(IOFailure) {
        try write()
        guard isAhead else { return }
        do throws(IOFailure) {
            try disk.sync(file.handle)
        } catch {
            return try replace()
        }
        isAhead = false
        if length > max(Self.compactionBytes, 2 * compacted) { try compact() }
    }

    /// After a failure nothing is known of the file any more: it is cut back, as far as that is possible, and
    /// all that counts is written to a new one.
    private mutating func replace() throws(IOFailure) {
        do throws(IOFailure) { try disk.truncate(file.handle, to: length) } catch {}
        try compact()
    }

    /// Takes an account out of everything that waits or was given up; the old file is gone when this returns.
    mutating func forget(account identity: String) throws(IOFailure) {
        state = state.without(account: identity)
        try compact()
    }

    /// Writes the state to a new file that takes the place of the old one.
    private mutating func compact() throws(IOFailure) {
        var text: [UInt8] = []
        OutboxText.write(.state(state), to: &text)
        var next = try NewFile(disk, path)
        try next.write(text.span)
        try next.publish()
        file = try OwnedFile(disk, path, .update)
        length = text.count
        compacted = text.count
        isAhead = false
        pending.removeAll(keepingCapacity: true)
    }

    /// Reads what is there. Behind the last whole record may be a piece of one that was being written; a line
    /// with an end that is not whole is damage: all from there on is set aside and counted, and what it
    /// recorded happens again.
    private static func recover(
        _ disk: D, _ file: D.File, _ directory: String
    ) throws(IOFailure) -> (state: OutboxState, length: Int, damaged: Int) {
        var state = OutboxState()
        let whole = try OutboxText.read(disk, file) { state.apply($0) }
        let size = try disk.size(file)
        guard size > whole else { return (state, whole, 0) }
        var rest: [UInt8] = []
        let count = try disk.readAll(file, at: whole, count: size - whole, into: &rest)
        rest.removeLast(rest.count - count)
        let isDamage = rest.contains(UInt8(ascii: "\n"))
        if isDamage {
            var kept = try NewFile(disk, "\(directory)/damaged-\(Hash128(rest.span).shortHex).ndjson")
            try kept.write(rest.span)
            try kept.publish()
        }
        try disk.truncate(file, to: whole)
        try disk.sync(file)
        return (state, whole, isDamage ? rest.count : 0)
    }
}
