import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log`: the log itself.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Look into the log: size, content, soundness.",
        subcommands: [
            LogStat.self, LogCat.self, LogExport.self, LogVerify.self, LogRepairCommand.self,
            LogSeal.self, LogPrune.self, LogErase.self,
        ])
}

/// `tidemark log stat`.
struct LogStat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat", abstract: "Say how much the log holds and what it costs on disk.",
        discussion: "Reads headers only, so it is quick on a large log.")

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        let stat = try LogStatistics(session.disk, directory: session.log)
        if json {
            try session.out.line(Self.json(stat))
        } else {
            for line in Self.text(stat, session: session) {
                try session.out.line(line.rendered(session.style))
            }
        }
        try session.out.flush()
    }

    private static func json(_ stat: LogStatistics) -> String {
        JSONText.object { json in
            json.number("events", stat.events)
            json.number("segments", stat.segments)
            json.number("bytes", stat.bytes)
            json.number("bytes_per_event", stat.bytesPerEvent, digits: 3)
            json.string("first_ts", stat.firstTs.map { Timestamp(rawValue: $0).description })
            json.string("last_ts", stat.lastTs.map { Timestamp(rawValue: $0).description })
            json.number("accounts", stat.accounts)
            json.number("blocks", stat.blocks)
            json.number("events_bytes", stat.eventsBytes)
            json.number("cells_bytes", stat.cellsBytes)
            json.number("ids_bytes", stat.idsBytes)
            if stat.baseBytes > 0 { json.number("base_bytes", stat.baseBytes) }
            json.number("sealed_segments", stat.sealedSegments)
            json.object("columns") { inner in
                for column in stat.columns { inner.number(column.name, column.bytes) }
            }
            json.flag("torn_tail", stat.hasTornTail)
        }
    }

    private static func text(_ stat: LogStatistics, session: Session) -> [StyledText] {
        var table = Table([.left, .left])
        table.row([StyledText("log", .faint), StyledText(session.shownLog, .strong)])
        table.row([StyledText("events", .faint), StyledText(groupedDigits(stat.events), .strong)])
        table.row([StyledText("accounts", .faint), StyledText(groupedDigits(UInt64(stat.accounts)))])
        if let first = stat.firstTs, let last = stat.lastTs {
            let span =
                "\(Timestamp(rawValue: first).minuteText) to \(Timestamp(rawValue: last).minuteText) UTC"
            table.row([
                StyledText("span", .faint), StyledText(span + " (\(duration(milliseconds: last - first)))"),
            ])
        }
        let perEvent = stat.events > 0 ? ", \(decimal(stat.bytesPerEvent, digits: 1)) an event" : ""
        let sealed = stat.sealedSegments > 0 ? " (\(stat.sealedSegments) sealed)" : ""
        let files = "\(counted(stat.segments, "segment"))\(sealed), \(counted(stat.blocks, "block"))"
        table.row([
            StyledText("size", .faint), StyledText("\(byteCount(stat.bytes))\(perEvent), in \(files)"),
        ])
        let beside = [
            (stat.cellsBytes, "of sums by day"), (stat.baseBytes, "of what was known before retention"),
        ].filter { $0.0 > 0 }.map { "\(byteCount($0.0)) \($0.1)" }
        if !beside.isEmpty {
            table.row([StyledText("with", .faint), StyledText(beside.joined(separator: ", "))])
        }
        if stat.hasTornTail {
            let note = "the last block is not whole: a writer is busy or was interrupted"
            table.row([StyledText("tail", .faint), StyledText(note, .warning)])
        }
        var lines = table.lines(session.style)
        let columns = stat.columns.filter { $0.bytes > 0 }
        guard !columns.isEmpty, stat.events > 0 else { return lines }
        var sizes = Table([.left, .right, .right, .left], indent: 2)
        let largest = columns.map(\.bytes).max() ?? 1
        for column in columns {
            let share = Double(column.bytes) / Double(max(stat.bytes, 1))
            let bar = String(repeating: "█", count: column.bytes * 24 / max(largest, 1))
            sizes.row([
                StyledText(column.name), StyledText(byteCount(column.bytes)),
                StyledText(percent(share), .faint),
                StyledText(bar, .command),
            ])
        }
        lines.append("")
        lines += sizes.lines(session.style)
        return lines
    }
}

/// `tidemark log cat`.
struct LogCat: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print the events as canonical NDJSON, in the order in which they arrived.",
        discussion: """
            Example:
              tidemark log cat --since 24h --identity svc-triage | jq -r '[.ts,.model,.cost_usd]|@tsv'
            """)

    @OptionGroup var common: CommonOptions

    @OptionGroup var selection: EventSelection

    func run() throws {
        let session = Session(common)
        let out = session.out
        let result = try LogText.write(
            session.disk, directory: session.log, filter: selection.filter(session)
        ) {
            try out.write($0)
        }
        try out.flush()
        LogText.report(result, session)
    }
}

extension LogText {
    /// Says on standard error what is not among the events of the log.
    static func report(_ result: (lines: UInt64, isTorn: Bool, gaps: [LogGap]), _ session: Session) {
        if result.isTorn {
            session.message(
                StyledText(
                    "The log ends in a block that is not whole: a writer is busy or was interrupted.",
                    .warning))
        }
        report(gaps: result.gaps, session)
    }

    /// Says on standard error which events the log lacks.
    static func report(gaps: [LogGap], _ session: Session) {
        if let kept = gaps.last(where: \.isExpired)?.endSequence {
            session.message(
                StyledText("Events before number \(groupedDigits(kept)) were dropped by retention.", .warning)
            )
        }
        let lost = gaps.count { !$0.isExpired }
        if lost > 0 {
            let gaps = counted(lost, "gap")
            session.message(
                StyledText(
                    "The log has \(gaps) of events that a repair could not save; see `tidemark log verify`.",
                    .warning))
        }
    }
}

/// Which events of the log are meant.
struct EventSelection: ParsableArguments {
    @Option(
        name: .long,
        help: "Events from here on: 7d, 24h (before the log's clock), 2026-04-01, or RFC 3339.")
    var since: TimeBound?

    @Option(name: .long, help: "Events before this: the same forms.")
    var until: TimeBound?

    @Option(name: .long, help: "Only this account.")
    var identity: String?

    /// The options, with times made absolute by the log's clock.
    func filter(_ session: Session) throws -> LogText.Filter {
        var filter = LogText.Filter()
        filter.identity = identity
        if since != nil || until != nil {
            let now = try session.clock()
            filter.since = since?.resolved(now: now)
            filter.until = until?.resolved(now: now)
        }
        return filter
    }
}

/// `tidemark log verify`.
struct LogVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte of the log.",
        discussion: """
            Exit 0: every block is as it was written, or was repaired. Exit 65: damage, or an end that is \
            not whole; each line names the file, the place and the events at risk. Nothing is changed.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        let found = try LogVerifier.verify(session.disk, directory: session.log)
        let unusable = try Retention.problems(session.disk, directory: session.log)
        if json {
            try session.out.line(Self.json(found, unusable))
        } else {
            let what =
                "\(counted(found.events, "event")), \(counted(found.blocks, "block")), "
                + byteCount(found.bytes)
            if found.isSound, unusable.isEmpty {
                try session.out.line(
                    (StyledText("sound", .good)
                        + StyledText("  \(what) in \(counted(found.files, "segment"))")).rendered(
                            session.style))
            }
            for problem in found.problems {
                let word = problem.isTornTail ? StyledText("torn", .warning) : StyledText("damaged", .failure)
                // Not wrapped: a path should survive copying.
                let line = word + StyledText("  " + escaped(problem.description))
                try session.out.line(line.rendered(session.style))
            }
            for file in unusable {
                let what = "\(file.path), what was known before retention: \(file.why)"
                let line = StyledText("damaged", .failure) + StyledText("  " + escaped(what))
                try session.out.line(line.rendered(session.style))
            }
            if !found.isSound || !unusable.isEmpty { try session.out.line("intact: \(what)") }
            for gap in found.gaps {
                let cause = gap.isExpired ? "dropped by retention, with all before" : "lost before a repair"
                let line = StyledText("gap", .warning) + StyledText("  \(cause): \(gap.words)")
                try session.out.line(line.rendered(session.style))
            }
            if found.erased > 0 {
                try session.out.line("erased: \(counted(found.erased, "event")) of accounts that were erased")
            }
        }
        try session.out.flush()
        if !found.isSound || !unusable.isEmpty { throw Failure("", code: ExitStatus.badInput) }
    }

    private static func json(
        _ found: LogVerification, _ unusable: [(path: String, why: String)]
    ) -> String {
        JSONText.object { json in
            json.flag("sound", found.isSound && unusable.isEmpty)
            json.number("events", found.events)
            json.number("blocks", found.blocks)
            json.number("segments", found.files)
            json.number("bytes", found.bytes)
            json.number("missing", found.missing)
            json.array(
                "gaps",
                found.gaps.map { gap in
                    JSONText.object { inner in
                        inner.number("first_sequence", gap.firstSequence)
                        inner.number("end_sequence", gap.endSequence)
                        inner.flag("open", gap.isOpen)
                        inner.flag("expired", gap.isExpired)
                    }
                })
            json.array(
                "problems",
                found.problems.map { problem in
                    JSONText.object { inner in
                        inner.string("kind", problem.isTornTail ? "torn tail" : problem.damage.kind.rawValue)
                        inner.string("file", problem.damage.file)
                        inner.number("offset", problem.damage.offset)
                        inner.number("first_sequence", problem.damage.firstSequence)
                        if let end = problem.damage.endSequence {
                            inner.number("end_sequence", end)
                        } else {
                            inner.string("end_sequence", nil)
                        }
                    }
                }
                    + unusable.map { file in
                        JSONText.object { inner in
                            inner.string("kind", "base")
                            inner.string("file", file.path)
                        }
                    })
            json.number("sealed_segments", found.sealed)
            json.number("ids_bytes", found.idsBytes)
            json.number("cells_bytes", found.cellsBytes)
            json.number("erased", found.erased)
            json.number("expired", found.expired)
        }
    }
}
