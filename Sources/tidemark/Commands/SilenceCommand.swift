import Alerting
import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark silence`: not to be told of some alerts for a while.
struct SilenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Hold back messages about some alerts for a while.",
        discussion: """
            A silence changes what is sent, never what is found. When it ends, one message says what it hid.
            """,
        subcommands: [SilenceAdd.self, SilenceList.self, SilenceExpire.self])

    /// Texts of a person, as they are kept.
    private static let commentBytesMax = 1_024
    /// Milliseconds of the longest silence: what lasts for ever is a setting or a route.
    static let longest = 366 * Timestamp.day

    /// Refuses a text of a person that is too long to be kept.
    static func check(_ text: String, of option: String) throws {
        guard text.utf8.count <= commentBytesMax else {
            throw ValidationError("\(option) takes at most \(commentBytesMax) bytes.")
        }
    }
}

/// `tidemark silence add`.
struct SilenceAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Begin a silence.",
        discussion: """
            A matcher is name=value, name!=value, name=~pattern or name!~pattern; all must match. Names: \
            \(Matcher.Label.allCases.map(\.rawValue).joined(separator: ", ")).

            Examples:
              tidemark silence add team=payments --for 2h --comment "load test"
              tidemark silence add 'kind=~new_.*' team=search --until 2026-04-01T18:00 --comment rollout
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "Which alerts: team=payments, kind=~new_.*, severity!=critical ...")
    var matchers: [String]

    @Option(name: .customLong("for"), help: "How long: 30m, 2h, 7d.")
    var span: TimeBound?

    @Option(name: .long, help: "Until when (UTC): 2026-04-01T18:00, or RFC 3339.")
    var until: TimeBound?

    @Option(name: .long, help: "Why; whoever wonders later reads it.")
    var comment: String

    func validate() throws {
        guard (span == nil) != (until == nil) else {
            throw ValidationError("Say how long: --for 2h, or --until 2026-04-01T18:00.")
        }
        if let span, case .absolute = span { throw ValidationError("--for wants a span such as 2h.") }
        if let until, case .before = until { throw ValidationError("--until wants a time; --for a span.") }
        guard matchers.count <= Silence.matchersMax else {
            throw ValidationError("A silence has at most \(Silence.matchersMax) matchers.")
        }
        try SilenceCommand.check(comment, of: "--comment")
    }

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let now = Timestamp(rawValue: wallClock())
        let end =
            switch span ?? until {
            case .before(let length): Timestamp(rawValue: now.rawValue + length)
            case .absolute(let instant): instant
            case nil: now
            }
        guard end > now else {
            throw Failure(
                "\(end.minuteText) UTC is past; --until wants a time to come", code: ExitStatus.usage)
        }
        guard end.rawValue - now.rawValue <= SilenceCommand.longest else {
            throw Failure(
                "a silence lasts a year at most; whoever still wants it then renews it",
                code: ExitStatus.usage)
        }
        let silence = Silence(
            matchers: try matchers.map(Self.matcher), startsAt: now, endsAt: end,
            createdBy: Platform.userAtHost, comment: comment)
        try session.decide(
            .silence(silence), comment: comment, before: nil, after: silence.fingerprint)
        try session.out.line(silence.id)
        try session.out.flush()
        let hidden = try session.firingAlerts().count { silence.covers($0) }
        let subject = silence.coversEverything ? "Everything" : escaped(silence.matchers.text)
        let length = duration(milliseconds: end.rawValue - now.rawValue)
        session.message(
            StyledText(
                "\(subject) is silent until \(end.minuteText) UTC (\(length));"
                    + " it hides \(counted(hidden, "alert")) of those that fire now"))
    }

    private static func matcher(_ text: String) throws -> Matcher {
        do throws(Matcher.Fault) { return try Matcher(text) } catch {
            throw Failure("\(text): \(error.description)", code: ExitStatus.usage)
        }
    }
}

/// `tidemark silence list`.
struct SilenceList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the silences that hold.")

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Those that are over, too.")
    var all = false

    @Flag(name: .long, help: "One JSON object a line, in the shape of Alertmanager's API.")
    var json = false

    func run() throws {
        let session = Session(common, json: json)
        try session.requireLog()
        let now = Timestamp(rawValue: wallClock())
        let silences = try OperatorStore.state(session.disk, log: session.log).silences
            .filter { all || $0.endsAt > now }
        var table = Table([.left, .left, .left, .left, .left])
        for silence in silences {
            if json {
                try session.out.line(silence.json(at: now))
                continue
            }
            let isActive = silence.isActive(at: now)
            let left = silence.endsAt.rawValue - now.rawValue
            table.row([
                StyledText(silence.id, .command), StyledText(escaped(silence.matchers.text), .strong),
                isActive
                    ? StyledText("\(duration(milliseconds: left)) left")
                    : StyledText("over since \(silence.endsAt.minuteText)", .faint),
                StyledText(escaped(silence.createdBy), .faint), StyledText(escaped(silence.comment), .faint),
            ])
        }
        for line in table.lines(session.style) { try session.out.line(line.rendered(session.style)) }
        try session.out.flush()
        if silences.isEmpty, !json { session.message("No silence holds; `tidemark silence add` begins one.") }
    }
}

/// `tidemark silence expire`.
struct SilenceExpire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "End a silence now.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The silence's id, or its beginning.")
    var id: String

    @Option(name: .long, help: "Why.")
    var comment = ""

    func validate() throws {
        try SilenceCommand.check(comment, of: "--comment")
    }

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let now = Timestamp(rawValue: wallClock())
        let found = try OperatorStore.state(session.disk, log: session.log).silences
            .filter { $0.id.hasPrefix(id) && $0.endsAt > now }
        guard let silence = found.first, !id.isEmpty else {
            throw Failure(
                "no silence that holds has an id that begins with \(id); `tidemark silence list` shows them",
                code: ExitStatus.noInput)
        }
        guard found.count == 1 else {
            throw Failure(
                "\(found.count) silences have ids that begin with \(id); type more of it",
                code: ExitStatus.usage)
        }
        try session.decide(
            .expire(silence: silence.id), comment: comment, before: silence.fingerprint, after: nil)
        session.message(StyledText("\(silence.id) has ended (\(escaped(silence.matchers.text)))"))
    }
}

extension [Matcher] {
    /// As they are typed, with blanks between them.
    fileprivate var text: String { map(\.text).joined(separator: " ") }
}
