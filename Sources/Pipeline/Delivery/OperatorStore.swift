public import Alerting
public import EventLog

/// What people decided about alerts: silences, acks, and who did what. A file of JSON lines that only grows,
/// beside the log; several processes append to it, each holding its lock for the length of one line.
public enum OperatorStore<D: Disk> {
    /// The file of a log's decisions.
    public static func path(inLog directory: String) -> String { directory + "/operator/decisions.ndjson" }

    /// Bytes that are read at most: half a million decisions. A store that is larger is refused.
    static var bytesMax: Int { 256 << 20 }

    /// Everything that was decided.
    public struct Content: Sendable {
        /// The records, in the order in which they were made.
        public var records: [OperatorRecord] = []
        /// Lines that are no record, of a newer version perhaps. A last line without an end is none of them.
        public var unread = 0

        /// What holds now.
        public var state: OperatorState {
            records.reduce(into: OperatorState()) { state, record in state.apply(record) }
        }
    }

    /// Reads all of it; empty where there is none.
    public static func read(_ disk: D, log: String) throws(IOFailure) -> Content {
        var content = Content()
        let path = path(inLog: log)
        let bytes: ArraySlice<UInt8>
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .read)
            bytes = try wholeLines(disk, file)
        } catch {
            guard error.cause == .missing else { throw error }
            return content
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let record = OperatorRecord(json: line) {
                content.records.append(record)
            } else {
                content.unread += 1
            }
        }
        return content
    }

    /// What holds now.
    public static func state(_ disk: D, log: String) throws(IOFailure) -> OperatorState {
        try read(disk, log: log).state
    }

    /// Appends a record; durable when this returns. A line that a crash has cut is removed first.
    ///
    /// - Parameter wait: called where another process holds the lock, to let a moment pass; returns whether
    ///   to try again.
    public static func append(
        _ record: OperatorRecord, to disk: D, log: String, wait: () -> Bool = { false }
    ) throws(IOFailure) {
        let directory = log + "/operator"
        try disk.ensureDirectory(directory, parent: log)
        let lock = try OwnedFile(disk, directory + "/LOCK", .updateOrCreate)
        while true {
            do throws(IOFailure) {
                try disk.lock(lock.handle)
                break
            } catch {
                guard error.cause == .busy, wait() else { throw error }
            }
        }
        let path = path(inLog: log)
        let file = try OwnedFile(disk, path, .updateOrCreate)
        let size = try disk.size(file.handle)
        let whole = try wholeLines(disk, file).count
        if whole < size { try disk.truncate(file.handle, to: whole) }
        try disk.writeAll(
            file.handle, at: whole, (record.json + [UInt8(ascii: "\n")]).span, path: path)
        try disk.sync(file.handle)
        try disk.syncDirectory(directory)
    }

    /// The bytes of a file up to the end of its last whole line.
    private static func wholeLines(
        _ disk: D, _ file: borrowing OwnedFile<D>
    ) throws(IOFailure) -> ArraySlice<UInt8> {
        let size = try disk.size(file.handle)
        guard size <= bytesMax else {
            throw IOFailure(errno: IOFailure.deviceError, operation: "read", path: file.path)
        }
        var buffer: [UInt8] = []
        let n = try disk.readAll(file.handle, at: 0, count: size, into: &buffer)
        let end = buffer[..<n].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return buffer[..<end]
    }
}
