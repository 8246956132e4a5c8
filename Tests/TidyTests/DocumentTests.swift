import Testing

/// The documents: their shape, and that they point at what is there.
@Suite struct DocumentTests {
    private static let documents = Repository.files(
        in: Repository.entries(".").filter { $0.hasSuffix(".md") } + ["docs", "Fixtures", "Benchmarks"],
        suffix: ".md"
    )
    private static let decisions = documents.filter { $0.path.hasPrefix("docs/decisions/") }

    /// The lines outside fenced code.
    private static func prose(_ file: Repository.TextFile) -> [(number: Int, line: String)] {
        var fenced = false
        var out: [(Int, String)] = []
        for (offset, line) in file.lines.enumerated() {
            if line.hasPrefix("```") {
                fenced.toggle()
            } else if !fenced {
                out.append((offset + 1, String(line)))
            }
        }
        return out
    }

    @Test func `a document has one title, and it comes first`() {
        for file in Self.documents {
            let titles = Self.prose(file).filter { $0.line.hasPrefix("# ") }
            #expect(titles.map(\.number) == [1], "\(file.path)")
        }
    }

    @Test func `links inside the repository lead somewhere`() {
        for file in Self.documents {
            let folder = file.path.split(separator: "/").dropLast().map(String.init)
            for (number, line) in Self.prose(file) {
                for target in Self.linkTargets(line) where !Self.resolves(target, from: folder) {
                    Issue.record("\(file.path):\(number) links to \(target), which is not there")
                }
            }
        }
    }

    @Test func `every decision is numbered, one page long and says what else was considered`() {
        #expect(!Self.decisions.isEmpty)
        for (offset, file) in Self.decisions.enumerated() {
            let number = String(offset + 1)
            let padded = String(repeating: "0", count: 4 - number.count) + number
            #expect(
                file.path.hasPrefix("docs/decisions/\(padded)-"), "\(file.path): expected number \(padded)")
            let headings = Self.prose(file).map(\.line).filter { $0.hasPrefix("## ") }
            #expect(
                headings == ["## Context", "## Decision", "## Consequences", "## Alternatives considered"],
                "\(file.path)"
            )
            #expect(file.lines.count <= 80, "\(file.path) is longer than a page")
        }
    }

    /// What stands in the round brackets of `[text](target)`.
    private static func linkTargets(_ line: String) -> [String] {
        line.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
            rest.firstIndex(of: ")").map { String(rest[..<$0]) }
        }
    }

    private static func resolves(_ target: String, from folder: [String]) -> Bool {
        if target.hasPrefix("https://") || target.hasPrefix("http://") || target.hasPrefix("mailto:") {
            return true
        }
        let path = target.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        if path.isEmpty { return true }  // a heading of the same document
        var parts = folder
        for part in path.split(separator: "/") {
            if part == ".." {
                if parts.isEmpty { return false }
                parts.removeLast()
            } else if part != "." {
                parts.append(String(part))
            }
        }
        return Repository.exists(parts.joined(separator: "/"))
    }
}
