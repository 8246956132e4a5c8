import Connectors
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Copies of events, in any order, split over any number of runs, against a naive reading of all at once.
@Suite struct HeldEventsTests {
    private static let start: Int64 = 1_775_001_600_000

    /// Some messages, each with copies that differ in amounts, time, project and request.
    private static func copies(_ random: inout SplitMix64, messages: Int) -> [UsageEvent] {
        var copies: [UsageEvent] = []
        for message in 0..<messages {
            let ts = start + Int64(random.below(5 * 86_400_000))
            for _ in 0...random.below(5) {
                let key: RequestKey =
                    switch random.below(6) {
                    case 0: RequestKey(message: "msg\(message)", request: "side", isSide: true)
                    case 1: RequestKey(message: "msg\(message)")
                    case 2: RequestKey(message: "msg\(message)", request: "req-b")
                    default: RequestKey(message: "msg\(message)", request: "req-a")
                    }
                let late = Int64(random.below(3)) * 20_000_000
                var event = UsageEvent(ts: Timestamp(rawValue: ts + late), identity: "mira@acme.example")
                event.requestID = key.text
                event.source = "claude-code"
                event.model = random.below(12) == 0 ? "m-large" : "m-small"
                event.project = random.below(4) == 0 ? nil : ["shop", "site"][random.below(2)]
                event.inputTokens = Int64(random.below(3) * 10)
                event.outputTokens = Int64(random.below(4) * 100)
                event.cost = NanoUSD(rawValue: event.inputTokens * 3 + event.outputTokens * 15)
                event.shape.insert(.inputTokens)
                event.shape.insert(.outputTokens)
                event.shape.basis = .estimated
                copies.append(event)
            }
        }
        return copies
    }

    /// Sums by day, project and model.
    private static func totals(_ events: [UsageEvent]) -> [String: [Int64]] {
        var sums: [String: [Int64]] = [:]
        for e in events {
            let place = "\(e.ts.rawValue / Timestamp.day) \(e.project ?? "-") \(e.model ?? "-")"
            let old = sums[place] ?? [0, 0, 0, 0]
            sums[place] = [
                old[0] + e.inputTokens, old[1] + e.outputTokens, old[2] + e.cost.rawValue,
                old[3] + e.requests,
            ]
        }
        return sums.filter { $0.value != [0, 0, 0, 0] }
    }

    /// What counts, by the rule as it is written down: best rank of a message, then the largest copy of each
    /// key, at the earliest day and the smallest names.
    private static func expected(_ copies: [UsageEvent]) -> [UsageEvent] {
        var byMessage: [String: [UsageEvent]] = [:]
        for copy in copies {
            byMessage[RequestKey(text: copy.requestID ?? "").message, default: []].append(copy)
        }
        var counted: [UsageEvent] = []
        for (_, all) in byMessage {
            let best = all.map { RequestKey(text: $0.requestID ?? "").rank }.max()
            var byKey: [String: [UsageEvent]] = [:]
            for copy in all where RequestKey(text: copy.requestID ?? "").rank == best {
                byKey[copy.requestID ?? "", default: []].append(copy)
            }
            for (_, same) in byKey {
                var event = same[0]
                for copy in same where size(event) < size(copy) { event = copy }
                event.ts = same.map(\.ts).min() ?? event.ts
                event.project = same.compactMap(\.project).min()
                event.model = same.compactMap(\.model).min()
                counted.append(event)
            }
        }
        return counted
    }

    private static func size(_ e: UsageEvent) -> (Int64, Int64) {
        (e.inputTokens + e.outputTokens, e.outputTokens)
    }

    /// One run over some copies, with a log of what earlier runs wrote; pieces are let go in between.
    private static func run(_ copies: [UsageEvent], log: inout [UsageEvent], _ random: inout SplitMix64) {
        var held = HeldEvents(revisions: Revisions(records: PagedRecords(framesMax: 2, pageRecords: 3)))
        var logged = EventBatch()
        var logSymbols = Symbols()
        for event in log { logged.append(event, symbols: &logSymbols) }
        held.recall(logged, symbols: logSymbols) { $0 == "claude-code" }
        var known = Set(log.compactMap(\.requestID))
        var out = EventBatch()
        var symbols = Symbols()
        func drain() {
            while held.isLeaving { held.move(into: &out, symbols: &symbols) }
        }
        for copy in copies {
            var batch = EventBatch()
            batch.append(copy, symbols: &held.symbols)
            held.take(batch, revised: true)
            if random.below(10) == 0 {
                held.release(before: random.below(2) == 0 ? nil : copy.ts.rawValue)
                drain()
            }
        }
        held.release(before: nil)
        drain()
        for row in 0..<out.count {
            let event = out.event(at: row, symbols: symbols)
            // The duplicate window of the log: an id that is there is not written again.
            if known.insert(event.requestID ?? "").inserted { log.append(event) }
        }
    }

    @Test(arguments: 0..<60)
    func `any order, split and repetition of copies gives the totals of the largest copies`(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let copies = Self.copies(&random, messages: 25)
        let expected = Self.totals(Self.expected(copies))
        for _ in 0..<4 {
            var log: [UsageEvent] = []
            var rest = copies + copies.filter { _ in random.below(3) == 0 }
            for i in rest.indices.reversed() { rest.swapAt(i, random.below(i + 1)) }
            while !rest.isEmpty {
                let part = Array(rest.prefix(1 + random.below(rest.count)))
                rest.removeFirst(part.count)
                Self.run(part, log: &log, &random)
            }
            let before = log.count
            Self.run(copies, log: &log, &random)
            #expect(log.count == before, "feeding everything again writes nothing")
            #expect(Self.totals(log) == expected)
        }
    }

    @Test func `within one run every event is written once, in the order of time`() {
        var random = SplitMix64(seed: 9)
        let copies = Self.copies(&random, messages: 40)
        var held = HeldEvents(revisions: Revisions(records: PagedRecords(framesMax: 2, pageRecords: 3)))
        var batch = EventBatch()
        for copy in copies { batch.append(copy, symbols: &held.symbols) }
        held.take(batch, revised: true)
        held.release(before: nil)
        var out = EventBatch()
        var symbols = Symbols()
        while held.isLeaving { held.move(into: &out, symbols: &symbols) }
        #expect(out.ts == out.ts.sorted())
        #expect(out.count == Self.expected(copies).count)
        let further = held.copies
        #expect(further == copies.count - out.count)
        #expect((0..<out.count).allSatisfy { EventShape(rawValue: out.shape[$0]).grain == .request })
    }

    /// What a feed of transcripts delivers: the times of each batch, and how often order had to be given up.
    /// Each file has ten events, of minutes that begin where the file's number says.
    private static func feed(
        starts: [Int], heldMax: (oldest: Int, all: Int)
    ) throws -> (batches: [[Int64]], splits: Int) {
        let directory = try TemporaryDirectory()
        var paths: [String] = []
        for (file, start) in starts.enumerated() {
            let lines = (0..<10).map { event in
                let ts = Timestamp(rawValue: Self.start + Int64(start + event * 5) * 60_000)
                return #"{"type":"assistant","timestamp":"\#(ts)","sessionId":"s\#(file)","#
                    + #""requestId":"r\#(file)-\#(event)","message":{"id":"m\#(file)-\#(event)","#
                    + #""model":"m-small","role":"assistant","usage":{"input_tokens":3,"output_tokens":4}}}"#
            }
            paths.append(
                try directory.write("\(file).jsonl", lines.map { $0 + "\n" }.joined().utf8))
        }
        var options = FeedOptions(sources: paths, prices: .bundled)
        options.localIdentity = "mira@acme.example"
        options.format = ConnectorRegistry.format(named: "claude-code")
        let feed = EventFeed(options, heldMax: heldMax)
        var batch = EventBatch()
        var symbols = Symbols()
        var batches: [[Int64]] = []
        loop: while true {
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished: break loop
            case .idle, .recall: continue
            case .batch: batches.append(batch.ts)
            }
        }
        #expect(feed.problems.isEmpty)
        #expect(feed.refused.map { "\($0)" } == [])
        return (batches.filter { !$0.isEmpty }, feed.counts.splits)
    }

    @Test func `the oldest of more events than may be held leave, and all stay in the order of time`() throws
    {
        // Each file overlaps those around it.
        let starts = (0..<30).map { $0 * 20 }
        let whole = try Self.feed(starts: starts, heldMax: (1_000, 10_000))
        #expect(whole.batches.count == 1 && whole.splits == 0)
        let found = try Self.feed(starts: starts, heldMax: (25, 10_000))
        #expect(found.batches.count > 10 && found.splits == 0)
        #expect(found.batches.joined().elementsEqual(whole.batches[0]))
        #expect(whole.batches[0] == whole.batches[0].sorted() && whole.batches[0].count == 300)
    }

    @Test func `beyond the bound all events leave, and order holds within pieces, which are counted`() throws
    {
        // Every file begins before the others end, so nothing is the oldest for sure.
        let starts = (0..<30).map { $0 }
        let whole = try Self.feed(starts: starts, heldMax: (1_000, 10_000))
        let found = try Self.feed(starts: starts, heldMax: (100, 100))
        #expect(whole.splits == 0 && whole.batches.count == 1)
        #expect(found.splits == 3 && found.batches.count == 3)
        for piece in found.batches { #expect(piece.count == 100 && piece == piece.sorted()) }
        #expect(Array(found.batches.joined()).sorted() == whole.batches[0])
        #expect(Array(found.batches.joined()) != whole.batches[0])
    }
}
