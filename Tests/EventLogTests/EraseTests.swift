import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct EraseTests {
    private static let name = "person-7@example.com"

    private static func events(_ disk: SimulatedDisk) throws -> [String] {
        try Records(disk).lines
    }

    /// Whether any stored or decompressed byte of a log still spells the name.
    private static func isFound(_ disk: SimulatedDisk) throws -> Bool {
        let name = Array(Self.name.utf8)
        func holds(_ bytes: [UInt8]) -> Bool {
            guard bytes.count >= name.count else { return false }
            return (0...bytes.count - name.count).contains { at in
                bytes[at] == name[0] && Array(bytes[at..<at + name.count]) == name
            }
        }
        for folder in ["/log/segments", "/log/journal", "/log/rejected", "/log/private", "/log/quarantine"] {
            for file in (try? disk.list(folder)) ?? [] {
                if holds(disk.contents(folder + "/" + file) ?? []) { return true }
            }
        }
        var reader = try LogReader(disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        while try reader.next(into: &batch, symbols: &symbols) != nil {}
        return symbols.identities.find(Self.name) != nil
    }

    private static func log(_ seed: UInt64, isSealed: Bool) throws -> SimulatedDisk {
        let disk = try SealTests.write(seed)
        if isSealed { _ = try LogSealer.seal(disk, directory: "/log") }
        for folder in ["/log/journal", "/log/snapshots"] { try disk.makeDirectory(folder) }
        disk.place("/log/snapshots/1.snap", [1, 2, 3])
        disk.place(
            "/log/journal/alerts.ndjson",
            Array(
                """
                {"id":"al_1","identity":"person-7@example.com","title":"Person-7@example.com spent much"}
                {"id":"al_2","identity":"person-77@example.com","title":"it"}
                {"id":"al_3","identity":null,"title":"of a team, person-7@example.com. Most"}

                """.utf8))
        return disk
    }

    @Test(arguments: [false, true])
    func `an erased account is gone from every byte, and nothing else is`(_ isSealed: Bool) throws {
        for seed: UInt64 in 0..<6 {
            let disk = try Self.log(seed, isSealed: isSealed)
            let before = try Self.events(disk)
            let mine = before.filter { $0.contains("\"\(Self.name)\"") }
            #expect(!mine.isEmpty)
            let plan = try LogEraser.plan(disk, directory: "/log", identity: Self.name)
            #expect(plan.events == UInt64(mine.count) && plan.lines == 2 && plan.files == 1)
            #expect(try Self.events(disk) == before)
            let done = try LogEraser.erase(disk, directory: "/log", identity: Self.name)
            #expect(done.events == plan.events && done.lines == 2 && done.segments == plan.segments)
            #expect(try !Self.isFound(disk))
            let after = try Self.events(disk)
            #expect(after.dropLast() == before.filter { !$0.contains("\"\(Self.name)\"") }[...])
            #expect(after.last?.hasPrefix("control erasure 149") ?? false)
            let found = try LogVerifier.verify(disk, directory: "/log")
            #expect(found.problems == [])
            #expect(found.erased == plan.events && found.events + found.erased == 149)
            #expect(try LogStatistics(disk, directory: "/log").events == found.events)
            #expect(try disk.list("/log/snapshots") == [] && disk.list("/log/private") == [])
            let journal = String(decoding: disk.contents("/log/journal/alerts.ndjson") ?? [], as: UTF8.self)
            #expect(journal.hasPrefix("{\"id\":\"al_2\"") && journal.split(separator: "\n").count == 1)
            // The others' request ids are still known, and writing goes on under the next number.
            let window = try DuplicateWindow.restore(disk, directory: "/log", horizon: DuplicateHorizon())
            #expect(window.keys == 149 - mine.count)
            #expect(try LogWriter(disk, directory: "/log").nextSequence == 149)
            _ = try LogSealer.seal(disk, directory: "/log")
            #expect(try Self.events(disk) == after)
        }
    }

    @Test func `a crash at any call of an erasure leaves a log that it can be finished in`() throws {
        let intact = try Self.log(3, isSealed: true)
        let before = try Self.events(intact)
        let expected = before.filter { !$0.contains("\"\(Self.name)\"") }
        var isEnough = false
        for k in 1...2_000 where !isEnough {
            let disk = intact.copy()
            disk.faults.crashAt = disk.calls + k
            let outcome = try? LogEraser.erase(disk, directory: "/log", identity: Self.name)
            isEnough = outcome != nil && !disk.hasCrashed
            disk.crash()
            #expect(try LogVerifier.verify(disk, directory: "/log").problems == [], "call \(k)")
            if try LogEraser.finish(disk, directory: "/log") == nil {
                // Nothing had begun, or all was done.
                if try Self.events(disk) == before { continue }
            }
            #expect(try !Self.isFound(disk), "call \(k)")
            let lines = try Self.events(disk).filter { !$0.hasPrefix("control erasure") }
            #expect(lines == expected, "call \(k)")
            #expect(disk.contents("/log/private/erasing") == nil)
        }
        #expect(isEnough)
    }

    @Test func `while an erasure is unfinished nobody opens the log`() throws {
        let disk = try Self.log(1, isSealed: false)
        try disk.makeDirectory("/log/private")
        disk.place("/log/private/erasing", Array(Self.name.utf8))
        #expect(throws: LogError.erasing(path: "/log")) { _ = try Records(disk) }
        #expect(throws: LogError.erasing(path: "/log")) { try LogWriter(disk, directory: "/log").close() }
        #expect(throws: LogError.erasing(path: "/log")) {
            _ = try LogEraser.erase(disk, directory: "/log", identity: "somebody else")
        }
        let done = try #require(try LogEraser.finish(disk, directory: "/log"))
        #expect(done.isResumed && done.events > 0)
        #expect(try !Self.isFound(disk))
    }
}
