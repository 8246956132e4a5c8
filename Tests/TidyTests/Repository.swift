import FoundationEssentials

/// The checked-out repository, found from this file's own place.
enum Repository {
    static let root: URL = {
        let here = URL(filePath: #filePath).resolvingSymlinksInPath()
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    /// One text file of the repository.
    struct TextFile {
        /// From the root, with slashes: `Sources/EventLog/Format.swift`.
        var path: String
        var text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

        /// Lines with their numbers from 1, without what follows `//`.
        ///
        /// A `//` inside a string cuts too much, which here only means that the rest of that line is not
        /// looked at.
        var code: [(number: Int, line: String)] {
            lines.enumerated().map { offset, line in
                var kept = String(line)
                if let comment = kept.firstRange(of: "//") { kept.removeSubrange(comment.lowerBound...) }
                return (offset + 1, kept)
            }
        }
    }

    /// Every file below some folders whose name ends so, in the order of their paths; build folders are not
    /// entered.
    static func files(in folders: [String], suffix: String) -> [TextFile] {
        var paths: [String] = []
        for folder in folders { collect(folder, suffix, into: &paths) }
        return paths.sorted().compactMap { path in
            guard let data = try? Data(contentsOf: root.appending(path: path)) else { return nil }
            return TextFile(path: path, text: String(decoding: data, as: UTF8.self))
        }
    }

    private static func collect(_ path: String, _ suffix: String, into paths: inout [String]) {
        let full = root.appending(path: path).path
        var isFolder = false
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { return }
        guard isFolder else {
            if path.hasSuffix(suffix) { paths.append(path) }
            return
        }
        for name in entries(path) where !name.hasPrefix(".build") {
            collect(path + "/" + name, suffix, into: &paths)
        }
    }

    /// The names in a folder, sorted.
    static func entries(_ path: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path)
        return (names ?? []).sorted()
    }

    /// Whether there is a file or folder.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}

extension String {
    /// Whether a word stands here on its own, not as a part of a longer name.
    func hasWord(_ word: String) -> Bool {
        func isPart(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "_" }
        return ranges(of: word).contains { range in
            let before = range.lowerBound == startIndex ? nil : self[index(before: range.lowerBound)]
            let after = range.upperBound == endIndex ? nil : self[range.upperBound]
            return !(before.map(isPart) ?? false) && !(after.map(isPart) ?? false)
        }
    }
}
