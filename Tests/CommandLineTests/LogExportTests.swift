import EventLog
import Foundation
import Testing

@Suite struct LogExportTests {
    /// Every key with a value, texts that need quotes, each grain and basis, and a negative correction.
    private static let lines = """
        {"ts":1772409600000,"identity":"ana@acme.example","team":"a, b","project":"say \\"hi\\"",\
        "tool":"api","model":"m","mcp_server":"=sum(1)","mcp_tool":"two\\nlines","input_tokens":1,\
        "output_tokens":22,"cache_read_tokens":333,"cache_write_tokens":4444,"reasoning_tokens":5,\
        "cost_usd":0.000000001,"cost_basis":"billed","requests":3,"request_id":"r 1","session_id":"-s",\
        "origin":"ø","source":"gateway","grain":"request"}
        {"ts":1772409601000,"ts_end":1772413200000,"identity":"svc","model":"m","input_tokens":7,\
        "cost_usd":12.5,"cost_basis":"estimated","source":"gateway","grain":"bucket"}
        {"ts":1772409602000,"identity":"svc","model":"m","output_tokens":-7,"cost_usd":-0.25,\
        "cost_basis":"list","source":"gateway","grain":"correction"}
        {"ts":1772409603000,"identity":"svc","cost_usd":0,"cost_basis":"included","requests":0,\
        "source":"gateway"}
        {"ts":1772409604000,"identity":"svc","mcp_server":"notes","source":"gateway","grain":"config"}

        """

    @Test(arguments: ["out.ndjson", "out.ndjson.zst", "out.csv", "out.csv.zst"])
    func `what is exported and ingested again is the same`(_ name: String) throws {
        let tool = try Tool()
        try tool.write("a.ndjson", Self.lines)
        #expect(try tool.run("ingest", "a.ndjson").status == 0)
        let cat = try tool.run("log", "cat").out
        #expect(cat.split(separator: "\n").count == 5)
        let export = try tool.run("log", "export", "-o", name)
        #expect(export.status == 0 && export.out.isEmpty, "\(export.err)")
        #expect(export.err.hasPrefix("5 events, ") && export.err.hasSuffix("in \(name)\n"), "\(export.err)")
        let bytes = try tool.bytes(name)
        #expect(ZstdInput.isZstd(bytes.span) == name.hasSuffix(".zst"))
        let format = name.contains(".csv") ? "table" : "ndjson"
        let again = try tool.run("-L", tool.file("other"), "ingest", "--format", format, name)
        #expect(again.status == 0, "\(again.err)")
        #expect(try tool.run("-L", tool.file("other"), "log", "cat").out == cat)
    }

    @Test func `a large export is whole, and packs and unpacks in pieces`() throws {
        let tool = try Tool()
        try tool.write("a.ndjson", Tool.runaway)
        #expect(try tool.run("ingest", "--no-detect", "a.ndjson").status == 0)
        let cat = try tool.run("log", "cat").out
        #expect(try tool.run("log", "export", "-o", "b.zst").status == 0)
        #expect(try tool.bytes("b.zst").count < cat.utf8.count / 5)
        #expect(try tool.run("-L", tool.file("other"), "ingest", "--no-detect", "b.zst").status == 0)
        #expect(try tool.run("-L", tool.file("other"), "log", "cat").out == cat)
    }

    @Test func `standard output takes either form, and the selection of cat`() throws {
        let tool = try Tool()
        try tool.write("a.ndjson", (0..<30).map { Tool.event($0) }.joined() + Self.lines)
        _ = try tool.run("ingest", "a.ndjson")
        #expect(try tool.run("log", "export").out == tool.run("log", "cat").out)
        let one = try tool.run("log", "export", "--format", "csv", "--identity", "ana@acme.example")
        #expect(one.out.hasPrefix("ts,ts_end,identity,team,"))
        #expect(one.out.contains("\"a, b\",\"say \"\"hi\"\"\",api,m,=sum(1),\"two\nlines\",1,22,333,4444,5,"))
        #expect(one.out.contains("0.000000001,billed,3,\"r 1\",-s,"))
        let late = ["--since", "2026-03-02T00:20:00Z", "--until", "2026-03-02 00:25"]
        let some = try tool.start(Tool.path, ["log", "export"] + late, input: []).result()
        #expect(some.lines.count == 5, "\(some.err)")
        #expect(try tool.run("log", "export", "--format", "xml").status == 64)
    }

    @Test func `a file that is there is kept unless --force is given, and nothing else is left`() throws {
        let tool = try Tool()
        try tool.write("a.ndjson", Self.lines)
        _ = try tool.run("ingest", "a.ndjson")
        try FileManager.default.createDirectory(
            atPath: tool.file("out"), withIntermediateDirectories: true)
        try tool.write("out/x", "")
        try tool.write("out/kept.csv", "mine")
        let refused = try tool.run("log", "export", "-o", "out/kept.csv")
        #expect(refused.status == 64 && refused.err.contains("--force"))
        #expect(try tool.bytes("out/kept.csv") == Array("mine".utf8))
        #expect(try tool.run("log", "export", "-o", "out/kept.csv", "--force").status == 0)
        #expect(try tool.bytes("out/kept.csv").starts(with: Array("ts,ts_end,".utf8)))
        let missing = try tool.run("log", "export", "-o", "nowhere/x.csv")
        #expect(missing.status == 74 && missing.err.contains("nowhere/x.csv"))
        #expect(try tool.run("-L", tool.file("none"), "log", "export", "-o", "out/y.csv").status == 66)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: tool.file("out")).sorted() == [
                "kept.csv", "x",
            ])
    }
}
