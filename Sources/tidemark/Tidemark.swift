import ArgumentParser
import Pipeline

/// `tidemark`: the command line. It parses, runs what `Pipeline` offers, and prints.
@main
struct Tidemark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidemark",
        abstract: "Finds what is unusual in the use of AI tools, the moment it happens.",
        discussion: """
            Tidemark keeps usage events in a compressed log, learns what is normal for each account, and \
            raises an alert when spend, tokens, models or MCP servers are not.

            Begin with:
              tidemark demo                        watch it work on a bundled log
              tidemark ingest events.ndjson        your own events into a log
              tidemark tail                        the alerts
              tidemark explain al_9f1c             why one was raised

            The log is the directory after -L, else $TIDEMARK_LOG, else $STATE_DIRECTORY, else \
            ~/.local/state/tidemark.

            Exit codes: 0 done, 1 failed, 3 found (--exit-code), 64 usage, 65 bad input or damaged log, \
            66 no such input, 69 not reachable, 74 I/O or full disk, 75 locked, 78 bad configuration, \
            130 and 143 by signal.
            """,
        version: Tidemark.release,
        subcommands: [OverviewCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Watch", subcommands: [Demo.self, IngestCommand.self, Tail.self]),
            CommandGroup(
                name: "Understand",
                subcommands: [
                    InventoryCommand.self, ReportCommand.self, Explain.self, ReplayCommand.self,
                ]),
            CommandGroup(
                name: "Decide", subcommands: [AckCommand.self, SilenceCommand.self, SinkHandOver.self]),
            CommandGroup(name: "Keep", subcommands: [LogCommand.self, ConfigCommand.self]),
        ],
        defaultSubcommand: OverviewCommand.self
    )

    /// The version of the program.
    static let release = "0.1.0"

    /// Puts options that stand before a command behind it, where the parser looks for them: `tidemark -L
    /// DIR tail`.
    static func commandFirst(_ arguments: [String]) -> [String] {
        var leading = 0
        while leading < arguments.count {
            let argument = arguments[leading]
            if ["-L", "--log", "--color"].contains(argument) {
                leading += 2
            } else if argument.hasPrefix("--log=") || argument.hasPrefix("--color=")
                || argument.hasPrefix("-L")
            {
                leading += 1
            } else {
                break
            }
        }
        guard leading > 0, leading < arguments.count, !arguments[leading].hasPrefix("-") else {
            return arguments
        }
        var commands = 1
        // `log stat` and `config show` are two words.
        if ["log", "config", "silence", "sink"].contains(arguments[leading]), leading + 1 < arguments.count {
            commands = 2
        }
        let end = leading + commands
        return Array(arguments[leading..<end]) + Array(arguments[..<leading]) + Array(arguments[end...])
    }

    /// Parses, runs, and turns whatever is thrown into one line on standard error and an exit code.
    static func main() {
        StandardDescriptors.occupy()
        Platform.prepareSignals()
        do {
            if let name = Platform.unspokenName {
                throw Failure("\(name) is not UTF-8; give the file another name", code: ExitStatus.usage)
            }
            var command = try parseAsRoot(commandFirst(Array(CommandLine.arguments.dropFirst())))
            try command.run()
        } catch {
            Failure.end(error)
        }
    }
}
