import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log prune`.
struct LogPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Drop the oldest sealed segments, by age or by size.",
        discussion: """
            Whole sealed segments go, the oldest first: those whose events are all older than \
            log.retention_days (before the log's clock), and as many as it takes for the rest to fit \
            log.retention_bytes. The last segment stays. Without either nothing is dropped; nothing else \
            ever drops events.

            The configuration in force is kept, and what the dropped events had taught: a replay begins at \
            the first event that is left, knows what was usual before, and gives the same alerts from \
            there on. Under another configuration it goes on from what this one had learned, and says so.

            Examples:
              tidemark log seal && tidemark log prune --dry-run --days 400
              tidemark log prune --bytes 20000000000
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: .long, help: "Instead of log.retention_days.")
    var days: Int?

    @Option(name: .long, help: "Instead of log.retention_bytes.")
    var bytes: Int?

    @Flag(name: .long, help: "Change nothing: say what would be dropped.")
    var dryRun = false

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func validate() throws {
        if let days, days < 1 { throw ValidationError("--days is at least 1.") }
        if let bytes, bytes < 0 { throw ValidationError("--bytes is not negative.") }
    }

    func run() throws {
        let session = Session(common, json: json)
        try session.requireLog()
        let settings = try session.logSettings()
        var policy = LogPruner<PosixDisk>.Policy()
        let days = days ?? settings.retentionDays
        if days > 0 { policy.oldest = try session.clock().rawValue - Int64(days) * Timestamp.day }
        let bytes = bytes ?? settings.retentionBytes
        if self.bytes != nil || bytes > 0 { policy.bytesMax = bytes }
        guard policy != LogPruner<PosixDisk>.Policy() else {
            throw Failure(
                "There is no limit: give --days or --bytes, or set log.retention_days or log.retention_bytes",
                code: ExitStatus.usage)
        }
        let report = try Retention.prune(
            session.disk, directory: session.log, policy: policy, isDryRun: dryRun)
        try session.out.line(
            json ? Self.json(report, isDryRun: dryRun) : Self.text(report, isDryRun: dryRun))
        try session.out.flush()
    }

    private static func text(_ report: LogPruning, isDryRun: Bool) -> String {
        guard report.segments > 0 else { return "Nothing to drop: \(byteCount(report.bytesKept)) stay." }
        return
            "\(isDryRun ? "would drop" : "dropped"): \(counted(report.events, "event")) in "
            + "\(counted(report.segments, "segment")), \(byteCount(report.bytes)); the log begins at number "
            + "\(groupedDigits(report.firstKept)), \(byteCount(report.bytesKept)) stay"
    }

    private static func json(_ report: LogPruning, isDryRun: Bool) -> String {
        JSONText.object { json in
            json.flag("dry_run", isDryRun)
            json.number("segments", report.segments)
            json.number("events", report.events)
            json.number("bytes", report.bytes)
            json.number("first_kept", report.firstKept)
            json.number("bytes_kept", report.bytesKept)
        }
    }
}
