import Pipeline
import UsageEvents

/// Usage over time as bars.
struct UsagePlot {
    /// The most columns of one bar: a few wide slabs are no better to read.
    private static let cellsMax = 6

    /// One row a period with events, ascending.
    var rows: [UsageTable.Row]
    var period: UsagePeriod
    var metric: UsageMetric

    /// The heading and the bars; nothing where there is nothing to draw.
    func lines(_ style: Style) -> [StyledText] {
        guard let first = rows.first?.period, let last = rows.last?.period else { return [] }
        let room = Int64(Plot.bars(width: style.width))
        let count = Int64(last) - Int64(first) + 1
        let perBar = (count + room - 1) / room
        let bars = (count + perBar - 1) / perBar
        let cells = Int(min(room / bars, Int64(Self.cellsMax)))
        var totals = [Int128](repeating: 0, count: Int(bars))
        for row in rows { totals[Int((Int64(row.period) - Int64(first)) / perBar)] += metric.value(row.sums) }
        guard totals.contains(where: { $0 > 0 }) else { return [] }
        var values: [Double] = []
        var ticks: [(index: Int, text: String)] = []
        for (bar, total) in totals.enumerated() {
            let start = Int64(first) + Int64(bar) * perBar
            if let text = tick(start, perBar: perBar, count: count) { ticks.append((values.count, text)) }
            // Wide bars keep a column between them.
            values += [Double](repeating: max(0, Double(total)), count: cells > 2 ? cells - 1 : cells)
            if cells > 2 { values.append(0) }
        }
        if cells > 2 { values.removeLast() }
        let isMoney = metric == .cost
        let plot = Plot(
            values: values, band: nil, threshold: nil, ticks: ticks, marked: nil,
            format: { amount($0, isMoney: isMoney) })
        let step =
            perBar == 1
            ? (period == .hour ? "an hour" : "a \(period.rawValue)")
            : "in \(perBar) \(period.rawValue)s a bar"
        return [StyledText("\(UsageText.word(metric).capitalizedFirst) \(step)", .heading)]
            + plot.lines(style)
    }

    /// The text under a bar that begins with a period.
    private func tick(_ start: Int64, perBar: Int64, count: Int64) -> String? {
        let day = Int32(truncatingIfNeeded: start)
        guard period == .hour else { return Self.name(period, day, isShort: true) }
        let midnight = floorDivide(start + perBar - 1, 24) * 24
        if midnight >= start {
            return Self.name(.day, Int32(truncatingIfNeeded: midnight / 24), isShort: true)
        }
        return count <= 36 ? period.start(of: day).clockText : nil
    }

    /// What a period is called; `isShort` leaves out the year of a day.
    static func name(_ period: UsagePeriod, _ index: Int32, isShort: Bool = false) -> String {
        let start = period.start(of: index)
        switch period {
        case .hour: return start.minuteText
        case .day, .week: return isShort ? String(start.dayText.dropFirst(5)) : start.dayText
        case .month: return String(start.dayText.prefix(7))
        }
    }
}

extension String {
    /// The same with a capital first letter: for headings.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
