import Alerting
import EventLog
public import Logging
public import Pipeline
import Sinks
import UsageEvents

/// Forwards the alerts of one log to all sinks of a configuration, until it is told to stop.
///
/// It only reads what ingestion writes, by its own or another process. A new configuration takes effect as a
/// whole or not at all.
public actor Forwarder {
    /// Milliseconds between two looks at the journal: what an alert waits at most before it is taken.
    private static let lookMilliseconds = 10
    /// Looks at the journal between two looks at everything else.
    private static let looksBetween = 20
    /// Looks at the journal between two attempts to begin with a sink that could not begin.
    private static let looksBetweenBeginnings = 200

    /// What cannot be forwarded, and why; one sentence a fault.
    public struct Fault: Error, CustomStringConvertible {
        /// The sentences, one a line.
        public let description: String
        /// Whether the fault is that another process forwards from this log.
        public let isBusy: Bool

        init(_ lines: [String], isBusy: Bool = false) {
            description = lines.joined(separator: "\n")
            self.isBusy = isBusy
        }
    }

    private struct Running {
        let runner: SinkRunner
        let task: Task<Int, Never>
    }

    /// A sink of the configuration whose outbox another process has, or which cannot be opened.
    private struct Held {
        let settings: SinkSettings
        let secrets: SinkSecrets
        let rules: NotificationPolicy.Rules
    }

    /// What a runner wants the others to say.
    private struct Announcement: Sendable {
        let sink: String
        let since: Timestamp
        let reason: String
        let isDisabled: Bool
    }

    private let host: DeliveryHost
    private let disk = PosixDisk()
    private let announcements: AsyncStream<Announcement>
    private let announcing: AsyncStream<Announcement>.Continuation
    private var reader = SecretReader()
    private var runners: [String: Running] = [:]
    private var held: [Held] = []
    private var order: [String] = []
    private var isStopping = false
    private var journalSize = -1
    private var operatorSize = -1
    private var operators = OperatorState()

    /// A forwarder for a log; `version` is the program's.
    public init(log: String, version: String, logger: Logger) {
        self.init(log: log, version: version, logger: logger, resolver: .system)
    }

    init(
        log: String, version: String, logger: Logger, resolver: Resolver,
        now: @escaping @Sendable () -> Timestamp = { Timestamp(rawValue: wallClock()) }
    ) {
        let (stream, continuation) = AsyncStream.makeStream(of: Announcement.self)
        announcements = stream
        announcing = continuation
        host = DeliveryHost(
            log: log, resolver: resolver, now: now, version: version, name: ProcessEnvironment.hostName,
            logger: logger,
            noteFailing: { sink, since, reason in
                continuation.yield(
                    Announcement(sink: sink, since: since, reason: reason, isDisabled: false))
            },
            noteDisabled: { sink, reason in
                continuation.yield(
                    Announcement(sink: sink, since: now(), reason: reason, isDisabled: true))
            })
    }

    /// Takes over a configuration: sinks that are gone or changed end after what is in flight, new ones
    /// begin.
    ///
    /// - Throws: `Fault` where a sink cannot be used; then everything stays as it was. Or where the outbox of
    ///   a sink cannot be opened, most likely because another process sends for it.
    public func apply(_ configuration: DeliveryConfiguration) async throws(Fault) {
        if let fault = try await take(configuration, once: false) { throw fault }
    }

    /// The same, for a configuration that was read again; it is noted in the audit. Sinks whose outbox cannot
    /// be opened are returned as a fault and begin as soon as it can be; the others go on.
    public func reload(_ configuration: DeliveryConfiguration) async throws(Fault) -> Fault? {
        let fault = try await take(configuration, once: false)
        audit("reloaded", of: "configuration", "\(configuration.sinks.count) sinks")
        return fault
    }

    private func take(_ configuration: DeliveryConfiguration, once: Bool) async throws(Fault) -> Fault? {
        let secrets = try check(configuration)
        // Before anything is waited for, or one of them might begin meanwhile.
        held = []
        lookAtOperators()
        let wanted = Dictionary(uniqueKeysWithValues: zip(configuration.sinks.map(\.name), secrets))
        for (name, running) in runners {
            let settings = configuration.sinks.first { $0.name == name }
            guard settings != running.runner.settings || wanted[name] != running.runner.secrets else {
                continue
            }
            await running.runner.stop()
            _ = await running.task.value
            runners[name] = nil
        }
        var faults: [String] = []
        var isBusy = false
        for (settings, secrets) in zip(configuration.sinks, secrets) {
            let rules = NotificationPolicy.Rules(
                sink: settings, routes: configuration.routes, settings: configuration.policy)
            if let running = runners[settings.name] {
                await running.runner.setRules(rules)
                continue
            }
            let sink = Held(settings: settings, secrets: secrets, rules: rules)
            do {
                try begin(sink, once: once)
            } catch let failure as IOFailure where failure.cause == .busy {
                isBusy = true
                faults.append("\(settings.name): another process sends for this sink from this log")
                held.append(sink)
            } catch {
                faults.append("\(settings.name): \(error)")
                held.append(sink)
            }
        }
        order = configuration.sinks.map(\.name)
        return faults.isEmpty ? nil : Fault(faults, isBusy: isBusy)
    }

    private func begin(_ sink: Held, once: Bool) throws {
        let name = sink.settings.name
        let runner = try SinkRunner(
            sink.settings, rules: sink.rules, secrets: sink.secrets, operators: operators, host: host)
        let isRetried = RetryRequest.take(disk, log: host.log, sink: name)
        if isRetried { audit("sink_retried", of: name, "") }
        let task = Task {
            if isRetried { await runner.retry() }
            return await runner.run(once: once)
        }
        runners[name] = Running(runner: runner, task: task)
    }

    /// Begins with the sinks that could not begin when their configuration was taken over. That was told
    /// then.
    private func beginHeld() {
        held.removeAll { sink in
            guard (try? begin(sink, once: false)) != nil else { return false }
            host.logger.info("\(sink.settings.name): begins now")
            return true
        }
    }

    /// Everything that can be wrong with a configuration before anything is changed.
    private func check(_ configuration: DeliveryConfiguration) throws(Fault) -> [SinkSecrets] {
        var faults: [String] = []
        var secrets: [SinkSecrets] = []
        for settings in configuration.sinks {
            faults += SinkKind.named(settings.kind)?.problems(with: settings) ?? []
            do {
                _ = try SinkRegistry.sink(settings)
                _ = try Transport(settings, resolver: host.resolver, now: { 0 })
                secrets.append(try reader.secrets(of: settings, log: host.log))
            } catch {
                faults.append("\(error)")
            }
        }
        guard faults.isEmpty else { throw Fault(faults) }
        return secrets
    }

    /// Forwards until `stop`, then lets what is in flight end.
    public func run() async {
        let listening = Task { for await announcement in announcements { await announce(announcement) } }
        var looks = 0
        while !isStopping {
            if looks % Self.looksBetween == 0 {
                if lookAtOperators() {
                    for running in runners.values { await running.runner.setOperators(operators) }
                }
                await lookForRequests()
            }
            if looks % Self.looksBetweenBeginnings == 0 { beginHeld() }
            looks += 1
            if hasJournalGrown() { for running in runners.values { await running.runner.wake() } }
            do { try await Task.sleep(for: .milliseconds(Self.lookMilliseconds)) } catch { break }
        }
        listening.cancel()
        for running in runners.values { await running.runner.stop() }
        for running in runners.values { _ = await running.task.value }
        runners = [:]
    }

    /// No further attempt is begun.
    public func stop() { isStopping = true }

    /// Sends what is due now, then returns the messages that could not be delivered, by sink. The forwarder's
    /// work is done with that.
    public func once(_ configuration: DeliveryConfiguration) async throws(Fault) -> [(
        sink: String, left: Int
    )] {
        if let fault = try await take(configuration, once: true) { throw fault }
        var left: [(String, Int)] = []
        for name in order {
            if let running = runners[name] { left.append((name, await running.task.value)) }
        }
        // What they had to tell is in the audit; there is nobody left to send it.
        announcing.finish()
        for await announcement in announcements { await announce(announcement) }
        runners = [:]
        return left
    }

    // MARK: - Looking

    private func hasJournalGrown() -> Bool {
        let size = size(of: Journal<PosixDisk>.path(inLog: host.log))
        defer { journalSize = size }
        return size != journalSize
    }

    /// Whether people have decided something new.
    @discardableResult
    private func lookAtOperators() -> Bool {
        let size = size(of: OperatorStore<PosixDisk>.path(inLog: host.log))
        guard size != operatorSize else { return false }
        operatorSize = size
        do {
            operators = try OperatorStore.state(disk, log: host.log)
        } catch {
            host.logger.error("silences and acks could not be read: \(error)")
        }
        return true
    }

    /// What the command line asked of a sink that this process sends for.
    private func lookForRequests() async {
        for (name, running) in runners where RetryRequest.take(disk, log: host.log, sink: name) {
            host.logger.info("\(name): dead letters are sent again")
            audit("sink_retried", of: name, "")
            await running.runner.retry()
        }
    }

    private func size(of path: String) -> Int {
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .read)
            return try disk.size(file.handle)
        } catch {
            return -1
        }
    }

    // MARK: - About Tidemark itself

    /// Puts what this process did on its own into the operator store, where `tail --audit` finds it.
    private func audit(_ word: String, of subject: String, _ comment: String) {
        let record = OperatorRecord(
            at: host.now(), who: "tidemarkd@\(host.name)", action: .note(word, subject: subject),
            comment: String(comment.prefix(500)))
        do throws(IOFailure) {
            try OperatorStore.append(record, to: disk, log: host.log)
        } catch {
            host.logger.warning("the audit could not be written: \(error)")
        }
    }

    private func announce(_ announcement: Announcement) async {
        let name = announcement.sink
        let title =
            announcement.isDisabled
            ? "Tidemark no longer sends to \(name), which says that it is gone: \(announcement.reason)"
            : "Tidemark could not send to \(name) since \(announcement.since): \(announcement.reason)"
        host.logger.error("\(title)")
        audit(announcement.isDisabled ? "sink_disabled" : "sink_failing", of: name, announcement.reason)
        let id =
            "system_sink_\(Hash128(parts: [Array(name.utf8), Array("\(announcement.since)".utf8)]).shortHex)"
        let notification = Notification(id: id, purpose: .operational, title: title, transitions: [])
        for (other, running) in runners where other != name { await running.runner.send(notification) }
    }
}
