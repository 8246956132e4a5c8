import Alerting
public import EventLog

/// What others have to say to a log whose lock a process holds: files that appear under their whole name, and
/// are removed when what they say is durable in the log.
///
/// A crash in between leaves a file that is taken again: what is asked for must do nothing the second time.
public enum Inbox<D: Disk> {
    private static func directory(_ log: String) -> String { log + "/inbox" }
    private static var suffix: String { ".accepted" }
    /// Files that are taken at a time; further ones wait.
    private static var filesMax: Int { 256 }
    private static var bytesMax: Int { 256 }

    /// Leaves an acceptance for the process that holds the lock.
    public static func leave(_ acceptance: Acceptance, in disk: D, log: String) throws(IOFailure) {
        let directory = directory(log)
        try disk.ensureDirectory(directory, parent: log)
        // One file an alert: asking twice is asking once.
        var file = try NewFile(disk, directory + "/" + acceptance.alert + suffix)
        try file.write(acceptance.payload.span)
        try file.publish()
    }

    /// What waits, in the order of the names; files that say nothing known are passed over.
    static func waiting(in disk: D, log: String) throws(IOFailure) -> [Acceptance] {
        let names: [String]
        do throws(IOFailure) {
            names = try disk.list(directory(log))
        } catch {
            guard error.cause == .missing else { throw error }
            return []
        }
        var found: [Acceptance] = []
        for name in names.sorted() where name.hasSuffix(suffix) && found.count < filesMax {
            let file = try OwnedFile(disk, directory(log) + "/" + name, .read)
            var bytes: [UInt8] = []
            let n = try disk.readAll(file.handle, at: 0, count: bytesMax, into: &bytes)
            guard let acceptance = Acceptance(payload: Array(bytes[..<n])),
                name == acceptance.alert + suffix
            else { continue }
            found.append(acceptance)
        }
        return found
    }

    /// What was asked for is durable.
    static func remove(_ acceptances: [Acceptance], in disk: D, log: String) throws(IOFailure) {
        for acceptance in acceptances {
            try disk.remove(directory(log) + "/" + acceptance.alert + suffix)
        }
        try disk.syncDirectory(directory(log))
    }
}
