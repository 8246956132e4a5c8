import Alerting
import EventLog
import Pipeline
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct OperatorStoreTests {
    private static let now = Timestamp(rawValue: 1_780_034_400_000)

    private func disk() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        try disk.makeDirectory("/log")
        try disk.syncDirectory("/")
        return disk
    }

    private func note(_ n: Int) -> OperatorRecord {
        OperatorRecord(at: Self.now, who: "ops@acme.example", action: .note("reloaded", subject: "\(n)"))
    }

    private func subjects(_ disk: SimulatedDisk) throws -> [String] {
        try OperatorStore.read(disk, log: "/log").records.map(\.subject)
    }

    @Test func `what is appended is read in its order, and nothing is there before`() throws {
        let disk = try disk()
        #expect(try subjects(disk) == [])
        for n in 1...3 { try OperatorStore.append(note(n), to: disk, log: "/log") }
        #expect(try subjects(disk) == ["1", "2", "3"])
    }

    @Test func `a decision that was acknowledged survives a power cut at every call`() throws {
        for call in 1...60 {
            let disk = try disk()
            try OperatorStore.append(note(1), to: disk, log: "/log")
            disk.faults.crashAt = disk.calls + call
            var acknowledged = 1
            do {
                for n in 2...4 {
                    try OperatorStore.append(note(n), to: disk, log: "/log")
                    acknowledged = n
                }
            } catch {}
            disk.crash()
            let found = try subjects(disk)
            #expect(found.count >= acknowledged, "power cut at call \(call)")
            #expect(found == (1...4).prefix(found.count).map { "\($0)" })
            try OperatorStore.append(note(9), to: disk, log: "/log")
            #expect(try subjects(disk) == found + ["9"])
            #expect(try OperatorStore.read(disk, log: "/log").unread == 0)
        }
    }

    @Test func `while another holds the lock a decision waits, and gives up when it is told to`() throws {
        let disk = try disk()
        try OperatorStore.append(note(1), to: disk, log: "/log")
        let held = try disk.open("/log/operator/LOCK", .updateOrCreate)
        try disk.lock(held)
        #expect(throws: IOFailure.self) { try OperatorStore.append(note(2), to: disk, log: "/log") }
        var waits = 0
        try OperatorStore.append(note(3), to: disk, log: "/log") {
            waits += 1
            // Nothing can fail: the handle is open.
            if waits == 3 { try? disk.close(held) }
            return true
        }
        #expect(waits == 3)
        #expect(try subjects(disk) == ["1", "3"])
    }

    @Test func `lines that are no record are counted and passed over`() throws {
        let disk = try disk()
        try OperatorStore.append(note(1), to: disk, log: "/log")
        let path = OperatorStore<SimulatedDisk>.path(inLog: "/log")
        let file = try disk.open(path, .update)
        let size = try disk.size(file)
        let text = Array("{\"at\":1}\nnot json\n{\"at\":\"2026".utf8)
        _ = try disk.write(file, at: size, text.span)
        try disk.close(file)
        let content = try OperatorStore.read(disk, log: "/log")
        #expect(content.records.count == 1)
        #expect(content.unread == 2)
        try OperatorStore.append(note(2), to: disk, log: "/log")
        #expect(try subjects(disk) == ["1", "2"])
    }
}
