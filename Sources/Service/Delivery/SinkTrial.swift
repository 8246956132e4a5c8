public import Alerting
import Pipeline
import Sinks
import UsageEvents

/// One marked test alert to one sink, past queue and policy.
public struct SinkTrial: Sendable {
    private let sink: any Sink
    private let transport: Transport
    private let context: SinkContext
    private let notification: Notification

    /// How it ended.
    public struct Outcome: Sendable {
        /// Whether the sink took it.
        public let isDelivered: Bool
        /// What to tell the person who asked.
        public let text: String
    }

    /// Prepares a trial; `log` is only needed where accounts are told by pseudonyms.
    ///
    /// - Throws: what is wrong with the settings or the secrets, as a sentence.
    public init(_ settings: SinkSettings, log: String, version: String) throws {
        var reader = SecretReader()
        let secrets = try reader.secrets(of: settings, log: log)
        let now = Timestamp(rawValue: wallClock())
        sink = try SinkRegistry.sink(settings)
        transport = try Transport(settings, resolver: .system, now: { wallClock() / 1_000 })
        context = SinkContext(
            attemptTime: now.rawValue / 1_000, urls: secrets.urls, secrets: secrets.secrets,
            pseudonymKey: secrets.pseudonymKey, productVersion: version,
            hostName: ProcessEnvironment.hostName, isTest: true)
        notification = .test(at: now)
        // A secret that cannot be used is better said now than by the receiver.
        _ = try sink.requests(for: notification, context: context)
    }

    /// What would be sent, as text without secrets.
    public var requests: [String] {
        do throws(SinkFault) {
            return try sink.requests(for: notification, context: context).map(\.description)
        } catch {
            return [error.description]
        }
    }

    /// Sends it.
    public func run() async -> Outcome {
        let attempt = await Attempt.make(notification, by: sink, over: transport, context: context)
        transport.close()
        let status = attempt.status.map { ", status \($0)" } ?? ""
        switch attempt.verdict {
        case .delivered:
            return Outcome(
                isDelivered: true, text: "delivered in \(attempt.milliseconds) ms\(status)")
        case .retry(_, let reason), .refused(let reason), .disabled(let reason):
            return Outcome(isDelivered: false, text: "not delivered: \(reason)\(status)")
        }
    }
}
