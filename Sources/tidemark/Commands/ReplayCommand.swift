import Alerting
import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark replay`: the alerts of a log or of files, without writing anything.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Show the alerts of the whole log, or of files, without writing anything.",
        discussion: """
            The same events and the same configuration always give the same alerts, live or replayed. \
            Use it to see what another setting would have raised, before you load it.

            Examples:
              tidemark replay                                           the log, under its own configuration
              tidemark replay claude-code                               this machine's transcripts
              tidemark replay events.ndjson.zst --json                  files, every transition
              tidemark replay --set detection.spend_spike.sensitivity=4 what if?
              tidemark replay --since 7d --exit-code && echo quiet      exit 3 where there is an alert
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var settings: SettingsOptions

    @Option(
        name: .long,
        help: "Show alerts from here on; what lies before still teaches. 7d, 24h, 2026-04-01, RFC 3339.")
    var since: TimeBound?

    @Option(name: .long, help: "Show alerts before this: the same forms.")
    var until: TimeBound?

    @Option(
        name: .long,
        help: "Threads that replay a log; they change nothing but the time. Default: one for each processor.")
    var threads: Int?

    @Flag(name: .long, help: "Updates, ends and digest lines too; --json always has them.")
    var all = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Compare the alerts of the log with its journal instead of showing them.",
            discussion: "Exit 0 where every line is the same, 3 where one is not."))
    var verifyJournal = false

    @Flag(name: .long, help: "Exit 3 where there is an alert.")
    var exitCode = false

    @Flag(name: .long, help: "One JSON object a line: every transition, in the journal's order.")
    var json = false

    func validate() throws {
        if let threads, !(1...64).contains(threads) {
            throw ValidationError("--threads is a number from 1 to 64")
        }
        if verifyJournal, !input.sources.isEmpty || settings.areGiven || since != nil || until != nil {
            throw ValidationError(
                "--verify-journal is about the log as it is: no sources, settings or times.")
        }
    }

    func run() throws {
        let session = Session(common, json: json)
        if verifyJournal { return try JournalProof.run(session, threads: threads, json: json) }
        let bar = session.progress()
        let collector = Collector(session, all: all, since: since, until: until)
        let summary: ReplaySummary
        do {
            if input.sources.isEmpty {
                if !json { try session.requireLog() }
                if since != nil || until != nil { try collector.resolve(now: session.clock()) }
                let size = bar.isShown ? try LogStatistics(session.disk, directory: session.log).events : 0
                summary = try Replay.log(
                    session.disk, directory: session.log, override: try logOverride(session),
                    until: collector.until, threads: threads,
                    progress: { events, alerts in
                        bar.update(.events(events, of: size), events: events, alerts: alerts)
                    }, emit: collector.take)
            } else {
                let effective = try settings.effective(log: "")
                summary = try Replay.sources(
                    try input.feed(effective), configuration: RunConfiguration(effective),
                    progress: { done, total, events, alerts in
                        bar.update(.bytes(done, of: total), events: UInt64(events), alerts: alerts)
                    }, emit: collector.take)
                if let now = summary.now { try collector.resolve(now: now) }
            }
        } catch {
            bar.clear()
            throw error
        }
        bar.clear()
        try collector.finish()
        try session.out.flush()
        if !json { report(summary, collector, session) }
        summary.beyond.report(session)
        try end(summary, collector)
    }

    /// The configuration to use instead of the log's; nil where nothing was asked for.
    private func logOverride(_ session: Session) throws -> RunConfiguration? {
        // Reading the log's own settings takes a pass over the log: only where something is to be laid over
        // them.
        guard settings.areGiven else { return nil }
        let own = try session.logConfiguration()
        let effective = try settings.effective(log: own)
        let plain = try TidemarkConfiguration.effective(log: own)
        return effective == plain && settings.config == nil ? nil : RunConfiguration(effective)
    }

    private func report(_ summary: ReplaySummary, _ collector: Collector, _ session: Session) {
        let rate = Double(summary.events) / max(summary.seconds, 1e-6)
        var line = StyledText(counted(summary.events, "event"), .heading)
        line.append(" of \(counted(max(summary.accounts, 0), "account")) in ", .faint)
        line.append("\(elapsed(summary.seconds))", .faint)
        if summary.events >= 1_000 { line.append(", \(shortCount(UInt64(rate)))/s", .faint) }
        session.message(line)
        session.message(StyledText("  ") + collector.tally(suppressed: summary.suppressed))
        if summary.isTorn {
            session.message(
                StyledText(
                    "  the log ends in a block that is not whole: a writer is busy or was interrupted",
                    .warning))
        }
        LogText.report(gaps: summary.gaps, session)
        if let kept = summary.origin.firstKept {
            let what = "Events before number \(groupedDigits(kept)) were dropped by retention"
            session.message(StyledText(what + "; what they taught is kept.", .faint))
        }
        if let notice = summary.origin.notice { session.message(StyledText(escaped(notice), .warning)) }
        if summary.alerts == 0, summary.span.days > 0 {
            session.message(StyledText("  " + Self.quiet(summary.span), .good))
        }
        guard let counts = summary.counts else { return }
        let feed = FeedReport(counts: counts, problems: summary.problems)
        if counts.duplicates > 0 || counts.copies > 0 || counts.rejectedLines > 0 {
            var table = Table([.right, .left, .left], indent: 2)
            feed.rows(&table, accepted: summary.events)
            for line in table.lines(session.messageStyle) { session.message(line) }
        }
        for line in summary.refused {
            session.message(FeedReport.line(line), wraps: false)
        }
        for note in feed.notes() { session.message(StyledText("  " + note, .faint)) }
    }

    /// What silence means, after so many days.
    static func quiet(_ span: EventSpan) -> String {
        let days = counted(span.days, "day")
        return span.days < 5
            ? "learned \(days): too few to know anybody's habits, five active days are wanted"
            : "learned \(days), nothing unusual"
    }

    private func end(_ summary: ReplaySummary, _ collector: Collector) throws {
        if let counts = summary.counts {
            let feed = FeedReport(counts: counts, problems: summary.problems)
            feed.reportProblems()
            let status = feed.status(keepGoing: input.keepGoing)
            if status != ExitStatus.done {
                let message =
                    json && counts.rejectedLines > 0
                    ? "\(counted(counts.rejectedLines, "line")) rejected" : ""
                throw Failure(message, code: status)
            }
        }
        if exitCode, collector.alerts > 0 { throw Failure("", code: ExitStatus.found) }
    }
}

/// Prints transitions that lie within bounds; holds them back while a bound is not known yet.
private final class Collector {
    private let session: Session
    private let since: TimeBound?
    private let bound: TimeBound?
    private var filter: AlertFilter
    private var isResolved: Bool
    private var held: [AlertTransition] = []
    private var pages = 0
    private var paged: Set<String> = []
    /// One alert's text.
    private var json: [UInt8] = []
    /// New alerts within the bounds.
    private(set) var alerts = 0

    init(_ session: Session, all: Bool, since: TimeBound?, until: TimeBound?) {
        self.session = session
        self.since = since
        bound = until
        filter = AlertFilter(all: all || session.json)
        isResolved = since == nil && until == nil
    }

    /// The time before which alerts are wanted, once it is known.
    var until: Timestamp? { filter.until }

    func resolve(now: Timestamp) throws {
        filter.since = since?.resolved(now: now)
        filter.until = bound?.resolved(now: now)
        isResolved = true
    }

    func take(_ transitions: [AlertTransition]) throws {
        guard isResolved else {
            held += transitions
            return
        }
        for alert in transitions {
            if let since = filter.since, alert.at < since { continue }
            if let until = filter.until, alert.at >= until { continue }
            if alert.state == .firing, alert.seq == 0 { alerts += 1 }
            if alert.state == .resolved {
                paged.remove(alert.id)
            } else if alert.page, paged.insert(alert.id).inserted {
                pages += 1
            }
            guard filter.admits(alert) else { continue }
            if session.json {
                json.removeAll(keepingCapacity: true)
                alert.write(into: &json)
                try session.out.line(json)
            } else {
                try session.out.lines(
                    filter.all
                        ? AlertLines.text(alert, style: session.style)
                        : AlertLines.alone(alert, style: session.style))
            }
        }
    }

    func finish() throws {
        isResolved = true
        try take(held)
        held = []
    }

    /// `61 alerts: 14 pages, 47 digest lines (--all shows them); 233 held back`.
    func tally(suppressed: Int) -> StyledText {
        var line = StyledText(counted(alerts, "alert"), .strong)
        if alerts > 0 {
            let digest = max(0, alerts - pages)
            line.append(": \(counted(pages, "page"))")
            if digest > 0 {
                line.append(", \(counted(digest, "digest line"))\(filter.all ? "" : " (--all shows them)")")
            }
        }
        if suppressed > 0, since == nil, bound == nil {
            line.append("; \(groupedDigits(UInt64(suppressed))) held back as repeats", .faint)
        }
        return line
    }
}
