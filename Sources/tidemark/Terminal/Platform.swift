// The one file of the command line that talks to the operating system.
import Pipeline

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the command line asks of the operating system.
///
/// The `unsafe` calls pass memory that a `Span`, an `Array` or a local owns for the length of the call,
/// with its true length; texts that the system returns are copied before the next call.
enum Platform {
    /// Standard output.
    static let standardOutput: Int32 = 1
    /// Standard error.
    static let standardError: Int32 = 2

    /// Why bytes could not be written.
    enum WriteFailure: Error, Equatable {
        /// The reader at the other end of the pipe has gone: nothing is wrong.
        case closed
        /// Anything else, in the operating system's words.
        case failed(String)
    }

    /// A pipe without a reader, and a file-size limit, become errors of `write` instead of the end of the
    /// process.
    ///
    /// Ctrl-C and `kill` work even where a careless parent has blocked them.
    static func prepareSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        unblock(SIGINT, SIGTERM)
    }

    private static func unblock(_ numbers: Int32...) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Whether somebody may be looking.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns and rows of a terminal; nil for anything else.
    static func terminalSize(_ descriptor: Int32) -> (columns: Int, rows: Int)? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes all bytes.
    static func write(_ descriptor: Int32, _ bytes: Span<UInt8>) throws(WriteFailure) {
        var done = 0
        while done < bytes.count {
            let n = unsafe bytes.extracting(done...).withUnsafeBufferPointer { rest in
                unsafe writeOnce(descriptor, UnsafeRawBufferPointer(rest))
            }
            if n >= 0 {
                done += n
            } else if errno == EPIPE {
                throw .closed
            } else if errno == EAGAIN {
                // Somebody made the terminal non-blocking: wait until it takes more.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&entry, 1, 1_000)
            } else if errno != EINTR {
                throw .failed(reason(errno))
            }
        }
    }

    /// An argument, or the log that the environment names, of bytes that are not UTF-8; nil where all are.
    /// Repaired as Swift hands it on it would name another file.
    static var unspokenName: String? {
        var texts = unsafe (0..<Int(CommandLine.argc)).compactMap { unsafe CommandLine.unsafeArgv[$0] }
        if let log = unsafe getenv("TIDEMARK_LOG") { unsafe texts.append(log) }
        let odd = unsafe texts.first { unsafe String(validatingCString: $0) == nil }
        return unsafe odd.map { unsafe String(cString: $0) }
    }

    /// A variable of the environment; nil where it is not set.
    static func environment(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }

    /// All variables of the environment.
    static func environment() -> [String: String] { EnvironmentVariables.all }

    /// The user's name and the machine's, for events that name no account.
    static var userAtHost: String {
        var name = [CChar](repeating: 0, count: 256)
        let found = unsafe gethostname(&name, name.count - 1) == 0
        let host =
            found
            ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : ""
        let user = environment("USER") ?? environment("LOGNAME") ?? "user\(getuid())"
        return host.isEmpty ? user : user + "@" + host
    }

    /// Where programs of this user leave their files.
    static var machine: SourceList.Machine {
        SourceList.Machine(home: environment("HOME"), environment: environment())
    }

    /// Reads a small file whole, for configurations and price tables.
    static func readFile(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let n = unsafe piece.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if n == 0 { break }
            if n > 0 {
                bytes.append(contentsOf: piece[..<n])
            } else if errno != EINTR {
                throw FileFailure(path: path, code: errno)
            }
        }
        return bytes
    }

    /// A new directory that only this user may enter.
    static func makeTemporaryDirectory() throws(FileFailure) -> String {
        let parent = environment("TMPDIR") ?? ""
        var template = Array(((parent.isEmpty ? "/tmp" : parent) + "/tidemark-XXXXXX").utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer {
            unsafe $0.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard made else { throw FileFailure(path: path, code: errno) }
        return path
    }

    /// Writes a new file.
    static func writeFile(_ path: String, _ bytes: Span<UInt8>) throws(FileFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, code: errno) }
        defer { close(descriptor) }
        do throws(WriteFailure) {
            try write(descriptor, bytes)
        } catch {
            // A file has no reader that could go: the number is that of the failed call.
            throw FileFailure(path: path, code: errno)
        }
    }

    /// Removes a directory that this process made, with everything in it. Links are removed, never followed.
    static func removeTree(_ path: String) {
        var names: [String] = []
        if let stream = unsafe opendir(path) {
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                    unsafe field.withMemoryRebound(to: CChar.self, capacity: 1) { unsafe String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            unsafe closedir(stream)
        }
        for name in names {
            let inner = path + "/" + name
            if unsafe unlink(inner) != 0 { removeTree(inner) }
        }
        unsafe rmdir(path)
    }

    /// Runs a line of the shell with bytes as its standard input; its exit status, 128 and the number for a
    /// signal, 127 where there is no shell.
    static func runShell(_ line: String, input: ArraySlice<UInt8>) -> Int32 {
        // Not after the child has ended: its buffer would be written twice.
        fflush(nil)
        guard let pipe = unsafe popen(line, "w") else { return 127 }
        unsafe input.withUnsafeBytes { bytes in
            // A command that reads nothing is as good as one that does.
            _ = unsafe fwrite(bytes.baseAddress, 1, bytes.count, pipe)
        }
        let status = unsafe pclose(pipe)
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    /// The folder of this program's file; nil where the system does not say.
    static var programFolder: String? {
        #if os(Linux)
            var path = [CChar](repeating: 0, count: 4_096)
            let n = unsafe readlink("/proc/self/exe", &path, path.count)
            guard n > 0, n < path.count else { return nil }
            let text = String(decoding: path[..<n].map(UInt8.init(bitPattern:)), as: UTF8.self)
            return text.lastIndex(of: "/").map { String(text[..<$0]) }
        #else
            return nil
        #endif
    }

    /// Becomes another program, looked for in `PATH` where its name holds no slash. Returns only if that
    /// could not be done.
    static func become(_ program: String, _ arguments: [String]) {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map {
            unsafe strdup($0)
        }
        unsafe pointers.append(nil)
        unsafe execvp(program, pointers)
        while let pointer = unsafe pointers.popLast() { unsafe free(pointer) }
    }

    /// Waits without doing anything.
    static func sleep(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    /// Ends the process at once.
    static func exit(_ code: Int32) -> Never { endProcess(code) }

    /// Ends the process as a signal does, so that a shell sees 130 or 143.
    static func end(bySignal number: Int32) -> Never {
        signal(number, SIG_DFL)
        unblock(number)
        raise(number)
        endProcess(128 + number)
    }

    /// The operating system's words for an error number.
    static func reason(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

/// A file that could not be read or written.
struct FileFailure: Error {
    var path: String
    var code: Int32

    /// The operating system's words.
    var reason: String { Platform.reason(code) }
    /// Whether there is none.
    var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

/// `write(2)`, outside the type whose method has its name.
private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}

/// `exit(3)`, outside the type whose method has its name.
private func endProcess(_ code: Int32) -> Never { exit(code) }
