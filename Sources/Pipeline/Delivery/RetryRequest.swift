public import EventLog

/// A wish of the command line that the process that sends for a sink carries out: send the dead letters
/// again.
///
/// A file beside the outbox, because the outbox itself belongs to whoever holds its lock.
public enum RetryRequest {
    private static func path<D: Disk>(_ disk: D, log: String, sink: String) -> String {
        Outbox<D>.directory(ofSink: sink, inLog: log) + "/retry"
    }

    /// Leaves the wish.
    public static func leave<D: Disk>(_ disk: D, log: String, sink: String) throws(IOFailure) {
        var file = try NewFile(disk, path(disk, log: log, sink: sink))
        try file.publish()
    }

    /// Whether the wish was there; it is gone afterwards.
    public static func take<D: Disk>(_ disk: D, log: String, sink: String) -> Bool {
        do throws(IOFailure) {
            try disk.remove(path(disk, log: log, sink: sink))
            return true
        } catch {
            return false
        }
    }
}
