import NIOCore
import NIOPosix

/// Names to addresses; a closure, so that a test can answer one thing first and another thing second.
struct Resolver: Sendable {
    /// All addresses of a name, in the order of preference.
    let addresses: @Sendable (_ host: String, _ port: Int) async throws -> [IPAddress]

    /// The system's resolver (RFC 6724 order), on a thread of its own: it blocks.
    static let system = Resolver { host, port in
        if let literal = IPAddress(host) { return [literal] }
        return try await NIOThreadPool.singleton.runIfActive { try SystemNames.addresses(of: host) }
    }
}
