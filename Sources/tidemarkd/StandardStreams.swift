import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Lines to the two output streams, without the C library's buffers.
enum StandardStreams {
    static func out(_ line: String) { write(1, line) }

    static func error(_ line: String) { write(2, line) }

    /// Event text is data: what could command a terminal is shown as an escape.
    private static func write(_ descriptor: Int32, _ line: String) {
        let lines = line.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { VisibleText.of(String($0)) }.joined(separator: "\n")
        let bytes = Array((text + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let n = unsafe bytes[done...].withUnsafeBytes { unsafe Self.write(descriptor, $0) }
            guard n > 0 else { return }
            done += n
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
