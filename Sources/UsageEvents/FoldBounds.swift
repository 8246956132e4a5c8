/// How much the fold of a log may remember. What lies beyond a bound depends on the order of the events in
/// the log alone, so that every fold of a log decides alike.
package struct FoldBounds: Sendable {
    /// Names of labels.
    package var labels = LabelBounds()
    /// Models and MCP servers that an account may have used for the first time; at least eight.
    package var valuesPerAccount = Limits.valuesPerAccountMax
    /// Pairs of a value and a team of which the users are counted.
    package var teamUses = Limits.teamUsesMax
    /// Teams beside the first one that accounts are members of.
    package var furtherTeams = Limits.furtherTeamsMax
    /// Alerts that are open.
    package var openAlerts = Limits.openAlertsMax
    /// Families of which an account's alerts are held back for a while.
    package var quietTimes = Limits.quietTimesMax
    /// Names of one kind that a reader of sources or a writer keeps before it begins anew.
    package var feedNames = Limits.feedNamesMax

    /// The bounds of the product.
    package init() {}

    /// The bounds of the folds that begin within a test; those of the product everywhere else.
    @TaskLocal package static var current = FoldBounds()
}

extension Symbols {
    /// Empty tables for a fold of a log.
    package static var forFold: Symbols { Symbols(bounds: FoldBounds.current.labels) }

    /// Whether a kind has so many names that whoever only passes events on should begin new tables.
    package var isLarge: Bool {
        let bounds = SymbolBounds(names: FoldBounds.current.feedNames)
        return [identities, teams, projects, tools, models, mcpServers, mcpTools, sources].contains {
            $0.count > bounds.names || $0.textBytes > bounds.textBytes
        }
    }
}
