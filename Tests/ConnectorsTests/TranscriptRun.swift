import FoundationEssentials
import Testing
import UsageEvents

@testable import Connectors

/// All that a decoder of transcripts made of an input.
struct TranscriptRun: Equatable {
    var events: [UsageEvent] = []
    var rejections: [Rejection] = []
    /// `type=count`, in order of appearance.
    var ignored: [String] = []
    var linesRead = 0
    var unfinishedLines = 0
    /// Bytes that were left for later.
    var left = 0

    static let identity = "mira@acme.example"

    static func options(path: String = "-") -> DecoderOptions {
        var options = DecoderOptions(defaultIdentity: identity, prices: .bundled)
        options.path = path
        return options
    }

    /// Offers the input in pieces of a size.
    init(
        _ format: EventFormat, _ bytes: [UInt8], path: String = "-", pieceBytes: Int = .max,
        limit: Int = 1_000
    ) {
        var decoder = format.makeDecoder(Self.options(path: path), InputHead(path: path, bytes: []))
        self.init(&decoder, bytes, pieceBytes: pieceBytes, limit: limit)
    }

    init(_ decoder: inout any EventDecoder, _ bytes: [UInt8], pieceBytes: Int = .max, limit: Int = 1_000) {
        var batch = EventBatch()
        var symbols = Symbols()
        var start = 0
        var end = min(pieceBytes, bytes.count)
        while true {
            let progress = decoder.decode(
                bytes.span.extracting(start..<end), isFinal: end == bytes.count, into: &batch,
                symbols: &symbols, limit: limit)
            start += progress.consumed
            for row in 0..<batch.count { events.append(batch.event(at: row, symbols: symbols)) }
            batch.removeAll()
            rejections += decoder.rejections
            decoder.rejections.removeAll()
            if progress.stop != .needsInput { continue }
            if end == bytes.count { break }
            end = end > bytes.count - pieceBytes ? bytes.count : end + pieceBytes
        }
        #expect(decoder.accepted == events.count)
        ignored = decoder.ignored.all.map { "\($0.name)=\($0.count)" }
        linesRead = decoder.linesRead
        unfinishedLines = decoder.unfinishedLines
        left = bytes.count - start
    }

    /// Every text of events and messages.
    var texts: [String] {
        events.flatMap { event in
            [
                event.identity, event.team, event.project, event.tool, event.model, event.mcpServer,
                event.mcpTool, event.requestID, event.sessionID, event.origin, event.source,
            ].compactMap(\.self)
        } + rejections.map(\.detail) + rejections.map { String(decoding: $0.bytes, as: UTF8.self) } + ignored
    }
}

// MARK: - Fixtures

/// A folder of fixtures with sums worked out by hand in its README.
struct FixtureFolder {
    let folder: URL

    init(_ name: String) {
        folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    }

    /// Names without suffix, in order.
    var transcripts: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.sorted()
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name + ".jsonl")))
    }

    /// The cells of the rows that begin with a day, of tables with so many columns.
    func sums(columns: Int) throws -> [[String]] {
        let text = String(decoding: try Data(contentsOf: folder.appending(path: "README.md")), as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| 20") }.map { line in
            line.split(separator: "|").map { cell in cell.split(separator: " ").joined(separator: " ") }
        }.filter { $0.count == columns }
    }
}

// MARK: - A naive reading of the rule for copies

/// One event of each request: of its copies the one with the most tokens, the earlier one among equals;
/// what is known under a request silences what is known under the message alone, and that a replay on a
/// side chain.
enum LargestCopies {
    static func of(_ events: [UsageEvent]) -> [UsageEvent] {
        var best: [(key: RequestKey, event: UsageEvent)] = []
        var places: [RequestKey: Int] = [:]
        var ranks: [String: RequestKey.Rank] = [:]
        for event in events {
            let key = RequestKey(text: event.requestID ?? "")
            ranks[key.message] = max(ranks[key.message] ?? .side, key.rank)
            if let known = places[key] {
                if tokens(event) > tokens(best[known].event) { best[known].event = event }
            } else {
                places[key] = best.count
                best.append((key, event))
            }
        }
        return best.filter { ranks[$0.key.message] == $0.key.rank }.map(\.event)
    }

    private static func tokens(_ event: UsageEvent) -> Int64 {
        event.inputTokens + event.outputTokens + event.cacheReadTokens + event.cacheWriteTokens
    }
}

/// Sums of events as the tables of a README give them.
enum HandWorked {
    /// By day, account and model: requests, tokens by kind, cost.
    static func requests(_ events: [UsageEvent], reasoning: Bool) -> [[String]] {
        table(events.filter { $0.mcpServer == nil }) { event in
            [String(event.ts.description.prefix(10)), event.identity, event.model ?? "none"]
        } sums: { group in
            func sum(_ value: (UsageEvent) -> Int64) -> String {
                String(group.reduce(0) { $0 + value($1) })
            }
            let cost = group.reduce(0) { $0 + $1.cost.rawValue }
            let isPriced = group.contains { $0.shape.hasCost }
            return [
                sum(\.requests), sum(\.inputTokens), sum(\.outputTokens), sum(\.cacheReadTokens),
                sum(\.cacheWriteTokens),
            ] + (reasoning ? [sum(\.reasoningTokens)] : [])
                + [isPriced ? NanoUSD(rawValue: cost).description : "none"]
        }
    }

    /// By day, server and tool: uses.
    static func toolUses(_ events: [UsageEvent]) -> [[String]] {
        table(events.filter { $0.mcpServer != nil }) { event in
            [String(event.ts.description.prefix(10)), event.mcpServer ?? "", event.mcpTool ?? "none"]
        } sums: {
            [String($0.count)]
        }
    }

    private static func table(
        _ events: [UsageEvent], by key: (UsageEvent) -> [String], sums: ([UsageEvent]) -> [String]
    ) -> [[String]] {
        var groups: [(key: [String], events: [UsageEvent])] = []
        for event in events {
            if let known = groups.firstIndex(where: { $0.key == key(event) }) {
                groups[known].events.append(event)
            } else {
                groups.append((key(event), [event]))
            }
        }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { $0.key + sums($0.events) }
    }
}
