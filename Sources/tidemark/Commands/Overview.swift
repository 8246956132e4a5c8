import Alerting
import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// Bare `tidemark`.
struct OverviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overview", abstract: "Say what is here, and what to do next.", shouldDisplay: false)

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "One JSON object instead of text.")
    var json = false

    func run() throws { try Overview(session: Session(common, json: json)).run() }
}

/// What is here, and what to do next.
struct Overview {
    /// Open alerts that are shown.
    private static let shownMax = 5

    let session: Session

    func run() throws {
        let stat: LogStatistics
        do {
            stat = try LogStatistics(session.disk, directory: session.log)
        } catch LogError.noSuchLog {
            return try begin()
        }
        var open: [AlertTransition] = []
        var alerts = 0
        var lines = JournalLines(session.disk, log: session.log)
        _ = try lines.read { line in
            guard let alert = AlertTransition(json: line) else { return }
            if alert.state == .firing, alert.seq == 0 { alerts += 1 }
            open.removeAll { $0.id == alert.id }
            if alert.state == .firing { open.append(alert) }
        }
        try session.json ? json(stat, alerts: alerts, open: open) : text(stat, alerts: alerts, open: open)
        try session.out.flush()
    }

    /// Nothing here yet.
    private func begin() throws {
        let sources = LocalSource.all(on: Platform.machine)
        if session.json {
            try session.out.line(
                JSONText.object { json in
                    json.string("log", session.log)
                    json.flag("exists", false)
                    json.array("sources", sources.map(Self.json))
                })
        } else {
            try print("There is no log in \(session.shownLog) yet.")
            try print("")
            try list(sources)
            try print(StyledText("Begin", .heading))
            var commands = sources.flatMap {
                [
                    ("tidemark replay \($0.name)", "what it would have told you; writes nothing"),
                    ("tidemark ingest \($0.name)", "keep it in the log, with its alerts"),
                ]
            }
            commands += [
                ("tidemark demo", "watch it work on a bundled log, a few seconds"),
                ("tidemark ingest FILE", "your own events, exports or gateway logs"),
                ("tidemark --help", "all commands"),
            ]
            try next(commands)
        }
        try session.out.flush()
    }

    private static func json(_ source: LocalSource) -> String {
        JSONText.object { json in
            json.string("name", source.name)
            json.string("program", source.program)
            json.number("files", source.files)
            json.number("bytes", source.bytes)
            json.string("since", source.since?.description)
        }
    }

    /// Sources that were found on this machine, if any.
    private func list(_ sources: [LocalSource]) throws {
        guard !sources.isEmpty else { return }
        try print(StyledText("Found on this machine", .heading))
        var table = Table([.left, .left], indent: 2)
        for source in sources {
            var what = StyledText("\(counted(source.files, "file")), \(byteCount(source.bytes))")
            if let since = source.since { what.append(", since \(since.minuteText.prefix(10))") }
            table.row([StyledText(source.program, .strong), what])
        }
        for line in table.lines(session.style) { try print(line) }
        try print("")
    }

    private func json(_ stat: LogStatistics, alerts: Int, open: [AlertTransition]) throws {
        try session.out.line(
            JSONText.object { json in
                json.string("log", session.log)
                json.flag("exists", true)
                json.number("events", stat.events)
                json.number("accounts", stat.accounts)
                json.number("bytes", stat.bytes)
                json.string("first_ts", stat.firstTs.map { Timestamp(rawValue: $0).description })
                json.string("last_ts", stat.lastTs.map { Timestamp(rawValue: $0).description })
                json.number("alerts", alerts)
                json.array("open", open.map(\.json))
                json.array("sources", LocalSource.all(on: Platform.machine).map(Self.json))
            })
    }

    private func text(_ stat: LogStatistics, alerts: Int, open: [AlertTransition]) throws {
        var table = Table([.left, .left])
        table.row([StyledText("log", .faint), StyledText(session.shownLog, .strong)])
        let accounts = counted(stat.accounts, "account")
        table.row([
            StyledText("events", .faint),
            StyledText("\(groupedDigits(stat.events)) of \(accounts), \(byteCount(stat.bytes)) on disk"),
        ])
        if let first = stat.firstTs, let last = stat.lastTs {
            let span =
                "\(Timestamp(rawValue: first).minuteText) to \(Timestamp(rawValue: last).minuteText) UTC"
            table.row([StyledText("span", .faint), StyledText(span)])
        }
        table.row([
            StyledText("alerts", .faint),
            StyledText("\(groupedDigits(UInt64(alerts))) so far, ")
                + StyledText("\(open.count) open", open.isEmpty ? .good : .warning),
        ])
        for line in table.lines(session.style) { try print(line) }
        let shown = open.sorted {
            ($0.severity, $0.at.rawValue, $1.id) > ($1.severity, $1.at.rawValue, $0.id)
        }
        .prefix(Self.shownMax)
        if !shown.isEmpty {
            try print("")
            try print(
                StyledText(open.count > shown.count ? "Open, the worst \(shown.count)" : "Open", .heading))
            for alert in shown {
                try session.out.lines(AlertLines.alone(alert, style: session.style))
            }
        }
        try print("")
        let sources = LocalSource.all(on: Platform.machine)
        try list(sources)
        try print(StyledText("Next", .heading))
        var commands = [("tidemark tail -f", "new alerts as they come")]
        if let alert = shown.first ?? open.last {
            commands.append(("tidemark explain \(alert.id.prefix(9))", "why that one was raised"))
        }
        for source in sources {
            commands.append(("tidemark ingest \(source.name)", "what \(source.program) has written since"))
        }
        commands.append(("tidemark report", "who spent what, over time"))
        commands.append(("tidemark ingest FILE", "more events; --help lists all commands"))
        try next(commands)
    }

    private func next(_ commands: [(String, String)]) throws {
        var table = Table([.left, .left], indent: 2)
        for (command, what) in commands {
            table.row([StyledText(command, .command), StyledText(what, .faint)])
        }
        for line in table.lines(session.style) { try print(line) }
    }

    private func print(_ line: StyledText) throws { try session.out.line(line.rendered(session.style)) }

    private func print(_ text: String) throws { try print(StyledText(text)) }
}
