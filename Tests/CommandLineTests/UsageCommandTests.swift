import Foundation
import Testing

@testable import tidemark

/// `inventory` and `report` as a user types them.
@Suite struct UsageCommandTests {
    /// Six events of two accounts on three days: one billed, two at list price, one of a model without a
    /// price, one use of a server, and one that only says that a server was configured.
    private static let events = """
        {"ts":"2026-03-30T10:00:00Z","identity":"ana@acme.example","team":"search","tool":"api",\
        "model":"m-max","input_tokens":1000,"output_tokens":100,"cost_usd":0.1,\
        "cost_basis":"billed","request_id":"1"}
        {"ts":"2026-03-30T11:00:00Z","identity":"ana@acme.example","team":"search","tool":"api",\
        "model":"m-max","input_tokens":2000,"cache_read_tokens":9000,"cost_usd":0.2000000001,\
        "cost_basis":"list",\
        "request_id":"2"}
        {"ts":"2026-03-31T10:00:00Z","identity":"ben@acme.example","team":"web","tool":"cli",\
        "model":"m-mini","input_tokens":500,"cache_write_tokens":7,"cost_usd":0.03,\
        "cost_basis":"list","requests":3,\
        "request_id":"3"}
        {"ts":"2026-04-01T10:00:00Z","identity":"ben@acme.example","team":"web","tool":"cli",\
        "model":"=new,model","input_tokens":40,"request_id":"4"}
        {"ts":"2026-04-01T10:01:00Z","identity":"ben@acme.example","team":"web","tool":"cli",\
        "model":"m-mini","mcp_server":"github","requests":0,"request_id":"5"}
        {"ts":"2026-04-01T10:02:00Z","identity":"ana@acme.example","tool":"cli","mcp_server":"notes",\
        "grain":"config","request_id":"6"}

        """

    private func tool(_ events: String = events) throws -> Tool {
        let tool = try Tool()
        try tool.write("usage.ndjson", events)
        #expect(try tool.run("ingest", "--no-detect", "usage.ndjson").status == 0)
        return tool
    }

    @Test func `a report has every sum exactly, a row for each group and day`() throws {
        let tool = try tool()
        let json = try tool.run("report", "--json")
        #expect(json.status == 0 && json.err.isEmpty, "\(json.err)")
        #expect(
            json.lines == [
                #"""
                {"start":"2026-03-30T00:00:00.000Z","every":"day","by":"model","group":"m-max",\#
                "rest_of":null,\#
                "events":2,"requests":2,"mcp_uses":0,"input_tokens":3000,"output_tokens":100,\#
                "cache_read_tokens":9000,"cache_write_tokens":0,"cost_usd":0.3,"billed_usd":0.1,\#
                "list_usd":0.2,"estimated_usd":0,"included_usd":0,"unstated_usd":0,"unpriced_events":0}
                """#,
                #"""
                {"start":"2026-03-31T00:00:00.000Z","every":"day","by":"model","group":"m-mini",\#
                "rest_of":null,\#
                "events":1,"requests":3,"mcp_uses":0,"input_tokens":500,"output_tokens":0,\#
                "cache_read_tokens":0,"cache_write_tokens":7,"cost_usd":0.03,"billed_usd":0,\#
                "list_usd":0.03,"estimated_usd":0,"included_usd":0,"unstated_usd":0,"unpriced_events":0}
                """#,
                #"""
                {"start":"2026-04-01T00:00:00.000Z","every":"day","by":"model","group":"m-mini",\#
                "rest_of":null,\#
                "events":1,"requests":0,"mcp_uses":1,"input_tokens":0,"output_tokens":0,\#
                "cache_read_tokens":0,"cache_write_tokens":0,"cost_usd":null,"billed_usd":null,\#
                "list_usd":null,"estimated_usd":null,"included_usd":null,"unstated_usd":null,\#
                "unpriced_events":0}
                """#,
                #"""
                {"start":"2026-04-01T00:00:00.000Z","every":"day","by":"model","group":"=new,model",\#
                "rest_of":null,"events":1,"requests":1,"mcp_uses":0,"input_tokens":40,"output_tokens":0,\#
                "cache_read_tokens":0,"cache_write_tokens":0,"cost_usd":null,"billed_usd":null,\#
                "list_usd":null,"estimated_usd":null,"included_usd":null,"unstated_usd":null,\#
                "unpriced_events":1}
                """#,
            ])
        #expect(try tool.run("report", "usage.ndjson", "--json").out == json.out)
        let folded = try tool.run("report", "--json", "--top", "1", "--every", "month")
        #expect(folded.lines.count == 3)
        #expect(
            folded.lines[1].hasPrefix(#"{"start":"2026-03-01T00:00:00.000Z","every":"month","by":"model","#))
        #expect(folded.lines[1].contains(#""group":"other","rest_of":2,"events":1,"requests":3,"#))
    }

    @Test func `CSV has a header, the same fields, and no formula`() throws {
        let tool = try tool()
        let csv = try tool.run("report", "--csv", "--every", "week")
        let json = try tool.run("report", "--json", "--every", "week")
        let keys = try #require(json.lines.first).split(separator: ",").map { $0.split(separator: "\"")[0] }
        #expect(csv.lines.count == json.lines.count + 1)
        #expect(csv.lines[0].split(separator: ",").count == keys.count)
        #expect(csv.lines[0].hasPrefix("start,every,by,group,rest_of,events,requests,mcp_uses,input_tokens,"))
        #expect(
            csv.lines[3]
                == #"2026-03-30T00:00:00.000Z,week,model,"'=new,model",,1,1,0,40,0,0,0,,,,,,,1"#, "\(csv.out)"
        )
        #expect(try tool.run("report", "--csv", "--since", "2030-01-01").lines == [csv.lines[0]])
        #expect(try tool.run("inventory", "--csv", "--since", "2030-01-01").lines.count == 1)
    }

    @Test func `the report tells whose dollars they are and what has no price`() throws {
        let text = try tool().run("report").out
        #expect(
            text.hasPrefix("≈ $0.33: $0.10 billed, ≈ $0.23 at list price (a plan may bill less)\n"), "\(text)"
        )
        #expect(text.contains("5 events, 2026-03-30 to 2026-04-01 UTC"))
        #expect(text.contains("1 event of =new,model has no price; tokens only"))
        #expect(text.contains("\nm-max       $0.30  91%  ████████████   3,100         2\n"), "\(text)")
        #expect(text.contains("\n=new,model      -                         40         1\n"), "\(text)")
        #expect(text.contains("\ntotal       $0.33                      3,647         6\n"), "\(text)")
    }

    @Test func `an inventory has accounts, tools and models, then servers`() throws {
        let tool = try tool()
        let text = try tool.run("inventory").out
        #expect(text.hasPrefix("Who uses what  5 events, 2026-03-30 to 2026-04-01 UTC\n"))
        #expect(
            text.contains("ana@acme.example  api   m-max       03-30  03-30         2   3,100  $0.30\n"),
            "\(text)")
        #expect(
            text.contains("ana@acme.example  notes       04-01  04-01  configured only\n"), "\(text)")
        let mcp = try tool.run("inventory", "--mcp")
        #expect(mcp.out.hasPrefix("Who uses which MCP server\n") && text.hasSuffix("\n" + mcp.out))

        let json = try tool.run("inventory", "--json").lines
        #expect(json.count == 5)
        #expect(
            json[0].hasPrefix(
                #"""
                {"kind":"use","identity":"ana@acme.example","person":null,"managed":null,"team":"search",\#
                "project":null,"tool":"api","model":"m-max","mcp_server":null,"source":null,\#
                "first_seen":"2026-03-30T10:00:00.000Z","last_seen":"2026-03-30T11:00:00.000Z","events":2,
                """#.replacing("\n", with: "")), "\(json[0])")
        #expect(json[3].contains(#""kind":"mcp","identity":"ben@acme.example""#))
        #expect(
            json[3].contains(#""mcp_server":"github""#)
                && json[3].contains(#""mcp_uses":1,"input_tokens":null"#))
        let teams = try tool.run("inventory", "--by", "team,model", "--json").lines
        #expect(
            teams.count == 3
                && teams[0].contains(#""identity":null,"person":null,"managed":null,"team":"search""#))
    }

    @Test func `filters and times narrow what is summed`() throws {
        let tool = try tool()
        func events(_ arguments: String...) throws -> Int {
            let csv = try tool.start(Tool.path, ["report", "--csv", "--by", "day"] + arguments, input: [])
                .result()
            return csv.lines.dropFirst().reduce(0) {
                $0 + (Int($1.split(separator: ",", omittingEmptySubsequences: false)[5]) ?? 0)
            }
        }
        #expect(try events() == 5)
        #expect(try events("--identity", "Ana@Acme.example") == 2)
        #expect(try events("--team", "web", "--model", "m-mini") == 2)
        #expect(try events("--mcp-server", "github") == 1)
        #expect(try events("--tool", "cli", "--until", "2026-04-01") == 1)
        // The log's clock is that of the account that is behind: 10:01 on the first of April.
        #expect(try events("--since", "1h") == 2)
        #expect(try events("usage.ndjson", "--since", "1h") == 2)
    }

    @Test func `who sees nothing is told why`() throws {
        let tool = try tool()
        let typo = try tool.run("report", "--model", "MINI")
        #expect(typo.status == 0 && typo.out.isEmpty)
        #expect(typo.err == "No event has the model MINI; did you mean m-mini?\n")
        #expect(try tool.run("report", "--since", "2030-01-01").err == "No event matches.\n")
        let empty = try Tool()
        #expect(try empty.run("report").status == 66)
        try empty.write("nothing.ndjson", "")
        #expect(try empty.run("ingest", "nothing.ndjson").status == 0)
        for command in ["inventory", "report"] {
            let nothing = try empty.run(command)
            #expect(nothing.status == 0 && nothing.out.isEmpty)
            #expect(
                nothing.err
                    == "The log in ~/log holds no events yet. Next: tidemark ingest events.ndjson\n")
        }
    }

    @Test func `bad input and mistakes have their exit codes`() throws {
        let tool = try tool()
        try tool.write("bad.ndjson", Self.events + "no event\n")
        let bad = try tool.run("report", "bad.ndjson")
        #expect(bad.status == 65 && bad.out.contains("total"))
        #expect(bad.err.contains("1 line rejected"), "\(bad.err)")
        #expect(try tool.run("report", "bad.ndjson", "--keep-going").status == 0)
        #expect(try tool.run("report", "missing.ndjson").status == 66)
        for mistake in [
            ["report", "--json", "--csv"], ["report", "--by", "moon"],
            ["report", "--by", "day", "--every", "week"],
            ["report", "--top", "0"], ["report", "--metric", "love"], ["inventory", "--mcp", "--by", "team"],
            ["inventory", "--by", "team,tool,model,source,project"], ["inventory", "--by", "session"],
        ] {
            let result = try tool.start(Tool.path, mistake, input: []).result()
            #expect(result.status == 64, "\(mistake)")
            #expect(result.err.hasPrefix("tidemark: "), "\(result.err)")
        }
        let pipe = try tool.run("report", "-", "--since", "7d", input: Self.events)
        #expect(pipe.status == 64 && pipe.err.contains("--since 2026-04-01"), "\(pipe.err)")
        #expect(try tool.run("report", "-", input: Self.events).out == tool.run("report").out)
    }

    @Test(arguments: UsageCommandTests.axes)
    func `everything that can be asked for adds up and fits into 80 columns`(axis: String) throws {
        let long = #"a-name-that-nobody-would-give-but-somebody-does-\u001b[31m"#
        let tool = try tool(
            Self.events + #"{"ts":1775000000000,"identity":"\#(long)@acme.example","model":"\#(long)","#
                + #""tool":"\#(long)","cost_usd":123456.789,"request_id":"7"}"# + "\n")
        for metric in ["cost", "tokens", "cache-read", "uses"] {
            let text = try tool.run("report", "--by", axis, "--metric", metric)
            #expect(text.status == 0, "\(text.err)")
            for line in text.lines {
                #expect(displayWidth(String(line)) <= 80, "\(line)")
                #expect(!line.contains("\u{1b}"))
            }
        }
        let csv = try tool.run("report", "--by", axis, "--csv", "--top", "2")
        let plain = axis == "day" || axis == "hour" || axis == "week" || axis == "month"
        #expect(csv.status == (plain ? 64 : 0))
        for line in try tool.run("inventory").lines { #expect(displayWidth(String(line)) <= 80, "\(line)") }
    }

    private static let axes = [
        "identity", "team", "project", "tool", "model", "mcp_server", "mcp-server", "source", "session",
        "kind-of-cost", "hour", "day", "week", "month",
    ]

    @Test(arguments: [("claude-sonnet-4-5", 11, "cla…net-4-5"), ("ana.maria@acme.example", 10, "ana.maria…")])
    func `long names keep what tells them apart`(name: String, width: Int, shown: String) {
        #expect(shortened(name, to: width) == shown)
        #expect(shortened(name, to: 40) == name)
    }
}
