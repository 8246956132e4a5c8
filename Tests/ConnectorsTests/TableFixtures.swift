import FoundationEssentials
import Testing
import UsageEvents

@testable import Connectors

/// A folder of tables with sums worked out by hand, file by file, in a document beside them.
struct TableFixtures {
    let folder: URL
    let document: String

    init(_ name: String, document: String) {
        folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/\(name)")
        self.document = document
    }

    /// The names of files with these suffixes, in order.
    func names(_ suffixes: String...) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// The rows that begin with a day, below the heading of a file.
    func sums(of heading: String) throws -> [[String]] {
        let text = String(decoding: try Data(contentsOf: folder.appending(path: document)), as: UTF8.self)
        var isBelow = false
        var rows: [[String]] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { isBelow = line == "## \(heading)" }
            guard isBelow, line.hasPrefix("| 20") else { continue }
            rows.append(
                line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") })
        }
        return rows
    }
}

/// Seeded damage to tables: what is read from damaged bytes is the same however they are cut, and nothing
/// that people wrote reaches a message.
struct TableFuzz {
    private var random: SplitMix64
    private let texts: [[UInt8]]

    init(seed: UInt64, texts: [[UInt8]]) {
        random = SplitMix64(seed: seed)
        self.texts = texts
    }

    mutating func check(_ make: () -> any EventDecoder, round: Int) {
        var bytes = texts[random.below(texts.count)]
        for _ in 0...random.below(5) where !bytes.isEmpty { damage(&bytes) }
        var decoder = make()
        let whole = TranscriptRun(&decoder, bytes)
        for detail in whole.rejections.map(\.detail) {
            #expect(!detail.contains("CANARY") && detail.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        }
        guard round.isMultiple(of: 8) else { return }
        var again = make()
        let pieces = TranscriptRun(&again, bytes, pieceBytes: 1 + random.below(200), limit: 1)
        #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self))")
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(12))
        switch random.below(6) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(Array("\"\",;\n\r\t$-.e9{}[]:".utf8)[random.below(17)], at: at)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.insert(0x0a, at: at)
        default: bytes.removeLast(random.below(min(80, bytes.count)))
        }
    }
}
