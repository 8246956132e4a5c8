import UsageEvents

/// Somebody knows of an alert: no reminders until its state changes, that is until it becomes more severe or
/// ends.
public struct Ack: Hashable, Sendable {
    /// What the alert turned out to be.
    public enum Verdict: String, Sendable, CaseIterable {
        /// Something was wrong.
        case right = "true"
        /// Nothing was unusual.
        case wrong = "false"
        /// Unusual, and of no interest.
        case noise
    }

    /// The alert's id.
    public let alert: String
    /// The severity that it had: a higher one is told again.
    public let severity: Severity
    /// What it turned out to be, if that was said.
    public let verdict: Verdict?

    /// Names an alert as known.
    public init(alert: String, severity: Severity, verdict: Verdict? = nil) {
        self.alert = alert
        self.severity = severity
        self.verdict = verdict
    }

    /// A hash of all of it, for the audit.
    public var fingerprint: String {
        let parts = [alert, severity.word, verdict?.rawValue ?? ""]
        return Hash128(parts: parts.map { Array($0.utf8) }).shortHex
    }

    /// Whether an alert is in the state that was acknowledged.
    public func covers(_ transition: AlertTransition) -> Bool {
        transition.id == alert && transition.state == .firing && transition.severity <= severity
    }
}
