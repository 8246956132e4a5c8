import ArgumentParser
import EventLog
import Pipeline
import UsageEvents

/// `tidemark log export`.
struct LogExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the events to a file, as NDJSON or CSV, compressed where its name ends in .zst.",
        discussion: """
            The file appears once it is whole; one that is there is kept unless --force is given. Without -o \
            the events go to standard output. What is exported can be ingested again: NDJSON gives the same \
            events to the byte; CSV does not tell a null from a key that is missing and loses blanks at the \
            ends of a label, and an event without a source gets the source table.

            Examples:
              tidemark log export -o events.ndjson.zst
              tidemark log export -o april.csv --since 2026-04-01 --until 2026-05-01
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var selection: EventSelection

    @Option(
        name: .long,
        help: "ndjson or csv. (default: what the file's name says, else ndjson)",
        transform: { text in
            guard let form = LogText.Form(rawValue: text) else {
                throw ValidationError("There is no '\(escaped(text))'; there are ndjson and csv.")
            }
            return form
        })
    var format: LogText.Form?

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(name: .long, help: "Replace a file that is there.")
    var force = false

    func run() throws {
        let session = Session(common)
        guard let output else {
            let out = session.out
            let result = try write(session) { try out.write($0) }
            try out.flush()
            LogText.report(result, session)
            return
        }
        try session.requireLog()
        if try !force && NewFile.exists(session.disk, output) {
            throw Failure(
                "\(output) is there already; name another file, or give --force", code: ExitStatus.usage)
        }
        var file = try NewFile(session.disk, output)
        var zstd = ZstdOutput()
        let isCompressed = output.hasSuffix(".zst")
        var packed: [UInt8] = []
        let bar = session.progress()
        defer { bar.clear() }
        let size = bar.isShown ? try LogStatistics(session.disk, directory: session.log).events : 0
        let result = try write(
            session, progress: { bar.update(.events($0, of: size), events: $0, alerts: nil) }
        ) { piece in
            guard isCompressed else { return try file.write(piece) }
            packed.removeAll(keepingCapacity: true)
            try zstd.compress(piece, into: &packed)
            try file.write(packed.span)
        }
        if isCompressed {
            packed.removeAll(keepingCapacity: true)
            try zstd.finish(into: &packed)
            try file.write(packed.span)
        }
        try file.publish()
        bar.clear()
        session.message(
            StyledText("\(counted(result.lines, "event")), \(byteCount(file.count)), in \(escaped(output))"))
        LogText.report(result, session)
    }

    private func write(
        _ session: Session, progress: (UInt64) -> Void = { _ in }, emit: (Span<UInt8>) throws -> Void
    ) throws -> (lines: UInt64, isTorn: Bool, gaps: [LogGap]) {
        try LogText.write(
            session.disk, directory: session.log, filter: selection.filter(session), form: form,
            progress: progress, emit: emit)
    }

    /// What was asked for, else what the file's name says.
    private var form: LogText.Form {
        if let format { return format }
        return [".csv", ".csv.zst"].contains { output?.hasSuffix($0) ?? false } ? .csv : .ndjson
    }
}
