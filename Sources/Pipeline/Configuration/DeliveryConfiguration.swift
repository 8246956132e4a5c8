public import Alerting

/// Where alerts are sent and by what rules: the sections `sinks`, `routes` and `notifications` of a
/// configuration file.
///
/// No part of the log's configuration or of the fingerprint: what is found does not depend on who is told.
/// `tidemarkd` reads it from the file after `--config`.
public struct DeliveryConfiguration: Hashable, Sendable {
    /// The sections of a file that it reads; all others are the log's configuration.
    public static let sections = ["sinks", "routes", "notifications"]

    /// The places that alerts are sent to, in the order of the file; their names differ.
    public var sinks: [SinkSettings] = []
    /// Which alert goes to which of them; without a `routes` section every alert to every sink.
    public var routes = RouteTree(defaultSinks: [])
    /// How many messages, and when.
    public var policy = PolicySettings()

    /// Sends nothing.
    public init() {}
}
