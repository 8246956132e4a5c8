import UsageEvents

/// The names of the columns of a table, as its first row spells them.
struct TableHeader: Sendable {
    /// The names, without blanks at their ends.
    let names: [String]
    private let folded: [String]

    /// The header of names.
    init(names: [String]) {
        self.names = names
        folded = names.map { $0.lowercased() }
    }

    /// Reads the cells of the first row.
    init(_ cells: TableCells, in row: Span<UInt8>) throws(Refusal) {
        var names: [String] = []
        for index in 0..<cells.count {
            let bytes = cells.withText(of: index, in: row) { [UInt8](copying: $0) }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw Refusal(
                    reason: .invalidUTF8,
                    detail: "the name of column \(index + 1) is not UTF-8, a header in UTF-8 is wanted")
            }
            names.append(name)
        }
        self.init(names: names)
    }

    /// The column of the first of these names that the header has, whatever their case; nil where it has
    /// none. A name that stands twice says nothing.
    func column(_ names: String...) throws(Refusal) -> Int? {
        for name in names {
            if let column = try onlyColumn(name) { return column }
        }
        return nil
    }

    private func onlyColumn(_ name: String) throws(Refusal) -> Int? {
        let wanted = name.lowercased()
        guard let first = folded.firstIndex(of: wanted) else { return nil }
        guard folded.lastIndex(of: wanted) == first else {
            throw Refusal(
                reason: .duplicateKey,
                detail: "the column \(Printable.quote(name)) stands twice in the header, once is wanted")
        }
        return first
    }

    /// Whether there is a column of this name, whatever its case.
    func has(_ name: String) -> Bool { folded.contains(name.lowercased()) }

    /// Whether the names are no names but values of a table without a header, which no message may list.
    var looksLikeARow: Bool {
        names.contains { name in
            name.utf8.count > 80 || name.withUTF8Span { NumberText.isPlain($0) || TimeText.parse($0) != nil }
        }
    }

    /// The header in the first line of an input; nil where that is none.
    init?(_ head: InputHead) {
        let line = Array(head.firstLine)
        var cells = TableCells()
        guard !line.isEmpty, head.firstByte != UInt8(ascii: "{"), head.firstByte != UInt8(ascii: "["),
            let separator = Self.separator(line.span, from: 0, isFinal: true),
            case .row = cells.scan(line.span, from: 0, separator: separator, isFinal: true),
            let header = try? TableHeader(cells, in: line.span)
        else { return nil }
        self = header
    }

    /// What separates the cells of the row that begins at `start`: of comma, semicolon and tab the one
    /// that stands most often outside quotes, a comma where none does. Nil where the end of the line is
    /// not there yet.
    static func separator(_ bytes: Span<UInt8>, from start: Int, isFinal: Bool) -> UInt8? {
        var counts = (comma: 0, semicolon: 0, tab: 0)
        var isQuoted = false
        var i = start
        let stop = min(bytes.count, start + Limits.lineBytesMax + 1)
        while i < stop, isQuoted || bytes[i] != 0x0a {
            switch bytes[i] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ","): if !isQuoted { counts.comma += 1 }
            case UInt8(ascii: ";"): if !isQuoted { counts.semicolon += 1 }
            case 0x09: if !isQuoted { counts.tab += 1 }
            default: break
            }
            i += 1
        }
        guard i < bytes.count || isFinal || i - start > Limits.lineBytesMax else { return nil }
        if counts.tab > counts.comma, counts.tab > counts.semicolon { return 0x09 }
        return counts.semicolon > counts.comma ? UInt8(ascii: ";") : UInt8(ascii: ",")
    }
}
