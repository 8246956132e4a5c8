import Sinks

/// A file that holds one secret.
enum SecretFile {
    private static let bytesMax = 64 << 10

    /// The content without the end of its last line. Refused where others than the owner may read it, or
    /// where the owner is neither this user nor root.
    static func secret(_ path: String, of sink: String) throws(SecretReader.Fault) -> Secret {
        let file: FileBytes
        do throws(FileBytes.Fault) { file = try FileBytes(path, limit: bytesMax) } catch {
            throw SecretReader.Fault("\(sink): \(error)")
        }
        guard file.mode & 0o077 == 0 else {
            throw SecretReader.Fault("\(sink): others may read \(path); chmod 600 it")
        }
        guard file.isOfThisUser else {
            throw SecretReader.Fault("\(sink): \(path) belongs to another user")
        }
        var bytes = file.bytes
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
            bytes.removeLast()
        }
        guard !bytes.isEmpty else { throw SecretReader.Fault("\(sink): \(path) is empty") }
        return Secret(bytes)
    }
}
