// The one file of the log that talks to the operating system.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The disk of the operating system.
///
/// The `unsafe` calls below pass memory that an `Array`, `String` or `Span` owns for the length of the call,
/// with its true length; no pointer outlives its closure. `readdir` entries are read before the next call and
/// before `closedir`.
public struct PosixDisk: Disk, Sendable {
    /// An open file descriptor and the path it was opened by, for messages.
    public struct File: Sendable {
        let descriptor: Int32
        let path: String
    }

    /// There is only one.
    public init() {}

    /// See `Disk.open`.
    public func open(_ path: String, _ mode: OpenMode) throws(IOFailure) -> File {
        let access: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_EXCL
            case .updateOrCreate: O_RDWR | O_CREAT
            }
        while true {
            #if canImport(Darwin)
                let fd = unsafe Darwin.open(path, access | O_CLOEXEC | O_NOFOLLOW, 0o600)
            #elseif canImport(Musl)
                let fd = unsafe Musl.open(path, access | O_CLOEXEC | O_NOFOLLOW, 0o600)
            #else
                let fd = unsafe Glibc.open(path, access | O_CLOEXEC | O_NOFOLLOW, 0o600)
            #endif
            if fd >= 0 { return File(descriptor: fd, path: path) }
            if errno != EINTR { throw failure("open", path) }
        }
    }

    /// See `Disk.close`. The descriptor is gone even where the call was interrupted (Linux), so it is never
    /// repeated. A child of this process may have another one until it runs its program, so a lock is let go
    /// of before.
    public func close(_ file: File) throws(IOFailure) {
        _ = flock(file.descriptor, LOCK_UN)
        #if canImport(Darwin)
            let result = Darwin.close(file.descriptor)
        #elseif canImport(Musl)
            let result = Musl.close(file.descriptor)
        #else
            let result = Glibc.close(file.descriptor)
        #endif
        if result != 0, errno != EINTR { throw failure("close", file.path) }
    }

    /// See `Disk.size`.
    public func size(_ file: File) throws(IOFailure) -> Int {
        var status = stat()
        guard unsafe fstat(file.descriptor, &status) == 0 else { throw failure("fstat", file.path) }
        return Int(status.st_size)
    }

    /// See `Disk.read`.
    public func read(
        _ file: File, at offset: Int, count: Int, into buffer: inout [UInt8]
    ) throws(IOFailure) -> Int {
        precondition(count <= buffer.count)
        while true {
            let n = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe pread(file.descriptor, bytes.baseAddress, count, off_t(offset))
            }
            if n >= 0 { return n }
            if errno != EINTR { throw failure("read", file.path) }
        }
    }

    /// See `Disk.write`.
    public func write(_ file: File, at offset: Int, _ bytes: Span<UInt8>) throws(IOFailure) -> Int {
        while true {
            let n = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe pwrite(file.descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            }
            if n >= 0 { return n }
            if errno != EINTR { throw failure("write", file.path) }
        }
    }

    /// See `Disk.truncate`.
    public func truncate(_ file: File, to length: Int) throws(IOFailure) {
        while ftruncate(file.descriptor, off_t(length)) != 0 {
            if errno != EINTR { throw failure("ftruncate", file.path) }
        }
    }

    /// See `Disk.sync`. On Apple systems only `F_FULLFSYNC` reaches the medium.
    public func sync(_ file: File) throws(IOFailure) {
        #if canImport(Darwin)
            if fcntl(file.descriptor, F_FULLFSYNC) == -1 { throw failure("fcntl(F_FULLFSYNC)", file.path) }
        #else
            if fdatasync(file.descriptor) != 0 { throw failure("fdatasync", file.path) }
        #endif
    }

    /// See `Disk.syncDirectory`.
    public func syncDirectory(_ path: String) throws(IOFailure) {
        let directory = try open(path, .read)
        let result = fsync(directory.descriptor)
        let error = failure("fsync", path)
        try close(directory)
        if result != 0 { throw error }
    }

    /// See `Disk.makeDirectory`.
    public func makeDirectory(_ path: String) throws(IOFailure) {
        if unsafe mkdir(path, 0o700) != 0 { throw failure("mkdir", path) }
    }

    /// See `Disk.remove`.
    public func remove(_ path: String) throws(IOFailure) {
        if unsafe unlink(path) != 0 { throw failure("unlink", path) }
    }

    /// See `Disk.rename`.
    public func rename(_ path: String, to newPath: String) throws(IOFailure) {
        #if canImport(Darwin)
            let result = unsafe Darwin.rename(path, newPath)
        #elseif canImport(Musl)
            let result = unsafe Musl.rename(path, newPath)
        #else
            let result = unsafe Glibc.rename(path, newPath)
        #endif
        if result != 0 { throw failure("rename", path) }
    }

    /// See `Disk.list`.
    public func list(_ path: String) throws(IOFailure) -> [String] {
        guard let stream = unsafe opendir(path) else { throw failure("opendir", path) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw failure("readdir", path) }
                break
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 1) { text in
                    unsafe String(cString: text)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// See `Disk.lock`.
    public func lock(_ file: File) throws(IOFailure) {
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno != EINTR { throw failure("flock", file.path) }
        }
    }

    /// See `Disk.processID`.
    public var processID: Int { Int(getpid()) }

    private func failure(_ operation: String, _ path: String) -> IOFailure {
        IOFailure(errno: errno, operation: operation, path: path)
    }
}

extension IOFailure {
    /// No space left on the device.
    public static var noSpace: Int32 { ENOSPC }
    /// The device failed.
    public static var deviceError: Int32 { EIO }
    /// There is no such file or directory.
    public static var noSuchFile: Int32 { ENOENT }
    /// The file is there already.
    public static var fileExists: Int32 { EEXIST }
    /// The file system is mounted read-only.
    public static var readOnlyFileSystem: Int32 { EROFS }
    /// The lock is held by another process.
    public static var wouldBlock: Int32 { EWOULDBLOCK }

    /// A directory stands where a file should.
    public static var isDirectory: Int32 { EISDIR }
    /// A file stands where a directory should.
    public static var notADirectory: Int32 { ENOTDIR }
    /// The handle is not open, or not for this.
    public static var badHandle: Int32 { EBADF }

    /// What the number means for the one who has to react.
    public var cause: Cause {
        switch errno {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EACCES, EPERM, EROFS: .forbidden
        case ENOENT: .missing
        case EEXIST: .exists
        case EWOULDBLOCK: .busy
        case ENOTDIR, EISDIR, ELOOP: .wrongKind
        default: .device
        }
    }

    /// The operating system's words for the number.
    public var reason: String {
        // `strerror` returns a text that lives until the next call in this thread; it is copied at once.
        guard let text = unsafe strerror(errno) else { return "error \(errno)" }
        return unsafe String(cString: text)
    }
}
