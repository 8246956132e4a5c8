import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log erase`.
struct LogErase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase one account from the log, for good.",
        discussion: """
            Its events become holes whose numbers nobody else gets. Its name, request ids and labels that \
            only it had leave every segment; lines that mention it leave the journal, rejected/, \
            operator/, outbox/ and inbox/. Snapshots and the copies of damaged bytes in quarantine/ are \
            removed, all of them; what is kept of events that retention dropped forgets it. A receipt \
            without the name stays in the log. The next `tidemark ingest` derives the alerts anew; those of \
            team mates may differ.

            Not reached: backups and exports, snapshots of the file system, alerts already sent, text in \
            control records (counted), what the device keeps of blocks it has freed. What is ingested again \
            comes back: erase it at the source first.

            Exit 0: done, or --dry-run. Exit 66: no event of that account. Exit 75: somebody writes or seals.

            Examples:
              tidemark log erase ada@acme.example --dry-run
              tidemark log erase ada@acme.example --yes
              tidemark log erase --finish         after an interruption
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "The account, as `tidemark inventory` spells it.")
    var identity: String?

    @Flag(name: .long, help: "Do it.")
    var yes = false

    @Flag(name: .long, help: "Change nothing: say what would be erased.")
    var dryRun = false

    @Flag(name: .long, help: "End an erasure that was interrupted.")
    var finish = false

    @Flag(name: .long, help: "One JSON object.")
    var json = false

    func validate() throws {
        if finish {
            guard identity == nil, !dryRun else {
                throw ValidationError("--finish takes no account: the log knows which.")
            }
        } else if identity?.isEmpty ?? true {
            throw ValidationError("Name the account to erase.")
        } else if yes == dryRun {
            throw ValidationError("Give --dry-run to see what goes, or --yes to erase it for good.")
        }
    }

    func run() throws {
        let session = Session(common, json: json)
        guard !finish else {
            guard let done = try Retention.finishErasure(session.disk, directory: session.log) else {
                throw Failure("No erasure was interrupted.", code: ExitStatus.noInput)
            }
            return try tell(done, session)
        }
        let identity = identity ?? ""
        let plan = try LogEraser.plan(session.disk, directory: session.log, identity: identity)
        let isKnown = try Retention.knows(identity, session.disk, directory: session.log)
        // A word that only sentences have is no account, though their lines would go with one.
        guard plan.events > 0 || plan.isNamed || isKnown else {
            throw Failure(
                "The log has no event of \(identity), and no line about it; see `tidemark inventory`",
                code: ExitStatus.noInput)
        }
        if dryRun { return try tell(plan, session) }
        do throws(IOFailure) {
            try OutboxErasure.erase(session.disk, log: session.log, identity: identity)
        } catch {
            guard error.cause == .busy else { throw error }
            throw Failure(
                "tidemarkd sends from this log; stop it for the time of the erasure", code: ExitStatus.locked)
        }
        try tell(Retention.erase(session.disk, directory: session.log, identity: identity), session)
    }

    private func tell(_ erasure: LogErasure, _ session: Session) throws {
        guard !json else {
            let text = JSONText.object { json in
                json.flag("dry_run", dryRun)
                json.flag("resumed", erasure.isResumed)
                json.number("events", erasure.events)
                json.number("segments", erasure.segments)
                json.number("lines", erasure.lines)
                json.number("files", erasure.files)
                json.number("control_records", erasure.controls)
            }
            try session.out.line(text)
            return try session.out.flush()
        }
        let word = dryRun ? StyledText("would erase", .warning) : StyledText("erased", .good)
        let what =
            "  \(counted(erasure.events, "event")) in \(counted(erasure.segments, "segment")), "
            + "\(counted(erasure.lines, "line")) of other files; "
            + "\(counted(erasure.files, "snapshot or copy", "snapshots and copies")) removed"
        try session.out.line((word + StyledText(what)).rendered(session.style))
        if erasure.controls > 0 {
            let controls = counted(erasure.controls, "control record")
            try session.out.line("\(controls) mention it still: they decide about others too")
        }
        try session.out.line(
            "Not reached: backups, exports, snapshots of the file system, alerts that were sent.")
        try session.out.flush()
    }
}
