import Testing
import TidemarkTestKit
import UsageEvents

@testable import EventLog

/// The rules of the window in the slowest and plainest way.
private struct NaiveWindow {
    struct Source {
        var current: [String] = []
        var first: Int64 = 0
        var beyond = 0
        var older: [String] = []
    }

    var sources: [String: Source] = [:]
    let bounds: DuplicateWindow.Bounds

    mutating func isNew(_ event: UsageEvent) -> Bool {
        guard let id = event.requestID else { return true }
        var source = sources[event.source ?? ""] ?? Source()
        if source.current.contains(id) || source.older.contains(id) { return false }
        if source.current.isEmpty { source.first = event.ts.rawValue }
        source.current.append(id)
        if event.ts.rawValue - source.first >= bounds.spanMin { source.beyond += 1 }
        if source.current.count >= bounds.keysMin, source.beyond * 16 >= bounds.keysMin {
            source.older = source.current
            source.current = []
            source.beyond = 0
        }
        sources[event.source ?? ""] = source
        return true
    }
}

@Suite struct DuplicateWindowTests {
    static let bounds = DuplicateWindow.Bounds(keysMin: 40, spanMin: 100_000, keysMax: 4_000)

    /// Events of three sources of which one is slow, with repeats near and far.
    static func events(_ count: Int, seed: UInt64) -> [UsageEvent] {
        var random = SplitMix64(seed: seed)
        var events: [UsageEvent] = []
        var clock: Int64 = 1_772_000_000_000
        for number in 0..<count {
            clock += Int64(random.below(3_000))
            var event = UsageEvent(ts: Timestamp(rawValue: clock - Int64(random.below(9_000))), identity: "a")
            event.source = random.below(12) == 0 ? "slow" : random.below(2) == 0 ? nil : "fast"
            let back = random.below(4) == 0 ? random.below(300) : 0
            event.requestID = random.below(20) == 0 ? nil : "id-\(number - back)"
            event.inputTokens = Int64(number)
            events.append(event)
        }
        return events
    }

    @Test func `it keeps what a plain list would keep, in batches of any size`() throws {
        for seed: UInt64 in 0..<4 {
            let events = Self.events(1_500, seed: seed)
            var naive = NaiveWindow(bounds: Self.bounds)
            let expected = events.map { naive.isNew($0) }
            #expect(expected.contains(false))
            for size in [1, 7, 1_500] {
                var window = DuplicateWindow(bounds: Self.bounds)
                var kept: [Bool] = []
                var symbols = Symbols()
                var next: UInt64 = 0
                for start in stride(from: 0, to: events.count, by: size) {
                    let part = events[start..<min(start + size, events.count)]
                    var batch = EventBatch()
                    for event in part { batch.append(event, symbols: &symbols) }
                    let mask =
                        try window.admit(batch, symbols: symbols, firstSequence: next)
                        ?? [Bool](repeating: true, count: part.count)
                    kept += mask
                    next += UInt64(mask.count { $0 })
                }
                #expect(kept == expected)
            }
        }
    }

    @Test func `a restart at any block gives the same window, and the same decisions after it`() throws {
        let events = Self.events(1_200, seed: 21)
        let disk = SimulatedDisk()
        var symbols = Symbols()
        var window = DuplicateWindow(bounds: Self.bounds)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 6_000
        for start in stride(from: 0, to: events.count, by: 25) {
            var batch = EventBatch()
            for event in events[start..<min(start + 25, events.count)] {
                batch.append(event, symbols: &symbols)
            }
            var writer = try LogWriter(disk, directory: "/log", options: options)
            let restored = try DuplicateWindow.restore(
                disk, directory: "/log", horizon: writer.recovery.duplicates, bounds: Self.bounds)
            #expect(restored == window)
            window = restored
            if let mask = try window.admit(batch, symbols: symbols, firstSequence: writer.nextSequence) {
                batch.keep(mask)
            }
            _ = try writer.append(batch, symbols: symbols, received: nil, duplicates: window.horizon)
            try writer.commit()
        }
        #expect(window.horizon.from > 0)
        #expect(!window.horizon.sources.isEmpty)
        var naive = NaiveWindow(bounds: Self.bounds)
        let expected = events.filter { naive.isNew($0) }
        #expect(try WholeLog(disk, "/log").events.map(\.inputTokens) == expected.map(\.inputTokens))
    }

    @Test func `a window that was written and read remembers the same, and decides the same after it`() throws
    {
        let events = Self.events(1_500, seed: 8)
        var window = DuplicateWindow(bounds: Self.bounds)
        var read = DuplicateWindow(bounds: Self.bounds)
        var next: UInt64 = 0
        for start in stride(from: 0, to: events.count, by: 30) {
            // Symbols of its own: their numbers decide nothing.
            var masks: [[Bool]?] = []
            for turn in 0..<2 {
                var symbols = Symbols()
                if turn == 1 { _ = symbols.sources.intern("slow") }
                var batch = EventBatch()
                for event in events[start..<start + 30] { batch.append(event, symbols: &symbols) }
                masks.append(
                    turn == 0
                        ? try window.admit(batch, symbols: symbols, firstSequence: next)
                        : try read.admit(batch, symbols: symbols, firstSequence: next))
            }
            #expect(masks[0] == masks[1])
            next += UInt64(masks[0]?.count { $0 } ?? 30)
            #expect(read == window)
            var bytes = StateWriter()
            window.write(into: &bytes)
            var reader = StateReader(bytes.bytes)
            read = try DuplicateWindow(&reader, bounds: Self.bounds)
            #expect(read == window && read.horizon == window.horizon)
            var again = StateWriter()
            read.write(into: &again)
            #expect(again.bytes == bytes.bytes)
        }
        #expect(window.horizon.from > 0)
    }

    @Test func `a source with too many ids is refused by name, and nothing of the batch is admitted`() throws
    {
        var window = DuplicateWindow(bounds: DuplicateWindow.Bounds(keysMin: 1_000, spanMin: 1, keysMax: 30))
        var symbols = Symbols()
        var batch = EventBatch()
        for number in 0..<31 {
            var event = UsageEvent(ts: Timestamp(rawValue: 0), identity: "a")
            event.requestID = "\(number)"
            event.source = "noisy"
            batch.append(event, symbols: &symbols)
        }
        #expect(throws: LogError.tooManyKeys(source: "noisy", keys: 30)) {
            _ = try window.admit(batch, symbols: symbols, firstSequence: 0)
        }
        #expect(window.keys == 0)
    }

    @Test func `a set of keys refuses those of its two generations and no others`() {
        var random = SplitMix64(seed: 3)
        var keys = KeySet()
        var older: Set<Hash128> = []
        var current: Set<Hash128> = []
        for step in 0..<20_000 {
            // Few keys, and few bits that differ: many share a slot, or the eight bits that are kept of them.
            let key = Hash128(high: UInt64(random.below(3)) << 56, low: UInt64(random.below(6_000)))
            let isNew = !older.contains(key) && current.insert(key).inserted
            #expect(keys.insert(key) == isNew)
            #expect(keys.currentCount == current.count && keys.count == current.count + older.count)
            if step % 7_000 == 6_999 {
                keys.turn()
                older = current
                current = []
                #expect(keys.olderCount == older.count && keys.currentCount == 0)
            }
        }
        #expect(keys.sorted.map(Set.init) == [older, current])
    }

    @Test func `keys of which more go to one group than it holds are found where they went`() {
        // The bits that choose the group are all zero; two keys each have the other bits that a slot keeps.
        let all = (0..<60).map { Hash128(high: UInt64($0 / 2) << 40, low: UInt64($0) << 20) }
        var keys = KeySet()
        for i in all.indices {
            let new = all[...i].filter { keys.insert($0) }
            #expect(new == [all[i]])
        }
        keys.turn()
        let hasNew = all.contains { keys.insert($0) }
        #expect(!hasNew)
        keys.turn()
        let new = all.filter { keys.insert($0) }
        #expect(new == all)
    }
}
