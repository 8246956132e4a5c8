/// A small bar chart over time, with the band of what is usual and the line where an alert begins.
///
/// The scale is linear, because a manager compares heights. A bar above the line is drawn as an alert's is.
struct Plot {
    /// One bar for each step of time.
    var values: [Double]
    /// What is usual: one standard deviation either way.
    var band: ClosedRange<Double>?
    /// Where an alert begins.
    var threshold: Double?
    /// What the threshold line is called.
    var thresholdName = "alert"
    /// Texts under the bars, each with the bar where it begins.
    var ticks: [(index: Int, text: String)]
    /// The bar that the plot is about.
    var marked: ClosedRange<Int>?
    /// Words for a value on the axis.
    var format: (Double) -> String

    /// Rows of bars.
    static let rows = 8
    private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// How many bars fit beside the labels.
    static func bars(width: Int) -> Int { max(12, width - 12) }

    /// The lines: bars, axis, ticks, legend.
    func lines(_ style: Style) -> [StyledText] {
        let top = max(values.max() ?? 0, (threshold ?? 0) * 1.15, (band?.upperBound ?? 0) * 1.15, 1e-9)
        let labels = (0..<Self.rows).map { label(row: $0, top: top) }
        let margin = max(6, labels.map { displayWidth($0) }.max() ?? 0)
        var out: [StyledText] = []
        for row in 0..<Self.rows {
            var line = StyledText(labels[row], .faint).padded(to: margin, right: true)
            line.append(" │", .faint)
            for (i, value) in values.enumerated() { cell(row, i, value, top, style, into: &line) }
            out.append(line)
        }
        out.append(
            StyledText(
                String(repeating: " ", count: margin) + " └" + String(repeating: "─", count: values.count),
                .faint))
        if !ticks.isEmpty { out.append(tickLine(margin)) }
        if let legend = legend(margin) {
            out.append(contentsOf: legend.wrapped(width: style.width, indent: margin + 2))
        }
        return out
    }

    /// The amounts between which a row of bars lies, counted from the top.
    private func bounds(_ row: Int, _ top: Double) -> (low: Double, high: Double) {
        let step = top / Double(Self.rows)
        return (Double(Self.rows - 1 - row) * step, Double(Self.rows - row) * step)
    }

    private func label(row: Int, top: Double) -> String {
        if isThreshold(row, top) { return format(threshold ?? 0) }
        return row == 0 ? format(top) : row == Self.rows - 1 ? "0" : ""
    }

    private func isThreshold(_ row: Int, _ top: Double) -> Bool {
        guard let threshold else { return false }
        let (low, high) = bounds(row, top)
        return threshold > low && threshold <= high
    }

    private func cell(
        _ row: Int, _ i: Int, _ value: Double, _ top: Double, _ style: Style, into line: inout StyledText
    ) {
        let (low, high) = bounds(row, top)
        let isAbove = threshold.map { value >= $0 } ?? false
        let isMarked = marked?.contains(i) ?? false
        let filled = Int(((value - low) / (high - low) * 8).rounded())
        let role: Role = isAbove ? .failure : isMarked ? .warning : .command
        if filled >= 8 {
            line.append("█", role)
        } else if filled >= 1 || (row == Self.rows - 1 && value > 0) {
            line.append(String(Self.eighths[max(1, filled)]), role)
        } else if isThreshold(row, top) {
            line.append("╌", .warning)
        } else if let band, high > band.lowerBound, low < band.upperBound {
            line.append("░", .faint)
        } else {
            line.append(" ")
        }
    }

    private func tickLine(_ margin: Int) -> StyledText {
        var line = String(repeating: " ", count: margin + 2)
        for tick in ticks {
            let column = margin + 2 + tick.index
            guard column >= displayWidth(line) || line.allSatisfy({ $0 == " " }) else { continue }
            if column + displayWidth(tick.text) > margin + 2 + max(values.count, 12) { continue }
            line += String(repeating: " ", count: max(0, column - displayWidth(line))) + tick.text + " "
        }
        return StyledText(line, .faint)
    }

    private func legend(_ margin: Int) -> StyledText? {
        var line = StyledText(String(repeating: " ", count: margin + 2))
        var isEmpty = true
        if let band {
            line.append("░", .faint)
            line.append(" usual \(format(band.lowerBound)) to \(format(band.upperBound))   ", .faint)
            isEmpty = false
        }
        if let threshold {
            line.append("╌", .warning)
            line.append(" \(thresholdName) from \(format(threshold))", .faint)
            isEmpty = false
        }
        return isEmpty ? nil : line
    }
}
