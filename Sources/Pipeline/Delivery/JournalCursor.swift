public import Alerting
public import EventLog
public import UsageEvents

/// How far a reader of the journal has come: what a sink has taken into its outbox.
public struct JournalCursor: Hashable, Sendable {
    /// Bytes of the journal that were taken.
    public var bytes: Int = 0
    /// Hash of the last line that was taken, without its end, as hexadecimal text; nil before the first.
    public var last: String?
    /// The largest `at` that was taken.
    public var latest: Timestamp?

    /// The beginning of a journal.
    public init() {}
}

/// Reads the journal of a log from a cursor on, while another process may append to it.
///
/// A line without an end is left for later. A journal that no longer holds the cursor's last line at its
/// place was written anew (a version that detects differently, an erasure): reading begins again, and only
/// what happened after everything taken before is new. That may pass over an alert with an earlier clock, and
/// is told by `wasReplaced`, instead of sending months of alerts again.
public struct JournalFollower<D: Disk>: ~Copyable {
    /// Where reading goes on.
    public private(set) var cursor: JournalCursor
    /// How often the journal was found to be another one.
    public private(set) var replacements = 0
    /// Lines that are no transition this version knows.
    public private(set) var unread = 0

    private let disk: D
    private let path: String
    private var isChecked = false
    /// Nothing that is not later than this is new, up to this many bytes of the new file.
    private var passed: (latest: Timestamp, bytes: Int)?

    /// A reader of a log's journal.
    public init(_ disk: D, log: String, from cursor: JournalCursor) {
        self.disk = disk
        path = Journal<D>.path(inLog: log)
        self.cursor = cursor
    }

    /// The cursor at the end of a log's journal: where a new sink begins.
    public static func end(_ disk: D, log: String) throws(IOFailure) -> JournalCursor {
        var follower = JournalFollower(disk, log: log, from: JournalCursor())
        while !(try follower.read(atMost: 1_000) { _ in }) {}
        return follower.cursor
    }

    /// Gives up to `atMost` new transitions in their order; true when there are no more for now.
    public mutating func read(
        atMost: Int, _ body: (AlertTransition) -> Void
    ) throws(IOFailure) -> Bool {
        let file: D.File
        do throws(IOFailure) {
            file = try disk.open(path, .read)
        } catch {
            guard error.cause == .missing else { throw error }
            return true
        }
        do throws(IOFailure) {
            let isAtEnd = try read(file, atMost: atMost, body)
            try disk.close(file)
            return isAtEnd
        } catch {
            do throws(IOFailure) { try disk.close(file) } catch {}
            throw error
        }
    }

    private mutating func read(
        _ file: D.File, atMost: Int, _ body: (AlertTransition) -> Void
    ) throws(IOFailure) -> Bool {
        let size = try disk.size(file)
        if !isChecked || size < cursor.bytes {
            isChecked = true
            if try !holdsCursor(file, size: size) { beginAgain(size: size) }
        }
        var given = 0
        var buffer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var offset = cursor.bytes
        while given < atMost {
            let n = try disk.read(file, at: offset, count: piece.count, into: &piece)
            if n == 0 { return true }
            offset += n
            var start = 0
            while given < atMost, let end = piece[start..<n].firstIndex(of: UInt8(ascii: "\n")) {
                buffer.append(contentsOf: piece[start..<end])
                start = end + 1
                given += take(buffer, body) ? 1 : 0
                buffer.removeAll(keepingCapacity: true)
            }
            buffer.append(contentsOf: piece[start..<n])
        }
        return false
    }

    /// One whole line; whether it was given.
    private mutating func take(_ line: [UInt8], _ body: (AlertTransition) -> Void) -> Bool {
        cursor.bytes += line.count + 1
        cursor.last = Hash128(line.span).hex
        guard let transition = AlertTransition(json: line) else {
            unread += 1
            return false
        }
        if let passed {
            if cursor.bytes > passed.bytes { self.passed = nil }
            if transition.at <= passed.latest { return false }
        }
        cursor.latest = cursor.latest.map { max($0, transition.at) } ?? transition.at
        body(transition)
        return true
    }

    private mutating func beginAgain(size: Int) {
        replacements += 1
        if let latest = cursor.latest { passed = (latest, size) }
        let latest = cursor.latest
        cursor = JournalCursor()
        cursor.latest = latest
    }

    /// Whether the line before the cursor is the one that was taken last.
    private func holdsCursor(_ file: D.File, size: Int) throws(IOFailure) -> Bool {
        guard let last = cursor.last else { return true }
        guard cursor.bytes <= size else { return false }
        var tail: [UInt8] = []
        var from = cursor.bytes
        var piece = [UInt8](repeating: 0, count: 1 << 12)
        while from > 0 {
            let count = min(piece.count, from)
            from -= count
            guard try disk.read(file, at: from, count: count, into: &piece) == count else { return false }
            tail = Array(piece[..<count]) + tail
            if tail.dropLast().contains(UInt8(ascii: "\n")) { break }
        }
        guard tail.last == UInt8(ascii: "\n") else { return false }
        tail.removeLast()
        let start = (tail.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        return Hash128(Array(tail[start...]).span).hex == last
    }
}
