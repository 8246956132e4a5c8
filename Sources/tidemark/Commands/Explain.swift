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
              tidemark explain ana@example.com
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "An alert's id (or its beginning), or an account's identity.")
    var subject: String

    func run() throws {
        let session = Session(common)
        try session.requireLog()
        let lines = subject.hasPrefix("al_") ? try alert(session) : try account(session)
        for line in lines { try session.out.line(line.rendered(session.style)) }
        try session.out.flush()
    }

    private func alert(_ session: Session) throws -> [StyledText] {
        var found: [AlertTransition] = []
        var journal = JournalLines(session.disk, log: session.log)
        let prefix = Array("{\"id\":\"\(subject)".utf8)
        _ = try journal.read { line in
            // Ids stand first in a line, so others need not be parsed.
            guard line.starts(with: prefix), let alert = AlertTransition(json: line) else { return }
            found.append(alert)
        }
        var ids: [String] = []
        for alert in found where !ids.contains(alert.id) { ids.append(alert.id) }
        guard let first = found.first(where: { $0.seq == 0 }) ?? found.first else {
            throw Failure(
                "no alert of \(session.shownLog) has an id that begins with \(subject);"
                    + " `tidemark tail --all` lists them",
                code: ExitStatus.noInput)
        }
        guard ids.count == 1 else {
            let some = ids.prefix(4).joined(separator: ", ") + (ids.count > 4 ? ", ..." : "")
            throw Failure(
                "\(ids.count) alerts have ids that begin with \(subject): \(some); type more of it",
                code: ExitStatus.usage)
        }
        guard let identity = first.identity,
            let history = try AccountHistory.derive(
                session.disk, directory: session.log, identity: identity, alert: first)
        else {
            throw Failure(
                "the log has no events of the account of \(first.id); run `tidemark log verify`",
                code: ExitStatus.badInput)
        }
        return ExplainedAlert(alert: first, journal: found, history: history).lines(session.style)
    }

    private func account(_ session: Session) throws -> [StyledText] {
        guard
            let history = try AccountHistory.derive(session.disk, directory: session.log, identity: subject)
        else {
            let near = try Accounts.names(session.disk, directory: session.log)
                .filter { $0.lowercased().contains(subject.lowercased()) }
            let hint =
                near.isEmpty
                ? "the identity must be written as in the events"
                : "did you mean \(near.prefix(4).joined(separator: ", "))?"
            throw Failure("\(session.shownLog) has no account \(subject); \(hint)", code: ExitStatus.noInput)
        }
        return ExplainedAccount(history: history).lines(session.style)
    }
}
