import EventLog
import FoundationEssentials
import Pipeline
import Testing
import TidemarkTestKit
import UsageEvents

/// Logs that earlier writers left, kept for good: each must open, be sound and read as it did.
@Suite(.serialized) struct GoldenLogTests {
    /// `Fixtures/log`, found from this file's own place.
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/log")

    /// A kept log: its folder, and what it must hold.
    struct Kept: Sendable, CustomTestStringConvertible {
        let name: String
        let events: Int
        let records: [String]
        let kinds: [UInt8]
        var gaps: [String] = []
        var columns = Array(0...22) + [32, 33, 40, 41] as [UInt8]
        var encodings = Array(0...9) as [UInt8]
        var planes = [0, 1, 2, 13, 14, 15] as [UInt8]
        /// Sums by day that a report reads.
        var cells = 0
        /// Events that it reads beside them; nil for all.
        var rest: Int?
        var testDescription: String { name }
    }

    private static let logs = [
        Kept(
            name: "1.0", events: 89,
            records: [
                "control configuration 0 detection: {}\n",
                "events 0+72 history 0 []",
                "events 72+10 1772100000000 0 []",
                "events 82+3 1772100001000 0 []",
                "tick 1772100061000",
                "events 85+4 1772100062000 5 [\"gateway 72\"]",
                "durable",
            ],
            kinds: [1, 2, 3, 4]),
        // The same log after a repair: the live events of the second segment were damaged.
        Kept(
            name: "1.0-repaired", events: 86,
            records: [
                "control configuration 0 detection: {}\n",
                "events 0+72 history 0 []",
                "events 72+10 1772100000000 0 []",
                "tick 1772100061000",
                "events 85+4 1772100062000 5 [\"gateway 72\"]",
                "durable",
            ],
            kinds: [1, 2, 3, 4, 5], gaps: ["82 to 85"]),
        // The same log sealed: commits that came at different times in one block, ids beside the segments.
        Kept(
            name: "1.0-sealed", events: 89,
            records: [
                "control configuration 0 detection: {}\n",
                "events 0+72 history 0 []",
                "events 72+10 1772100000000 0 []",
                "events 82+3 1772100001000 5 [\"gateway 72\"]",
                "tick 1772100061000",
                "events 85+4 1772100062000 5 [\"gateway 72\"]",
            ],
            kinds: [1, 2, 6], columns: Array(0...12) + Array(14...22) + [32, 33, 34, 40, 41],
            encodings: Array(0...5) + Array(7...9)),
        // Another one, whose events add up, sealed with sums by day.
        Kept(
            name: "1.0-sums", events: 149,
            records: ["events 0+144 history 0 []", "events 144+5 history 0 []"], kinds: [1, 2, 6],
            columns: Array(0...11) + Array(13...17) + [19, 21, 40, 41],
            encodings: Array(0...6) + [8, 9], planes: [0, 1, 2, 13, 15], cells: 54, rest: 5),
    ]

    private static func log(_ name: String) -> String { folder.appending(path: name).path }

    private static func segments(_ name: String) throws -> [[UInt8]] {
        let files = try PosixDisk().list(log(name) + "/segments")
        return try files.map {
            [UInt8](try Data(contentsOf: folder.appending(path: "\(name)/segments/\($0)")))
        }
    }

    private static func text<D: Disk>(_ disk: D, _ directory: String) throws -> [UInt8] {
        var out: [UInt8] = []
        let result = try LogText.write(disk, directory: directory) { piece in
            for i in piece.indices { out.append(piece[i]) }
        }
        #expect(!result.isTorn)
        return out
    }

    private static func records<D: Disk>(_ disk: D, _ directory: String) throws -> [String] {
        var reader = try LogReader(disk, directory: directory)
        var batch = EventBatch()
        var symbols = Symbols()
        var records: [String] = []
        while let record = try reader.next(into: &batch, symbols: &symbols) {
            switch record {
            case .events(let block):
                let wall = block.received.map(String.init) ?? "history"
                let marks = block.duplicates
                let sources = marks.sources.map { "\($0.name) \($0.from)" }
                records.append(
                    "events \(block.firstSequence)+\(block.count) \(wall) \(marks.from) \(sources)")
            case .control(let control):
                let content = String(decoding: control.payload, as: UTF8.self)
                records.append("control \(control.name) \(control.sequence) \(content)")
            case .tick(let received): records.append("tick \(received)")
            case .durable: records.append("durable")
            }
        }
        return records
    }

    /// The log of that name as the program of today makes it.
    private static func make(_ name: String) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        if name.hasSuffix("-sums") {
            try GoldenLog.writeSums(disk, directory: "/log")
            return disk
        }
        try GoldenLog.write(disk, directory: "/log")
        if name.hasSuffix("-sealed") { try GoldenLog.seal(disk, directory: "/log") }
        guard name.hasSuffix("-repaired") else { return disk }
        let path = "/log/segments/00000000000000000082.seg"
        var bytes = try #require(disk.contents(path))
        bytes[300] ^= 1
        disk.place(path, bytes)
        #expect(try LogRepairer.repair(disk, directory: "/log").lost == 3)
        return disk
    }

    /// With `TIDEMARK_WRITE_FIXTURES=1` the logs of the current version that are not there are made first.
    private static func prepare(_ name: String) throws {
        let target = folder.appending(path: name)
        guard ProcessInfo.processInfo.environment["TIDEMARK_WRITE_FIXTURES"] == "1",
            name.hasPrefix(LogFormat.version), !FileManager.default.fileExists(atPath: target.path)
        else { return }
        let disk = try make(name)
        try FileManager.default.createDirectory(
            at: target.appending(path: "segments"), withIntermediateDirectories: true)
        for file in try disk.list("/log/segments") {
            let bytes = try #require(disk.contents("/log/segments/" + file))
            try Data(bytes).write(to: target.appending(path: "segments/" + file))
        }
        try Data(try text(disk, "/log")).write(to: target.appending(path: "events.ndjson"))
    }

    @Test(arguments: logs)
    func `a kept log is sound and reads as it always did`(_ kept: Kept) throws {
        try Self.prepare(kept.name)
        let found = try LogVerifier.verify(PosixDisk(), directory: Self.log(kept.name))
        #expect(found.isSound)
        #expect(found.files == 2)
        #expect(found.gaps.map { "\($0.firstSequence) to \($0.endSequence)" } == kept.gaps)
        let expected = [UInt8](
            try Data(contentsOf: Self.folder.appending(path: kept.name + "/events.ndjson")))
        #expect(try Self.text(PosixDisk(), Self.log(kept.name)) == expected)
        #expect(expected.count { $0 == 10 } == kept.events)
        #expect(try Self.records(PosixDisk(), Self.log(kept.name)) == kept.records)
    }

    /// By the bytes alone, as `docs/log-format.md` describes them.
    @Test(arguments: logs)
    func `a kept log has every kind of record, column and encoding`(_ kept: Kept) throws {
        var kinds: Set<UInt8> = []
        var columns: Set<UInt8> = []
        var planes: Set<UInt8> = []
        var encodings: Set<UInt8> = []
        var isCompressed: Set<UInt8> = []
        for bytes in try Self.segments(kept.name) {
            var at = 128
            while at < bytes.count {
                kinds.insert(bytes[at + 4])
                for entry in 0..<Int(bytes[at + 6]) {
                    let place = at + 56 + 16 * entry
                    columns.insert(bytes[place])
                    planes.insert(bytes[place + 1])
                    encodings.insert(bytes[place + 2])
                    isCompressed.insert(bytes[place + 3])
                }
                at += Int(bytes[at + 8]) | Int(bytes[at + 9]) << 8
            }
            #expect(at == bytes.count)
        }
        #expect(kinds.sorted() == kept.kinds)
        #expect(columns.sorted() == kept.columns)
        #expect(planes.isSuperset(of: kept.planes))
        #expect(encodings.sorted() == kept.encodings)
        #expect(isCompressed.sorted() == [0, 1])
    }

    /// Every event with its day and all that cells keep of it, or every cell, added up.
    private static func report(_ name: String, usesCells: Bool) throws -> [String] {
        let dimensions: [[UsageDimension]] = [
            [.identity, .team, .tool, .model], [.mcpServer, .project, .source, .costKind],
        ]
        // By the hour only events tell.
        var groupings = dimensions.map { UsageGrouping($0, every: .day) }
        if !usesCells { groupings.append(UsageGrouping([], every: .hour)) }
        var fold = UsageFold(groupings)
        let reading = try UsageReading.log(PosixDisk(), directory: log(name), into: &fold)
        #expect(reading.refusals == [])
        return zip(dimensions, fold.tables).flatMap { dimensions, table in
            table.rows(by: .cost, perPeriod: true, names: reading.names).map { row in
                guard case .named(let labels) = row.group else { return "" }
                let names = dimensions.indices.map {
                    reading.names.text(dimensions[$0], labels[$0]) ?? "-"
                }
                return "\(names) \(row.period) \(row.sums)"
            }
        }
    }

    @Test(arguments: logs)
    func `kept sums by day say what the events of the log say`(_ kept: Kept) throws {
        var reader = try SumReader(
            PosixDisk(), directory: Self.log(kept.name), times: EventTimes(), usesCells: true)
        var batch = EventBatch()
        var cells = CellBatch()
        var symbols = Symbols()
        var found = 0
        var events = 0
        while let part = try reader.next(into: &batch, cells: &cells, symbols: &symbols, columns: .detection)
        {
            switch part {
            case .events: events += batch.count
            case .cells: found += cells.count
            }
        }
        #expect(reader.refusals == [])
        #expect(found == kept.cells)
        #expect(events == kept.rest ?? kept.events)
        let fromCells = try Self.report(kept.name, usesCells: true)
        #expect(try fromCells == Self.report(kept.name, usesCells: false))
        #expect(fromCells.count > 20)
    }

    @Test(arguments: logs.filter { $0.name.hasPrefix(LogFormat.version) })
    func `today's program makes a log that reads the same`(_ kept: Kept) throws {
        let disk = try Self.make(kept.name)
        #expect(try LogVerifier.verify(disk, directory: "/log").isSound)
        let path = Self.log(kept.name)
        #expect(try Self.text(disk, "/log") == Self.text(PosixDisk(), path))
        #expect(try Self.records(disk, "/log") == Self.records(PosixDisk(), path))
    }
}
