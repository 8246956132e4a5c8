import UsageEvents

/// A configuration together with the name under which alerts refer to it.
public struct RunConfiguration: Sendable {
    /// The settings.
    public let settings: TidemarkConfiguration
    /// 16 hexadecimal digits over everything that decides about alerts.
    public let fingerprint: String

    /// Names a configuration.
    public init(_ settings: TidemarkConfiguration) {
        self.settings = settings
        fingerprint = settings.fingerprint().shortHex
    }

    /// An engine under this configuration.
    public var engine: Engine { Engine(configuration: settings, fingerprint: fingerprint) }

    /// The name of control records that carry a configuration.
    public static let controlName = "configuration"

    /// The settings that a control record carries: its text is the YAML of what differs from the defaults.
    static func settings(payload: [UInt8]) throws(ConfigurationError) -> TidemarkConfiguration {
        try TidemarkConfiguration.effective(log: String(decoding: payload, as: UTF8.self))
    }
}
