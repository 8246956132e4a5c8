import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// `docs/log-format.md` shows a whole segment and a file of sums in hexadecimal. Here they are read, and
/// written again.
@Suite struct FormatDocumentTests {
    private static let directory = "/log"
    private static let path = "/log/segments/00000000000000000000.seg"
    private static let cellsPath = "/log/segments/00000000000000000000.cells"

    /// The events of the first example.
    private static var events: [UsageEvent] {
        (0..<2).map { (n: Int64) in
            var event = UsageEvent(
                ts: Timestamp(rawValue: 1_775_053_500_000 + n * 1_500),
                identity: n == 0 ? "ada@example.com" : "bot")
            event.team = "pay"
            event.model = "m-max"
            event.inputTokens = n == 0 ? 300 : 5
            event.outputTokens = 41
            event.cost = NanoUSD(rawValue: n == 0 ? 1_500_000 : 325_000)
            event.requestID = n == 0 ? "9f1c0c4e" : "9f1c0c4f"
            for field: Field in [.team, .model, .inputTokens, .outputTokens, .costUSD, .requestID] {
                event.shape.insert(field)
            }
            return event
        }
    }

    /// A log with some events, live, and a clean end.
    private static func write(_ disk: SimulatedDisk, _ events: [UsageEvent]) throws -> [UInt8] {
        var options = LogWriter<SimulatedDisk>.Options()
        options.logID = LogID(high: 0x0706_0504_0302_0100, low: 0x0f0e_0d0c_0b0a_0908)
        var writer = try LogWriter(disk, directory: directory, options: options)
        var batch = EventBatch()
        var symbols = Symbols()
        for event in events { batch.append(event, symbols: &symbols) }
        _ = try writer.append(batch, symbols: symbols, received: 1_775_053_502_000)
        try writer.close()
        return try #require(disk.contents(path))
    }

    /// A log with the events of the first example, and the first of them twice more a minute apart, sealed
    /// with sums.
    private static func writeCells(_ disk: SimulatedDisk) throws -> [UInt8] {
        let again = (1...2).map { (minutes: Int64) in
            var event = events[0]
            event.ts = Timestamp(rawValue: event.ts.rawValue + minutes * 60_000)
            return event
        }
        _ = try write(disk, events + again)
        var options = LogSealer<SimulatedDisk>.Options()
        options.makesCells = true
        _ = try LogSealer.seal(disk, directory: directory, options: options)
        return try #require(disk.contents(cellsPath))
    }

    /// The bytes of an example: lines of the document that begin with an offset of four hexadecimal digits
    /// and two blanks. Each example begins at offset 0.
    private static func documented(_ example: Int) throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let disk = PosixDisk()
        let file = try disk.open("/\(root)/docs/log-format.md", .read)
        var content = [UInt8](repeating: 0, count: try disk.size(file))
        let n = try disk.read(file, at: 0, count: content.count, into: &content)
        try disk.close(file)
        let text = String(decoding: content[..<n], as: UTF8.self)
        var examples: [[UInt8]] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "  ", maxSplits: 2, omittingEmptySubsequences: true)
            guard parts.count >= 2, parts[0].count == 4, let offset = Int(parts[0], radix: 16) else {
                continue
            }
            if offset == 0 { examples.append([]) }
            #expect(offset == examples.last?.count)
            for pair in parts[1].split(separator: " ") {
                examples[examples.count - 1].append(try #require(UInt8(pair, radix: 16)))
            }
        }
        #expect(examples.count == 2)
        return example < examples.count ? examples[example] : []
    }

    /// Compares what is written now with an example.
    private static func compare(_ bytes: [UInt8], with example: Int) throws {
        guard try bytes != documented(example) else { return }
        var dump = ""
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let offset = String(start, radix: 16)
            dump += String(repeating: "0", count: 4 - offset.utf8.count) + offset + "  "
            for byte in bytes[start..<min(start + 16, bytes.count)] {
                dump += (byte < 16 ? "0" : "") + String(byte, radix: 16) + " "
            }
            dump += "\n"
        }
        Issue.record("the format has changed; the bytes are now\n\(dump)")
    }

    @Test func `the example of the document is read as the document says`() throws {
        let disk = SimulatedDisk()
        _ = try Self.write(disk, Self.events)
        disk.place(Self.path, try Self.documented(0))
        let log = try WholeLog(disk, Self.directory)
        #expect(log.events == Self.events)
        #expect(log.records == ["events 0+2", "durable"])
        #expect(try LogVerifier.verify(disk, directory: Self.directory).isSound)
    }

    @Test func `the writer still writes the bytes of the document`() throws {
        try Self.compare(try Self.write(SimulatedDisk(), Self.events), with: 0)
    }

    @Test func `the example of sums by day is read as the document says`() throws {
        let disk = SimulatedDisk()
        _ = try Self.writeCells(disk)
        disk.place(Self.cellsPath, try Self.documented(1))
        #expect(try LogVerifier.verify(disk, directory: Self.directory).isSound)
        var reader = try SumReader(disk, directory: Self.directory, times: EventTimes(), usesCells: true)
        var batch = EventBatch()
        var cells = CellBatch()
        var symbols = Symbols()
        var found: [UsageEvent] = []
        while let part = try reader.next(
            into: &batch, cells: &cells, symbols: &symbols, columns: .detection)
        {
            guard case .cells(let segment, _) = part else { continue }
            #expect(segment == 0)
            #expect(cells.events == [3, 1] && cells.order == [0, 0])
            #expect(cells.last == [1_775_053_620_000, 1_775_053_501_500])
            for row in 0..<cells.count { found.append(cells.sums.event(at: row, symbols: symbols)) }
        }
        #expect(reader.refusals == [])
        let expected = Self.events.map { event in
            var sum = event
            let count: Int64 = event.identity == "bot" ? 1 : 3
            sum.inputTokens *= count
            sum.outputTokens *= count
            sum.cost = NanoUSD(rawValue: event.cost.rawValue * count)
            sum.requests = count
            sum.requestID = nil
            sum.shape = EventShape()
            sum.shape.insert(.costUSD)
            return sum
        }
        #expect(found.map { "\($0)" } == expected.map { "\($0)" })
    }

    @Test func `the writer of sums by day still writes the bytes of the document`() throws {
        try Self.compare(try Self.writeCells(SimulatedDisk()), with: 1)
    }
}
