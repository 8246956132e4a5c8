import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log seal`.
struct LogSeal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Bring complete segments into their final, small form.",
        discussion: """
            Small commits are joined to blocks of 65,536 events, request ids go into files of their own, \
            and an index ends each segment. Alerts, events and their numbers stay the same. Request ids \
            that the duplicate window has passed are dropped, unless log.keep_request_ids is always.

            It runs beside `tidemark ingest`, which keeps the last segment to itself; with nobody writing, \
            that one is sealed too. A crash leaves each segment in the old form or in the new one.

            --sums adds sums by day beside each sealed segment, from which `tidemark report` and \
            `tidemark inventory` answer several times as fast with the same figures; they take two seconds \
            for ten million events. A log that has some gets more whenever it is sealed.

            Exit 0: done. Exit 65: damage, see `tidemark log verify`. Exit 75: somebody seals, erases or \
            repairs.

            Examples:
              tidemark log seal --dry-run
              tidemark log seal && tidemark log stat
              tidemark log seal --sums
            """)

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Change nothing: say what would be sealed.")
    var dryRun = false

    @Flag(name: .long, help: "Make sums by day for reports, also beside segments that are sealed already.")
    var sums = false

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        try session.requireLog()
        var options = LogSealer<PosixDisk>.Options()
        options.isDryRun = dryRun
        options.makesCells = sums
        options.keepsIDs = try session.logSettings().keepRequestIDs == .always
        let bar = session.progress()
        defer { bar.clear() }
        let report = try LogSealer.seal(session.disk, directory: session.log, options: options) {
            bar.update(.events(UInt64($0), of: UInt64($1)), events: UInt64($0), alerts: nil)
        }
        bar.clear()
        if json {
            try session.out.line(Self.json(report, isDryRun: dryRun))
        } else {
            for line in Self.text(report, isDryRun: dryRun) {
                try session.out.line(line.rendered(session.style))
            }
        }
        try session.out.flush()
    }

    private static func text(_ report: LogSealingReport, isDryRun: Bool) -> [StyledText] {
        var lines: [StyledText] = []
        if isDryRun {
            let open = counted(report.planned, "open segment")
            lines.append(StyledText("\(open), \(byteCount(report.bytesBefore)), would be looked at."))
            return lines
        }
        if report.sealed > 0 {
            let perEvent = Double(report.bytesAfter) / Double(max(report.events, 1))
            lines.append(
                StyledText("sealed", .good)
                    + StyledText(
                        "  \(counted(report.sealed, "segment")), \(counted(report.events, "event")): "
                            + "\(byteCount(report.bytesBefore)) before, \(byteCount(report.bytesAfter)) now, "
                            + "\(decimal(perEvent, digits: 1)) an event"
                            + (report.idsBytes > 0
                                ? ", and \(byteCount(report.idsBytes)) of request ids" : "")
                    ))
        } else {
            lines.append(StyledText("Nothing to seal: \(counted(report.before, "segment")) sealed before."))
        }
        if report.cellsMade > 0 {
            let what =
                report.cells > 0
                ? "\(counted(report.cells, "sum")) by day, \(byteCount(report.cellsBytes)), for "
                    + "`tidemark report` and `tidemark inventory`"
                : "Sums by day would hardly be fewer than the events: reports read the events."
            lines.append(StyledText(what))
        }
        if report.idsDropped > 0 {
            lines.append(
                StyledText(
                    "\(byteCount(report.idsDroppedBytes)) of request ids dropped: the duplicate window has "
                        + "passed them"))
        }
        if report.isBesideWriter {
            lines.append(StyledText("The last segment stays open: somebody writes to the log.", .faint))
        }
        return lines
    }

    private static func json(_ report: LogSealingReport, isDryRun: Bool) -> String {
        JSONText.object { json in
            json.flag("dry_run", isDryRun)
            json.number("segments", isDryRun ? report.planned : report.sealed)
            json.number("sealed_before", report.before)
            json.number("open", report.open)
            json.number("events", report.events)
            json.number("bytes_before", report.bytesBefore)
            json.number("bytes_after", report.bytesAfter)
            json.number("ids_bytes", report.idsBytes)
            json.number("ids_dropped_bytes", report.idsDroppedBytes)
            json.number("cells_made", report.cellsMade)
            json.number("cells", report.cells)
            json.number("cells_bytes", report.cellsBytes)
            json.number("blocks_copied", report.copied)
            json.number("blocks_encoded", report.encoded)
            json.flag("beside_writer", report.isBesideWriter)
        }
    }
}

extension Session {
    /// How the log is kept, as its own configuration and the environment say.
    func logSettings() throws -> TidemarkConfiguration.LogSettings {
        try TidemarkConfiguration.effective(log: logConfiguration(), environment: Platform.environment()).log
    }
}
