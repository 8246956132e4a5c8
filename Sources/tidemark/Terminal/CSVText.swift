/// One line of CSV (RFC 4180, Shafranovich, 2005): for spreadsheets, so names are made harmless first.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and names of accounts and
/// models come from outside. Such a text gets an apostrophe in front, which a spreadsheet does not show.
/// Numbers are ours and stay as they are. Control characters are escaped as everywhere.
struct CSVText {
    private var cells: [String] = []

    /// Appends a number; nil is an empty cell.
    mutating func number(_ text: String?) { cells.append(text ?? "") }

    /// Appends a text; nil is an empty cell.
    mutating func text(_ text: String?) { cells.append(Self.cell(text ?? "")) }

    /// The line, without its end.
    var line: String { cells.joined(separator: ",") }

    /// A text as a cell: harmless, and in quotation marks where it has to be.
    static func cell(_ text: String) -> String {
        // What begins a formula may also be a full-width look-alike, or stand behind blanks.
        var shown = escaped(text)
        if let first = shown.first(where: { $0 != " " }), "=+-@＝＋－＠".contains(first) || text.first == "\t" {
            shown = "'" + shown
        }
        guard
            shown.contains(where: { $0 == "," || $0 == "\"" }) || shown.hasPrefix(" ") || shown.hasSuffix(" ")
        else { return shown }
        return "\"" + shown.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            + "\""
    }
}
