import Alerting
import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark ingest`: events into the log.
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Read events into the log, durably, and raise alerts.",
        discussion: """
            Reads canonical NDJSON (one JSON object a line with ts, identity, tokens or cost_usd, model, \
            mcp_server and so on), transcripts of Claude Code and Codex, Cursor's usage events, LiteLLM's \
            spend logs, and any table with --map. What is no event is rejected with a reason and kept in \
            LOG/rejected/; the rest is read to the end. What was read before is dropped, so feeding a file \
            twice does no harm.

            Files are history; with -f they are live: the wall clock then counts, and time passes while \
            nothing comes.

            Examples:
              tidemark ingest claude-code            this machine's transcripts, wherever they are
              tidemark ingest cursor-page-*.json     saved pages of Cursor's API, or its CSV export
              tidemark ingest --dry-run export.csv --map identity=user_email,cost_usd=amount/100,ts=day
              tidemark ingest events.ndjson.zst
              gzip -dc events.ndjson.gz | tidemark ingest -
              tidemark ingest -f --print /var/log/ai/usage.ndjson
              producer | tidemark ingest --acks -    'durable N': N lines of the input are safe
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var input: InputOptions

    @Flag(name: [.customShort("f"), .long], help: "Keep going: read what is appended, until Ctrl-C.")
    var follow = false

    @Flag(name: .long, help: "Print alerts as they are raised (pages; --all for every transition).")
    var print = false

    @Flag(name: .long, help: "With --print: updates, ends and digest lines too.")
    var all = false

    @Flag(name: .long, help: "Print 'durable N' after each commit: the fate of N input lines is durable.")
    var acks = false

    @Flag(name: .long, help: "Only append; detection catches up in the next run.")
    var noDetect = false

    @Flag(name: .long, help: "Treat the events as happening now, as -f does.")
    var live = false

    @Flag(name: .long, help: "Treat the events as history, although they are followed.")
    var history = false

    @Flag(name: .long, help: "Write nothing: show the first ten events as understood, and what was ignored.")
    var dryRun = false

    @Flag(name: .long, help: "The summary as a JSON object, and alerts of --print as JSON.")
    var json = false

    func validate() throws {
        if live, history { throw ValidationError("--live and --history contradict each other.") }
        if dryRun, follow || acks || print {
            throw ValidationError("--dry-run writes nothing, so -f, --acks and --print have nothing to say.")
        }
        if noDetect, print { throw ValidationError("--print shows alerts, and --no-detect raises none.") }
        if input.sources.isEmpty, Platform.isTerminal(0) {
            throw ValidationError("Name a file with events, or - for standard input.")
        }
    }

    func run() throws {
        let session = Session(common, json: json, flushesLines: acks || follow)
        let settings = try TidemarkConfiguration.effective(
            log: session.logConfiguration(), environment: Platform.environment())
        var options = IngestOptions(log: session.log, feed: try input.feed(settings))
        if options.feed.sources.isEmpty { options.feed.sources = ["-"] }
        // Without anything to read no log is made.
        if let absence = options.feed.absence { throw absence }
        if dryRun { return try DryRunReport(session: session, input: input).run(options.feed) }
        options.feed.follows = follow
        options.feed.isLive = live || (follow && !history)
        options.waitsForSpace = follow
        options.detects = !noDetect
        options.segmentBytes = settings.log.segmentBytes
        options.environment = Platform.environment()

        Interruption.hold()
        let bar = session.progress()
        let printer = Printer(session, command: self, bar: bar)
        let ingest = try Ingest(session.disk, options: options, observer: printer.observer)
        Self.reportRecovery(ingest.recovery, session)
        if follow, options.feed.sources != ["-"] {
            session.message(
                StyledText(
                    "following \(options.feed.sources.map(escaped).joined(separator: ", ")); Ctrl-C ends it",
                    .faint))
        }
        let summary = try ingest.run(printer.observer)
        bar.clear()
        try printer.finish()
        try report(summary, session)
    }

    /// Says what opening the log found, where that is not ordinary.
    private static func reportRecovery(_ recovery: RecoveryReport, _ session: Session) {
        if recovery.isNew { session.message(StyledText("new log in \(session.shownLog)", .faint)) }
        guard recovery.tornBytes > 0 else { return }
        session.message(
            StyledText(
                "The last run was interrupted: \(byteCount(recovery.tornBytes)) that nobody was told to be"
                    + " safe moved to quarantine/.",
                .warning))
    }

    /// Passes on what a run tells. A reader that goes away must not stop a file from being read to its end.
    private final class Printer {
        private let session: Session
        private let command: IngestCommand
        private let bar: ProgressBar
        private var failure: OutputError?
        private var filter: AlertFilter

        init(_ session: Session, command: IngestCommand, bar: ProgressBar) {
            self.session = session
            self.command = command
            self.bar = bar
            filter = AlertFilter(all: command.all)
        }

        var observer: IngestObserver {
            var observer = IngestObserver()
            observer.transitions = { [self] in if command.print { show($0) } }
            observer.durable = { [self] lines in
                if command.acks {
                    attempt { () throws(OutputError) in try session.out.line("durable \(lines)") }
                }
            }
            observer.progress = { [self] bytes, expected, events, alerts in
                bar.update(
                    .bytes(bytes, of: command.follow ? nil : expected), events: UInt64(events), alerts: alerts
                )
            }
            observer.notice = { [self] text in
                bar.clear()
                session.message(StyledText(escaped(text), .warning))
            }
            return observer
        }

        private func show(_ transitions: [AlertTransition]) {
            for alert in transitions where filter.admits(alert) {
                attempt { () throws(OutputError) in
                    if session.json {
                        try session.out.line(alert.json)
                    } else {
                        try session.out.lines(
                            command.all
                                ? AlertLines.text(alert, style: session.style)
                                : AlertLines.alone(alert, style: session.style))
                    }
                }
            }
            if command.follow { attempt { () throws(OutputError) in try session.out.flush() } }
        }

        private func attempt(_ body: () throws(OutputError) -> Void) {
            guard failure == nil else { return }
            do throws(OutputError) {
                try body()
            } catch {
                failure = error
                // Nobody listens to a follower any more: it ends as at Ctrl-C, everything durable.
                if command.follow {
                    Platform.exit(error == .closed ? ExitStatus.done : ExitStatus.inputOutput)
                }
            }
        }

        func finish() throws {
            if let failure, failure != .closed { throw failure }
            if failure == nil { try session.out.flush() }
        }
    }
}
