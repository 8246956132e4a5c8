import FoundationEssentials
import Testing
import UsageEvents

@testable import Connectors

/// The JSON files of a folder of fixtures, as one format reads them.
struct DocumentFixtures {
    let folder: FixtureFolder
    let format: EventFormat

    /// Names with suffix, in order.
    var names: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".ndjson") }.sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.folder.appending(path: name)))
    }

    func run(_ name: String, pieceBytes: Int = .max) throws -> TranscriptRun {
        Self.run(format, try bytes(name), pieceBytes: pieceBytes)
    }

    /// Without a default account: each event has to name its own.
    static func run(
        _ format: EventFormat, _ bytes: [UInt8], pieceBytes: Int = .max, limit: Int = 1_000
    ) -> TranscriptRun {
        var decoder = format.makeDecoder(
            DecoderOptions(prices: .bundled), InputHead(path: "-", bytes: bytes))
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes, limit: limit)
    }

    /// One event of each key: the copy with the most tokens, and among those the one with the largest cost.
    static func counted(_ events: [UsageEvent]) -> [UsageEvent] {
        var best: [UsageEvent] = []
        for event in events {
            guard let known = best.firstIndex(where: { $0.requestID == event.requestID }) else {
                best.append(event)
                continue
            }
            if size(event) > size(best[known]) { best[known] = event }
        }
        return best
    }

    private static func size(_ event: UsageEvent) -> (Int64, Int64) {
        (
            event.inputTokens + event.outputTokens + event.cacheReadTokens + event.cacheWriteTokens,
            event.cost.rawValue
        )
    }

    /// Sums by day, account and model, money by basis: the rows of a README, cells as text.
    static func sums(_ events: [UsageEvent], reasoning: Bool, bases: [CostBasis]) -> [[String]] {
        var rows: [[String]: [UsageEvent]] = [:]
        for event in events {
            let day = String(event.ts.description.prefix(10))
            rows[[day, event.identity, event.model ?? "none"], default: []].append(event)
        }
        return rows.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, group in
            func sum(_ value: (UsageEvent) -> Int64) -> String {
                String(group.reduce(0) { $0 + value($1) })
            }
            let counts = [
                sum(\.requests), sum(\.inputTokens), sum(\.outputTokens), sum(\.cacheReadTokens),
                sum(\.cacheWriteTokens),
            ]
            let money = bases.map { basis in
                let cost = group.filter { $0.shape.hasCost && $0.shape.basis == basis }
                return NanoUSD(rawValue: cost.reduce(0) { $0 + $1.cost.rawValue }).description
            }
            return key + counts + (reasoning ? [sum(\.reasoningTokens)] : []) + money
                + [String(group.filter { !$0.shape.hasCost }.count)]
        }
    }
}

/// Seeded damage to fixtures of JSON documents.
struct DocumentFuzz {
    private var random: SplitMix64
    private let texts: [[UInt8]]
    private static let marks = Array(#""\{}[],:0-.eutfnd8 "#.utf8) + [0x0a]

    init(seed: UInt64, _ fixtures: DocumentFixtures) throws {
        random = SplitMix64(seed: seed)
        texts = try fixtures.names.map { try fixtures.bytes($0) }
    }

    /// Decodes a damaged text whole and now and then in pieces: the same comes out, and nothing secret.
    mutating func check(_ format: EventFormat, round: Int) {
        var bytes = texts[random.below(texts.count)]
        if random.below(4) == 0 { bytes += texts[random.below(texts.count)] }
        for _ in 0...random.below(4) where !bytes.isEmpty { damage(&bytes) }
        let whole = decode(format, bytes, pieceBytes: .max, limit: 1_000)
        for text in whole.rejections.map(\.detail) {
            #expect(!text.contains("CANARY") && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(text)")
        }
        #expect(whole.rejections.allSatisfy { $0.bytes.isEmpty && $0.line <= whole.linesRead + 1 })
        guard round.isMultiple(of: 8) else { return }
        let pieces = decode(format, bytes, pieceBytes: 1 + random.below(300), limit: 1)
        #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self))")
    }

    /// As JSON, whatever the damage did to the first byte.
    private func decode(
        _ format: EventFormat, _ bytes: [UInt8], pieceBytes: Int, limit: Int
    ) -> TranscriptRun {
        var decoder = format.makeDecoder(
            DecoderOptions(prices: .bundled), InputHead(path: "-", bytes: Array("{".utf8)))
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes, limit: limit)
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let at = random.below(bytes.count)
        let end = min(bytes.count, at + 1 + random.below(12))
        switch random.below(7) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(Self.marks[random.below(Self.marks.count)], at: at)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.insert(0x0a, at: at)
        case 5: bytes.removeSubrange(at..<min(bytes.count, at + random.below(400)))
        default: bytes.removeLast(random.below(min(400, bytes.count)))
        }
    }
}
