import Foundation
import Testing

/// Files that are followed while others write, cut, replace and rotate them.
@Suite struct FollowTests {
    private static func identities(_ tool: Tool) throws -> [String] {
        try tool.run("log", "cat").lines.compactMap { line in
            line.split(separator: "\"").map(String.init).drop { $0 != "identity" }.dropFirst(2).first
        }
    }

    /// Lets a file take the name of another, as `mv` and log rotation do.
    private static func replace(_ tool: Tool, _ name: String, _ text: String) throws {
        try tool.write("next", text)
        #expect(try tool.shell("mv -f next \(name)").status == 0)
    }

    @Test func `a file of a followed folder that another one replaces is read from its beginning`() throws {
        let tool = try Tool()
        _ = try tool.shell("mkdir in")
        try tool.write("in/x.ndjson", Tool.event(1, identity: "a") + Tool.event(2, identity: "b"))
        let running = try tool.start(Tool.path, ["ingest", "-f", "--acks", "in"], input: [])
        #expect(running.wait(for: "durable 2"), "\(running.output)")
        // Longer, then as long as the one before.
        let longer = (3...5).map { Tool.event($0, identity: "c\($0)") }.joined()
        try Self.replace(tool, "in/x.ndjson", longer)
        #expect(running.wait(for: "durable 5"), "\(running.output)")
        try Self.replace(tool, "in/x.ndjson", (6...8).map { Tool.event($0, identity: "d\($0)") }.joined())
        #expect(running.wait(for: "durable 8"), "\(running.output)")
        running.process.interrupt()
        #expect(try running.result().status == 130)
        #expect(Set(try Self.identities(tool)) == ["a", "b", "c3", "c4", "c5", "d6", "d7", "d8"])
    }

    @Test func `a file that is rotated in the middle of a line costs that line, not the next file's first`()
        throws
    {
        let tool = try Tool()
        try tool.write("x.ndjson", Tool.event(1, identity: "a") + "{\"ts\":\"2026-")
        let running = try tool.start(Tool.path, ["ingest", "-f", "--acks", "x.ndjson"], input: [])
        #expect(running.wait(for: "durable 1"), "\(running.output)")
        try Self.replace(tool, "x.ndjson", Tool.event(2, identity: "b"))
        #expect(running.wait(for: "durable 3"), "\(running.output)")
        running.process.interrupt()
        let result = try running.result()
        #expect(result.err.contains("x.ndjson:2: malformed_json: "), "\(result.err)")
        #expect(try Self.identities(tool) == ["a", "b"])
    }

    @Test func `a name in a folder that is not UTF-8 is told, once however often it is looked at`() throws {
        let tool = try Tool()
        let made = try tool.shell("mkdir in && echo > in/$'odd\\xff'.ndjson && echo > in/$'odd\\xff'.txt")
        #expect(made.status == 0, "\(made.err)")
        try tool.write("in/a.ndjson", Tool.event(1))
        let result = try tool.run("ingest", "in")
        #expect(result.status == 66)
        #expect(result.err.contains("odd\u{FFFD}.ndjson: its name is not UTF-8"), "\(result.err)")
        let running = try tool.start(Tool.path, ["ingest", "-f", "--acks", "in"], input: [])
        #expect(running.wait(for: "durable 1"), "\(running.output)")
        for n in 2...4 {
            try tool.write("in/\(n).ndjson", Tool.event(n))
            #expect(running.wait(for: "durable \(n)"), "\(running.output)")
        }
        running.process.interrupt()
        let told = try running.result().err.split(separator: "\n").filter { $0.contains("not UTF-8") }
        #expect(told.count == 1, "\(told)")
    }
}
