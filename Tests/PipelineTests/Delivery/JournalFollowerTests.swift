import Alerting
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

struct JournalFollowerTests {
    private let path = Journal<SimulatedDisk>.path(inLog: "/log")

    @Test func `what is appended is given once, also across restarts and half lines`() throws {
        let disk = SimulatedDisk()
        var text: [UInt8] = []
        var cursor = JournalCursor()
        var given: [String] = []
        for n in 0..<40 {
            text += Self.line("a\(n)", hour: n)
            let cut = n % 3 == 1 ? text.count - 5 : text.count
            disk.place(path, Array(text[..<cut]))
            var follower = JournalFollower(disk, log: "/log", from: cursor)
            while !(try follower.read(atMost: 1) { given.append($0.id) }) {}
            cursor = follower.cursor
            #expect(follower.replacements == 0)
        }
        #expect(given == (0..<40).map { "a\($0)" })
    }

    @Test func `a new sink begins at the end`() throws {
        let disk = SimulatedDisk()
        disk.place(path, Self.line("a", hour: 1) + Self.line("b", hour: 2))
        var follower = JournalFollower(
            disk, log: "/log", from: try JournalFollower.end(disk, log: "/log"))
        var given: [String] = []
        #expect(try follower.read(atMost: 10) { given.append($0.id) })
        disk.place(path, Self.line("a", hour: 1) + Self.line("b", hour: 2) + Self.line("c", hour: 3))
        #expect(try follower.read(atMost: 10) { given.append($0.id) })
        #expect(given == ["c"])
    }

    @Test func `a journal that was written anew is not sent again, but for what is later`() throws {
        let disk = SimulatedDisk()
        disk.place(path, (0..<10).flatMap { Self.line("a\($0)", hour: $0) })
        var first = JournalFollower(disk, log: "/log", from: JournalCursor())
        _ = try first.read(atMost: 100) { _ in }
        disk.place(path, (0..<12).flatMap { Self.line("b\($0)", hour: $0) })
        var second = JournalFollower(disk, log: "/log", from: first.cursor)
        var given: [String] = []
        while !(try second.read(atMost: 100) { given.append($0.id) }) {}
        #expect(second.replacements == 1)
        #expect(given == ["b10", "b11"])
    }

    @Test func `no journal yet is no error`() throws {
        var follower = JournalFollower(SimulatedDisk(), log: "/log", from: JournalCursor())
        #expect(try follower.read(atMost: 1) { _ in })
    }

    private static func line(_ alert: String, hour: Int) -> [UInt8] {
        var transition = OutboxTests.message(alert).transitions[0]
        transition.at = OutboxTests.at(hour * 3_600)
        return Array((transition.json + "\n").utf8)
    }
}
