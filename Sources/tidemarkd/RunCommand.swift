import ArgumentParser
import Logging
import Pipeline
import Service
import ServiceLifecycle
import UnixSignals

/// Forwards until it is told to stop, or once.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Forward the alerts of a log (what happens without a command).")

    @OptionGroup var common: CommonOptions

    @Flag(
        help: ArgumentHelp(
            "Forward what is due now, then end.",
            discussion: "For cron: exit 0 if everything was delivered, 69 if something is left."))
    var once = false

    @OptionGroup var following: FollowOptions

    @Flag(name: .shortAndLong, help: "Say only what goes wrong.")
    var quiet = false

    func validate() throws {
        if once, !following.sources.isEmpty {
            throw ValidationError("--once ends and --follow does not; `tidemark ingest` reads files once.")
        }
    }

    func run() async throws {
        do {
            try await forward()
        } catch let fault as Forwarder.Fault {
            throw Failure(fault.description, code: fault.isBusy ? .locked : .badConfiguration)
        }
    }

    private func forward() async throws {
        let directory = try common.directory(isMade: !following.sources.isEmpty)
        let delivery = try common.delivery()
        let level: Logger.Level = quiet ? .warning : .info
        LoggingSystem.bootstrap { _ in LineLogHandler(level: level) }
        let logger = Logger(label: "tidemarkd")
        if delivery.sinks.isEmpty { logger.warning("the configuration names no sink; nothing is forwarded") }
        let forwarder = Forwarder(log: directory, version: Tidemarkd.release, logger: logger)
        if once {
            let left = try await forwarder.once(delivery).filter { $0.left > 0 }
            guard left.isEmpty else {
                throw Failure(
                    left.map { "\($0.sink): \($0.left) messages are left for the next run" }
                        .joined(separator: "\n"), code: .unavailable)
            }
            return
        }
        // The log first: forwarding begins at the journal's end, which has to be known.
        let ingestion = try await following.begin(directory, logger)
        try await forwarder.apply(delivery)
        logger.info("forwarding from \(directory) to \(delivery.sinks.count) sinks")
        // They end in reverse order: what was ingested last is still taken by the forwarder.
        var services: [any Service] = [
            ForwardingService(forwarder: forwarder, common: common, logger: logger)
        ]
        if let ingestion { services.append(IngestionService(ingestion: ingestion)) }
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }
}

/// The forwarder's life within the process: signals in, states out to the service manager.
struct ForwardingService: Service {
    let forwarder: Forwarder
    let common: CommonOptions
    let logger: Logger

    func run() async throws {
        // Before anybody hears that this process is ready: until then the signal would end it.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        ServiceManager.ready("forwarding")
        let reloading = Task { for await _ in hangups { await reload() } }
        await withGracefulShutdownHandler {
            await forwarder.run()
        } onGracefulShutdown: {
            ServiceManager.stopping()
            Task { await forwarder.stop() }
        }
        reloading.cancel()
        logger.info("stopped; what is left is sent when it starts again")
    }

    /// A configuration with a fault changes nothing.
    private func reload() async {
        ServiceManager.reloading()
        do {
            let held = try await forwarder.reload(common.delivery())
            logger.info("the configuration was read again")
            if let held { logger.error("nothing is sent for these, until it can be: \(held)") }
        } catch {
            logger.error("the configuration was not taken over, the old one holds: \(error)")
        }
        ServiceManager.ready("forwarding")
    }
}
