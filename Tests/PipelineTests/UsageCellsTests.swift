import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Reports from sums by day against reports from all events: they must not differ in anything.
@Suite struct UsageCellsTests {
    /// How a log is stored.
    enum Form: CaseIterable {
        /// All of it sealed, with sums.
        case sealed
        /// Sealed in part, and more written behind.
        case partly
        /// Sealed with a writer still at work.
        case beside
        /// Its beginning dropped.
        case pruned
        /// An account erased, and sealed once more.
        case erased
    }

    private static func options() -> LogSealer<SimulatedDisk>.Options {
        var options = LogSealer<SimulatedDisk>.Options()
        options.makesCells = true
        return options
    }

    /// A log of some 1,500 events over four days, in segments of some hundred events.
    private static func log(_ form: Form, seed: UInt64) throws -> SimulatedDisk {
        let disk = SimulatedDisk(seed: seed)
        var usage = RandomUsage(seed: seed)
        var random = SplitMix64(seed: seed + 1)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 9_000
        var writer = try LogWriter(disk, directory: "/log", options: options)
        for commit in 0..<26 {
            let batch = usage.batch(1 + random.below(120))
            _ = try writer.append(
                batch, symbols: usage.symbols, received: random.below(2) == 0 ? usage.clock : nil)
            try writer.commit()
            guard commit == 17 else { continue }
            switch form {
            case .partly:
                try writer.close()
                _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
                writer = try LogWriter(disk, directory: "/log", options: options)
            case .beside: _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
            default: break
            }
        }
        try writer.close()
        if form == .erased {
            _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
            _ = try LogEraser.erase(disk, directory: "/log", identity: "person-1@acme.example")
        }
        if form == .sealed || form == .pruned || form == .erased {
            _ = try LogSealer.seal(disk, directory: "/log", options: Self.options())
        }
        if form == .pruned {
            var policy = LogPruner<SimulatedDisk>.Policy()
            policy.bytesMax = try LogStatistics(disk, directory: "/log").bytes * 2 / 3
            #expect(try LogPruner.prune(disk, directory: "/log", policy: policy).segments > 0)
        }
        return disk
    }

    /// Everything that a report can say, as lines.
    private static func lines(
        _ disk: SimulatedDisk, _ groupings: [UsageGrouping], _ filter: UsageFilter
    ) throws -> [String] {
        var fold = UsageFold(groupings, filter: filter)
        let reading = try UsageReading.log(disk, directory: "/log", into: &fold)
        #expect(reading.refusals == [])
        var lines = ["\(fold.events) events, \(fold.snapshots) snapshots"]
        lines += fold.unpriced(reading.names).map { "unpriced \($0.model ?? "-") \($0.events)" }
        for table in fold.tables {
            for row in table.rows(by: .cost, perPeriod: true, names: reading.names) {
                guard case .named(let labels) = row.group else { continue }
                let names = table.grouping.dimensions.enumerated().map { place, dimension in
                    let name = reading.names.text(dimension, labels[place]) ?? "-"
                    guard dimension == .identity else { return name }
                    return name + " of " + (fold.team(of: labels[place], names: reading.names) ?? "-")
                }
                lines.append("\(names) \(row.period) \(row.sums)")
            }
        }
        return lines
    }

    private static func withoutCells(_ disk: SimulatedDisk) throws -> SimulatedDisk {
        let copy = disk.copy()
        for name in try disk.list("/log/segments") where name.hasSuffix(".cells") {
            copy.takeAway("/log/segments/" + name)
        }
        return copy
    }

    private static func cellBytes(_ disk: SimulatedDisk) throws -> Int {
        try LogStatistics(disk, directory: "/log").cellsBytes
    }

    @Test(arguments: Form.allCases)
    func `a report from sums by day is that from all events, by anything, for any filter and any times`(
        form: Form
    ) throws {
        for seed: UInt64 in 1...4 {
            let disk = try Self.log(form, seed: seed)
            #expect(try Self.cellBytes(disk) > 0)
            #expect(try LogVerifier.verify(disk, directory: "/log").problems == [])
            let plain = try Self.withoutCells(disk)
            var random = SplitMix64(seed: seed * 77)
            let stat = try LogStatistics(disk, directory: "/log")
            let span = Int((stat.lastTs ?? 0) - (stat.firstTs ?? 0))
            for _ in 0..<40 {
                var filter = UsageFilter()
                func time() -> Timestamp {
                    let ts = (stat.firstTs ?? 0) + Int64(random.below(span + 1))
                    let unit: Int64 = [1, Timestamp.hour, Timestamp.day][random.below(3)]
                    return Timestamp(rawValue: ts / unit * unit)
                }
                if random.below(2) == 0 { filter.since = time() }
                if random.below(2) == 0 { filter.until = time() }
                if random.below(5) == 0 { filter.require("person-2@acme.example", in: .identity) }
                if random.below(5) == 0 { filter.require("m-large", in: .model) }
                if random.below(9) == 0 { filter.require("files", in: .mcpServer) }
                if random.below(9) == 0 { filter.require("blue", in: .team) }
                if random.below(30) == 0 { filter.require("nobody", in: .tool) }
                let dimensions = (0..<random.below(4)).map { _ in
                    UsageDimension.allCases[random.below(UsageDimension.allCases.count)]
                }
                let period = ([nil] + UsagePeriod.allCases)[random.below(5)]
                let groupings = [
                    UsageGrouping(dimensions, every: period), UsageGrouping([.identity]),
                    UsageGrouping([.identity, .mcpServer], isOfMCPServers: true),
                ]
                let expected = try Self.lines(plain, groupings, filter)
                let found = try Self.lines(disk, groupings, filter)
                #expect(
                    found == expected,
                    "seed \(seed), \(dimensions), \(String(describing: period)), \(filter)")
            }
        }
    }

    @Test func `sums are read in place of events, and events of broken days only`() throws {
        let disk = try Self.log(.sealed, seed: 9)
        func events(_ filter: UsageFilter, _ grouping: UsageGrouping) throws -> Int {
            let fold = UsageFold([grouping], filter: filter)
            var reader = try SumReader(
                disk, directory: "/log", times: fold.filter.times, usesCells: fold.needsNoEvents)
            var batch = EventBatch()
            var cells = CellBatch()
            var symbols = Symbols()
            var events = 0
            while let part = try reader.next(
                into: &batch, cells: &cells, symbols: &symbols, columns: fold.columns)
            {
                if case .events = part { events += batch.count }
            }
            return events
        }
        let days = UsageGrouping([.model], every: .day)
        let all = try Int(LogStatistics(disk, directory: "/log").events)
        // A segment that is too small has none.
        let few = all / 3
        #expect(try events(UsageFilter(), days) < few)
        #expect(try events(UsageFilter(), UsageGrouping([.model], every: .hour)) == all)
        #expect(try events(UsageFilter(), UsageGrouping([.session])) == all)
        let first = try #require(try LogStatistics(disk, directory: "/log").firstTs)
        var filter = UsageFilter()
        let day = (first / Timestamp.day + 2) * Timestamp.day
        filter.since = Timestamp(rawValue: day)
        let whole = try events(filter, days)
        filter.since = Timestamp(rawValue: day - Timestamp.hour)
        let broken = try events(filter, days)
        #expect(whole < few && whole < broken && broken < all)
    }

    @Test func `sums that cannot be used are told, and the report is the same`() throws {
        let disk = try Self.log(.sealed, seed: 5)
        let groupings = [UsageGrouping([.identity, .model], every: .day)]
        let expected = try Self.lines(Self.withoutCells(disk), groupings, UsageFilter())
        let names = try disk.list("/log/segments").filter { $0.hasSuffix(".cells") }
        #expect(names.count > 2)
        var random = SplitMix64(seed: 4)
        for _ in 0..<300 {
            let copy = disk.copy()
            let path = "/log/segments/" + names[random.below(names.count)]
            var bytes = try #require(disk.contents(path))
            switch random.below(3) {
            case 0: bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            case 1: bytes.removeLast(1 + random.below(bytes.count))
            default: bytes = try #require(disk.contents("/log/segments/" + names[random.below(names.count)]))
            }
            guard bytes != disk.contents(path) else { continue }
            copy.place(path, bytes)
            var fold = UsageFold(groupings)
            let reading = try UsageReading.log(copy, directory: "/log", into: &fold)
            #expect(reading.refusals.map(\.path) == [path])
            copy.takeAway(path)
            #expect(try Self.lines(copy, groupings, UsageFilter()) == expected)
            let total = fold.tables[0].total
            var whole = UsageFold(groupings)
            _ = try UsageReading.log(disk, directory: "/log", into: &whole)
            #expect(total == whole.tables[0].total)
        }
    }
}
