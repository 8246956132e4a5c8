import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// Readers that want a span of times only: the whole log, filtered, is the oracle.
@Suite struct TimeSkipTests {
    /// What of a log is sealed.
    enum Form: CaseIterable { case open, sealed, mixed }

    private static let begin: Int64 = 1_772_000_000_000

    /// Forty commits, an hour each; some events lie up to three hours off.
    private static func log(_ form: Form, seed: UInt64) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var random = SplitMix64(seed: seed)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 3_000
        for hour in 0..<40 {
            if hour == 25, form == .mixed { _ = try LogSealer.seal(disk, directory: "/log") }
            var writer = try LogWriter(disk, directory: "/log", options: options)
            var batch = EventBatch()
            var symbols = Symbols()
            for _ in 0...random.below(12) {
                let off = random.below(9) == 0 ? random.below(360) - 180 : random.below(60)
                let ts = begin + Int64(hour * 60 + off) * 60_000
                var event = UsageEvent(
                    ts: Timestamp(rawValue: ts), identity: "p\(random.below(5))@acme.example")
                event.inputTokens = Int64(random.below(1_000))
                event.shape.insert(.inputTokens)
                batch.append(event, symbols: &symbols)
            }
            let isLive = random.below(2) == 0
            _ = try writer.append(
                batch, symbols: symbols, received: isLive ? begin + Int64(hour + 4) * 3_600_000 : nil)
            try writer.commit()
            try writer.close()
        }
        if form == .sealed { _ = try LogSealer.seal(disk, directory: "/log") }
        return disk
    }

    private struct Found: Equatable {
        var events: [String] = []
        var delivered: UInt64 = 0
        var skipped: UInt64 = 0
        var end: UInt64 = 0

        init(_ disk: SimulatedDisk, from: UInt64 = 0, since: Int64?, until: Int64?, skips: Bool) throws {
            var reader = try LogReader(
                disk, directory: "/log", from: from,
                times: skips ? EventTimes(since: since, until: until) : nil)
            var batch = EventBatch()
            var symbols = Symbols()
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                guard case .events(let block) = record else { continue }
                delivered += UInt64(block.count)
                for row in 0..<batch.count
                where batch.ts[row] >= since ?? .min && batch.ts[row] < until ?? .max {
                    let sequence = block.firstSequence + UInt64(row)
                    events.append("\(sequence) \(batch.event(at: row, symbols: symbols))")
                }
            }
            skipped = reader.skippedEvents
            end = reader.nextSequence
        }
    }

    @Test(arguments: Form.allCases)
    func `what lies in the span is delivered, and the rest is counted`(_ form: Form) throws {
        for seed: UInt64 in 0..<4 {
            let disk = try Self.log(form, seed: seed)
            var random = SplitMix64(seed: seed + 50)
            var skipped: UInt64 = 0
            for _ in 0..<40 {
                let hours = (random.below(50) - 5, random.below(50) - 5)
                let since = random.below(5) == 0 ? nil : Self.begin + Int64(hours.0) * 3_600_000
                let until = random.below(5) == 0 ? nil : Self.begin + Int64(hours.1) * 3_600_000
                let from = random.below(3) == 0 ? UInt64(random.below(200)) : 0
                let all = try Found(disk, from: from, since: since, until: until, skips: false)
                let found = try Found(disk, from: from, since: since, until: until, skips: true)
                #expect(found.events == all.events, "seed \(seed)")
                #expect(found.end == all.end)
                if from == 0 { #expect(found.delivered + found.skipped == all.delivered) }
                skipped += found.skipped
            }
            #expect(skipped > 1_000)
        }
    }

    @Test func `no stream of a block outside the span is looked at`() throws {
        let disk = try Self.log(.sealed, seed: 1)
        let since = Self.begin + 36 * 3_600_000
        let sound = try Found(disk, since: since, until: nil, skips: true)
        let first = "/log/segments/00000000000000000000.seg"
        var bytes = try #require(disk.contents(first))
        // In the middle of the first segment; its header and its index stay.
        for i in bytes.count / 4..<bytes.count / 3 { bytes[i] ^= 0x55 }
        disk.place(first, bytes)
        #expect(throws: LogError.self) { try Found(disk, since: since, until: nil, skips: false) }
        #expect(try Found(disk, since: since, until: nil, skips: true) == sound)
        #expect(!sound.events.isEmpty)
    }
}
