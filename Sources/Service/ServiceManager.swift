#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Tells the service manager how far this process is (`sd_notify(3)`): datagrams to the socket that
/// `NOTIFY_SOCKET` names. Says nothing where there is none.
public enum ServiceManager {
    /// Everything is running.
    public static func ready(_ status: String) { send("READY=1\nSTATUS=\(status)\n") }

    /// A new configuration is being read; `ready` follows.
    public static func reloading() {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\n")
    }

    /// This process is about to end.
    public static func stopping() { send("STOPPING=1\n") }

    /// Still working: to be called at least twice in `WATCHDOG_USEC`.
    public static func alive() { send("WATCHDOG=1\n") }

    private static func send(_ text: String) {
        #if os(Linux)
            guard let path = ProcessEnvironment.value("NOTIFY_SOCKET"),
                path.hasPrefix("/") || path.hasPrefix("@")
            else { return }
            var bytes = Array(path.utf8)
            // An address that begins with @ is no file: its first byte is zero.
            if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
            let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { return }
            defer { close(socket) }
            // sockaddr_un as bytes: the family in this machine's order, then the name.
            let family = UInt16(AF_UNIX)
            var address = [UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8)]
            if family.littleEndian != family { address.reverse() }
            address += bytes
            guard address.count <= 110 else { return }
            // The pointers live as long as the call; the kernel copies what they point to.
            let message = Array(text.utf8)
            unsafe address.withUnsafeBytes { address in
                guard let start = address.baseAddress else { return }
                unsafe message.withUnsafeBytes { message in
                    _ = unsafe sendto(
                        socket, message.baseAddress, message.count, Int32(MSG_NOSIGNAL),
                        start.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
                }
            }
        #endif
    }
}
