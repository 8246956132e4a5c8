import Alerting
import EventLog
import Foundation
import Sinks
import Testing
import UsageEvents

@testable import Pipeline
@testable import Service

/// What is kept of the attempts of a sink.
@Suite struct AttemptLogTests {
    @Test func `two files of so many bytes are kept, and the last attempts are in them`() throws {
        let folder = try TemporaryFolder()
        let log = folder.path
        let path = log + "/outbox/chat"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        func size(_ name: String) throws -> Int { try folder.text("outbox/chat/" + name).utf8.count }
        let bytesMax = 4_000
        var last = 0
        // Each time another process.
        for run in 0..<40 {
            var attempts = AttemptLog(PosixDisk(), log: log, sink: "chat", bytesMax: bytesMax)
            for _ in 0..<(1 + run % 5) {
                last += 1
                let now = Timestamp(rawValue: 1_780_000_000_000 + Int64(last) * 1_000)
                let message = WaitingMessage(
                    notification: Notification.test(at: now), queuedAt: now, attempts: last - 1, nextAt: now)
                attempts.add(
                    message, Attempt(verdict: .delivered, status: 200, milliseconds: 7), at: now)
                attempts.flush(at: now, isLast: true)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            #expect(Set(names).isSubset(of: ["attempts.ndjson", "attempts.ndjson.1"]))
            // A file may have one line more than the bound, written when it had just less.
            for name in names { #expect(try size(name) < bytesMax + 1_000) }
            let kept = try DeliveryHistory.read(PosixDisk(), log: log).compactMap(\.attempt)
            #expect(kept == Array((last - kept.count + 1)...last))
            // Never less than one file of the older ones, once there is one.
            if names.count == 2 { #expect(try size("attempts.ndjson.1") > bytesMax) }
        }
        let kept = try DeliveryHistory.read(PosixDisk(), log: log).count
        #expect(kept > 10 && kept < last / 2)
    }
}
