import EventLog
public import Logging
import NIOPosix
public import Pipeline
import Synchronization
import UsageEvents

/// Ingestion of followed sources in the process that also forwards, on a thread of its own: nothing that a
/// receiver does can hold it up, since the forwarder only reads what it wrote.
public final class Ingestion: Sendable {
    private let options: IngestOptions
    private let logger: Logger
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let isStopping = Atomic(false)
    private let work = Mutex<Task<IngestSummary, any Error>?>(nil)

    /// Ingestion that has not begun; `options` name the log and what is followed.
    public init(_ options: IngestOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    /// Takes the log's lock and brings the engine to the log's end, then goes on by itself.
    ///
    /// - Throws: `LogError`, `ConfigurationError` and others, where the log cannot be written to.
    public func open() async throws {
        let (opened, telling) = AsyncStream.makeStream(of: Void.self)
        pool.start()
        let task = Task {
            defer { telling.finish() }
            return try await pool.runIfActive { try self.ingest { telling.yield() } }
        }
        work.withLock { $0 = task }
        for await _ in opened { return }
        // It ended before it had begun, and says why.
        _ = try await task.value
    }

    /// Waits until it has ended: after `stop`, with everything durable that was read, or for an error.
    public func run() async throws {
        guard let task = work.withLock(\.self) else { return }
        let result = await task.result
        try await pool.shutdownGracefully()
        let summary = try result.get()
        logger.info(
            "ingested \(summary.accepted) events of \(summary.counts.lines) lines, \(summary.alerts) alerts")
        if summary.counts.rejectedLines > 0 {
            logger.warning("\(summary.counts.rejectedLines) lines were refused; the log keeps them")
        }
    }

    /// Ends it after the batch in hand.
    public func stop() { isStopping.store(true, ordering: .relaxed) }

    private func ingest(_ opened: () -> Void) throws -> IngestSummary {
        var options = options
        options.feed.interruption = { [self] in
            isStopping.load(ordering: .relaxed) ? Interruption.ofServices : nil
        }
        var observer = IngestObserver()
        observer.notice = { [logger] in logger.warning("\($0)") }
        let ingest = try Ingest(PosixDisk(), options: options, observer: observer)
        opened()
        let summary = try ingest.run(observer)
        for problem in summary.problems { logger.error("\(problem.description)") }
        return summary
    }
}
