/// What is wrong with a price file: the line, and what was found and wanted there.
///
/// The format is CSV with a header. Columns in any order: `model` and `input` and `output` (wanted),
/// `cache_read`, `cache_write`, `valid_from`, `aliases` (other names of the model, `;` between them); each
/// price in USD a million tokens, also under its long name (`input_usd_per_mtok`); an empty price is not
/// known. `provider` and `note` are allowed and ignored. `valid_from` is RFC 3339, a date alone means its
/// first instant in UTC. Lines that begin with `#` and empty lines are skipped.
public struct PriceTableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Number of the line, from 1.
    public var line: Int
    /// One sentence.
    public var problem: String

    /// `line 7: ...`
    public var description: String { "line \(line): \(problem)" }
}

/// One row of a price file.
struct PriceRow {
    var line: Int
    var model: String
    /// Other names of the model.
    var aliases: [String] = []
    var from: Int64
    var price: PriceTable.Price

    private enum Column: String {
        case model, input, output, cacheRead, cacheWrite, validFrom, aliases, ignored

        init?(header: String) {
            switch header {
            case "model": self = .model
            case "input", "input_usd_per_mtok": self = .input
            case "output", "output_usd_per_mtok": self = .output
            case "cache_read", "cache_read_usd_per_mtok": self = .cacheRead
            case "cache_write", "cache_write_usd_per_mtok": self = .cacheWrite
            case "valid_from": self = .validFrom
            case "aliases": self = .aliases
            case "provider", "note": self = .ignored
            default: return nil
            }
        }
    }

    /// Reads all rows.
    static func read(_ csv: some Sequence<UInt8>) throws(PriceTableError) -> [PriceRow] {
        var rows: [PriceRow] = []
        var columns: [Column]?
        var number = 0
        for bytes in Array(csv).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PriceTableError(line: number, problem: "found bytes that are not UTF-8, wanted text")
            }
            let line = trimmed(text)
            if line.isEmpty || line.utf8.first == UInt8(ascii: "#") { continue }
            let cells = split(line)
            if let columns {
                rows.append(try row(cells, columns, line: number))
            } else {
                columns = try header(cells, line: number)
            }
        }
        guard columns != nil else {
            throw PriceTableError(
                line: number, problem: "found no header, wanted a line such as model,input,output")
        }
        return rows
    }

    private static func header(_ cells: [String], line: Int) throws(PriceTableError) -> [Column] {
        var columns: [Column] = []
        for cell in cells {
            guard let column = Column(header: cell.lowercased()) else {
                throw PriceTableError(
                    line: line,
                    problem:
                        "found the column '\(cell)', wanted model, input, output, cache_read, cache_write, "
                        + "valid_from, aliases, provider or note")
            }
            guard column == .ignored || !columns.contains(column) else {
                throw PriceTableError(line: line, problem: "found the column '\(cell)' twice, wanted it once")
            }
            columns.append(column)
        }
        for wanted in [Column.model, .input, .output] where !columns.contains(wanted) {
            throw PriceTableError(line: line, problem: "found no column '\(wanted.rawValue)', wanted one")
        }
        return columns
    }

    private static func row(
        _ cells: [String], _ columns: [Column], line: Int
    ) throws(PriceTableError) -> PriceRow {
        guard cells.count == columns.count else {
            throw PriceTableError(
                line: line, problem: "found \(cells.count) values, wanted \(columns.count) as in the header")
        }
        var row = PriceRow(
            line: line, model: "", from: .min,
            price: PriceTable.Price(input: nil, output: nil, cacheRead: nil, cacheWrite: nil))
        for (column, cell) in zip(columns, cells) {
            switch column {
            case .model: row.model = cell
            case .input: row.price.input = try price(cell, line: line)
            case .output: row.price.output = try price(cell, line: line)
            case .cacheRead: row.price.cacheRead = try price(cell, line: line)
            case .cacheWrite: row.price.cacheWrite = try price(cell, line: line)
            case .validFrom: row.from = try instant(cell, line: line)
            case .aliases: row.aliases = cell.split(separator: ";").map { trimmed(String($0)) }
            case .ignored: break
            }
        }
        guard !row.model.isEmpty else {
            throw PriceTableError(line: line, problem: "found an empty model, wanted its name")
        }
        return row
    }

    /// USD a million tokens to pico-dollars a token; digits past the sixth are rounded half to even.
    private static func price(_ text: String, line: Int) throws(PriceTableError) -> Int64? {
        if text.isEmpty { return nil }
        let wrong = PriceTableError(
            line: line,
            problem: "found the price '\(text)', wanted USD a million tokens from 0 to 1000000 such as 2.50")
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), parts[0].count <= 7 else { throw wrong }
        var value: Int64 = 0
        var fractionDigits = 0
        var half: UInt8 = 0
        var sticky = false
        for (index, part) in parts.enumerated() {
            for byte in part {
                guard byte >= 48, byte <= 57 else { throw wrong }
                if index == 1 { fractionDigits += 1 }
                if fractionDigits <= 6 {
                    value = value * 10 + Int64(byte - 48)
                } else if fractionDigits == 7 {
                    half = byte - 48
                } else if byte != 48 {
                    sticky = true
                }
            }
        }
        for _ in min(fractionDigits, 6)..<6 { value *= 10 }
        if half > 5 || (half == 5 && (sticky || value & 1 == 1)) { value += 1 }
        guard value <= 1_000_000 * 1_000_000 else { throw wrong }
        return value
    }

    private static func instant(_ text: String, line: Int) throws(PriceTableError) -> Int64 {
        if text.isEmpty { return .min }
        if let instant = Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: (text + "T00:00:00Z").utf8) {
            return instant.rawValue
        }
        throw PriceTableError(
            line: line,
            problem: "found valid_from '\(text)', wanted a date such as 2026-04-01 or an RFC 3339 time")
    }

    /// The cells of a line; a cell in double quotes may hold commas, and quotes written twice.
    private static func split(_ line: String) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        for byte in line.utf8 {
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                if isQuoted, !cell.isEmpty { cell.append(byte) }
            } else if byte == UInt8(ascii: ","), !isQuoted {
                cells.append(trimmed(String(decoding: cell, as: UTF8.self)))
                cell = []
            } else {
                cell.append(byte)
            }
        }
        cells.append(trimmed(String(decoding: cell, as: UTF8.self)))
        return cells
    }

    private static func trimmed(_ text: String) -> String {
        let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
        let front = text.utf8.drop(while: blank)
        let end = front.lastIndex { !blank($0) }
        guard let end else { return "" }
        return String(front[...end]) ?? ""
    }
}
