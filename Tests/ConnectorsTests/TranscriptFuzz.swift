import Testing
import UsageEvents

@testable import Connectors

/// Seeded damage to a few lines of fixtures.
struct TranscriptFuzz {
    private var random: SplitMix64
    private var lines: [[UInt8]] = []
    private static let marks = Array(#""\{}[],:0-.eutfnd8 "#.utf8)

    init(seed: UInt64, texts: [[UInt8]]) {
        random = SplitMix64(seed: seed)
        for text in texts { lines += text.split(separator: 0x0a).map(Array.init) }
    }

    /// Decodes damaged lines whole and in pieces: the same comes out, and nothing that people wrote.
    mutating func check(_ format: EventFormat, round: Int) {
        var bytes: [UInt8] = []
        for _ in 0...random.below(2) {
            bytes += lines[random.below(lines.count)]
            bytes.append(0x0a)
        }
        if random.below(3) == 0 { bytes.removeLast() }
        for _ in 0...random.below(4) where !bytes.isEmpty { damage(&bytes) }
        let whole = TranscriptRun(format, bytes)
        for text in whole.rejections.map(\.detail) {
            #expect(!text.contains("CANARY") && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        }
        guard round.isMultiple(of: 4) else { return }
        let pieces = TranscriptRun(format, bytes, pieceBytes: 1 + random.below(200), limit: 1)
        #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self))")
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(12))
        switch random.below(6) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(Self.marks[random.below(Self.marks.count)], at: at)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.insert(0x0a, at: at)
        default: bytes.removeLast(random.below(min(80, bytes.count)))
        }
    }
}
