import EventLog
import Sinks

/// The key of a log's pseudonyms: 32 random bytes in `private/`, made when a sink first needs them. Whoever
/// has it can tell which account a pseudonym stands for; without it nobody can.
enum PseudonymKey {
    static func key(log: String) throws(SecretReader.Fault) -> Secret {
        let disk = PosixDisk()
        let directory = log + "/private"
        let path = directory + "/pseudonym.key"
        do {
            try disk.ensureDirectory(directory, parent: log)
            if try !NewFile<PosixDisk>.exists(disk, path) {
                var random = SystemRandomNumberGenerator()
                let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
                var file = try NewFile(disk, path)
                try file.write(bytes.span)
                try file.publish()
            }
            let file = try OwnedFile(disk, path, .read)
            var bytes: [UInt8] = []
            let count = try disk.readAll(file.handle, at: 0, count: 32, into: &bytes)
            guard count == 32 else { throw SecretReader.Fault("\(path) does not hold 32 bytes") }
            return Secret(bytes)
        } catch let error as SecretReader.Fault {
            throw error
        } catch {
            throw SecretReader.Fault("the key of pseudonyms: \(error)")
        }
    }
}
