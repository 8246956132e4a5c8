import ArgumentParser

/// `tidemark`: the command line. It parses, runs what `Pipeline` offers, and prints.
@main
struct Tidemark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidemark",
        abstract: "Finds what is unusual in the use of AI tools, the moment it happens.",
        discussion: """
            Tidemark keeps usage events in a compressed log, learns what is normal for each account, and raises an \
            alert when spend, tokens, models or MCP servers are not.

            Begin with:
              tidemark demo                        watch it work on a bundled log
              tidemark ingest events.ndjson        your own events into a log
              tidemark tail                        the alerts
              tidemark explain al_9f1c             why one was raised

            The log is the directory after -L, else $TIDEMARK_LOG, else $STATE_DIRECTORY, else \
            ~/.local/state/tidemark.

            Exit codes: 0 done, 1 failed, 3 found (--exit-code), 64 usage, 65 bad input or damaged log, 66 no such \
            input, 69 not reachable, 74 I/O or full disk, 75 locked, 78 bad configuration, 130 and 143 by signal.
            """,
        version: Tidemark.release,
        groupedSubcommands: [
            CommandGroup(name: "Watch:", subcommands: [Demo.self, IngestCommand.self, Tail.self]),
            CommandGroup(name: "Understand:", subcommands: [Explain.self, ReplayCommand.self]),
            CommandGroup(name: "Keep:", subcommands: [LogCommand.self, ConfigCommand.self]),
        ]
    )

    /// The version of the program.
    static let release = "0.1.0"

    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "One JSON object instead of text.")
    var json = false

    func run() throws { try Overview(session: Session(common, json: json)).run() }

    /// Parses, runs, and turns whatever is thrown into one line on standard error and an exit code.
    static func main() {
        Platform.ignoreSignals()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Failure.end(error)
        }
    }
}
