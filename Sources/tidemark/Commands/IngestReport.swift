import Pipeline
import UsageEvents

extension IngestCommand {
    /// Says what a run did, and ends the process with the code that it deserves.
    func report(_ summary: IngestSummary, _ session: Session) throws {
        let report = FeedReport(counts: summary.counts, problems: summary.problems)
        var untold: OutputError?
        if json {
            do throws(OutputError) {
                try session.out.line(Self.json(summary, report))
                try session.out.flush()
            } catch { untold = error }
        } else {
            Self.print(summary, report, detects: !noDetect, session)
            if summary.interruptedBy != nil {
                let rest = follow ? "" : ", the rest was not read"
                session.message(StyledText("  stopped: what is counted above is durable\(rest)", .warning))
            }
        }
        report.reportProblems()
        if let signal = summary.interruptedBy { Platform.end(bySignal: signal) }
        let status = report.status(keepGoing: input.keepGoing)
        if status != ExitStatus.done { throw Failure("", code: status) }
        if let untold { throw untold }
    }

    /// Events below which rates are not shown.
    private static let figuresMin = 1_000

    private static func print(
        _ summary: IngestSummary, _ report: FeedReport, detects: Bool, _ session: Session
    ) {
        // Where no input could be opened, the reason is all there is to say.
        if summary.counts.lines == 0, !report.problems.isEmpty { return }
        var table = Table([.right, .left, .left], indent: 2)
        report.rows(&table, accepted: UInt64(summary.accepted))
        if summary.late > 0 {
            table.row([
                StyledText(groupedDigits(summary.late)), "late",
                StyledText("more than a day behind their account: counted in days, not in hours", .faint),
            ])
        }
        var alerts = summary.alerts > 0 ? StyledText("see them: tidemark tail", .command) : StyledText()
        if summary.alerts == 0, summary.span.days > 1, detects {
            alerts = StyledText(ReplayCommand.quiet(summary.span), .faint)
        }
        table.row([
            StyledText(groupedDigits(UInt64(summary.alerts))), summary.alerts == 1 ? "alert" : "alerts",
            alerts,
        ])
        var head = StyledText("Ingested into \(session.shownLog)", .heading)
        head.append(" in \(elapsed(summary.seconds))", .faint)
        // Figures of a handful of lines would say nothing.
        if summary.accepted >= figuresMin {
            let rate = Double(summary.counts.lines) / max(summary.seconds, 1e-6)
            let perEvent = Double(summary.bytesWritten) / Double(summary.accepted)
            head.append(
                ", \(shortCount(UInt64(rate))) lines/s, \(decimal(perEvent, digits: 1)) bytes an event",
                .faint)
        }
        session.message(head)
        for line in table.lines(session.messageStyle) { session.message(line) }
        for line in summary.refused { session.message(FeedReport.line(line), wraps: false) }
        if summary.counts.rejectedLines > 0 {
            session.message(
                StyledText("  rejected lines are kept, with reasons, in \(session.shownLog)/rejected/"))
        }
        summary.beyond.report(session)
        for note in report.notes() { session.message(StyledText("  " + note, .faint)) }
        if let moved = summary.journalMoved {
            session.message(
                StyledText(
                    "  the journal did not say what the log says; the old one is kept as \(escaped(moved))",
                    .warning))
        }
    }

    private static func json(_ summary: IngestSummary, _ report: FeedReport) -> String {
        JSONText.object { json in
            report.write(into: &json, accepted: UInt64(summary.accepted))
            json.number("late", summary.late)
            json.number("alerts", summary.alerts)
            summary.beyond.write(into: &json)
            json.number("bytes_written", summary.bytesWritten)
            json.number("seconds", summary.seconds, digits: 6)
            json.number("events_per_second", Double(summary.accepted) / max(summary.seconds, 1e-6), digits: 0)
            json.array("problems", report.problems.map { JSONText.quoted($0.description) })
        }
    }
}
