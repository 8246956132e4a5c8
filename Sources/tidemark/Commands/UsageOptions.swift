import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// Which usage a report is about, and how it is printed: what `inventory` and `report` share.
struct UsageOptions: ParsableArguments {
    @OptionGroup var input: InputOptions

    @Option(name: .long, help: "Only this team.")
    var team: String?

    @Option(name: .long, help: "Only this client program.")
    var tool: String?

    @Option(name: .long, help: "Only this model.")
    var model: String?

    @Option(name: .long, help: "Only requests that used this MCP server.")
    var mcpServer: String?

    @Option(
        name: .long, help: "Usage from here on: 7d, 24h (before the log's clock), 2026-04-01, or RFC 3339.")
    var since: TimeBound?

    @Option(name: .long, help: "Usage before this: the same forms.")
    var until: TimeBound?

    @Flag(name: .long, help: "One JSON object a line, with exact sums.")
    var json = false

    @Flag(name: .long, help: "The same as CSV with a header, for a spreadsheet.")
    var csv = false

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv exclude each other.") }
    }

    var format: UsageFormat { json ? .json : csv ? .csv : .text }

    /// The names that are asked for.
    private var wanted: [(dimension: UsageDimension, text: String?)] {
        [
            (.identity, input.identity), (.team, team), (.tool, tool), (.model, model),
            (.mcpServer, mcpServer),
        ]
    }

    /// Sums up the log, or the sources where any are named.
    func sum(_ groupings: [UsageGrouping], _ session: Session) throws -> UsageResult {
        do {
            return try read(groupings, session)
        } catch let error as UsageError {
            throw Failure(error.description, code: ExitStatus.failed)
        }
    }

    private func read(_ groupings: [UsageGrouping], _ session: Session) throws -> UsageResult {
        let bar = session.progress()
        defer { bar.clear() }
        var filter = UsageFilter()
        for (dimension, text) in wanted { if let text { filter.require(text, in: dimension) } }
        guard !input.sources.isEmpty else {
            try session.requireLog()
            if since != nil || until != nil { resolve(&filter, now: try session.clock()) }
            var fold = UsageFold(groupings, filter: filter)
            let size = bar.isShown ? try LogStatistics(session.disk, directory: session.log).events : 0
            let reading = try UsageReading.log(session.disk, directory: session.log, into: &fold) { events in
                bar.update(.events(events, of: size), events: events, alerts: nil)
            }
            return UsageResult(fold: fold, reading: reading)
        }
        let feed = try input.feed(
            TidemarkConfiguration.effective(environment: Platform.environment()))
        func progress(_ done: Int, _ total: Int?, _ events: UInt64) {
            bar.update(.bytes(done, of: total), events: events, alerts: nil)
        }
        if since?.isRelative ?? false || until?.isRelative ?? false {
            // What a time is relative to stands at the end of the input.
            guard !feed.sources.contains("-") else {
                throw Failure(
                    "standard input can be read only once, so a time cannot count back from its end;"
                        + " name a date, as in --since 2026-04-01",
                    code: ExitStatus.usage)
            }
            if let now = try UsageReading.clock(of: feed, progress: progress) { resolve(&filter, now: now) }
        } else {
            resolve(&filter, now: Timestamp(rawValue: 0))
        }
        var fold = UsageFold(groupings, filter: filter)
        let reading = try UsageReading.sources(feed, into: &fold, progress: progress)
        return UsageResult(fold: fold, reading: reading)
    }

    private func resolve(_ filter: inout UsageFilter, now: Timestamp) {
        filter.since = since?.resolved(now: now)
        filter.until = until?.resolved(now: now)
    }

    /// Says on standard error what became of the input, and throws the exit code that it deserves.
    func finish(_ result: UsageResult, _ session: Session) throws {
        let reading = result.reading
        if reading.isTorn, format == .text {
            session.message(
                StyledText(
                    "the log ends in a block that is not whole: a writer is busy or was interrupted",
                    .warning))
        }
        for refusal in reading.refusals {
            session.message(StyledText(escaped(refusal.description), .warning))
        }
        guard let counts = reading.counts else { return }
        let report = FeedReport(counts: counts, problems: reading.problems)
        report.reportProblems()
        let status = report.status(keepGoing: input.keepGoing)
        let rejected = "\(counted(counts.rejectedLines, "line")) rejected; `tidemark replay` shows why"
        if status != ExitStatus.done {
            throw Failure(counts.rejectedLines > 0 ? rejected : "", code: status)
        }
        if counts.rejectedLines > 0, format == .text { session.message(StyledText(rejected, .warning)) }
    }

    /// Says why there is nothing to show; a person who sees nothing must not have to guess.
    func explainNothing(_ result: UsageResult, _ session: Session) {
        guard result.reading.events + result.reading.skipped > 0 else {
            let next = StyledText("Next: ") + StyledText("tidemark ingest events.ndjson", .command)
            session.message(
                input.sources.isEmpty
                    ? StyledText("The log in \(session.shownLog) holds no events yet. ") + next
                    : "There is no event in what was named.")
            return
        }
        for (dimension, text) in result.fold.filter.names {
            guard !result.reading.names.contains(text, in: dimension) else { continue }
            let near = result.reading.names.similar(to: text, in: dimension).map(escaped)
            let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
            // Blocks of other times were not read, so nobody knows what they have.
            let which = result.reading.skipped > 0 ? "No event of that time" : "No event"
            session.message(
                StyledText("\(which) has the \(UsageText.word(dimension)) \(escaped(text))\(hint)"))
            return
        }
        session.message("No event matches.")
    }
}

/// Sums and what reading the events brought.
struct UsageResult {
    var fold: UsageFold
    var reading: UsageReading

    var names: UsageNames { reading.names }
}

extension UsageDimension {
    /// Reads a dimension as a user writes it: `mcp-server` is `mcp_server`.
    init?(argument: Substring) {
        self.init(rawValue: argument == "mcp-server" ? "mcp_server" : String(argument))
    }
}

extension TimeBound {
    /// Whether it counts back from the log's clock.
    var isRelative: Bool {
        if case .before = self { true } else { false }
    }
}
