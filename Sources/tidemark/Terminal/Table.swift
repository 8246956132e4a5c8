/// Rows of cells in columns that are as wide as their widest cell.
struct Table {
    /// Where a column's text stands.
    enum Alignment { case left, right }

    /// Blanks between columns.
    private static let gap = 2

    private let alignments: [Alignment]
    private let indent: Int
    private var rows: [[StyledText]] = []

    /// A table without rows.
    init(_ alignments: [Alignment], indent: Int = 0) {
        self.alignments = alignments
        self.indent = indent
    }

    /// Appends a row; missing cells are empty.
    mutating func row(_ cells: [StyledText]) { rows.append(cells) }

    /// The lines. The last column is wrapped where the line would be longer than the style's width.
    func lines(_ style: Style) -> [StyledText] {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows {
            for (i, cell) in row.enumerated() where i < widths.count {
                widths[i] = max(widths[i], cell.width)
            }
        }
        let lastStart = indent + widths.dropLast().reduce(0) { $0 + $1 + Self.gap }
        return rows.flatMap { row -> [StyledText] in
            var line = StyledText(String(repeating: " ", count: indent))
            for (i, cell) in row.enumerated() where i < widths.count {
                if i > 0 { line.append(String(repeating: " ", count: Self.gap)) }
                line += cell.padded(to: widths[i], right: alignments[i] == .right)
            }
            guard lastStart < style.width - 16 else {
                return line.wrapped(width: style.width, indent: indent + Self.gap)
            }
            return line.wrapped(width: style.width, indent: lastStart)
        }
    }
}
