/// A system call that failed: which one, on what, and the operating system's number for the reason.
public struct IOFailure: Error, Hashable, Sendable {
    /// The operating system's error number (`errno`). Any number may occur; an unknown one is an ordinary
    /// failure.
    public let errno: Int32
    /// The system call, for example `fdatasync`.
    public let operation: String
    /// The file or directory concerned.
    public let path: String

    /// Records a failure.
    public init(errno: Int32, operation: String, path: String) {
        self.errno = errno
        self.operation = operation
        self.path = path
    }

    /// What a failure means for the one who has to react to it.
    public enum Cause: Sendable {
        /// No space, quota or file-size allowance is left: wait, or free some, and go on.
        case full
        /// The file system or the permissions forbid it.
        case forbidden
        /// There is no such file.
        case missing
        /// There is one already.
        case exists
        /// Another process holds the lock.
        case busy
        /// Something in the path is not a directory, or a directory stands where a file should.
        case wrongKind
        /// Anything else, the device's own errors included.
        case device
    }
}

extension IOFailure: CustomStringConvertible {
    /// What failed, where and why, as in `fdatasync of LOG/segments/0.seg failed: Input/output error`.
    public var description: String { "\(operation) of \(path) failed: \(reason)" }
}
