import Alerting
import ArgumentParser
import Detection
import Pipeline
import UsageEvents

/// `tidemark tail`: the alerts of the journal.
struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the alerts of the log, and new ones as they come.",
        discussion: """
            Shows pages: new alerts of the severity that deserves a person's attention. --all adds \
            updates, ends and digest lines. As text the last 10 are shown, unless -n, --since or --until \
            say otherwise; as JSON all.

            Examples:
              tidemark tail -f                              new alerts while another process ingests
              tidemark tail --since 7d --severity high      the last week on the log's clock
              tidemark tail --kind new_model --team search  one kind, one team
              tidemark tail --all --json                    the journal, byte for byte
              tidemark tail -f --exec 'jq -r .title | wall' a command for each new alert
              tidemark tail --audit --since 2d              what was sent, held or silenced, and by whom
            """
    )

    /// How often a growing journal is looked at, five times a second.
    private static let pollMilliseconds: UInt32 = 200
    /// Alerts shown as text where nobody says how many.
    private static let defaultCount = 10
    /// Lines of the audit shown as text where nobody says how many.
    private static let defaultAuditCount = 40

    @OptionGroup var common: CommonOptions

    @Flag(
        name: [.customShort("f"), .long], help: "Keep going: show alerts as they are raised, until Ctrl-C.")
    var follow = false

    @Option(name: [.customShort("n"), .customLong("lines")], help: "The last N alerts that match.")
    var count: Int?

    @Option(name: .long, help: "Not before: 7d, 24h (before the log's clock), 2026-04-01, or RFC 3339.")
    var since: TimeBound?

    @Option(name: .long, help: "Before: the same forms.")
    var until: TimeBound?

    @Option(name: .long, help: "Only this kind; may be repeated. \(Self.kinds).")
    var kind: [String] = []

    @Option(name: .long, help: "Only this team.")
    var team: String?

    @Option(name: .long, help: "Only this account.")
    var identity: String?

    @Option(name: .long, help: "At least this: \(Self.severities).", transform: Self.severity)
    var severity: Severity?

    @Flag(name: .long, help: "Updates, ends and digest lines too.")
    var all = false

    @Flag(
        name: .long,
        help: "Everything that happened to alerts: raised, silenced, sent, held, delivered, and by whom.")
    var audit = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Run a command of the shell for each alert that is shown from now on.",
            discussion: "The alert is its standard input, one JSON object. Goes with -f.",
            valueName: "command"))
    var exec: String?

    @Flag(name: .long, help: "One JSON object a line, as in the journal.")
    var json = false

    private static var kinds: String { AlertKind.allCases.map(\.word).joined(separator: ", ") }

    private static var severities: String { Severity.allCases.map(\.word).joined(separator: ", ") }

    private static func severity(_ word: String) throws -> Severity {
        guard let severity = Severity(word: word) else {
            throw ValidationError(
                "There is no severity '\(escaped(word))'; the severities are \(severities).")
        }
        return severity
    }

    func validate() throws {
        for word in kind where !AlertKind.allCases.contains(where: { $0.word == word }) {
            throw ValidationError("There is no kind '\(escaped(word))'; the kinds are \(Self.kinds).")
        }
        if audit, follow || all || !kind.isEmpty || team != nil || identity != nil || severity != nil {
            throw ValidationError(
                "--audit goes with -n, --since, --until and --json; `tidemark explain ID` follows one alert.")
        }
        if exec != nil, !follow { throw ValidationError("--exec goes with -f: it is for alerts to come.") }
        if let count, count < 0 { throw ValidationError("-n wants a number that is not negative.") }
    }

    func run() throws {
        let session = Session(common, json: json, flushesLines: follow)
        if audit { return try showAudit(session) }
        var filter = try filter(session)
        var lines = JournalLines(session.disk, log: session.log)
        var seen = Seen(isNeeded: follow)
        var unread = 0

        var pending: [(line: [UInt8], alert: AlertTransition?)] = []
        let limit = count ?? (json || since != nil || until != nil ? nil : Self.defaultCount)
        var passed = 0
        let exists = try lines.read { line in
            if filter.isOpen, json, limit == nil {
                seen.insert(line)
                return try emit(line, nil, session)
            }
            guard let alert = parse(line, &filter, &unread, &seen) else { return }
            passed += 1
            guard let limit else { return try emit(line, alert, session) }
            pending.append((Array(line), alert))
            if pending.count > max(2 * limit, 64) { pending.removeFirst(pending.count - limit) }
        }
        for entry in pending.suffix(limit ?? 0) { try emit(entry.line[...], entry.alert, session) }
        try session.out.flush()
        if !json {
            explainSilence(session, exists: exists, passed: passed, shown: min(passed, limit ?? passed))
        }
        if unread > 0 { session.message(Self.unreadNote(unread)) }
        while follow {
            Platform.sleep(milliseconds: Self.pollMilliseconds)
            _ = try lines.read { line in
                guard seen.insert(line) else { return }
                if filter.isOpen, json {
                    try emit(line, nil, session)
                    return hand(line, session)
                }
                if let alert = parse(line, &filter, &unread, &seen) {
                    try emit(line, alert, session)
                    hand(line, session)
                }
            }
            try session.out.flush()
        }
    }

    private func showAudit(_ session: Session) throws {
        try session.requireLog()
        // Not the log's clock: decisions and deliveries are of the wall clock.
        let now = Timestamp(rawValue: wallClock())
        var trail = try AuditTrail(session)
        let isLimited = json || since != nil || until != nil
        trail.limit(
            since: since?.resolved(now: now), until: until?.resolved(now: now),
            count: count ?? (isLimited ? nil : Self.defaultAuditCount))
        for entry in trail.entries {
            if json {
                try session.out.line(entry.json)
            } else {
                for line in AuditTrail.lines(entry, session.style) {
                    try session.out.line(line.rendered(session.style))
                }
            }
        }
        try session.out.flush()
        if trail.entries.isEmpty, !json { session.message("Nothing has happened to any alert.") }
    }

    /// Gives an alert to the command; what it does with it is its own business, but a failure is told.
    private func hand(_ line: ArraySlice<UInt8>, _ session: Session) {
        guard let exec else { return }
        let status = Platform.runShell(exec, input: line + [UInt8(ascii: "\n")])
        if status != 0 {
            session.message(StyledText("the command of --exec ended with status \(status)", .warning))
        }
    }

    private func filter(_ session: Session) throws -> AlertFilter {
        var filter = AlertFilter(kinds: kind, team: team, identity: identity, severity: severity, all: all)
        guard since != nil || until != nil else {
            _ = try session.requireLog(orFollowing: follow)
            return filter
        }
        let now = try session.clock(orFollowing: follow)
        filter.since = since?.resolved(now: now)
        filter.until = until?.resolved(now: now)
        return filter
    }

    private func parse(
        _ line: ArraySlice<UInt8>, _ filter: inout AlertFilter, _ unread: inout Int, _ seen: inout Seen
    ) -> AlertTransition? {
        seen.insert(line)
        guard let alert = AlertTransition(json: line) else {
            unread += 1
            return nil
        }
        return filter.admits(alert) ? alert : nil
    }

    private func emit(_ line: ArraySlice<UInt8>, _ alert: AlertTransition?, _ session: Session) throws {
        if json {
            try session.out.append { $0 += line + [UInt8(ascii: "\n")] }
            if follow { try session.out.flush() }
        } else if let alert {
            try session.out.lines(
                all
                    ? AlertLines.text(alert, style: session.style)
                    : AlertLines.alone(alert, style: session.style))
        }
    }

    /// Says on standard error why little or nothing is shown; a person who sees nothing must not have to
    /// guess.
    private func explainSilence(_ session: Session, exists: Bool, passed: Int, shown: Int) {
        if !exists {
            session.message(
                StyledText(
                    follow
                        ? "Waiting for the first alert of \(session.shownLog)."
                        : "No alert has been raised in \(session.shownLog)."))
        } else if passed == 0, !follow {
            session.message(
                all ? "No alert matches." : "No page matches; --all shows digest lines, updates and ends too."
            )
        } else if passed > shown, session.isTerminal {
            session.message(StyledText("\(passed - shown) earlier: tidemark tail -n \(passed)", .faint))
        }
    }

    private static func unreadNote(_ n: Int) -> StyledText {
        StyledText(
            "\(counted(n, "line")) of the journal could not be read: a newer version may have written them",
            .warning)
    }

    /// Lines that were shown, by their hash, so that a journal that is written anew is not shown twice.
    private struct Seen {
        private var hashes: Set<Hash128> = []
        let isNeeded: Bool

        init(isNeeded: Bool) { self.isNeeded = isNeeded }

        @discardableResult
        mutating func insert(_ line: ArraySlice<UInt8>) -> Bool {
            isNeeded ? hashes.insert(Hash128(Array(line).span)).inserted : true
        }
    }
}

extension TimeBound: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
