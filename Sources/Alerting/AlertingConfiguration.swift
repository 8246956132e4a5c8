/// How anomalies become alerts.
public struct AlertingConfiguration: Hashable, Sendable {
    /// The least severity that is a page; what is below is a digest line.
    public var pageSeverity = Severity.medium
    /// Hours after an alert during which its family stays quiet for the account.
    public var quietHours: Double = 24
    /// Hours after the end of an excursion that its family stays quiet, where that is longer.
    public var quietAfterEndHours: Double = 1
    /// Hours of the log's clock after which an alert about a first use, or of an account that fell silent,
    /// is resolved.
    public var resolveHours: Double = 24
    /// Dollars above the expectation from which a spend alert is medium, high and critical.
    public var mediumUSD: Double = 5
    /// See `mediumUSD`.
    public var highUSD: Double = 50
    /// See `mediumUSD`.
    public var criticalUSD: Double = 500

    /// The defaults.
    public init() {}
}
