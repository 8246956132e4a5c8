// What inputs, clocks, variables and signals need of the operating system.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Device and inode, by which a file is told from another one that took its name.
public struct InputIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    fileprivate init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
    }
}

/// An open input: a file, a pipe or standard input. Closed with its value.
struct FileInput: ~Copyable {
    private let descriptor: Int32
    private let name: String
    /// Bytes of a regular file when it was opened; nil for a pipe.
    let size: Int?
    /// By which a rotated file is told from the one that is open.
    let identity: InputIdentity
    private var position = 0

    /// Opens a file by its path; `-` is standard input.
    init(_ path: String) throws(InputError) {
        let name = path == "-" ? "standard input" : path
        let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(name, errno) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        let kind = status.st_mode & S_IFMT
        if !isKnown || kind == S_IFDIR {
            let code = errno
            if descriptor > 0 { close(descriptor) }
            if isKnown { throw .directory(name: name) }
            throw Self.error(name, code)
        }
        self.name = name
        self.descriptor = descriptor
        identity = InputIdentity(status)
        size = kind == S_IFREG ? Int(status.st_size) : nil
        // A pipe that holds a mebibyte lets one synchronisation serve many events; where it is refused
        // nothing is lost.
        #if os(Linux)
            if kind == S_IFIFO { _ = fcntl(descriptor, 1_031, 1 << 20) }
        #endif
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// Reads once, up to `count` bytes, behind what `buffer` holds; returns how many, 0 at the end.
    mutating func read(into buffer: inout [UInt8], count: Int) throws(InputError) -> Int {
        while true {
            var n = 0
            buffer.append(addingCapacity: count) { space in
                // The span owns room for `count` bytes during the call, and `n` of them are written.
                unsafe space.withUnsafeMutableBufferPointer { room, initialized in
                    n = unsafe readOnce(descriptor, UnsafeMutableRawBufferPointer(room))
                    initialized = max(n, 0)
                }
            }
            if n >= 0 {
                position += n
                return n
            }
            guard errno == EINTR else { throw Self.error(name, errno) }
            if Interruption.pending != nil { return 0 }
        }
    }

    /// A file with its length, which a pipe has not, without opening it: a pipe that is opened and closed
    /// again has lost its writer.
    static func find(_ path: String) throws(InputError) -> InputFile {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw error(path, errno) }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR { throw .directory(name: path) }
        return InputFile(
            path: path, size: kind == S_IFREG ? Int(status.st_size) : nil, identity: InputIdentity(status))
    }

    /// Goes on reading from an offset of a regular file.
    mutating func skip(to offset: Int) {
        position = Int(lseek(descriptor, off_t(offset), SEEK_SET))
    }

    /// Waits until a pipe has something, or for a while. A regular file is always ready.
    func wait(milliseconds: Int32) -> Bool {
        if size != nil { return true }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) != 0
    }

    /// Whether the path now names another file, or the file became shorter than what was read: it was rotated
    /// or cut.
    func wasReplaced(path: String) -> Bool {
        guard size != nil else { return false }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return InputIdentity(status) != identity || Int(status.st_size) < position
    }

    private static func error(_ name: String, _ code: Int32) -> InputError {
        switch code {
        case ENOENT, ENOTDIR: .missing(name: name)
        case EISDIR: .directory(name: name)
        case EACCES, EPERM: .forbidden(name: name)
        default: .failed(name: name, why: unsafe String(cString: strerror(code)))
        }
    }
}

/// `read(2)`, outside the type whose method has its name.
private func readOnce(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
    unsafe read(descriptor, bytes.baseAddress, bytes.count)
}

/// Waits without doing anything.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

/// The wall clock, in ms UTC; read by live runs only, and written into the log.
public func wallClock() -> Int64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
}

/// A clock for durations, in seconds.
public func monotonicSeconds() -> Double {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

/// The variables of the environment, for both programs.
public enum EnvironmentVariables {
    /// All of them, by name.
    public static var all: [String: String] {
        var all: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                all[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe next += 1
        }
        return all
    }
}

/// SIGINT and SIGTERM during a run that writes: blocked, and looked for between batches, so that nothing is
/// cut in the middle.
public enum Interruption {
    /// The signal that a service is ended with.
    public static let ofServices = SIGTERM

    /// From now on the two signals wait to be looked for.
    public static func hold() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The signal that waits, if any.
    public static var pending: Int32? {
        var set = sigset_t()
        unsafe sigpending(&set)
        if unsafe sigismember(&set, SIGINT) == 1 { return SIGINT }
        if unsafe sigismember(&set, SIGTERM) == 1 { return SIGTERM }
        return nil
    }
}
