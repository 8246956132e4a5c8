import EventLog
import FoundationEssentials
import TidemarkTestKit

/// Inputs to begin from: the fixtures, and small logs.
enum Seeds {
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Larger inputs teach a fuzzer nothing that several small ones would not.
    private static let bytesMax = 16 << 10

    /// The files of a folder of fixtures, without its documents.
    static func fixtures(_ folder: String) throws -> [[UInt8]] {
        try files("Fixtures/" + folder).filter { !$0.hasSuffix(".md") }.map { path in
            try Array(Data(contentsOf: root.appending(path: path)).prefix(bytesMax))
        }
    }

    /// Every input that once broke a target.
    static func regressions(_ target: String) throws -> [(name: String, bytes: [UInt8])] {
        try files("Tests/Fuzz/regressions/" + target).map { path in
            (path, Array(try Data(contentsOf: root.appending(path: path))))
        }
    }

    /// The names of the folders that hold them.
    static func regressionFolders() throws -> [String] {
        try files("Tests/Fuzz/regressions").map { String($0.dropFirst("Tests/Fuzz/regressions/".count)) }
    }

    private static func files(_ folder: String) throws -> [String] {
        let path = root.appending(path: folder).path
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { folder + "/" + $0 }
    }

    /// Lines of every kind, valid and not.
    static func lines() -> [[UInt8]] {
        (1...20).map { seed in
            var lines = RandomLines(seed: UInt64(seed))
            return lines.text(lines: 3)
        }
    }

    /// Sealed segments without ids.
    static func sealedSegments() throws -> [[UInt8]] {
        try [[1], [2, 9], [70, 1]].map { rows in
            var generator = RandomBatches(seed: UInt64(rows.count))
            let disk = SimulatedDisk()
            var writer = try LogWriter(disk, directory: SegmentUnderTest.log)
            try writer.appendControl("configuration", payload: Array("alerting.digest_per_day: 3".utf8))
            for (i, count) in rows.enumerated() {
                let batch = generator.batch(count, .plausible)
                _ = try writer.append(
                    batch, symbols: generator.symbols, received: 1_772_000_000_000 + Int64(i))
            }
            try writer.close()
            _ = try LogSealer.seal(disk, directory: SegmentUnderTest.log)
            // A segment under test stands alone.
            disk.takeAway(SegmentUnderTest.path.dropLast(3) + "ids")
            _ = try LogRepairer.repair(disk, directory: SegmentUnderTest.log)
            return disk.contents(SegmentUnderTest.path) ?? []
        }
    }

    /// The files of a log, from which it is made as often as it is wanted.
    struct LogFiles: Sendable {
        var files: [(path: String, bytes: [UInt8])] = []

        var disk: SimulatedDisk {
            let disk = SimulatedDisk()
            for folder in ["/log", "/log/segments"] { try? disk.makeDirectory(folder) }
            for file in files { disk.place(file.path, file.bytes) }
            return disk
        }
    }

    /// When the usage of the logs below begins, ms UTC.
    static let logStart: Int64 = 1_772_000_000_000

    /// A log of two sealed segments with sums beside both, over some three days.
    static let logWithCells = (try? logWithCells(seed: 1, events: 160)) ?? LogFiles()

    private static func logWithCells(seed: UInt64, events: Int, step: Int = 1_600_000) throws -> LogFiles {
        let disk = SimulatedDisk()
        var usage = RandomUsage(seed: seed, from: logStart, step: step)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 1_000
        options.logID = LogID(high: 1, low: 2)
        var writer = try LogWriter(disk, directory: "/log", options: options)
        for count in [events, 40] {
            _ = try writer.append(usage.batch(count), symbols: usage.symbols, received: nil)
            try writer.commit()
        }
        try writer.close()
        var sealing = LogSealer<SimulatedDisk>.Options()
        sealing.makesCells = true
        _ = try LogSealer.seal(disk, directory: "/log", options: sealing)
        return LogFiles(
            files: try disk.list("/log/segments").map { name in
                let path = "/log/segments/" + name
                return (path, disk.contents(path) ?? [])
            })
    }

    /// Sums by day: those of the log above, of others, and such as say only that there are none.
    static func cells() throws -> [[UInt8]] {
        let logs =
            try [logWithCells, logWithCells(seed: 2, events: 20), logWithCells(seed: 3, events: 600)]
            + [logWithCells(seed: 4, events: 9, step: 30 * 86_400_000)]
        return logs.compactMap { $0.disk.contents(CellsUnderTest.path) }
    }

    /// Rows of indexes, and runs.
    static func indexes() throws -> [[UInt8]] {
        try sealedSegments().map { Array($0.suffix(200)) } + [[5, 7, 2, 9], [1, 1, 1], [4, 4, 6, 3]]
    }

    /// Segments of small logs, with every kind of record and of column.
    static func segments() throws -> [[UInt8]] {
        var seeds = try ["1.0", "1.0-repaired"].flatMap { try fixtures("log/\($0)/segments") }
        for style in RandomBatches.Style.allCases {
            for rows in [[1], [2, 9], [70, 1]] {
                var generator = RandomBatches(seed: UInt64(seeds.count))
                let disk = SimulatedDisk()
                var options = LogWriter<SimulatedDisk>.Options()
                options.logID = LogID(high: 1, low: 2)
                var writer = try LogWriter(disk, directory: SegmentUnderTest.log, options: options)
                try writer.appendControl("configuration", payload: Array("alerting.digest_per_day: 3".utf8))
                for count in rows {
                    let batch = generator.batch(count, style)
                    _ = try writer.append(batch, symbols: generator.symbols, received: 1_772_000_000_000)
                    _ = try writer.commit()
                }
                try writer.appendTick(received: 1_772_000_100_000)
                try writer.close()
                seeds += disk.contents(SegmentUnderTest.path).map { [$0] } ?? []
            }
        }
        return seeds
    }
}
