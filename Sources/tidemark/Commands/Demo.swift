import Alerting
import ArgumentParser
import Detection
import EventLog
import Pipeline
import UsageEvents

/// `tidemark demo`: the whole job on a bundled corpus, by the code that every other command uses.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch the whole job on a bundled log, in a few seconds.",
        discussion: """
            Five weeks of an invented organisation go through the same code as your own events would: \
            into a log, through the engine, out as alerts. Nothing is read from this machine and nothing \
            is left behind, unless --keep names a directory for the log.
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(
        name: .long, help: ArgumentHelp("Keep the log there, to look around in.", valueName: "dir"),
        completion: .directory)
    var keep: String?

    @Flag(name: .long, help: "The alerts as JSON, nothing else.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        let folder: String
        do {
            folder = try Platform.makeTemporaryDirectory()
        } catch {
            throw Failure(
                "a temporary directory cannot be made: \(error.reason); set TMPDIR to a writable one",
                code: ExitStatus.inputOutput)
        }
        defer { Platform.removeTree(folder) }
        let log = keep ?? folder + "/log"
        if keep != nil, (try? LogReader(session.disk, directory: log)) != nil {
            throw Failure(
                "\(log) holds a log already; name an empty directory after --keep", code: ExitStatus.usage)
        }
        try play(session, folder: folder, log: log)
        try session.out.flush()
    }

    private func play(_ session: Session, folder: String, log: String) throws {
        let corpus = folder + "/usage.ndjson"
        do throws(FileFailure) {
            try Platform.writeFile(corpus, DemoCorpus.bytes().span)
        } catch {
            throw Failure(
                "\(corpus) cannot be written: \(error.reason); free some space, or set TMPDIR",
                code: ExitStatus.inputOutput)
        }
        try say(session, StyledText("Tidemark demo", .heading))
        try say(
            session, "Five weeks of an invented organisation: ten people, two service accounts, three teams.")
        try say(session, "")
        try say(session, StyledText("1  Ingest, learn, alert", .heading))
        try say(session, StyledText("   tidemark ingest --print usage.ndjson", .command))
        try say(session, "")
        var fired: [AlertTransition] = []
        var pages: [AlertTransition] = []
        var filter = AlertFilter(all: json)
        var failure: OutputError?
        var observer = IngestObserver()
        observer.transitions = { transitions in
            for alert in transitions {
                if alert.seq == 0 { fired.append(alert) }
                guard filter.admits(alert), failure == nil else { continue }
                pages.append(alert)
                do throws(OutputError) {
                    if json {
                        try session.out.line(alert.json)
                    } else {
                        try session.out.lines(AlertLines.alone(alert, style: session.style))
                        try session.out.line("")
                    }
                } catch { failure = error }
            }
        }
        let feed = FeedOptions(sources: [corpus], prices: PriceTable.bundled)
        let ingest = try Ingest(
            session.disk, options: IngestOptions(log: log, feed: feed), observer: observer)
        let summary = try ingest.run(observer)
        if let failure { throw failure }
        if json { return }
        let perEvent = Double(summary.bytesWritten) / Double(max(summary.accepted, 1))
        let repeats = counted(summary.counts.duplicates, "repeated delivery", "repeated deliveries")
        let events = counted(summary.accepted, "event")
        var line = "   \(events) durable in \(elapsed(summary.seconds))"
        line += " at \(decimal(perEvent, digits: 1)) bytes each; \(repeats) dropped."
        try say(session, StyledText(line, .faint))
        try say(session, "")
        try story(fired, pages, session)
        try replay(session, log: log)
        try explain(fired, session, log: log)
        try next(fired, session, log: log)
    }

    /// What happens in the invented organisation, and what was said about it.
    private func story(_ fired: [AlertTransition], _ pages: [AlertTransition], _ session: Session) throws {
        try say(session, StyledText("2  What had happened, and when it was noticed", .heading))
        try say(session, "")
        var table = Table([.left, .left], indent: 3)
        var explained: [String] = []
        for incident in DemoCorpus.story {
            let about = fired.filter { alert in
                (incident.identity == nil ? alert.team == incident.team : alert.identity == incident.identity)
                    && alert.at >= incident.start && alert.at < incident.end
            }
            explained += about.map(\.id)
            let hit = about.first { incident.expected.contains($0.kind.word) }
            let verdict: StyledText
            if let hit {
                let delay = duration(milliseconds: hit.at.rawValue - incident.start.rawValue)
                let page = pages.first { $0.id == hit.id }
                let later = page.map { duration(milliseconds: $0.at.rawValue - incident.start.rawValue) }
                let how = later.map { $0 == delay ? ", a page" : ", a page after \($0)" } ?? ", a digest line"
                verdict = StyledText("✓ \(hit.kind.word) after \(delay)\(how)", .good)
            } else if incident.mustStaySilent {
                verdict =
                    about.isEmpty
                    ? StyledText("✓ silent, as it should be", .good) : StyledText("a false alarm", .failure)
            } else {
                verdict = StyledText("missed", .failure)
            }
            table.row([StyledText(incident.name, .strong), verdict])
            table.row(["", StyledText(incident.start.dayText + ": " + incident.what, .faint)])
        }
        for line in table.lines(session.style) { try say(session, line) }
        let others = fired.count { !explained.contains($0.id) }
        let text =
            others == 0
            ? "Nothing else was said in five weeks." : "\(counted(others, "other alert")) in five weeks."
        try say(session, StyledText("   " + text, .faint))
        try say(session, "")
    }

    /// The log alone gives the same alerts again.
    private func replay(_ session: Session, log: String) throws {
        try say(session, StyledText("3  The same alerts again, from the log alone", .heading))
        try say(session, StyledText("   tidemark replay --json", .command))
        var again: [UInt8] = []
        _ = try Replay.log(session.disk, directory: log, override: nil) { transitions in
            for alert in transitions {
                alert.write(into: &again)
                again.append(UInt8(ascii: "\n"))
            }
        }
        var journal: [UInt8] = []
        var lines = JournalLines(session.disk, log: log)
        _ = try lines.read { journal += $0 + [UInt8(ascii: "\n")] }
        let n = journal.count { $0 == UInt8(ascii: "\n") }
        let verdict =
            again == journal
            ? StyledText("   ✓ \(n) transitions, equal to the journal byte for byte", .good)
            : StyledText("   the replay differs from the journal", .failure)
        try say(session, verdict)
        try say(session, "")
    }

    private func explain(_ fired: [AlertTransition], _ session: Session, log: String) throws {
        guard let alert = fired.first(where: { $0.expected != nil }), let identity = alert.identity else {
            return
        }
        try say(session, StyledText("4  Why?", .heading))
        try say(session, StyledText("   tidemark explain \(alert.id.prefix(9))", .command))
        try say(session, "")
        guard
            let history = try AccountHistory.derive(
                session.disk, directory: log, identity: identity, alert: alert)
        else { return }
        let journal = history.transitions.filter { $0.id == alert.id }
        for line in ExplainedAlert(alert: alert, journal: journal, history: history).lines(session.style) {
            try say(session, line)
        }
        try say(session, "")
    }

    private func next(_ fired: [AlertTransition], _ session: Session, log: String) throws {
        try say(session, StyledText("Next", .heading))
        var table = Table([.left, .left], indent: 2)
        if keep != nil {
            table.row([
                StyledText("export TIDEMARK_LOG=\(escaped(log))", .command), StyledText("then:", .faint),
            ])
            table.row([StyledText("tidemark tail --all", .command), StyledText("the journal", .faint)])
            table.row([
                StyledText("tidemark explain omar@example.com", .command),
                StyledText("what is normal for him", .faint),
            ])
        } else {
            table.row([
                StyledText("tidemark demo --keep DIR", .command),
                StyledText("keeps this log to look around in", .faint),
            ])
        }
        table.row([
            StyledText("tidemark ingest events.ndjson", .command), StyledText("your own events", .faint),
        ])
        for line in table.lines(session.style) { try say(session, line) }
    }

    private func say(_ session: Session, _ text: StyledText) throws {
        guard !json else { return }
        for line in text.wrapped(width: session.style.width, indent: 3) {
            try session.out.line(line.rendered(session.style))
        }
    }
}
