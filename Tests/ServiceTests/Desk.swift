import Alerting
import EventLog
import Foundation
import Logging
import Pipeline
import Synchronization
import UsageEvents

@testable import Service

/// A log directory with a journal that the test writes, and a clock that the test moves.
final class Desk: Sendable {
    let folder: TemporaryFolder
    let log: String
    let clock = Mutex<Int64>(1_780_000_000_000)
    let messages = Mutex<[String]>([])

    init() throws {
        folder = try TemporaryFolder()
        log = folder.path + "/log"
        try FileManager.default.createDirectory(atPath: log + "/journal", withIntermediateDirectories: true)
        try folder.write("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    }

    static func id(_ n: Int) -> String {
        let digits = String(n, radix: 16)
        return "al_" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Appends transitions to the journal, each of a team of its own.
    func alerts(_ numbers: Range<Int>, seq: Int = 0) throws {
        let path = log + "/journal/alerts.ndjson"
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
        defer { try? file.close() }
        try file.seekToEnd()
        for n in numbers {
            var transition = Notification.test(at: Timestamp(rawValue: 1_770_000_000_000)).transitions[0]
            transition.id = Self.id(n)
            transition.seq = seq
            transition.state = seq == 0 ? .firing : .resolved
            transition.team = "team-\(n)"
            transition.severity = .high
            try file.write(contentsOf: Data((transition.json + "\n").utf8))
        }
    }

    func hook(_ name: String, _ receiver: Receiver) -> SinkSettings {
        var sink = SinkSettings(name: name, kind: "webhook")
        sink.urls = [.text(receiver.url)]
        sink.secrets = [.file(folder.path + "/secret")]
        sink.allowHTTP = true
        sink.allowNetworks = ["127.0.0.0/8"]
        return sink
    }

    func configuration(_ sinks: [SinkSettings]) -> DeliveryConfiguration {
        var configuration = DeliveryConfiguration()
        configuration.sinks = sinks
        configuration.routes = RouteTree(defaultSinks: sinks.map(\.name))
        return configuration
    }

    func forwarder() -> Forwarder {
        Forwarder(
            log: log, version: "0", logger: Logger(label: "test") { _ in Handler(desk: self) },
            resolver: .system,
            now: {
                Timestamp(
                    rawValue: self.clock.withLock {
                        $0 += 1; return $0
                    })
            })
    }

    func state(_ sink: String) throws -> OutboxState? { try Outbox.state(PosixDisk(), log: log, sink: sink) }

    func waiting(_ sink: String) -> Int { (try? state(sink)?.waiting.count) ?? -1 }

    /// Waits until something is so, at most ten seconds of patience with a busy machine times three.
    func until(_ condition: () throws -> Bool) async throws {
        for _ in 0..<3_000 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw CocoaError(.coderValueNotFound)
    }

    private struct Handler: LogHandler {
        let desk: Desk
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        init(desk: Desk) { self.desk = desk }

        func log(event: LogEvent) { desk.messages.withLock { $0.append(event.message.description) } }
    }
}

extension Receiver {
    /// The `webhook-id` of each request that was answered, in order.
    var ids: [String] { requests.compactMap { $0.header("webhook-id") } }
}
