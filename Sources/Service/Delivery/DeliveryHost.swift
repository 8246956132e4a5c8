import Logging
import UsageEvents

/// What all runners of a process share: the log, the clock, who this is, and whom to tell.
struct DeliveryHost: Sendable {
    /// Milliseconds after which a sink that only fails is told of on the others.
    static let failingMilliseconds: Int64 = 15 * 60 * 1_000

    /// The log's directory.
    let log: String
    let resolver: Resolver
    /// The wall clock.
    let now: @Sendable () -> Timestamp
    /// The version of the program.
    let version: String
    /// The name of this machine.
    let name: String
    let logger: Logger
    /// A sink has failed since then.
    let noteFailing: @Sendable (_ sink: String, _ since: Timestamp, _ reason: String) -> Void
    /// A sink's endpoint is gone.
    let noteDisabled: @Sendable (_ sink: String, _ reason: String) -> Void
}
