import Pipeline
import UsageEvents

/// Usage by group and time, as text and as records.
struct UsageReport {
    /// Cells of the bar of the largest group.
    private static let barCells = 12

    var axis: ReportAxis
    var every: UsagePeriod
    /// What is counted; nil chooses what there is.
    var metric: UsageMetric?
    /// Groups that have rows of their own; nil for all.
    var top: Int?
    var result: UsageResult

    var isEmpty: Bool { result.fold.tables.allSatisfy(\.isEmpty) }

    /// Money where there is any, else tokens; uses where the question is about MCP servers.
    private func chosenMetric(_ total: UsageSums) -> UsageMetric {
        if let metric { return metric }
        if case .dimension(.mcpServer) = axis, total.uses != 0 { return .uses }
        if total.cost != 0 { return .cost }
        if total.tokens != 0 { return .tokens }
        return total.uses != 0 ? .uses : .requests
    }

    // MARK: - Text

    /// The tables are one by time, and one by group unless time is the group.
    func lines(_ style: Style) -> [StyledText] {
        guard !isEmpty else { return [] }
        let time = result.fold.tables[0]
        let total = time.total
        let metric = chosenMetric(total)
        var out = UsageText.spend(total).wrapped(width: style.width, indent: 2)
        out.append(StyledText(UsageText.span(total), .faint))
        let periods = time.rows(by: metric, perPeriod: true, names: result.names)
        let plot = UsagePlot(rows: periods, period: every, metric: metric).lines(style)
        if !plot.isEmpty { out += [""] + plot }
        out.append("")
        let groups = result.fold.tables.count > 1 ? result.fold.tables[1] : nil
        let rows = groups?.rows(by: metric, top: top, names: result.names) ?? periods
        out += table(rows, total, metric, style)
        for note in UsageText.notes(result.fold, result.names) {
            out += StyledText(note, .faint).wrapped(width: style.width, indent: 2)
        }
        return out
    }

    private func table(
        _ rows: [UsageTable.Row], _ total: UsageSums, _ metric: UsageMetric, _ style: Style
    ) -> [StyledText] {
        let others = [UsageMetric.cost, .tokens, .requests].filter { $0 != metric }
        let heading =
            switch axis {
            case .dimension(let dimension): UsageText.word(dimension)
            case .period(.week): "week of"
            case .period(let period): period.rawValue
            }
        var table = NameTable(
            names: [heading], columns: [UsageText.word(metric), "", "share"] + others.map(UsageText.word),
            left: [2])
        // The rest would dwarf what it is the rest of, so it has no bar.
        let largest = rows.map { isRest($0) ? 0 : metric.value($0.sums) }.max() ?? 0
        let all = Double(metric.value(total))
        for row in rows {
            let value = metric.value(row.sums)
            var bar = 0
            if value > 0, !isRest(row) {
                bar = max(1, Int((Double(value) / Double(largest) * Double(Self.barCells)).rounded()))
            }
            table.rows.append(
                NameTable.Row(
                    names: [name(row)],
                    cells: [
                        StyledText(UsageText.amount(metric, row.sums), .strong),
                        StyledText(value > 0 && all > 0 ? percent(Double(value) / all) : ""),
                        StyledText(String(repeating: "█", count: bar), .command),
                    ] + others.map { StyledText(UsageText.amount($0, row.sums)) }))
        }
        table.rows.append(
            NameTable.Row(
                names: ["total"],
                cells: [StyledText(UsageText.amount(metric, total), .strong), "", ""]
                    + others.map { StyledText(UsageText.amount($0, total)) }, role: .faint))
        return table.lines(style)
    }

    private func isRest(_ row: UsageTable.Row) -> Bool {
        if case .rest = row.group { true } else { false }
    }

    /// What a row is called; nil for events that name nothing.
    private func name(_ row: UsageTable.Row) -> String? {
        switch (axis, row.group) {
        case (_, .rest(let count)): "other (\(groupedDigits(UInt64(count))))"
        case (.period(let period), _): UsagePlot.name(period, row.period)
        case (.dimension(let dimension), .named(let labels)): result.names.text(dimension, labels[0])
        }
    }

    // MARK: - Records

    /// A record for each group and period, the groups in the order of their totals, time within them.
    var records: some Sequence<UsageRecord> {
        let table = result.fold.tables[0]
        let metric = chosenMetric(table.total)
        return table.rows(by: metric, top: top, perPeriod: true, names: result.names).lazy.map { row in
            var group: String?
            var rest: Int?
            switch (axis, row.group) {
            case (_, .rest(let count)): (group, rest) = ("other", count)
            case (.dimension(let dimension), .named(let labels)):
                group = result.names.text(dimension, labels[0])
            case (.period, .named): break
            }
            return Self.record(
                by: axis.word, group, rest: rest, every: every, period: row.period, sums: row.sums)
        }
    }

    /// A record of nothing, for the names of its fields.
    static var noRecord: UsageRecord {
        record(by: "", nil, rest: nil, every: .day, period: 0, sums: UsageSums())
    }

    /// `rest` is how many groups the record sums up; nil for one of its own, so that a model of the name
    /// `other` is no riddle.
    private static func record(
        by axis: String, _ group: String?, rest: Int?, every: UsagePeriod, period: Int32, sums: UsageSums
    ) -> UsageRecord {
        var record = UsageRecord()
        record.text("start", every.start(of: period).description)
        record.text("every", every.rawValue)
        record.text("by", axis)
        record.text("group", group)
        record.number("rest_of", rest)
        record.sums(sums)
        return record
    }
}
