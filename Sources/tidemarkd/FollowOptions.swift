import ArgumentParser
import EventLog
import Logging
import Pipeline
import Service
import ServiceLifecycle
import UsageEvents

/// What this process ingests itself, beside forwarding.
struct FollowOptions: ParsableArguments {
    @Option(
        name: .customLong("follow"), parsing: .singleValue,
        help: ArgumentHelp(
            "Ingest this file or folder too, and what is added to it; again for more.",
            discussion: """
                As `tidemark ingest -f` does, in one process; without it another process writes the log. \
                Files and folders that appear later are found by naming the folder above them.
                """, valueName: "source"))
    var sources: [String] = []

    @Option(name: .long, help: "With --follow: the account of events that name none.")
    var identity: String?

    func validate() throws {
        if identity != nil, sources.isEmpty { throw ValidationError("--identity wants --follow.") }
        if let identity, identity.isEmpty || identity.utf8.count > Limits.labelBytesMax {
            throw ValidationError("--identity wants 1 to \(Limits.labelBytesMax) bytes.")
        }
        if sources.contains("-") {
            throw ValidationError("--follow wants files; `tidemark ingest -f -` reads standard input.")
        }
    }

    /// Opens the log and begins; nil where nothing is followed.
    func begin(_ log: String, _ logger: Logger) async throws -> Ingestion? {
        if sources.isEmpty { return nil }
        do {
            let environment = EnvironmentVariables.all
            let settings = try settings(of: log, environment)
            var feed = FeedOptions(sources: sources, prices: try prices(settings))
            feed.identity = identity
            feed.machine = SourceList.Machine(
                home: ProcessEnvironment.value("HOME"), environment: environment)
            if let text = settings.sources.map, let problem = feed.setMapping(text) {
                throw Failure("sources.map: \(problem)", code: .badConfiguration)
            }
            if let absence = feed.absence { throw absence }
            feed.follows = true
            feed.isLive = true
            var options = IngestOptions(log: log, feed: feed)
            options.waitsForSpace = true
            options.segmentBytes = settings.log.segmentBytes
            options.environment = environment
            let ingestion = Ingestion(options, logger: logger)
            try await ingestion.open()
            logger.info("following \(sources.joined(separator: ", "))")
            return ingestion
        } catch {
            throw Self.failure(error)
        }
    }

    /// Settings in force: the log's, and over them the environment's.
    private func settings(
        of log: String, _ environment: [String: String]
    ) throws -> TidemarkConfiguration {
        var own = ""
        do {
            own = try AccountHistory.configuration(PosixDisk(), directory: log).settings.canonicalText
        } catch LogError.noSuchLog {
            // It is about to be made.
        }
        return try TidemarkConfiguration.effective(log: own, environment: environment)
    }

    private func prices(_ settings: TidemarkConfiguration) throws -> PriceTable {
        var prices = PriceTable.bundled
        if let file = settings.prices.file {
            let bytes = try FileBytes(file, limit: 16 << 20).bytes
            do { prices = try PriceTable(csv: bytes).over(.bundled) } catch {
                throw Failure("\(file), \(error.description)", code: .badConfiguration)
            }
        }
        return settings.naming(prices)
    }

    /// What an error of ingestion means for the process.
    static func failure(_ error: any Error) -> any Error {
        switch error {
        case let error as LogError:
            if case .locked = error { return Failure(error.description, code: .locked) }
            return Failure(error.description, code: .inputOutput)
        case let error as InputError:
            return Failure(error.description, code: error.isMissing ? .noInput : .inputOutput)
        case let error as ConfigurationError:
            return Failure(error.description, code: .badConfiguration)
        case let fault as FileBytes.Fault:
            return Failure(fault.description, code: fault.isMissing ? .noInput : .inputOutput)
        default: return error
        }
    }
}

/// Ingestion's life within the process.
struct IngestionService: Service {
    let ingestion: Ingestion

    func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await ingestion.run()
            } onGracefulShutdown: {
                ingestion.stop()
            }
        } catch {
            throw FollowOptions.failure(error)
        }
    }
}
