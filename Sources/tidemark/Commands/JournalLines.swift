import EventLog
import Pipeline

/// Reads the lines of a log's journal, and goes on reading while it grows, is cut, or is written anew.
struct JournalLines {
    private let disk: PosixDisk
    private let path: String
    /// Bytes read, always whole lines.
    private var offset = 0
    /// The last bytes read: where they are no longer found, the file is another one.
    private var lastBytes: [UInt8] = []
    /// Whether the file was found to be another one since the last call of `read`.
    private(set) var wasReplaced = false

    private static let pieceBytes = 1 << 20
    private static let memoryBytes = 256

    init(_ disk: PosixDisk, log: String) {
        self.disk = disk
        path = Journal<PosixDisk>.path(inLog: log)
    }

    /// Hands over every whole line that was not read yet, without its end; returns false where there is no
    /// journal.
    mutating func read(_ body: (ArraySlice<UInt8>) throws -> Void) throws -> Bool {
        let file: PosixDisk.File
        do throws(IOFailure) {
            file = try disk.open(path, .read)
        } catch {
            guard error.cause == .missing else { throw error }
            return false
        }
        defer { try? disk.close(file) }
        wasReplaced = try !continues(file)
        if wasReplaced {
            offset = 0
            lastBytes = []
        }
        var rest: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            let n = try disk.read(file, at: offset + rest.count, count: piece.count, into: &piece)
            guard n > 0 else { return true }
            rest.append(contentsOf: piece[..<n])
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            let whole = rest[...end]
            for line in whole.split(separator: UInt8(ascii: "\n")) { try body(line) }
            lastBytes = Array((lastBytes + whole).suffix(Self.memoryBytes))
            offset += whole.count
            rest.removeSubrange(...end)
        }
    }

    /// Whether the file still has what was read before.
    private func continues(_ file: PosixDisk.File) throws -> Bool {
        guard offset > 0 else { return true }
        guard try disk.size(file) >= offset else { return false }
        var bytes = [UInt8](repeating: 0, count: lastBytes.count)
        let n = try disk.read(file, at: offset - lastBytes.count, count: bytes.count, into: &bytes)
        return n == bytes.count && bytes == lastBytes
    }
}
