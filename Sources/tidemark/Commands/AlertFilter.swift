import Alerting
import Detection
import UsageEvents

/// Which alerts a user wants to see.
///
/// Unless everything is wanted, an alert is shown once: when it becomes a page. Most are one from the
/// start, but one that begins as a digest line and grows into a page must not be missed.
struct AlertFilter {
    var since: Timestamp?
    var until: Timestamp?
    var kinds: [String] = []
    var team: String?
    var identity: String?
    var severity: Severity?
    /// Updates, ends and digest lines too.
    var all = false

    /// Open alerts that were pages already.
    private var paged: Set<String> = []

    init(
        kinds: [String] = [], team: String? = nil, identity: String? = nil, severity: Severity? = nil,
        all: Bool = false
    ) {
        self.kinds = kinds
        self.team = team
        self.identity = identity
        self.severity = severity
        self.all = all
    }

    /// Whether everything passes.
    var isOpen: Bool {
        all && since == nil && until == nil && kinds.isEmpty && team == nil && identity == nil
            && severity == nil
    }

    /// Whether a transition is to be shown; asked for each, in the journal's order.
    mutating func admits(_ alert: AlertTransition) -> Bool {
        let becamePage = becomesPage(alert)
        if !all, !becamePage { return false }
        if let since, alert.at < since { return false }
        if let until, alert.at >= until { return false }
        if !kinds.isEmpty, !kinds.contains(alert.kind.word) { return false }
        if let team, alert.team != team { return false }
        if let identity, alert.identity != identity { return false }
        if let severity, alert.severity < severity { return false }
        return true
    }

    /// Whether the alert is a page from this transition on.
    private mutating func becomesPage(_ alert: AlertTransition) -> Bool {
        if alert.state == .resolved {
            paged.remove(alert.id)
            return false
        }
        return alert.page && paged.insert(alert.id).inserted
    }
}
