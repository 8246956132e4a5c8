import Pipeline
import UsageEvents

/// Who uses what, as text and as records.
struct Inventory {
    /// Rows of text: nobody reads more, and records have all.
    private static let shownMax = 1_000

    var result: UsageResult

    /// Whether nothing was found.
    var isEmpty: Bool { result.fold.tables.allSatisfy(\.isEmpty) }

    // MARK: - Text

    func lines(_ style: Style) -> [StyledText] {
        var out: [StyledText] = []
        for table in result.fold.tables where !table.isEmpty {
            if !out.isEmpty { out.append("") }
            out += table.grouping.isOfMCPServers ? servers(table, style) : users(table, style)
        }
        return out
    }

    private func users(_ table: UsageTable, _ style: Style) -> [StyledText] {
        let rows = table.rows(by: .cost, top: Self.shownMax, names: result.names)
        let dates = DayColumn(rows, style)
        var shown = NameTable(
            names: table.grouping.dimensions.map(UsageText.word),
            columns: ["first", "last", "requests", "tokens", "spend"])
        for row in rows {
            shown.rows.append(
                NameTable.Row(
                    names: names(row, table),
                    cells: [
                        StyledText(dates.text(row.sums.first), .faint),
                        StyledText(dates.text(row.sums.last), .faint),
                        StyledText(UsageText.count(row.sums.requests)),
                        StyledText(UsageText.amount(.tokens, row.sums)),
                        StyledText(UsageText.amount(.cost, row.sums), .strong),
                    ]))
        }
        let total = table.total
        shown.rows.append(
            NameTable.Row(
                names: ["total"] + table.grouping.dimensions.dropFirst().map { _ in "" },
                cells: [
                    "", "", StyledText(UsageText.count(total.requests)),
                    StyledText(UsageText.amount(.tokens, total)),
                    StyledText(UsageText.amount(.cost, total), .strong),
                ], role: .faint))
        let common = shown.takeConstants()
        var out = [StyledText("Who uses what", .heading) + StyledText("  " + UsageText.span(total), .faint)]
        if !common.isEmpty { out.append(StyledText("all of " + common.joined(separator: ", "))) }
        out += UsageText.spend(total).wrapped(width: style.width, indent: 2)
        out.append("")
        out += shown.lines(style)
        for note in UsageText.notes(result.fold, result.names) {
            out += StyledText(note, .faint).wrapped(width: style.width, indent: 2)
        }
        return out
    }

    private func servers(_ table: UsageTable, _ style: Style) -> [StyledText] {
        let rows = table.rows(by: .uses, top: Self.shownMax, names: result.names)
        let dates = DayColumn(rows, style)
        var shown = NameTable(
            names: table.grouping.dimensions.map(UsageText.word), columns: ["first", "last", "uses"])
        for row in rows {
            let isUsed = row.sums.events > 0
            shown.rows.append(
                NameTable.Row(
                    names: names(row, table),
                    cells: [
                        StyledText(dates.text(row.sums.first), .faint),
                        StyledText(dates.text(row.sums.last), .faint),
                        isUsed
                            ? StyledText(UsageText.amount(.uses, row.sums), .strong)
                            : StyledText("configured only", .faint),
                    ]))
        }
        let common = shown.takeConstants()
        var out = [StyledText("Who uses which MCP server", .heading)]
        if !common.isEmpty { out.append(StyledText("all of " + common.joined(separator: ", "))) }
        return out + [""] + shown.lines(style)
    }

    private func names(_ row: UsageTable.Row, _ table: UsageTable) -> [String?] {
        switch row.group {
        case .named(let labels):
            table.grouping.dimensions.enumerated().map { result.names.text($1, labels[$0]) }
        case .rest(let count):
            ["\(groupedDigits(UInt64(count))) more"] + table.grouping.dimensions.dropFirst().map { _ in "" }
        }
    }

    // MARK: - Records

    /// A record a row. Those of MCP servers carry uses only: what else was used stands in the others, so
    /// that nothing is there twice.
    func records(_ table: UsageTable) -> some Sequence<UsageRecord> {
        let isOfServers = table.grouping.isOfMCPServers
        return table.rows(by: isOfServers ? .uses : .cost, names: result.names).lazy.map { row in
            record(row, table)
        }
    }

    /// A record of nothing, for the names of its fields.
    static var noRecord: UsageRecord { record(kind: "", { _ in nil }, UsageSums()) }

    private func record(_ row: UsageTable.Row, _ table: UsageTable) -> UsageRecord {
        guard case .named(let labels) = row.group else { return Self.noRecord }
        let dimensions = table.grouping.dimensions
        let isOfServers = table.grouping.isOfMCPServers
        return Self.record(
            kind: isOfServers ? "mcp" : "use",
            { dimension in
                if let place = dimensions.firstIndex(of: dimension) {
                    return result.names.text(dimension, labels[place])
                }
                // Where rows are of accounts, their team is known though nobody grouped by it.
                guard dimension == .team, let place = dimensions.firstIndex(of: .identity) else { return nil }
                return result.fold.team(of: labels[place], names: result.names)
            }, row.sums)
    }

    private static func record(
        kind: String, _ name: (UsageDimension) -> String?, _ sums: UsageSums
    ) -> UsageRecord {
        var record = UsageRecord()
        record.text("kind", kind)
        record.text("identity", name(.identity))
        // Who an account belongs to and whether anybody manages it is known from a roster only.
        record.text("person", nil)
        record.text("managed", nil)
        record.text("team", name(.team))
        record.text("project", name(.project))
        record.text("tool", name(.tool))
        record.text("model", name(.model))
        record.text("mcp_server", name(.mcpServer))
        record.text("source", name(.source))
        let isSeen = sums.first <= sums.last
        record.text("first_seen", isSeen ? Timestamp(rawValue: sums.first).description : nil)
        record.text("last_seen", isSeen ? Timestamp(rawValue: sums.last).description : nil)
        record.sums(sums, isOfServers: kind == "mcp")
        return record
    }
}

/// Days in a column: without the year where all have the same and the terminal is narrow.
private struct DayColumn {
    private let isShort: Bool

    init(_ rows: [UsageTable.Row], _ style: Style) {
        let years = Set(
            rows.flatMap { [$0.sums.first, $0.sums.last] }.map {
                Timestamp(rawValue: $0).dayText.prefix(4)
            })
        isShort = years.count < 2 && style.width < 100
    }

    func text(_ ts: Int64) -> String {
        let day = Timestamp(rawValue: ts).dayText
        return isShort ? String(day.dropFirst(5)) : day
    }
}
