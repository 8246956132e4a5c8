import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark inventory`: who uses what, since when, for how much.
struct InventoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "Show who uses which model, tool and MCP server, since when, for how much.",
        discussion: """
            Sums up the log, or files, without writing anything. Tokens are those that were not served from \
            the cache; an MCP server that was configured and never used is listed with no uses. --identity \
            shows one account only; events of files that name none are taken for its.

            Examples:
              tidemark inventory                            accounts, tools and models; then MCP servers
              tidemark inventory --mcp --since 30d          who used which MCP server this month
              tidemark inventory --identity ana@acme.example  one account
              tidemark inventory --by team,model            teams instead of accounts
              tidemark inventory --csv > inventory.csv      exact sums, for a spreadsheet
            """)

    /// What may be asked for with `--by`.
    private static let dimensions: [UsageDimension] = [
        .identity, .team, .project, .tool, .model, .mcpServer, .source,
    ]

    @OptionGroup var common: CommonOptions
    @OptionGroup var usage: UsageOptions

    @Flag(name: .long, help: "Only who used which MCP server.")
    var mcp = false

    @Option(
        name: .long,
        help: "By what, with commas: \(dimensions.map(\.rawValue).joined(separator: ", ")).",
        transform: InventoryCommand.parse)
    var by: [UsageDimension]?

    private static func parse(_ text: String) throws -> [UsageDimension] {
        let names = dimensions.map(\.rawValue).joined(separator: ", ")
        var found: [UsageDimension] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let dimension = UsageDimension(argument: word), dimensions.contains(dimension) else {
                throw ValidationError(
                    "There is no '\(escaped(String(word)))' to group by; there are \(names).")
            }
            if !found.contains(dimension) { found.append(dimension) }
        }
        guard found.count <= UsageGrouping.dimensionsMax else {
            throw ValidationError("--by takes at most \(UsageGrouping.dimensionsMax) names.")
        }
        return found
    }

    func validate() throws {
        if mcp, by != nil { throw ValidationError("--mcp has its own grouping; leave out --by.") }
    }

    func run() throws {
        let session = Session(common, json: usage.format != .text)
        let users = UsageGrouping(by ?? [.identity, .tool, .model])
        let servers = UsageGrouping([.identity, .mcpServer], isOfMCPServers: true)
        let result = try usage.sum(mcp ? [servers] : by == nil ? [users, servers] : [users], session)
        let inventory = Inventory(result: result)
        if usage.format == .text {
            for line in inventory.lines(session.style) { try session.out.line(line.rendered(session.style)) }
        } else {
            // One table of CSV has one kind of row.
            let tables = usage.csv ? Array(result.fold.tables.prefix(1)) : result.fold.tables
            try session.out.records(
                tables.lazy.flatMap { inventory.records($0) }, usage.format, empty: Inventory.noRecord)
        }
        try session.out.flush()
        if inventory.isEmpty { usage.explainNothing(result, session) }
        try usage.finish(result, session)
    }
}
