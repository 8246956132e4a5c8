import Alerting
import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark explain`: why an alert was raised, or what is normal for an account.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why an alert was raised, or what is normal for an account.",
        discussion: """
            Reads the log again, so what it says is derived, not remembered. An alert is named by its id \
            or the beginning of one, an account by its identity.

            Examples:
              tidemark explain al_9f1c
              tidemark explain al_9f1c --config tidemark.yaml     and which sinks it goes to
              tidemark explain ana@example.com
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "An alert's id (or its beginning), or an account's identity.")
    var subject: String

    @Option(
        name: .long,
        help: ArgumentHelp("The configuration whose sinks and routes say where it goes.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let lines = subject.hasPrefix("al_") ? try alert(session) : try account(session)
        for line in lines { try session.out.line(line.rendered(session.style)) }
        try session.out.flush()
    }

    private func alert(_ session: Session) throws -> [StyledText] {
        let found = try session.alert(named: subject)
        guard let first = found.first(where: { $0.seq == 0 }) ?? found.first else { return [] }
        guard let identity = first.identity,
            let history = try AccountHistory.derive(
                session.disk, directory: session.log, identity: identity, alert: first)
        else {
            throw Failure(
                "the log has no events of the account of \(first.id); run `tidemark log verify`",
                code: ExitStatus.badInput)
        }
        return ExplainedAlert(alert: first, journal: found, history: history).lines(session.style)
            + (try delivery(of: found.last ?? first, session).lines(session.style))
    }

    private func delivery(of alert: AlertTransition, _ session: Session) throws -> ExplainedDelivery {
        ExplainedDelivery(
            alert: alert,
            events: ExplainedDelivery.events(
                of: alert, in: try DeliveryHistory.read(session.disk, log: session.log)),
            operators: try OperatorStore.state(session.disk, log: session.log),
            delivery: try config.map {
                try DeliveryConfiguration(yaml: SmallFile.read($0, what: "a configuration"), file: $0)
            },
            now: Timestamp(rawValue: wallClock()))
    }

    private func account(_ session: Session) throws -> [StyledText] {
        guard
            let history = try AccountHistory.derive(session.disk, directory: session.log, identity: subject)
        else {
            let names = try Accounts.names(session.disk, directory: session.log)
            let near = names.filter { $0.lowercased().contains(subject.lowercased()) }
            let hint =
                if !near.isEmpty {
                    "did you mean \(near.prefix(4).joined(separator: ", "))?"
                } else if names.contains(SymbolTable.otherName) {
                    "accounts beyond the first \(Limits.accountsMax) are explained as one, "
                        + SymbolTable.otherName
                } else { "the identity must be written as in the events" }
            throw Failure("\(session.shownLog) has no account \(subject); \(hint)", code: ExitStatus.noInput)
        }
        return ExplainedAccount(history: history).lines(session.style)
    }
}
