import Foundation
import Testing

/// Transcripts in their usual place, as a user meets them.
@Suite struct OwnDataTests {
    /// One line of a transcript: an answer with its usage.
    private static func answer(
        _ message: String, minute: Int, output: Int, session: String = "s1",
        model: String = "claude-sonnet-4-5"
    ) -> String {
        let time = "2026-05-04T10:\(minute < 10 ? "0" : "")\(minute):00.000Z"
        return """
            {"parentUuid":"a0","isSidechain":false,"type":"assistant","timestamp":"\(time)",\
            "sessionId":"\(session)","requestId":"req_\(message)","uuid":"u\(minute)","cwd":"/src/shop",\
            "message":{"id":"\(message)","model":"\(model)","role":"assistant",\
            "content":[{"type":"text","text":"CANARY"}],\
            "usage":{"input_tokens":10,"output_tokens":\(output),"cache_read_input_tokens":1000}}}

            """
    }

    private static func place(_ tool: Tool, _ project: String) throws {
        try FileManager.default.createDirectory(
            atPath: tool.file(".claude/projects/" + project), withIntermediateDirectories: true)
    }

    private static func events(_ tool: Tool) throws -> [[String: Any]] {
        try tool.run("log", "cat").lines.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func `transcripts are found, told of, and read by the name of their program`() throws {
        let tool = try Tool()
        try Self.place(tool, "-src-shop")
        try tool.write(
            ".claude/projects/-src-shop/s1.jsonl",
            Self.answer("msg_1", minute: 5, output: 3) + Self.answer("msg_1", minute: 6, output: 40))
        try tool.write(".claude/projects/-src-shop/s2.jsonl", Self.answer("msg_2", minute: 1, output: 7))
        let bare = try tool.run()
        #expect(bare.out.contains("Claude Code  2 files"), "\(bare.out)")
        #expect(bare.out.contains("since 2026-05-04"))
        #expect(bare.out.contains("tidemark replay claude-code"))
        let ingest = try tool.run("ingest", "claude-code")
        #expect(ingest.status == 0, "\(ingest.err)")
        let events = try Self.events(tool)
        // In the order of time, though the files were read in the order of their names.
        #expect(events.compactMap { $0["output_tokens"] as? Int } == [7, 40])
        #expect(events.allSatisfy { ($0["identity"] as? String)?.contains("@") == true })
        #expect(
            events.allSatisfy { $0["project"] as? String == "shop" && $0["tool"] as? String == "claude-code" }
        )
        #expect(!(try tool.run("log", "cat").out.contains("CANARY")))
        let again = try tool.run("ingest", "claude-code", "--json")
        #expect(again.out.contains("\"accepted\":0,"), "\(again.out)")
    }

    @Test func `a growing answer is corrected by a later run, and totals are the last word`() throws {
        let tool = try Tool()
        try Self.place(tool, "p")
        try tool.write(".claude/projects/p/s1.jsonl", Self.answer("msg_1", minute: 5, output: 3))
        _ = try tool.run("ingest", "claude-code", "--identity", "Mira@Acme.example")
        try tool.write(
            ".claude/projects/p/s1.jsonl",
            Self.answer("msg_1", minute: 5, output: 3) + Self.answer("msg_1", minute: 6, output: 90))
        _ = try tool.run("ingest", "claude-code", "--identity", "mira@acme.example")
        let events = try Self.events(tool)
        #expect(events.compactMap { $0["output_tokens"] as? Int } == [3, 87])
        #expect(events.last?["grain"] as? String == "correction")
        #expect(events.allSatisfy { $0["identity"] as? String == "mira@acme.example" })
    }

    @Test func `a program that is not here is named with the folders that were looked at`() throws {
        let tool = try Tool()
        let result = try tool.run("replay", "claude-code")
        #expect(result.status == 66)
        #expect(result.err.contains(".claude/projects") && result.err.contains("CLAUDE_CONFIG_DIR"))
    }

    @Test func `its environment variable moves the place`() throws {
        var tool = try Tool()
        try FileManager.default.createDirectory(
            atPath: tool.file("elsewhere/projects"), withIntermediateDirectories: true)
        try tool.write("elsewhere/projects/s.jsonl", Self.answer("msg_1", minute: 5, output: 3))
        tool.environment["CLAUDE_CONFIG_DIR"] = tool.file("elsewhere")
        #expect(try tool.run("ingest", "claude-code", "--json").out.contains("\"accepted\":1,"))
    }

    @Test func `followed transcripts grow, appear and end in the middle of a line`() throws {
        let tool = try Tool()
        try Self.place(tool, "p")
        let path = tool.file(".claude/projects/p/s1.jsonl")
        try tool.write(".claude/projects/p/s1.jsonl", Self.answer("msg_1", minute: 5, output: 3))
        let running = try tool.start(Tool.path, ["ingest", "-f", "--acks", "claude-code"], input: [])
        #expect(running.wait(for: "durable 1"), "\(running.output)")
        let second = Array(Self.answer("msg_2", minute: 7, output: 8).utf8)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        _ = try handle.seekToEnd()
        try handle.write(contentsOf: Data(second.prefix(100)))
        Thread.sleep(forTimeInterval: 1)
        try handle.write(contentsOf: Data(second.dropFirst(100)))
        #expect(running.wait(for: "durable 2"), "\(running.output)")
        try tool.write(
            ".claude/projects/p/s2.jsonl", Self.answer("msg_3", minute: 9, output: 9, session: "s2"))
        #expect(running.wait(for: "durable 3"), "\(running.output)")
        running.process.interrupt()
        let result = try running.result()
        #expect(result.status == 130, "\(result.err)")
        #expect(try Self.events(tool).compactMap { $0["output_tokens"] as? Int } == [3, 8, 9])
    }

    @Test func `a dry run shows what would be taken and writes nothing`() throws {
        let tool = try Tool()
        try tool.write(
            "t.jsonl",
            Self.answer("msg_1", minute: 5, output: 3, model: "in-house-9")
                + #"{"type":"user","sessionId":"s1","uuid":"x","message":{"content":"CANARY"}}"# + "\n")
        let result = try tool.run("ingest", "--dry-run", "t.jsonl")
        #expect(result.status == 0, "\(result.err)")
        #expect(result.out.contains("in-house-9") && result.out.contains("1,013"), "\(result.out)")
        #expect(result.err.contains("Nothing was written"))
        #expect(
            result.err.contains("in-house-9 (1 event)") && result.err.contains("user (1)"), "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: tool.file("log")))
        #expect(!result.out.contains("CANARY") && !result.err.contains("CANARY"))
    }
}
