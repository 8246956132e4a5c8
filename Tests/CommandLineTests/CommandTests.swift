import Foundation
import Testing

/// The commands as a user types them, end to end.
@Suite struct CommandTests {
    @Test func `without a log, the first thing said is how to begin`() throws {
        let tool = try Tool()
        let bare = try tool.run()
        #expect(bare.status == 0)
        #expect(bare.out.contains("There is no log in ~/log yet.") && bare.out.contains("tidemark demo"))
        #expect(bare.err.isEmpty)
        let json = try tool.run("--json")
        #expect(json.out == "{\"log\":\"\(tool.file("log"))\",\"exists\":false,\"sources\":[]}\n")
        for command in ["tail", "replay"] {
            let result = try tool.run(command)
            #expect(result.status == 66, "\(command)")
            #expect(result.err.hasPrefix("tidemark: there is no log in "), "\(result.err)")
            #expect(result.out.isEmpty)
        }
    }

    @Test func `ingest, tail, replay and explain tell the same story`() throws {
        let tool = try Tool()
        try tool.write("usage.ndjson", Tool.runaway)
        let ingest = try tool.run("ingest", "usage.ndjson", "--print", "--all")
        #expect(ingest.status == 0, "\(ingest.err)")
        #expect(ingest.out.contains("spend_spike     svc-triage (search)"), "\(ingest.out)")
        #expect(ingest.err.contains("2,690  events accepted"), "\(ingest.err)")

        let journal = try tool.bytes("log/journal/alerts.ndjson")
        let tail = try tool.run("tail", "--all", "--json")
        #expect(Array(tail.out.utf8) == journal)
        #expect(try tool.run("replay", "--json").out == tail.out)
        #expect(try tool.run("replay", "usage.ndjson", "--json").out == tail.out)
        // Text on the way in, from the journal and from the log again is the same text too.
        #expect(try tool.run("tail", "--all", "-n", "100").out == ingest.out)
        #expect(try tool.run("replay", "--all").out == ingest.out)

        let first = try #require(tail.lines.first)
        let id = String(first.dropFirst(7).prefix(19))
        let explain = try tool.run("explain", String(id.prefix(8)))
        #expect(explain.status == 0, "\(explain.err)")
        #expect(explain.out.contains("the same alert, to the byte"), "\(explain.out)")
        #expect(explain.out.contains("╌ alert from"))
        let account = try tool.run("explain", "svc-triage")
        #expect(account.out.contains("What is normal") && account.out.contains(id))
        let warming = try tool.run("explain", "nobody@example.com")
        #expect(warming.status == 66)
        let near = try tool.run("explain", "triage")
        #expect(near.err.contains("did you mean svc-triage?"))
        #expect(try tool.run("explain", "al_ffffffffffffffff").status == 66)

        let overview = try tool.run()
        #expect(overview.out.contains("2,690 of 3 accounts"))
        #expect(try tool.run("replay", "--exit-code").status == 3)
        #expect(try tool.run("replay", "--exit-code", "--since", "2027-01-01").status == 0)
    }

    @Test func `an alert that grows into a page is shown once, when it does`() throws {
        let tool = try Tool()
        try tool.write("usage.ndjson", Tool.runaway)
        _ = try tool.run("ingest", "usage.ndjson")
        let all = try tool.run("tail", "--all", "--json").lines
        let paged = all.filter { $0.contains("\"state\":\"firing\"") && $0.contains("\"page\":true") }
        let shown = try tool.run("tail", "--json").lines
        #expect(!shown.isEmpty)
        #expect(
            Set(shown.map { $0.dropFirst(7).prefix(19) }) == Set(paged.map { $0.dropFirst(7).prefix(19) }))
        #expect(Set(shown.map { $0.dropFirst(7).prefix(19) }).count == shown.count)
        #expect(try tool.run("replay").out == tool.run("tail", "-n", "100").out)
    }

    @Test func `a pipe gets no colour unless it is asked for`() throws {
        let tool = try Tool()
        try tool.write("usage.ndjson", Tool.runaway)
        _ = try tool.run("ingest", "usage.ndjson")
        let plain = try tool.run("tail", "--all")
        #expect(!plain.out.contains("\u{1b}"))
        #expect(try tool.run("tail", "--all", "--color", "never").out == plain.out)
        let coloured = try tool.run("tail", "--all", "--color", "always").out
        #expect(coloured.contains("\u{1b}[") && coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain.out)
        var ascii = tool
        ascii.environment["LC_ALL"] = "C"
        #expect(try ascii.run("tail", "--all").out.utf8.allSatisfy { $0 < 0x80 })
        #expect(try ascii.run("explain", "svc-triage").out.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `tail filters`() throws {
        let tool = try Tool()
        try tool.write("usage.ndjson", Tool.runaway)
        _ = try tool.run("ingest", "usage.ndjson")
        let all = try tool.run("tail", "--all", "--json").lines
        #expect(!all.isEmpty)
        func count(_ arguments: String...) throws -> Int {
            try tool.start(Tool.path, ["tail", "--all", "--json"] + arguments, input: []).result().lines.count
        }
        #expect(
            try count("--identity", "svc-triage") == all.count { $0.contains("\"identity\":\"svc-triage\"") })
        #expect(try count("--identity", "nobody") == 0)
        #expect(try count("--team", "search") == all.count)
        #expect(try count("--kind", "token_spike") == all.count { $0.contains("\"kind\":\"token_spike\"") })
        #expect(try count("-n", "1") == 1)
        #expect(try count("--since", "2026-01-01") == all.count)
        #expect(try count("--until", "2026-01-01") == 0)
        #expect(try count("--since", "1h") == all.count { $0.contains("2026-03-23T17") })
        #expect(try tool.run("tail", "-n", "1", "--all", "--json").out == all.suffix(1).joined() + "\n")
    }

    @Test func `tail -f shows what another process ingests, and survives a journal that is cut`() throws {
        let tool = try Tool()
        try tool.write("usage.ndjson", Tool.runaway)
        let follower = try tool.start(Tool.path, ["tail", "-f", "--all", "--json"], input: [])
        defer { follower.process.terminate() }
        _ = try tool.run("ingest", "usage.ndjson")
        let journal = String(decoding: try tool.bytes("log/journal/alerts.ndjson"), as: UTF8.self)
        #expect(follower.wait(for: journal))
        // Cut and written again, with one more line: only that one is new.
        try tool.write("log/journal/alerts.ndjson", "")
        Thread.sleep(forTimeInterval: 0.5)
        try tool.write("log/journal/alerts.ndjson", journal + "{\"one\":\"more\"}\n")
        #expect(follower.wait(for: "{\"one\":\"more\"}"))
        #expect(follower.output == journal + "{\"one\":\"more\"}\n")
    }

    @Test func `log cat gives back the distinct events in arrival order`() throws {
        let tool = try Tool()
        let lines = (0..<50).map { Tool.event($0) }
        try tool.write("a.ndjson", lines.joined())
        let first = try tool.run("ingest", "a.ndjson", "--json")
        #expect(first.out.contains("\"accepted\":50,\"duplicates\":0,\"rejected\":0"))
        let again = try tool.run("ingest", "a.ndjson", "--json")
        #expect(again.out.contains("\"accepted\":0,\"duplicates\":50,\"rejected\":0"))
        let cat = try tool.run("log", "cat")
        #expect(cat.lines.count == 50)
        #expect(cat.out.contains("\"ts\":\"2026-03-02T00:49:00.000Z\""))
        try tool.write("b.ndjson", cat.out)
        #expect(try tool.run("-L", tool.file("other"), "ingest", "b.ndjson").status == 0)
        #expect(try tool.run("-L", tool.file("other"), "log", "cat").out == cat.out)
        #expect(try tool.run("log", "cat", "--since", "10m").lines.count == 11)
        #expect(try tool.run("log", "cat", "--identity", "nobody").out.isEmpty)
    }

    @Test func `log stat and log verify speak to people and to programs`() throws {
        let tool = try Tool()
        try tool.write("a.ndjson", Tool.event(1) + Tool.event(2, identity: "ben@example.com"))
        _ = try tool.run("ingest", "a.ndjson")
        let stat = try tool.run("log", "stat", "--json")
        #expect(stat.out.hasPrefix("{\"events\":2,\"segments\":1,\"bytes\":"))
        #expect(
            stat.out.contains(
                #""first_ts":"2026-03-02T00:01:00.000Z","last_ts":"2026-03-02T00:02:00.000Z","accounts":2"#
            ))
        #expect(try tool.run("log", "stat").out.contains("events    2\n"))
        #expect(try tool.run("log", "verify").out.hasPrefix("sound  2 events, "))
        #expect(try tool.run("log", "verify", "--json").out.hasPrefix("{\"sound\":true,\"events\":2,"))
    }

    @Test func `--acks counts the input lines whose fate is durable`() throws {
        let tool = try Tool()
        let lines = (0..<10).map { Tool.event($0) } + ["no event\n", Tool.event(3)]
        let result = try tool.run("ingest", "--acks", "-", input: lines.joined())
        #expect(result.status == 65)
        #expect(result.lines.last == "durable 12")
    }

    @Test func `a configuration is checked, loaded and shown`() throws {
        let tool = try Tool()
        try tool.write("good.yaml", "detection:\n  spend_spike:\n    sensitivity: 3\n")
        try tool.write("bad.yaml", "detection:\n  spend_spike:\n    sensitivty: 3\n    ratio: x\n")
        let check = try tool.run("config", "check", "good.yaml")
        #expect(check.status == 0 && check.out.hasPrefix("good.yaml: good, 1 key differs"))
        let bad = try tool.run("config", "check", "bad.yaml")
        #expect(bad.status == 78)
        #expect(bad.err.split(separator: "\n").count == 2)
        #expect(bad.err.hasPrefix("tidemark: bad.yaml:3:5: detection.spend_spike.sensitivty: "))
        #expect(try tool.run("config", "load", "bad.yaml").status == 78)
        #expect(try tool.run("config", "load", "good.yaml").status == 0)
        #expect(try tool.run("config", "load", "good.yaml").err.contains("has this configuration already"))
        let shown = try tool.run("config", "show")
        #expect(shown.out.contains("sensitivity: 3  # default: 3.1"))
        try tool.write("shown.yaml", shown.out)
        #expect(try tool.run("config", "check", "shown.yaml").out.contains("1 key differs"))
        #expect(
            try tool.run("config", "show", "--set", "detection.spend_spike.sensitivity=3.1").out.contains(
                "sensitivity: 3.1  # default"))
        var other = tool
        other.environment["TIDEMARK_DETECTION_SPEND_SPIKE_RATIO"] = "many"
        #expect(try other.run("replay").status == 78)
    }

    @Test func `the demo finds its five incidents and leaves nothing behind`() throws {
        let tool = try Tool()
        let demo = try tool.run("demo")
        #expect(demo.status == 0, "\(demo.err)")
        #expect(demo.out.components(separatedBy: "✓").count == 7, "\(demo.out)")
        #expect(demo.out.contains("equal to the journal byte for byte"))
        let left = try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
        #expect(!left.contains { $0.hasPrefix("tidemark-") })
        let kept = try tool.run("demo", "--keep", tool.file("kept"), "--json")
        #expect(kept.status == 0)
        #expect(
            try tool.run("-L", tool.file("kept"), "tail", "--all", "--json").out.hasPrefix(
                String(kept.lines[0])))
        #expect(try tool.run("demo", "--keep", tool.file("kept")).status == 64)
    }

    @Test func `an order of options that makes sense works`() throws {
        let tool = try Tool()
        try tool.write("a.ndjson", Tool.event(1))
        #expect(try tool.run("-L", tool.file("x"), "ingest", "a.ndjson").status == 0)
        #expect(try tool.run("log", "stat", "-L", tool.file("x"), "--json").out.hasPrefix("{\"events\":1,"))
        #expect(
            try tool.run("--log=" + tool.file("x"), "log", "stat", "--json").out.hasPrefix("{\"events\":1,"))
    }

    @Test func `help teaches, and completions and the version are there`() throws {
        let tool = try Tool()
        let help = try tool.run("--help")
        #expect(help.status == 0 && help.out.contains("tidemark ingest events.ndjson") && help.err.isEmpty)
        for command in ["ingest", "tail", "replay", "explain", "demo", "log", "config"] {
            #expect(try tool.run(command, "--help").status == 0)
        }
        #expect(try tool.run("--version").out == "0.1.0\n")
        for shell in ["bash", "zsh", "fish"] {
            #expect(try tool.run("--generate-completion-script", shell).out.contains("tidemark"))
        }
    }
}
