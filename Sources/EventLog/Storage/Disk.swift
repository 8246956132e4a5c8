/// The only door of the log to the outside: every method stands for one system call, so that a simulated disk
/// can fail, tear or lose each of them.
///
/// The writer, the reader and recovery are generic over it and never hold it as an existential: in a release
/// build they are specialised and cost what direct calls cost.
public protocol Disk {
    /// An open file: a plain handle, closed by its owner.
    associatedtype File

    /// Opens a file. A symbolic link is never followed.
    func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> File

    /// Closes a file. An error counts: on some file systems it is the first sign of a lost write.
    func close(_ file: File) throws(IOFailure)

    /// The length of a file in bytes.
    func size(_ file: File) throws(IOFailure) -> Int

    /// Reads up to `count` bytes from an offset into the front of a buffer that has room for them; returns
    /// how many, 0 at the end.
    func read(_ file: File, at offset: Int, count: Int, into buffer: inout [UInt8]) throws(IOFailure) -> Int

    /// Writes bytes at an offset; returns how many were taken, which may be fewer than asked for.
    func write(_ file: File, at offset: Int, _ bytes: Span<UInt8>) throws(IOFailure) -> Int

    /// Cuts a file to a length.
    func truncate(_ file: File, to length: Int) throws(IOFailure)

    /// Makes the content and the length of a file durable. After a failure nothing is known about what was
    /// written.
    func sync(_ file: File) throws(IOFailure)

    /// Makes the entries of a directory durable.
    func syncDirectory(_ path: String) throws(IOFailure)

    /// Creates a directory that only its owner may enter.
    func makeDirectory(_ path: String) throws(IOFailure)

    /// Removes a file.
    func remove(_ path: String) throws(IOFailure)

    /// Moves a file over another in one step.
    func rename(_ path: String, to newPath: String) throws(IOFailure)

    /// The names in a directory, in ascending order, without `.` and `..`.
    func list(_ path: String) throws(IOFailure) -> [String]

    /// Takes the exclusive lock of a file without waiting; it is held until the file is closed.
    func lock(_ file: File) throws(IOFailure)

    /// The number of this process, for the lock file.
    var processID: Int { get }
}

/// How a file is opened.
public enum OpenMode: Sendable {
    /// For reading; it must exist.
    case read
    /// For reading and writing; it must exist.
    case update
    /// For reading and writing; it must not exist; only its owner may open it.
    case create
    /// For reading and writing; created where it does not exist.
    case updateOrCreate
}

extension Disk {
    /// Writes all bytes, going on after a short write.
    package func writeAll(_ file: File, at offset: Int, _ bytes: Span<UInt8>, path: String) throws(IOFailure)
    {
        var done = 0
        while done < bytes.count {
            let n = try write(file, at: offset + done, bytes.extracting(done..<bytes.count))
            // A call that takes nothing and reports no error would loop for ever.
            guard n > 0 else { throw IOFailure(errno: IOFailure.noSpace, operation: "write", path: path) }
            done += n
        }
    }

    /// Reads `count` bytes, or fewer at the end of the file, into an array of its own.
    package func readAll(_ file: File, at offset: Int, count: Int, into buffer: inout [UInt8])
        throws(IOFailure)
        -> Int
    {
        if buffer.count != count { buffer = [UInt8](repeating: 0, count: count) }
        return try readPrefix(file, at: offset, count: count, into: &buffer)
    }

    /// Reads `count` bytes, or fewer at the end of the file, into the front of a buffer that has room for
    /// them; returns how many.
    func readPrefix(
        _ file: File, at offset: Int, count: Int, into buffer: inout [UInt8]
    ) throws(IOFailure) -> Int {
        precondition(buffer.count >= count)
        if count == 0 { return 0 }
        var done = try read(file, at: offset, count: count, into: &buffer)
        // Short reads in the middle of a file are rare (signals, some network file systems): gather the rest.
        while done > 0, done < count {
            var piece = [UInt8](repeating: 0, count: count - done)
            let n = try read(file, at: offset + done, count: piece.count, into: &piece)
            if n == 0 { break }
            buffer.replaceSubrange(done..<done + n, with: piece[..<n])
            done += n
        }
        return done
    }

    /// All bytes of a file.
    func contents(_ path: String) throws(IOFailure) -> [UInt8] {
        let file = try OwnedFile(self, path, .read)
        var bytes: [UInt8] = []
        let n = try readAll(file.handle, at: 0, count: size(file.handle), into: &bytes)
        if n < bytes.count { bytes.removeLast(bytes.count - n) }
        return bytes
    }

    /// Creates a directory and syncs its parent unless it is there already.
    package func ensureDirectory(_ path: String, parent: String) throws(IOFailure) {
        do throws(IOFailure) {
            try makeDirectory(path)
        } catch {
            guard error.cause == .exists else { throw error }
            return
        }
        try syncDirectory(parent)
    }
}
