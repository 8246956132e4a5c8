import Alerting
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// A replay that is asked for what lies before a time stops early; the whole replay, filtered, is the oracle.
@Suite struct ReplayUntilTests {
    private static let hour = Timestamp.hour

    /// A log of many commits: late events, at times a change of the configuration, ticks and wall clocks.
    private static func log(seed: UInt64) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var random = SplitMix64(seed: seed)
        var organisation = RandomOrganisation(seed: seed)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 6_000
        for piece in 0..<30 {
            if piece == 20, seed % 3 == 0 { _ = try LogSealer.seal(disk, directory: "/log") }
            if piece == 8 || piece == 24, seed % 4 < 2 {
                var settings = TidemarkConfiguration()
                try settings.apply(assignments: ["detection.new_model.learning_days=\(piece)"])
                #expect(
                    try RunConfiguration.load(settings, into: "/log", disk, observer: IngestObserver()))
            }
            var writer = try LogWriter(disk, directory: "/log", options: options)
            var batch = EventBatch()
            var symbols = Symbols()
            for event in organisation.events(60) {
                // For a while two accounts are alone: the log's clock stands still.
                let isAlone = seed % 4 == 2 && (12..<22).contains(piece)
                if isAlone, !["p0@acme.example", "p1@acme.example"].contains(event.identity) { continue }
                batch.append(event, symbols: &symbols)
            }
            let last = batch.ts.max() ?? 0
            // History first, then live blocks, whose wall clock may be a day behind their events.
            let isLive = seed % 2 == 1 && piece >= 6
            _ = try writer.append(
                batch, symbols: symbols,
                received: isLive ? last - Int64(random.below(23)) * Self.hour : nil)
            if isLive, random.below(3) == 0 {
                try writer.appendTick(received: last + Int64(random.below(40)) * Self.hour)
            }
            try writer.commit()
            try writer.close()
        }
        if seed % 3 == 1 { _ = try LogSealer.seal(disk, directory: "/log") }
        return disk
    }

    /// The lines of what lies before a time.
    private static func lines(_ alerts: [AlertTransition], before time: Timestamp) -> [String] {
        alerts.filter { $0.at < time }.map { alert in
            var line: [UInt8] = []
            alert.write(into: &line)
            return String(decoding: line, as: UTF8.self)
        }
    }

    private static func replay(
        _ disk: SimulatedDisk, until: Timestamp?, threads: Int
    ) throws -> (alerts: [AlertTransition], events: UInt64) {
        var alerts: [AlertTransition] = []
        let summary = try Replay.log(
            disk, directory: "/log", override: nil, until: until, threads: threads
        ) { alerts += $0 }
        return (alerts, summary.events)
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `what lies before a time is the same, and less is read`(seed: UInt64) throws {
        let disk = try Self.log(seed: seed)
        let all = try Self.replay(disk, until: nil, threads: 1)
        let first = try #require(all.alerts.first).at.rawValue
        let last = try #require(all.alerts.last).at.rawValue
        var fewest = all.events
        for part in Int64(0)...8 {
            let until = Timestamp(rawValue: first + (last - first) / 8 * part)
            let expected = Self.lines(all.alerts, before: until)
            for threads in [1, 2, 3] {
                let found = try Self.replay(disk, until: until, threads: threads)
                #expect(
                    Self.lines(found.alerts, before: until) == expected, "\(part)/8, \(threads) threads")
                if threads == 1 { fewest = min(fewest, found.events) }
            }
        }
        // A change of the configuration looks back at everything before it.
        if seed % 4 >= 2 { #expect(fewest < all.events / 2) }
    }
}
