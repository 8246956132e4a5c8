import Foundation
import Testing

@Suite struct OperatorCommandTests {
    /// A log with the alerts of the demo's corpus.
    private static func log() throws -> (tool: Tool, alert: String) {
        let tool = try Tool()
        #expect(try tool.run("demo", "--keep", "log").status == 0)
        let line = try #require(try tool.run("tail", "--json", "-n", "1").lines.first)
        let id = try #require(line.split(separator: "\"").first { $0.hasPrefix("al_") })
        return (tool, String(id))
    }

    @Test func `a silence is added, listed and expired, and the audit says by whom`() throws {
        let (tool, _) = try Self.log()
        let before = try tool.run("tail", "--all", "--json").out
        let added = try tool.run(
            "silence", "add", "team=payments", "kind=~new_.*", "--for", "2h", "--comment", "load test")
        #expect(added.status == 0, "\(added.err)")
        let id = String(added.out.prefix { $0 != "\n" })
        #expect(id.hasPrefix("si_"))
        #expect(added.err.contains("team=payments kind=~new_.* is silent until"))
        #expect(try tool.run("silence", "list").out.contains(id))
        let json = try tool.run("silence", "list", "--json").out
        #expect(json.contains(#"{"name":"kind","value":"new_.*","isRegex":true,"isEqual":true}"#))
        #expect(try tool.run("silence", "expire", String(id.prefix(8)), "--comment", "done").status == 0)
        #expect(try tool.run("silence", "list").out.isEmpty)
        #expect(try tool.run("silence", "list", "--all").out.contains("over since"))
        #expect(try tool.run("silence", "expire", id).status == 66)
        let audit = try tool.run("tail", "--audit", "--json", "-n", "2").lines
        #expect(audit.count == 2)
        #expect(audit[0].contains(#""action":"silenced""#) && audit[0].contains(#""comment":"load test""#))
        #expect(audit[1].contains(#""action":"silence_expired""#) && audit[1].contains("@"))
        // What is found does not change.
        #expect(try tool.run("tail", "--all", "--json").out == before)
    }

    @Test func `what is to be expected is over as accepted, and a replay says so too`() throws {
        let tool = try Tool()
        let lines = (0..<88).map { n in
            let ts = 1_785_715_200_000 + (n / 8) * 86_400_000 + (9 + n % 8) * 3_600_000
            return "{\"ts\":\(ts),\"identity\":\"ann@acme.example\",\"model\":\"m-a\",\"input_tokens\":1000,"
                + "\"mcp_server\":\"\(n < 84 ? "jira" : "github")\"}\n"
        }
        #expect(try tool.run("ingest", "-", input: lines.joined()).status == 0)
        let alert = try #require(tool.run("tail", "--json").lines.last)
        #expect(alert.contains("new_mcp_server"))
        let id = try #require(alert.split(separator: "\"").first { $0.hasPrefix("al_") })
        let ack = try tool.run("ack", String(id), "--expected", "--note", "approved")
        #expect(ack.status == 0 && ack.err.contains("Accepted"), "\(ack.err)")
        let last = try #require(tool.run("tail", "--all", "--json").lines.last)
        #expect(last.contains(id) && last.contains(#""reason":"accepted""#))
        #expect(try tool.run("replay", "--verify-journal").status == 0)
        #expect(try tool.run("ack", String(id), "--expected").err.contains("over already"))
        let audit = try tool.run("tail", "--audit", "--json").out
        #expect(audit.contains(#""comment":"approved""#))
    }

    @Test func `an ack is noted and explained`() throws {
        let (tool, alert) = try Self.log()
        let ack = try tool.run(
            "ack", String(alert.prefix(9)), "--note", "ours\u{1b}[31m", "--verdict", "noise")
        #expect(ack.status == 0, "\(ack.err)")
        let explained = try tool.run("explain", alert)
        #expect(explained.out.contains("Who was told"))
        #expect(explained.out.contains("verdict noise"))
        let audit = try tool.run("tail", "--audit").out
        #expect(audit.contains("acknowledged") && audit.contains("ours\\x1b[31m"))
        #expect(!audit.contains("\u{1b}"))
        #expect(try tool.run("ack", "al_zzz").status == 66)
        #expect(try tool.run("ack", alert, "--verdict", "maybe").status == 64)
    }

    @Test(arguments: [
        ["add", "team=x", "--comment", "x"], ["add", "--for", "2h", "--comment", "x"],
        ["add", "kind=spik", "--for", "2h", "--comment", "x"], ["add", "team=x", "--for", "2h"],
        ["add", "team=x", "--for", "2h", "--until", "2030-01-01", "--comment", "x"],
        ["add", "team=x", "--until", "2020-01-01", "--comment", "x"],
        ["add", "team=~(", "--for", "2h", "--comment", "x"],
        ["add", "team=x", "--for", "1000000w", "--comment", "x"],
    ])
    func `a silence that cannot be meant is refused`(arguments: [String]) throws {
        let tool = try Tool()
        try tool.write("events.ndjson", Tool.event(1))
        #expect(try tool.run("ingest", "events.ndjson").status == 0)
        let result = try tool.start(Tool.path, ["silence"] + arguments, input: []).result()
        #expect(result.status == 64, "\(result.err)")
        #expect(!FileManager.default.fileExists(atPath: tool.file("log/operator/decisions.ndjson")))
    }

    @Test func `explain says where an alert goes and what became of it`() throws {
        let (tool, alert) = try Self.log()
        try tool.write(
            "tidemark.yaml",
            """
            sinks:
              chat: {kind: slack, url: "https://hooks.acme.example/canary"}
              other: {kind: file, path: /var/log/alerts}
            routes:
              default: [chat]
            """)
        try FileManager.default.createDirectory(
            atPath: tool.file("log/outbox/chat"), withIntermediateDirectories: true)
        func line(_ rest: String) -> String {
            #"{"at":"2026-11-22T11:40:00.000Z","sink":"chat","alert":"\#(alert)","seq":0,\#(rest)}"# + "\n"
        }
        try tool.write(
            "log/outbox/chat/attempts.ndjson",
            line(#""outcome":"merged","reason":"grouped","notification":"group_1""#)
                + #"{"at":"2026-11-22T11:41:00.000Z","sink":"chat","alert":null,"seq":null,"attempt":1,"#
                + #""notification":"group_1","outcome":"delivered","status":200}"# + "\n")
        let explained = try tool.run("explain", alert, "--config", "tidemark.yaml").out
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(explained.contains("part of one message"), "\(explained)")
        #expect(explained.contains("group_1"))
        #expect(explained.contains("status 200"))
        #expect(explained.contains("goes to chat"))
        let shown = try tool.run("config", "show", "--config", "tidemark.yaml").out
        #expect(shown.contains("https://hooks.acme.example/...") && !shown.contains("canary"))
        #expect(try tool.run("config", "check", "tidemark.yaml").out.contains("2 sinks"))
        try tool.write("bad.yaml", "sinks:\n  chat: {kind: slack}\n")
        let bad = try tool.run("config", "check", "bad.yaml")
        #expect(bad.status == 78 && bad.err.contains("bad.yaml:2:"), "\(bad.err)")
    }
}
