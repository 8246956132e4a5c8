import ArgumentParser
import Pipeline

/// `tidemarkd`: the long-running process that forwards alerts.
@main
struct Tidemarkd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidemarkd",
        abstract: "Forwards the alerts of a log to webhooks, chat, pagers, files and programs.",
        discussion: """
            Follows the journal that `tidemark ingest` writes, decides for each sink what is worth a \
            message, and delivers it at least once, under one id.

            Begin with:
              tidemarkd sink test ops --config FILE --dry-run  what would be sent
              tidemarkd sink test ops --config FILE            a marked test alert
              tidemarkd --config FILE                          forward until SIGTERM
              tidemarkd --config FILE --follow events.ndjson   ingest as well, in one process
              tidemarkd --config FILE --once                   what is due, for cron

            SIGTERM ends it after the deliveries in flight; SIGHUP reads the configuration again, and a bad \
            one changes nothing.

            Exit codes: 0 done, 64 usage, 69 something could not be delivered, 74 I/O, 75 another process \
            forwards from this log or writes to it, 78 bad configuration.
            """,
        version: release,
        subcommands: [RunCommand.self, SinkCommand.self],
        defaultSubcommand: RunCommand.self
    )

    /// Parses, runs, and ends with the code that a failure deserves.
    static func main() async {
        StandardDescriptors.occupy()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            exit(withError: failure.end())
        } catch {
            exit(withError: error)
        }
    }

    /// The version of the program.
    static let release = "0.1.0"
}
