public import Alerting
public import EventLog

/// How far a journal had come: what its beginning must be like for a snapshot to go on from there.
public struct JournalMark: Sendable, Hashable {
    /// Lines.
    public internal(set) var lines = 0
    /// Bytes of them.
    public internal(set) var bytes = 0
    /// CRC-32C of those bytes.
    var checksum: UInt32 = CRC32C().value

    /// Whether some bytes are what it is of.
    func isOf(_ beginning: Span<UInt8>) -> Bool {
        beginning.count == bytes && CRC32C.of(beginning) == checksum
    }

    /// A line was told, its end included.
    mutating func add(_ line: Span<UInt8>) {
        lines += 1
        bytes += line.count
        var sum = CRC32C(after: checksum)
        sum.feed(line)
        checksum = sum.value
    }
}

/// The journal of transitions: a file of JSON lines, a pure function of the log.
///
/// Whoever opens it to write folds the log first and passes every transition again; lines that are there
/// already are compared, missing ones are added. So a crash between an event and its alert loses nothing, and
/// a line is never written twice.
public struct Journal<D: Disk>: ~Copyable {
    /// The file of a log's journal.
    public static func path(inLog directory: String) -> String { directory + "/journal/alerts.ndjson" }

    /// Lines that the file has.
    public private(set) var lines = 0
    /// Lines that were missing and were added while catching up.
    public private(set) var added = 0
    /// Where the old file was moved, if it said something else than the log does.
    public private(set) var moved: String?

    private let disk: D
    private let path: String
    private let directory: String
    private var file: D.File
    private var length: Int
    /// What the file held when it was opened, without a line cut in the middle; empty once all of it was met
    /// again.
    private var existing: [UInt8]
    private var compared = 0
    private var isCatchingUp = true
    private var buffer: [UInt8] = []
    /// Of every line that was passed.
    private var bytes = 0
    private var checksum = CRC32C()

    /// How far it has come.
    var mark: JournalMark { JournalMark(lines: lines, bytes: bytes, checksum: checksum.value) }

    /// Opens the journal of a log; the caller holds the log's lock.
    public init(_ disk: D, log: String) throws(IOFailure) {
        let directory = log + "/journal"
        let path = Self.path(inLog: log)
        do throws(IOFailure) {
            try disk.makeDirectory(directory)
            try disk.syncDirectory(log)
        } catch {
            guard error.cause == .exists else { throw error }
        }
        let file = try disk.open(path, .updateOrCreate)
        let size = try disk.size(file)
        var existing: [UInt8] = []
        let read = try disk.readAll(file, at: 0, count: size, into: &existing)
        existing.removeLast(existing.count - read)
        // A line without an end was being written when the process died.
        let whole = (existing.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        existing.removeLast(existing.count - whole)
        if size != whole { try disk.truncate(file, to: whole) }
        self.disk = disk
        self.directory = directory
        self.path = path
        self.file = file
        self.existing = existing
        length = whole
    }

    /// Goes on behind what had been told when a snapshot was made; false, with nothing done, where the file
    /// does not begin with that. Call it before anything is recorded.
    mutating func resume(_ mark: JournalMark) -> Bool {
        precondition(lines == 0 && isCatchingUp)
        guard mark.bytes <= existing.count else { return false }
        var sum = CRC32C()
        sum.feed(existing.span.extracting(0..<mark.bytes))
        guard sum.value == mark.checksum else { return false }
        lines = mark.lines
        bytes = mark.bytes
        checksum = sum
        compared = mark.bytes
        return true
    }

    /// Takes transitions in order: compares them with what is there, appends what is not.
    public mutating func record(_ transitions: [AlertTransition]) throws(IOFailure) {
        guard !transitions.isEmpty else { return }
        buffer.removeAll(keepingCapacity: true)
        for transition in transitions {
            let from = buffer.count
            transition.write(into: &buffer)
            buffer.append(UInt8(ascii: "\n"))
            lines += 1
            let count = buffer.count - from
            bytes += count
            var sum = checksum
            sum.feed(buffer.span.extracting(from..<buffer.count))
            checksum = sum
            guard isCatchingUp else { continue }
            if compared + count <= existing.count,
                buffer[from...].elementsEqual(existing[compared..<(compared + count)])
            {
                compared += count
                buffer.removeLast(count)
            } else {
                if compared < existing.count { try replace() }
                added += 1
            }
        }
        try append()
    }

    /// All of the log has been folded: what is still left in the file is not of this log.
    public mutating func endCatchUp() throws(IOFailure) {
        if compared < existing.count { try replace() }
        isCatchingUp = false
        existing = []
    }

    /// Makes everything durable.
    public mutating func sync() throws(IOFailure) {
        try disk.sync(file)
        try disk.syncDirectory(directory)
    }

    /// Makes everything durable and closes the file; nothing is recorded afterwards.
    public mutating func close() throws(IOFailure) {
        try sync()
        try disk.close(file)
    }

    private mutating func append() throws(IOFailure) {
        var done = 0
        while done < buffer.count {
            let n = try disk.write(file, at: length, buffer.span.extracting(done..<buffer.count))
            guard n > 0 else { throw IOFailure(errno: 5, operation: "write", path: path) }
            done += n
            length += n
        }
    }

    /// The file says something else than the log does (a version that detected differently wrote it): it is
    /// kept under another name, and a new one begins with what both agree on.
    private mutating func replace() throws(IOFailure) {
        let names = try disk.list(directory)
        var n = 1
        while names.contains("alerts-replaced-\(n).ndjson") { n += 1 }
        let kept = "\(directory)/alerts-replaced-\(n).ndjson"
        try disk.close(file)
        try disk.rename(path, to: kept)
        try disk.syncDirectory(directory)
        moved = kept
        file = try disk.open(path, .create)
        length = 0
        let pending = buffer
        buffer = Array(existing[..<compared])
        try append()
        buffer = pending
        existing = []
        compared = 0
    }
}
