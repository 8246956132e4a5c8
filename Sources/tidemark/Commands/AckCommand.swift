import Alerting
import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark ack`: somebody knows.
struct AckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Say that an alert is known: no reminders until its state changes.",
        discussion: """
            Holds until the alert becomes more severe or ends. What is found does not change.

            Examples:
              tidemark ack al_9f1c --note "load test of the new agent" --verdict noise
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

    private static func verdict(_ word: String) throws -> Ack.Verdict {
        guard let verdict = Ack.Verdict(rawValue: word) else {
            throw ValidationError("--verdict wants true, false or noise.")
        }
        return verdict
    }

    func validate() throws {
        guard note.utf8.count <= SilenceCommand.commentBytesMax else {
            throw ValidationError("--note takes at most \(SilenceCommand.commentBytesMax) bytes.")
        }
    }

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let transitions = try session.alert(named: id)
        guard let last = transitions.last else { return }
        let before = try OperatorStore.state(session.disk, log: session.log).ack(of: last.id)
        let ack = Ack(alert: last.id, severity: last.severity, verdict: verdict ?? before?.verdict)
        try session.decide(
            .acknowledge(ack), comment: note, before: before?.fingerprint, after: ack.fingerprint)
        let what = "\(last.id): \(escaped(last.title))"
        session.message(
            last.state == .resolved
                ? StyledText("Noted; it is over already. \(what)")
                : StyledText(
                    "Known as \(last.severity.word); no reminders until it is worse or over. \(what)"))
    }
}
