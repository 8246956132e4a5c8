import FoundationEssentials
import Pipeline
import Testing

/// The tables of defaults in `docs/detectors.md` say what the code does.
@Suite struct DocumentedDefaultsTests {
    /// One cell of a table: a key and the default that the page gives it.
    private struct Claim {
        var path: String
        var text: String
    }

    /// Tables whose first cell reads ``key below `SECTION`, `SECTION` ``; each further column is one
    /// section's.
    private static func claims() throws -> [Claim] {
        let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/detectors.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var claims: [Claim] = []
        var sections: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("| ") else {
                if !line.hasPrefix("|") { sections = [] }
                continue
            }
            let cells = line.split(separator: "|").map { $0.trimmed }
            if cells[0].hasPrefix("key below ") {
                sections = codeWords(cells[0])
            } else if let key = codeWords(cells[0]).first, !sections.isEmpty {
                for (column, section) in sections.enumerated() {
                    let cell = cells[min(column + 1, cells.count - 1)]
                    claims.append(
                        Claim(path: section + "." + key, text: cell.filter { $0 != "$" && $0 != "," }))
                }
            }
        }
        return claims
    }

    /// The texts between backquotes.
    private static func codeWords(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap {
            $0 % 2 == 1 ? String($1) : nil
        }
    }

    @Test func `every default in the page is the one in the code`() throws {
        for claim in try Self.claims() {
            var claimed = TidemarkConfiguration()
            try claimed.apply(assignments: ["\(claim.path)=\(claim.text)"])
            #expect(
                claimed == TidemarkConfiguration(), "docs/detectors.md says \(claim.path) is \(claim.text)")
        }
    }

    @Test func `every key of detection and alerting but the switches is in the page`() throws {
        let documented = Set(try Self.claims().map(\.path))
        for key in ConfigurationKeys.all where !key.path.hasSuffix(".enabled") {
            guard key.path.hasPrefix("detection.") || key.path.hasPrefix("alerting.") else { continue }
            #expect(documented.contains(key.path), "docs/detectors.md does not tell of \(key.path)")
        }
    }
}

extension Substring {
    /// Without spaces at either end.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
