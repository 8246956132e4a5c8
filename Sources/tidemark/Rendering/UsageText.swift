import Pipeline
import UsageEvents

/// Words and numbers that `inventory` and `report` share.
enum UsageText {
    /// `$1,204.31`, and two significant digits below a cent: all of a column add up in the reader's head.
    static func money(_ nano: Int128) -> String {
        let magnitude = nano.magnitude
        if magnitude < 10_000_000 { return NanoUSD(rawValue: Int64(nano)).dollars }
        let cents = (magnitude + 5_000_000) / 10_000_000
        let tail = "\(cents % 100 + 100)".dropFirst()
        return (nano < 0 ? "-$" : "$") + grouped(Int128(cents / 100)) + "." + tail
    }

    /// An amount of a metric, short enough for a column.
    static func amount(_ metric: UsageMetric, _ sums: UsageSums) -> String {
        let value = metric.value(sums)
        switch metric {
        case .cost: return sums.priced > 0 ? money(value) : "-"
        case .requests, .uses: return grouped(value)
        default: return count(value)
        }
    }

    /// `48.2k`, `4.2M`: short enough for a crowded table.
    static func count(_ n: Int128) -> String { Int64(exactly: n).map(tokenCount) ?? grouped(n) }

    /// A whole number with commas between thousands.
    static func grouped(_ n: Int128) -> String {
        let sign = n < 0 ? "-" : ""
        return sign + (UInt64(exactly: n.magnitude).map(groupedDigits) ?? "\(n.magnitude)")
    }

    /// What a metric is called in a heading.
    static func word(_ metric: UsageMetric) -> String {
        switch metric {
        case .cost: "spend"
        case .tokens: "tokens"
        case .input: "input"
        case .output: "output"
        case .cacheRead: "cache reads"
        case .cacheWrite: "cache writes"
        case .requests: "requests"
        case .uses: "MCP uses"
        }
    }

    /// What a dimension is called in a heading.
    static func word(_ dimension: UsageDimension) -> String {
        switch dimension {
        case .identity: "account"
        case .mcpServer: "MCP server"
        case .costKind: "kind of cost"
        default: dimension.rawValue
        }
    }

    /// The spend of some events and whose dollars it is: `≈ $41.20 at list price (a plan may bill less)`.
    static func spend(_ sums: UsageSums) -> StyledText {
        guard sums.priced > 0 else { return StyledText("no cost is known", .strong) }
        let listed = sums.list + sums.estimated
        var kinds: [String] = []
        if sums.billed != 0 { kinds.append("\(money(sums.billed)) billed") }
        if sums.unstated != 0 { kinds.append("\(money(sums.unstated)) as the sources gave it") }
        if sums.isApproximate { kinds.append("≈ \(money(listed)) at list price (a plan may bill less)") }
        if sums.included != 0 { kinds.append("\(money(sums.included)) included in a plan") }
        var line = StyledText((sums.isApproximate ? "≈ " : "") + money(sums.cost), .strong)
        if kinds.count > 1 {
            line.append(": " + kinds.joined(separator: ", "))
        } else if sums.isApproximate {
            line.append(" at list price (a plan may bill less)")
        } else if sums.billed != 0 {
            line.append(" billed")
        } else if sums.included != 0 {
            line.append(" included in a plan")
        } else {
            line.append(" spent")
        }
        return line
    }

    /// How many events and when: `48,201 events, 2026-03-02 to 2026-04-07 UTC`.
    static func span(_ sums: UsageSums) -> String {
        let events = counted(sums.events, "event")
        guard sums.first <= sums.last else { return events }
        let first = Timestamp(rawValue: sums.first).dayText
        let last = Timestamp(rawValue: sums.last).dayText
        return "\(events), \(first == last ? first : "\(first) to \(last)") UTC"
    }

    /// What a careful reader of the sums should know.
    static func notes(_ fold: UsageFold, _ names: UsageNames) -> [String] {
        var notes: [String] = []
        let unpriced = fold.unpriced(names)
        for (model, events) in unpriced.prefix(3) {
            let of = model.map { "of \(escaped($0))" } ?? "without a model"
            notes.append(
                "\(counted(events, "event")) \(of) \(events == 1 ? "has" : "have") no price; tokens only")
        }
        if unpriced.count > 3 {
            let events = unpriced.dropFirst(3).reduce(0) { $0 + $1.events }
            notes.append(
                "\(counted(events, "event")) of \(unpriced.count - 3) more models have no price; tokens only")
        }
        if fold.snapshots > 0 {
            notes.append(
                "\(counted(fold.snapshots, "running total")) (grain snapshot) not added up"
            )
        }
        return notes
    }
}

/// A text cut in its middle to a number of columns: names of a kind often begin alike.
///
/// An address keeps its beginning: the accounts of an organisation end alike.
func shortened(_ text: String, to width: Int) -> String {
    guard displayWidth(text) > width else { return text }
    if text.contains("@") { return truncated(text, to: width) }
    var head = ""
    var tail = ""
    var used = 1
    var rest = text[...]
    while true {
        // Two thirds for the end, which tells the names of models apart: `cla…net-4-6`.
        let takesHead = head.isEmpty || displayWidth(head) * 2 < displayWidth(tail)
        guard let next = takesHead ? rest.first : rest.last else { break }
        let cell = displayWidth(next)
        if used + cell > width { break }
        used += cell
        if takesHead {
            head.append(next)
            rest.removeFirst()
        } else {
            tail = String(next) + tail
            rest.removeLast()
        }
    }
    return head + "…" + tail
}

/// A table that begins with columns of names, which give way where a line would be wider than the terminal.
struct NameTable {
    /// Below this a name says nothing.
    private static let nameMin = 6

    /// One row: names as they are, and the other cells.
    struct Row {
        var names: [String?]
        var cells: [StyledText]
        var role = Role.plain
    }

    /// Headings of the names and of the other cells, which stand on the right, but for those in `left`.
    var names: [String]
    var columns: [String]
    var left: Set<Int> = []
    var rows: [Row] = []

    func lines(_ style: Style) -> [StyledText] {
        let widths = nameWidths(style)
        var table = Table(
            names.map { _ in .left } + columns.indices.map { left.contains($0) ? .left : .right })
        table.row((names + columns).map { StyledText($0, .faint) })
        for row in rows {
            let shown = zip(row.names, widths).map { name, width in
                name.map { StyledText(shortened(escaped($0), to: width), row.role) }
                    ?? StyledText("-", .faint)
            }
            table.row(shown + row.cells)
        }
        return table.lines(style)
    }

    /// Takes out the columns of names that say the same in every row but those of sums; one column stays.
    ///
    /// Returns what they said, as in `account mira@acme.example`.
    mutating func takeConstants() -> [String] {
        let named = rows.filter { $0.role == .plain }
        guard named.count > 1 else { return [] }
        var said: [String] = []
        for column in names.indices.reversed() where names.count > 1 {
            let values = Set(named.map { $0.names[column] })
            guard values.count == 1, let value = values.first, let value else { continue }
            said.insert("\(names[column]) \(escaped(value))", at: 0)
            names.remove(at: column)
            for row in rows.indices {
                let name = rows[row].names.remove(at: column)
                // The word for a sum stands in the first column that is left.
                if rows[row].role != .plain, column == 0 { rows[row].names[0] = name }
            }
        }
        return said
    }

    /// As wide as the names are, the widest cut back until a line fits.
    private func nameWidths(_ style: Style) -> [Int] {
        var widths = names.map { displayWidth($0) }
        var others = columns.map { displayWidth($0) }
        for row in rows {
            for (i, name) in row.names.enumerated() {
                widths[i] = max(widths[i], name.map { displayWidth(escaped($0)) } ?? 1)
            }
            for (i, cell) in row.cells.enumerated() { others[i] = max(others[i], cell.width) }
        }
        let room = style.width - others.reduce(0, +) - 2 * (names.count + columns.count - 1)
        while widths.reduce(0, +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > Self.nameMin
        { widths[widest] -= 1 }
        return widths
    }
}
