#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file without a name, for what a run remembers beyond its memory: nobody else can open it, and it is gone
/// when the run ends, however it ends.
///
/// It lies in `$TMPDIR`, else in `/var/tmp`, which unlike `/tmp` is hardly ever memory itself. The `unsafe`
/// calls pass memory that an array owns for the length of the call.
struct ScratchFile: ~Copyable {
    private let descriptor: Int32

    /// The folder for such files.
    static var folder: String {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
        return folder.isEmpty ? "/var/tmp" : folder
    }

    /// Makes an empty file; nil where none can be made.
    init?(in folder: String) {
        var template = Array("\(folder)/tidemark.XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        _ = unsafe unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Writes words as block number `block`, all blocks being of one size; false where that fails, as on a
    /// full disk.
    func write(_ words: [UInt64], block: Int) -> Bool {
        unsafe words.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let offset = off_t(block * bytes.count + done)
                let n = unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset)
                if n > 0 { done += n } else if n == 0 || errno != EINTR { return false }
            }
            return true
        }
    }

    /// Reads a block into words; false where that fails.
    func read(into words: inout [UInt64], block: Int) -> Bool {
        unsafe words.withUnsafeMutableBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
                let offset = off_t(block * bytes.count + done)
                let n = unsafe pread(descriptor, rest.baseAddress, rest.count, offset)
                if n > 0 { done += n } else if n == 0 || errno != EINTR { return false }
            }
            return true
        }
    }
}
