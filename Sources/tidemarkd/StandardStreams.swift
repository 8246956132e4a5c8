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
        var text = ""
        for scalar in line.unicodeScalars {
            switch scalar.value {
            case 0x0a: text.unicodeScalars.append(scalar)
            case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
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
