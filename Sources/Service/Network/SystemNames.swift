#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `getaddrinfo`, the one call of the service into the C library that hands out pointers.
enum SystemNames {
    /// A name that the system could not resolve.
    struct Failure: Error, CustomStringConvertible {
        let code: Int32

        var description: String { unsafe String(cString: gai_strerror(code)) }

        /// The name does not exist, as opposed to nobody answering right now.
        var isFinal: Bool { code == EAI_NONAME }
    }

    /// All addresses of a name, without doubles; blocks until the system has an answer.
    static func addresses(of host: String) throws(Failure) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        #if os(Linux) && canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = Int32(SOCK_STREAM)
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else { throw Failure(code: code) }
        // The list lives until it is freed here; every pointer below is read before that.
        defer { unsafe freeaddrinfo(list) }
        var found: [IPAddress] = []
        var entry = unsafe list
        while let info = unsafe entry?.pointee {
            if let address = unsafe Self.address(info), !found.contains(address) { found.append(address) }
            unsafe entry = info.ai_next
        }
        return found
    }

    /// The address of one entry. The system says how long the structure is that it points to; in it the
    /// address begins after family and port (4 bytes), for IPv6 after the flow label, too (8), on Linux and
    /// Darwin alike.
    private static func address(_ info: addrinfo) -> IPAddress? {
        guard let start = unsafe info.ai_addr else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(info.ai_addrlen))
        switch unsafe (info.ai_family, bytes.count) {
        case (AF_INET, 8...): return unsafe IPAddress(bytes: Array(bytes[4..<8]))
        case (AF_INET6, 24...): return unsafe IPAddress(bytes: Array(bytes[8..<24]))
        default: return nil
        }
    }
}
