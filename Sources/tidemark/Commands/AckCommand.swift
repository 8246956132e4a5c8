import Alerting
import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark ack`: somebody knows.
struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Say that an alert is known: no reminders until its state changes.",
        discussion: """
            Holds until the alert becomes more severe or ends. What is found does not change, unless with \
            --expected: then the alert is over as `accepted`, its level is usual for the account from now \
            on, and a model or an MCP server is known to the team or organisation it was new to.

            Examples:
              tidemark ack al_9f1c --note "load test of the new agent" --verdict noise
              tidemark ack al_9f1c --expected --note "the new agent stays"
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The alert's id, or its beginning.")
    var id: String

    @Option(name: .long, help: "What is known.")
    var note = ""

    @Option(
        name: .long,
        help: "What it was: true (something is wrong), false (nothing unusual), noise (of no interest).",
        transform: Self.verdict)
    var verdict: Ack.Verdict?

    @Flag(name: .long, help: "It will stay like that: close the alert, and take its level for usual.")
    var expected = false

    private static func verdict(_ word: String) throws -> Ack.Verdict {
        guard let verdict = Ack.Verdict(rawValue: word) else {
            throw ValidationError("--verdict wants true, false or noise.")
        }
        return verdict
    }

    func validate() throws { try SilenceCommand.check(note, of: "--note") }

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let transitions = try session.alert(named: id)
        guard let last = transitions.last else { return }
        let before = try OperatorStore.state(session.disk, log: session.log).ack(of: last.id)
        let ack = Ack(alert: last.id, severity: last.severity, verdict: verdict ?? before?.verdict)
        try session.decide(
            .acknowledge(ack), comment: note, before: before?.fingerprint, after: ack.fingerprint)
        if expected, last.state == .firing { return try accept(last, session) }
        let what = "\(last.id): \(escaped(last.title))"
        session.message(
            last.state == .resolved
                ? StyledText("Noted; it is over already. \(what)")
                : StyledText(
                    "Known as \(last.severity.word); no reminders until it is worse or over. \(what)"))
    }

    private func accept(_ alert: AlertTransition, _ session: Session) throws {
        var observer = IngestObserver()
        observer.notice = { session.message(StyledText(escaped($0), .warning)) }
        let outcome = try Acceptance(alert: alert.id)
            .submit(to: session.disk, log: session.log, observer: observer)
        let what = "\(alert.id): \(escaped(alert.title))"
        switch outcome {
        case .accepted:
            session.message(StyledText("Accepted; that is usual from now on. \(what)"))
        case .notOpen:
            session.message(StyledText("Noted; it is over already, and nothing was adopted. \(what)"))
        case .left:
            session.message(
                StyledText(
                    "Noted; the process that writes \(session.shownLog) accepts it within seconds, or when"
                        + " it ends. \(what)"))
        }
    }
}
