/// What came of a request.
public enum OutboundAnswer: Sendable {
    /// An answer by HTTP.
    case http(HTTPAnswer)
    /// The command ended with this code; a signal counts as 128 and its number.
    case exit(code: Int32)
    /// The bytes are in the file, or handed to the connection.
    case written
    /// There was no answer.
    case failure(Failure, detail: String)

    /// Why there was no answer.
    public enum Failure: String, Hashable, Sendable, CaseIterable {
        /// No connection, or it broke.
        case network
        /// It took too long.
        case timeout
        /// The address is one that nothing may be sent to.
        case policy
        /// The file could not be written or the command not started.
        case local
    }
}

/// An answer by HTTP, as far as it was read.
public struct HTTPAnswer: Sendable {
    /// The status, such as 503.
    public var status: Int
    /// The value of `retry-after`, if there was one.
    public var retryAfter: String?
    /// When it came, in seconds since 1970: a `retry-after` may name a date.
    public var receivedAt: Int64
    /// The first bytes of the body, at most `bodyBytesMax`.
    public var body: [UInt8]

    /// Bytes of a body that are of any interest.
    public static let bodyBytesMax = 65_536

    /// An answer.
    public init(status: Int, retryAfter: String? = nil, receivedAt: Int64, body: [UInt8] = []) {
        self.status = status
        self.retryAfter = retryAfter
        self.receivedAt = receivedAt
        self.body = body
    }
}
