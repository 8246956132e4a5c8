import Foundation
import Testing

@Suite struct LogSealTests {
    /// A log of several commits of the account that is erased below.
    private static func log() throws -> Tool {
        let tool = try Tool()
        for part in 0..<3 {
            try tool.write(
                "\(part).ndjson", (part * 10..<part * 10 + 10).map { Tool.event($0) }.joined())
            #expect(try tool.run("ingest", "\(part).ndjson").status == 0)
        }
        return tool
    }

    @Test func `a sealed log prints, replays and verifies as before, and goes on`() throws {
        let tool = try Self.log()
        let cat = try tool.run("log", "cat").out
        let replay = try tool.run("replay", "--json").out
        let dry = try tool.run("log", "seal", "--dry-run")
        #expect(dry.status == 0 && dry.out.hasPrefix("1 open segment"), "\(dry.out)\(dry.err)")
        let done = try tool.run("log", "seal", "--json")
        #expect(done.out.hasPrefix("{\"dry_run\":false,\"segments\":1,"), "\(done.out)\(done.err)")
        #expect(try tool.run("log", "cat").out == cat)
        #expect(try tool.run("replay", "--json").out == replay)
        #expect(try tool.run("log", "verify").status == 0)
        #expect(try tool.run("log", "stat", "--json").out.contains("\"sealed_segments\":1,"))
        #expect(try tool.run("log", "seal").out == "Nothing to seal: 1 segment sealed before.\n")
        let again = try tool.run("ingest", "--json", "1.ndjson")
        #expect(again.out.contains("\"accepted\":0,\"duplicates\":10"), "\(again.out)\(again.err)")
    }

    @Test func `erasing wants to be asked twice, and says what it did`() throws {
        let tool = try Self.log()
        let line = try #require(try tool.run("log", "cat").lines.first)
        let start = try #require(line.range(of: "\"identity\":\"")).upperBound
        let identity = String(line[start...].prefix { $0 != "\"" })
        #expect(try tool.run("log", "erase", identity).status == 64)
        #expect(try tool.run("log", "erase", "nobody", "--yes").status == 66)
        #expect(try tool.run("log", "erase", "--finish").status == 66)
        #expect(try tool.run("log", "erase", identity, "--dry-run").out.hasPrefix("would erase  "))
        #expect(try tool.run("log", "cat").lines.contains(line))
        let done = try tool.run("log", "erase", identity, "--yes", "--json")
        #expect(done.status == 0 && done.out.hasPrefix("{\"dry_run\":false,"), "\(done.out)\(done.err)")
        #expect(try !tool.run("log", "cat").out.contains(identity))
        #expect(try tool.run("log", "verify").status == 0)
    }

    @Test func `what only sentences say is no account to erase, what a line names as one is`()
        throws
    {
        let tool = try Self.log()
        try tool.write("bad.ndjson", #"{"identity":"ghost","note":"which nobody had used""# + "\n")
        #expect(try tool.run("ingest", "bad.ndjson").status == 65)
        func rejected() throws -> String { try tool.shell("cat log/rejected/*").out }
        #expect(try rejected().contains("nobody"))
        let unknown = try tool.run("log", "erase", "nobody", "--yes")
        #expect(unknown.status == 66 && unknown.err.contains("no event of nobody"), "\(unknown.err)")
        #expect(try rejected().contains("nobody"))
        #expect(try tool.run("log", "erase", "ghost", "--yes").status == 0)
        #expect(try !rejected().contains("ghost"))
    }

    @Test func `pruning needs a limit`() throws {
        let tool = try Self.log()
        #expect(try tool.run("log", "prune").status == 64)
        #expect(try tool.run("log", "prune", "--days", "1").out.hasPrefix("Nothing to drop: "))
    }
}
