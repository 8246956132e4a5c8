import EventLog
import Sinks

/// Appends lines to a file and makes them durable.
///
/// The file is opened anew each time, so that a program that rotates it by its name needs to tell nobody. It
/// is only its owner's to read, and never a symbolic link.
enum FileTransport {
    static func append(_ lines: [UInt8], to path: String) -> OutboundAnswer {
        let disk = PosixDisk()
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .updateOrCreate)
            var size = try disk.size(file.handle)
            // A line that a crash cut in two is ended, so that the next one stands alone.
            var last: [UInt8] = [0]
            if size > 0, try disk.read(file.handle, at: size - 1, count: 1, into: &last) == 1,
                last[0] != UInt8(ascii: "\n")
            {
                try disk.writeAll(file.handle, at: size, [UInt8(ascii: "\n")].span, path: path)
                size += 1
            }
            try disk.writeAll(file.handle, at: size, lines.span, path: path)
            try disk.sync(file.handle)
            return .written
        } catch {
            return .failure(.local, detail: error.description)
        }
    }
}
