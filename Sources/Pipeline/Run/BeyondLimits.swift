import Alerting
import Detection
import UsageEvents

/// What a run met beyond the bounds of what detection remembers, see `docs/limits.md`. None of it is lost: it
/// counts under a name that it shares with others, or as known.
public struct BeyondLimits: Sendable, Hashable {
    /// Events of accounts beyond `Limits.accountsMax`.
    public internal(set) var accounts: UInt64 = 0
    /// Events that name a team beyond `Limits.teamsMax`.
    public internal(set) var teams: UInt64 = 0
    /// Events that name a project beyond `Limits.facetNamesMax`.
    public internal(set) var projects: UInt64 = 0
    /// Events that name a client program beyond `Limits.facetNamesMax`.
    public internal(set) var tools: UInt64 = 0
    /// Events that name a model beyond `Limits.valuesMax`.
    public internal(set) var models: UInt64 = 0
    /// Events that name an MCP server beyond `Limits.valuesMax`.
    public internal(set) var mcpServers: UInt64 = 0
    /// Uses of a model or server by accounts that have used `Limits.valuesPerAccountMax`.
    public internal(set) var values: UInt64 = 0
    /// First uses in a team beyond `Limits.teamUsesMax`.
    public internal(set) var teamUses: UInt64 = 0
    /// First uses in a further team beyond `Limits.furtherTeamsMax`.
    public internal(set) var members: UInt64 = 0
    /// Alerts that ended because `Limits.openAlertsMax` were open.
    public internal(set) var alerts: UInt64 = 0
    /// Quiet times that ended because there were `Limits.quietTimesMax`.
    public internal(set) var quietTimes: UInt64 = 0

    /// Whether every bound was kept.
    public var isEmpty: Bool { self == BeyondLimits() }

    /// Each bound that was met: a word for programs, how often, and what that means.
    public var rows: [(name: String, count: UInt64, meaning: String)] {
        let other = "called \(SymbolTable.otherName)"
        let all: [(String, UInt64, String)] = [
            ("accounts", accounts, "events of accounts beyond \(Limits.accountsMax), together one account"),
            ("teams", teams, "events with a team beyond \(Limits.teamsMax), \(other)"),
            ("projects", projects, "events with a project beyond \(Limits.facetNamesMax), \(other)"),
            ("tools", tools, "events with a tool beyond \(Limits.facetNamesMax), \(other)"),
            ("models", models, "events with a model beyond \(Limits.valuesMax), \(other)"),
            ("mcp_servers", mcpServers, "events with an MCP server beyond \(Limits.valuesMax), \(other)"),
            (
                "values", values,
                "uses by accounts with \(Limits.valuesPerAccountMax) models and servers, taken for known"
            ),
            ("team_uses", teamUses, "first uses that no team has room for, taken for known to it"),
            ("members", members, "first uses in a further team, not counted as its members'"),
            ("alerts", alerts, "alerts ended because \(Limits.openAlertsMax) were open"),
            ("quiet_times", quietTimes, "quiet times ended, so that something may be told again"),
        ]
        return all.filter { $0.1 > 0 }
    }
}

extension Engine {
    /// What this engine has met beyond its bounds, in this run.
    var beyond: BeyondLimits {
        var all = labelsBeyond
        all.values = scorer.valuesRefused
        all.teamUses = judge.beyond.teamUses
        all.members = judge.beyond.members
        all.alerts = UInt64(book.overflow.alerts)
        all.quietTimes = UInt64(book.overflow.quietTimes)
        return all
    }

    /// Counts the events of a batch whose names had no room. Costs nothing as long as there is some.
    mutating func countBeyond(_ batch: borrowing EventBatch, symbols: borrowing Symbols) {
        func count(_ column: [UInt32], _ table: borrowing SymbolTable) -> UInt64 {
            guard table.other != 0, table.isFull else { return 0 }
            let other = table.other
            return UInt64(column.count { $0 == other })
        }
        labelsBeyond.accounts += count(batch.identity, symbols.identities)
        labelsBeyond.teams += count(batch.team, symbols.teams)
        labelsBeyond.projects += count(batch.project.values, symbols.projects)
        labelsBeyond.tools += count(batch.tool, symbols.tools)
        labelsBeyond.models += count(batch.model, symbols.models)
        labelsBeyond.mcpServers += count(batch.mcpServer, symbols.mcpServers)
    }
}
