import Alerting
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

/// Snapshots that must not be used: each is passed over, said so, and the journal is right all the same.
@Suite struct SnapshotRefusalTests {
    private typealias Log = SnapshotRestartTests.Log

    /// A log with two snapshots, and the second half of its events behind the newer one.
    private static func log(_ seed: UInt64 = 4, events: Int = 150) throws -> Log {
        var log = try Log()
        var organisation = RandomOrganisation(seed: seed)
        for _ in 0..<3 { try log.ingest(organisation.events(events)) }
        // From here on none is made, so that every test begins with the same two.
        log.policy.workMin = .max
        try log.ingest(organisation.events(50))
        #expect(log.store.names().count == 2)
        return log
    }

    private static func path(_ log: Log, _ index: Int) -> String {
        "/log/snapshots/" + log.store.names()[index]
    }

    /// Ingests nothing and compares the journal with the fold of the whole log.
    private static func check(_ log: Log, says: [String], _ comment: Comment) throws {
        let told = try log.ingest([])
        #expect(told.count == (says.isEmpty ? 0 : 1), comment)
        for words in says { #expect(told.first?.contains(words) == true, "\(comment): \(told)") }
        let isEqual = log.journal == (try log.fold().journal)
        #expect(isEqual, comment)
    }

    private static func alter(_ log: Log, _ index: Int, _ change: (inout Snapshot) -> Void) throws {
        let name = log.store.names()[index]
        var snapshot = try log.store.read(name)
        change(&snapshot)
        let other = try Log()
        try other.disk.makeDirectory("/log")
        let written = try other.store.write(snapshot, keeping: nil)
        log.disk.place(
            "/log/snapshots/" + name, try #require(other.disk.contents("/log/snapshots/" + written)))
    }

    @Test func `every single bit that flips in a snapshot is detected`() throws {
        let log = try Self.log(events: 30)
        let path = Self.path(log, 0)
        let name = log.store.names()[0]
        let bytes = try #require(log.disk.contents(path))
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            log.disk.place(path, flipped)
            #expect(throws: SnapshotRefusal.self, "bit \(bit)") { try log.store.read(name) }
        }
    }

    @Test func `a cut, empty, foreign or longer file falls back to the one before it`() throws {
        let log = try Self.log()
        let path = Self.path(log, 0)
        let bytes = try #require(log.disk.contents(path))
        for count in [0, 1, 7, 8, 127, 128, 129, 200, bytes.count / 2, bytes.count - 1] {
            log.disk.place(path, Array(bytes[..<count]))
            try Self.check(
                log, says: ["it is damaged", "the one before it is read instead"], "\(count) bytes")
        }
        log.disk.place(path, bytes + [0])
        try Self.check(log, says: ["it is damaged", "the one before it"], "a byte more")
        log.disk.place(path, Array("not a snapshot at all, yet longer than its header is: ".utf8) + bytes)
        try Self.check(log, says: ["it is damaged", "the one before it"], "a foreign file")
        log.disk.place(path, bytes)
        try Self.check(log, says: [], "as it was")
    }

    @Test func `where both are broken the whole log is read, and both are named`() throws {
        let log = try Self.log()
        for index in 0..<2 {
            let path = Self.path(log, index)
            var bytes = try #require(log.disk.contents(path))
            bytes[bytes.count / 2] ^= 1
            log.disk.place(path, bytes)
        }
        let names = log.store.names()
        try Self.check(log, says: names + ["the whole log is read instead"], "both broken")
    }

    @Test func `a later version is passed over`() throws {
        let log = try Self.log()
        let path = Self.path(log, 0)
        var bytes = try #require(log.disk.contents(path))
        bytes[8] = 99
        var sum = StateWriter()
        sum.fixed(UInt64(CRC32C.of(bytes.span.extracting(0..<120))))
        bytes.replaceSubrange(120..<128, with: sum.bytes)
        log.disk.place(path, bytes)
        try Self.check(log, says: ["format 99", "the one before it"], "version 99")
    }

    @Test func `one of other detectors, of another configuration or log is passed over`() throws {
        let changes: [(String, (inout Snapshot) -> Void)] = [
            ("detectors are of version 99", { $0.head.engine = "99" }),
            ("another configuration", { $0.head.fingerprint = "0123456789abcdef" }),
            ("another configuration", { $0.head.settings = "alerting.quiet_hours: 3\n" }),
            ("another configuration", { $0.head.settings = "no: such key\n" }),
            ("of another log", { $0.head.log = LogID(high: 1, low: 2) }),
            ("does not have the events", { $0.head.mark.hash.low ^= 1 }),
            ("does not have the events", { $0.head.mark.records += 1 }),
            ("the journal says something else", { $0.head.journal.checksum ^= 1 }),
            ("the journal says something else", { $0.head.journal.bytes += 1 << 20 }),
            ("damaged (its digest)", { $0.head.digest.high ^= 1 }),
            ("damaged", { $0.duplicates.removeLast() }),
        ]
        for (words, change) in changes {
            let log = try Self.log()
            try Self.alter(log, 0, change)
            try Self.check(log, says: [words, "the one before it"], "\(words)")
        }
    }

    @Test func `one that is ahead of a log that lost its tail is passed over`() throws {
        let log = try Self.log()
        // The log as it was before the last runs, with the snapshots of today.
        let short = try Log()
        var organisation = RandomOrganisation(seed: 4)
        var writing = LogWriter<SimulatedDisk>.Options()
        writing.logID = try log.store.head(log.store.names()[0]).log
        try LogWriter(short.disk, directory: "/log", options: writing).close()
        try short.ingest(organisation.events(150))
        try short.ingest(organisation.events(150))
        try short.disk.makeDirectory("/other")
        let newest = log.store.names()[0]
        short.disk.place(
            "/log/snapshots/" + newest, try #require(log.disk.contents("/log/snapshots/" + newest)))
        #expect(short.store.names().count == 3)
        try Self.check(short, says: [newest, "does not have the events", "the one before it"], "ahead")
    }

    @Test func `a journal that was lost or changed is written again from the whole log`() throws {
        let log = try Self.log()
        let journal = log.journal
        let path = Journal<SimulatedDisk>.path(inLog: "/log")
        #expect(!journal.isEmpty)
        for keep in [0, 10, journal.count / 2] {
            log.disk.place(path, Array(journal[..<keep]))
            _ = try log.ingest([])
            let isEqual = log.journal == journal
            #expect(isEqual)
        }
        var other = journal
        other[3] ^= 1
        log.disk.place(path, other)
        _ = try log.ingest([])
        #expect(log.journal == journal)
    }

    @Test func `a repair throws snapshots away`() throws {
        let log = try Self.log()
        let segments = try log.disk.list("/log/segments")
        let path = "/log/segments/" + segments[0]
        var bytes = try #require(log.disk.contents(path))
        bytes[bytes.count / 2] ^= 1
        log.disk.place(path, bytes)
        #expect(try LogRepairer.repair(log.disk, directory: "/log").lost > 0)
        #expect(log.store.names() == [])
        let told = try log.ingest([])
        #expect(told == [])
        #expect(log.journal == (try log.fold().journal))
    }
}
