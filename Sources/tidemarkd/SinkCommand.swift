import Alerting
import ArgumentParser
import EventLog
import Pipeline
import Service

/// What can be done to a sink.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "List sinks, try one, send dead letters again.",
        subcommands: [ListCommand.self, TestCommand.self, RetryCommand.self],
        defaultSubcommand: ListCommand.self
    )
}

/// `sink list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What each sink delivered, what waits, what was given up.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "One JSON object a sink.")
    var json = false

    @Flag(help: "Dead letters one by one, with the reason of each.")
    var dead = false

    func run() async throws {
        let log = try common.directory()
        for sink in try common.delivery().sinks {
            let state: OutboxState?
            do throws(IOFailure) {
                state = try Outbox.state(PosixDisk(), log: log, sink: sink.name)
            } catch {
                throw Failure(error.description, code: .inputOutput)
            }
            let report = SinkReport(settings: sink, state: state ?? OutboxState(), isNew: state == nil)
            if json {
                StandardStreams.out(report.json)
            } else {
                for line in report.lines(withDead: dead) { StandardStreams.out(line) }
            }
        }
    }
}

/// `sink test`
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Send a marked test alert, or show what would be sent.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The name of a sink in the configuration.")
    var name: String

    @Flag(help: "Print the request instead of sending it; secrets are not shown.")
    var dryRun = false

    func run() async throws {
        let settings = try common.sink(name)
        // Only a sink with pseudonyms needs a log: the key is there.
        let log = settings.identity == .pseudonym ? try common.directory() : ""
        let trial: SinkTrial
        do { trial = try SinkTrial(settings, log: log, version: Tidemarkd.release) } catch {
            throw Failure("\(error)", code: .badConfiguration)
        }
        if dryRun {
            for request in trial.requests { StandardStreams.out(request) }
            return
        }
        let outcome = await trial.run()
        guard outcome.isDelivered else {
            throw Failure("\(name): \(outcome.text)", code: .unavailable)
        }
        StandardStreams.error("tidemarkd: \(name): \(outcome.text)")
    }
}

/// `sink retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Send a sink's dead letters again, and switch it on if it was switched off.")

    @OptionGroup var common: CommonOptions

    @Argument(help: "The name of a sink in the configuration.")
    var name: String

    func run() async throws {
        let log = try common.directory()
        _ = try common.sink(name)
        do throws(IOFailure) {
            let dead = try Outbox.state(PosixDisk(), log: log, sink: name)?.dead.count ?? 0
            try RetryRequest.leave(PosixDisk(), log: log, sink: name)
            StandardStreams.error(
                """
                tidemarkd: \(name): \(dead) dead letters are sent again, at once by a running tidemarkd, \
                else by the next one
                """
            )
        } catch {
            throw Failure(error.description, code: .inputOutput)
        }
    }
}
