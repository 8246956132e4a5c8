import Foundation
import Testing

@Suite struct LogRepairTests {
    /// A log of three blocks of events, and the bytes of its one segment.
    private static func log() throws -> (tool: Tool, segment: [UInt8]) {
        let tool = try Tool()
        for part in 0..<3 {
            try tool.write(
                "\(part).ndjson", (part * 10..<part * 10 + 10).map { Tool.event($0) }.joined())
            #expect(try tool.run("ingest", "\(part).ndjson").status == 0)
        }
        return (tool, try tool.bytes("log/segments/00000000000000000000.seg"))
    }

    /// Damages the second block of events.
    private static func damage(_ tool: Tool, _ segment: [UInt8]) throws {
        var at = 128
        var seen = 0
        while true {
            if segment[at + 4] == 1 { seen += 1 }
            if seen == 2 { break }
            at += Int(segment[at + 8]) | Int(segment[at + 9]) << 8
        }
        var changed = segment
        changed[at + 100] ^= 1
        try tool.write("log/segments/00000000000000000000.seg", changed)
    }

    @Test func `a damaged log is repaired, read, replayed, and fed again`() throws {
        let (tool, segment) = try Self.log()
        let whole = try tool.run("log", "cat").lines
        try Self.damage(tool, segment)
        #expect(try tool.run("log", "verify").status == 65)
        let refused = try tool.run("ingest", "1.ndjson")
        #expect(refused.status == 65 && refused.err.contains("tidemark log repair"), "\(refused.err)")
        let dry = try tool.run("log", "repair", "--dry-run")
        #expect(dry.status == 65 && dry.out.contains("10 events, 10 to 19"), "\(dry.out)\(dry.err)")
        #expect(dry.out.contains("20 events would be kept"))
        #expect(try tool.run("log", "verify").status == 65)
        let done = try tool.run("log", "repair", "--json")
        #expect(done.status == 0, "\(done.err)")
        #expect(
            done.out.hasPrefix("{\"dry_run\":false,\"kept\":20,\"lost\":10,\"torn_tail\":false,\"losses\":["))
        #expect(done.out.contains("\"first_sequence\":10,\"end_sequence\":20,\"open\":false"))
        #expect(
            done.out.contains(
                #""after_ts":"2026-03-02T00:09:00.000Z","before_ts":"2026-03-02T00:20:00.000Z""#))
        let kept = try FileManager.default.contentsOfDirectory(atPath: tool.file("log/quarantine"))
        #expect(kept.count == 1 && kept[0].hasSuffix(".damaged"))
        let sound = try tool.run("log", "verify")
        #expect(sound.status == 0)
        #expect(sound.out.contains("gap  lost before a repair: 10 events, 10 to 19\n"), "\(sound.out)")
        #expect(
            try tool.run("log", "verify", "--json").out.contains(
                #""missing":10,"gaps":[{"first_sequence":10,"end_sequence":20,"#
                    + #""open":false,"expired":false}],"#
            ))
        let cat = try tool.run("log", "cat")
        #expect(cat.lines == Array(whole[..<10] + whole[20...]))
        #expect(cat.err.hasPrefix("The log has 1 gap of events "), "\(cat.err)")
        #expect(try tool.run("replay").status == 0)
        #expect(try tool.run("log", "repair").out == "sound  20 events, nothing to repair\n")
        try tool.write("all.ndjson", whole.joined(separator: "\n") + "\n")
        let again = try tool.run("ingest", "--json", "all.ndjson")
        #expect(again.status == 0)
        #expect(again.out.contains("\"accepted\":10,\"duplicates\":20,\"rejected\":0"), "\(again.out)")
        #expect(try tool.run("log", "cat").lines == Array(whole[..<10] + whole[20...] + whole[10..<20]))
        #expect(try tool.run("log", "stat", "--json").out.hasPrefix("{\"events\":30,"))
    }

    @Test func `what cannot be repaired is said, and nothing is touched`() throws {
        let (tool, segment) = try Self.log()
        var changed = segment
        changed[20] ^= 1
        try tool.write("log/segments/00000000000000000000.seg", changed)
        let result = try tool.run("log", "repair")
        #expect(result.status == 65 && result.err.contains("backup"), "\(result.err)")
        #expect(try tool.bytes("log/segments/00000000000000000000.seg") == changed)
        #expect(try tool.run("-L", tool.file("none"), "log", "repair").status == 66)
        #expect(!FileManager.default.fileExists(atPath: tool.file("none")))
    }
}
