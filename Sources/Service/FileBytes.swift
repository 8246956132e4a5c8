#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A small file of the administrator: a configuration, a secret. Links are followed, because that is how
/// such files are put in place.
public struct FileBytes: Sendable {
    /// The content.
    public let bytes: [UInt8]
    /// Permission bits.
    let mode: UInt32
    /// Number of the user it belongs to.
    let owner: UInt32

    /// Why a file could not be read.
    public struct Fault: Error, CustomStringConvertible {
        /// Path and reason.
        public let description: String
        /// Whether it is not there.
        public let isMissing: Bool
    }

    /// Reads a regular file of at most `limit` bytes.
    public init(_ path: String, limit: Int) throws(Fault) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else {
            let why = unsafe String(cString: strerror(errno))
            throw Fault(description: "\(path) cannot be read: \(why)", isMissing: errno == ENOENT)
        }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(description: "\(path) is no file", isMissing: false)
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let n = unsafe read(file, &piece, piece.count)
            guard n > 0 else { break }
            bytes += piece[..<n]
        }
        guard bytes.count <= limit else {
            throw Fault(description: "\(path) is larger than \(limit) bytes", isMissing: false)
        }
        self.bytes = bytes
        mode = UInt32(status.st_mode) & 0o7777
        owner = status.st_uid
    }

    /// Whether its owner is this user or root, who may tell this user anything.
    var isOfThisUser: Bool { owner == geteuid() || owner == 0 }
}
