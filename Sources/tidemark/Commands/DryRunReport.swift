import Pipeline
import UsageEvents

/// `tidemark ingest --dry-run`: what inputs say, as it would be understood.
struct DryRunReport {
    /// Events and refused lines that are shown.
    private static let shownMax = 10

    let session: Session
    let input: InputOptions

    func run(_ options: FeedOptions) throws {
        let bar = session.progress()
        let summary = try DryRun.run(options, shown: Self.shownMax) { done, total, events in
            bar.update(.bytes(done, of: total), events: UInt64(events), alerts: 0)
        }
        bar.clear()
        let feed = FeedReport(counts: summary.counts, problems: summary.problems)
        if session.json {
            for event in summary.first { try session.out.line(LogText.line(event)) }
            try session.out.line(
                JSONText.object { json in feed.write(into: &json, accepted: UInt64(summary.events)) })
        } else {
            try show(summary.first)
        }
        try session.out.flush()
        if !session.json { report(summary, feed) }
        feed.reportProblems()
        let status = feed.status(keepGoing: input.keepGoing)
        if status != ExitStatus.done { throw Failure("", code: status) }
    }

    private func show(_ events: [UsageEvent]) throws {
        var table = Table([.left, .left, .left, .right, .right])
        if !events.isEmpty {
            table.row(
                ["time (UTC)", "account", "what", "tokens", "cost"].map { StyledText($0, .heading) })
        }
        for event in events {
            table.row([
                StyledText(event.ts.minuteText, .faint), StyledText(shortened(event.identity, to: 24)),
                StyledText(shortened(Self.subject(event), to: 24)), StyledText(Self.tokens(event)),
                StyledText(Self.cost(event)),
            ])
        }
        for line in table.lines(session.style) { try session.out.line(line.rendered(session.style)) }
    }

    /// The MCP server and its tool, or the model, or the program.
    private static func subject(_ event: UsageEvent) -> String {
        if let server = event.mcpServer { return event.mcpTool.map { server + "/" + $0 } ?? server }
        return event.model ?? event.tool ?? "-"
    }

    private static func tokens(_ event: UsageEvent) -> String {
        let sum = event.inputTokens + event.outputTokens + event.cacheReadTokens + event.cacheWriteTokens
        if sum == 0 { return "-" }
        return (sum < 0 ? "-" : "") + groupedDigits(sum.magnitude)
    }

    private static func cost(_ event: UsageEvent) -> String {
        guard event.shape.hasCost else { return event.shape.basis == .included ? "included" : "-" }
        switch event.shape.basis {
        case .estimated, .list: return "≈ " + event.cost.dollars
        case .included: return event.cost.dollars + " incl."
        case .billed, .unstated: return event.cost.dollars
        }
    }

    private func report(_ summary: DryRun.Summary, _ feed: FeedReport) {
        session.message(StyledText("Nothing was written.", .heading))
        var table = Table([.right, .left, .left], indent: 2)
        feed.rows(&table, accepted: UInt64(summary.events))
        for line in table.lines(session.messageStyle) { session.message(line) }
        for line in summary.refused { session.message(FeedReport.line(line), wraps: false) }
        for note in feed.notes() { session.message(StyledText("  " + note, .faint)) }
    }
}
