import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct OpeningTests {
    /// Opens a log for writing and returns the error.
    private func failure(_ disk: SimulatedDisk, _ directory: String = "/log") -> LogError? {
        do throws(LogError) {
            _ = try LogWriter(disk, directory: directory)
            return nil
        } catch { return error }
    }

    private func readFailure(_ disk: SimulatedDisk, _ directory: String = "/log") -> LogError? {
        do throws(LogError) {
            _ = try WholeLogCount(disk, directory)
            return nil
        } catch { return error }
    }

    @Test func `a second writer is refused and told who holds the log`() throws {
        let disk = SimulatedDisk()
        let first = try LogWriter(disk, directory: "/log")
        guard case .locked(let path, let holder)? = failure(disk) else {
            Issue.record("two writers")
            return
        }
        #expect(path == "/log" && holder == 4_711)
        try first.close()
        #expect(failure(disk) == nil)
    }

    @Test func `a log of a newer format is refused, by readers and writers, untouched`() throws {
        let log = try SmallLog(blocks: 1)
        var bytes = try #require(log.disk.contents(log.paths[0]))
        bytes[8] = 2
        let sum = CRC32C.of(bytes.span.extracting(0..<124))
        for i in 0..<4 { bytes[124 + i] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * i)) }
        log.disk.place(log.paths[0], bytes)
        for error in [failure(log.disk), readFailure(log.disk)] {
            guard case .newerFormat(_, let version)? = error else {
                Issue.record("expected a newer format, found \(String(describing: error))")
                return
            }
            #expect(version == "2.0")
        }
        #expect(log.disk.contents(log.paths[0]) == bytes)
    }

    @Test func `a directory with other files is not taken for a log`() throws {
        let disk = SimulatedDisk()
        try disk.makeDirectory("/home")
        disk.place("/home/letter.txt", [65])
        guard case .notALog? = failure(disk, "/home") else {
            Issue.record("it was")
            return
        }
        #expect(try disk.list("/home") == ["letter.txt"])
        guard case .noSuchLog? = readFailure(disk, "/home") else {
            Issue.record("it was read")
            return
        }
    }

    @Test func `a file is not a log, nor is a directory whose segments are something else`() throws {
        let disk = SimulatedDisk()
        disk.place("/file", [1, 2, 3])
        guard case .notALog? = failure(disk, "/file") else {
            Issue.record("a file was")
            return
        }
        let log = try SmallLog(blocks: 1)
        log.disk.place(log.paths[0], Array(repeating: 65, count: 500))
        guard case .notALog? = failure(log.disk), case .notALog? = readFailure(log.disk) else {
            Issue.record("a file of As was")
            return
        }
    }

    @Test func `a missing log is named as missing to a reader, and created by a writer, parents included`()
        throws
    {
        let disk = SimulatedDisk()
        guard case .noSuchLog(let path)? = readFailure(disk, "/a/b/c") else {
            Issue.record("it was there")
            return
        }
        #expect(path == "/a/b/c")
        #expect(failure(disk, "/a/b/c") == nil)
        #expect(readFailure(disk, "/a/b/c") == nil)
    }

    @Test(arguments: ["mkdir", "open", "write"])
    func `a read-only file system is refused with its reason`(_ operation: String) {
        let disk = SimulatedDisk()
        disk.faults.failing = operation
        disk.faults.failAt = 1
        disk.faults.failsOn = true
        disk.faults.errno = IOFailure.readOnlyFileSystem
        guard case .readOnly(let failure)? = failure(disk) else {
            Issue.record("it was writable")
            return
        }
        #expect(failure.operation == operation)
    }

    @Test func `a reader follows a writer, over the end of a segment`() throws {
        let disk = SimulatedDisk()
        var generator = RandomBatches(seed: 4)
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 2_500
        var writer = try LogWriter(disk, directory: "/log", options: options)
        var reader = try LogReader(disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        var seen: [UsageEvent] = []
        var sent: [UsageEvent] = []
        for round in 0..<40 {
            if round % 3 != 0 {
                let next = generator.batch(1 + round % 5, .plausible)
                _ = try writer.append(next, symbols: generator.symbols, received: nil)
                for row in 0..<next.count { sent.append(next.event(at: row, symbols: generator.symbols)) }
                try writer.commit()
            }
            while let record = try reader.next(into: &batch, symbols: &symbols) {
                guard case .events(let block) = record else { continue }
                #expect(block.firstSequence == UInt64(seen.count))
                for row in 0..<batch.count { seen.append(batch.event(at: row, symbols: symbols)) }
            }
            #expect(seen == sent)
            #expect(reader.nextSequence == UInt64(sent.count))
        }
        #expect(try disk.list("/log/segments").count > 3)
    }

    @Test func `a reader that meets half a block waits in front of it`() throws {
        let disk = SimulatedDisk()
        var generator = RandomBatches(seed: 4)
        var writer = try LogWriter(disk, directory: "/log")
        _ = try writer.append(generator.batch(2, .plausible), symbols: generator.symbols, received: nil)
        try writer.commit()
        let path = "/log/segments/00000000000000000000.seg"
        let first = try #require(disk.contents(path))
        _ = try writer.append(generator.batch(3, .plausible), symbols: generator.symbols, received: nil)
        try writer.commit()
        let whole = try #require(disk.contents(path))
        for length in stride(from: first.count + 1, to: whole.count, by: 7) {
            let copy = disk.copy()
            copy.place(path, Array(whole[..<length]))
            var reader = try LogReader(copy, directory: "/log")
            var batch = EventBatch()
            var symbols = Symbols()
            #expect(try reader.next(into: &batch, symbols: &symbols) != nil)
            #expect(try reader.next(into: &batch, symbols: &symbols) == nil)
            #expect(reader.tail == .torn)
            copy.place(path, whole)
            #expect(try reader.next(into: &batch, symbols: &symbols) != nil)
            #expect(batch.count == 3)
            #expect(try reader.next(into: &batch, symbols: &symbols) == nil)
            #expect(reader.tail == .clean)
        }
    }

    @Test func `a reader outlives a segment that was only being created`() throws {
        let log = try SmallLog()
        var reader = try LogReader(log.disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        while try reader.next(into: &batch, symbols: &symbols) != nil {}
        log.disk.place("/log/segments/00000000000000000108.seg", Array("TIDE".utf8))
        #expect(try reader.next(into: &batch, symbols: &symbols) == nil)
        #expect(reader.tail == .torn)
        var writer = try LogWriter(log.disk, directory: "/log")
        var generator = RandomBatches(seed: 1)
        _ = try writer.append(generator.batch(2, .constant), symbols: generator.symbols, received: nil)
        try writer.commit()
        var found = 0
        while let record = try reader.next(into: &batch, symbols: &symbols) {
            if case .events(let block) = record { found += block.count }
        }
        #expect(found == 2 && reader.nextSequence == 110 && reader.tail == .clean)
    }

    @Test func `a reader begins at any sequence`() throws {
        let log = try SmallLog()
        for start in 0...109 {
            let part = try WholeLog(log.disk, "/log", from: UInt64(start))
            #expect(part.events == Array(log.events.dropFirst(start)))
        }
        let skipped = try WholeLog(log.disk, "/log", columns: .detection, from: 50)
        #expect(skipped.events.count == 58)
    }

    @Test func `records of all kinds come back in order, and the wall clock never runs back`() throws {
        let disk = SimulatedDisk()
        var generator = RandomBatches(seed: 8)
        var writer = try LogWriter(disk, directory: "/log")
        try writer.appendControl("roster", payload: [])
        _ = try writer.append(generator.batch(2, .plausible), symbols: generator.symbols, received: 2_000)
        try writer.appendTick(received: 1_000)
        try writer.appendControl("prices", payload: [UInt8](repeating: 7, count: 90_000), received: 3_000)
        try writer.markDurable()
        try writer.markDurable()
        _ = try writer.append(generator.batch(1, .constant), symbols: generator.symbols, received: nil)
        try writer.close()
        let log = try WholeLog(disk, "/log")
        #expect(
            log.records == [
                "control roster 0", "events 0+2", "tick 2000", "control prices 90000", "durable",
                "events 2+1", "durable",
            ])
        let again = try LogWriter(disk, directory: "/log")
        #expect(again.received == 3_000)
    }
}

/// Counts the events of a log, with a typed error.
struct WholeLogCount {
    var count = 0

    init(_ disk: SimulatedDisk, _ directory: String) throws(LogError) {
        var reader = try LogReader(disk, directory: directory)
        var batch = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &batch, symbols: &symbols) {
            if case .events(let block) = record { count += block.count }
        }
    }
}
