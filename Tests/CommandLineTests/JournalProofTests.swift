import Foundation
import Testing

/// `replay --verify-journal`, and what a replay says of events that are gone.
@Suite struct JournalProofTests {
    @Test func `the journal is proven equal to the replay, and every difference is found`() throws {
        let tool = try Tool()
        #expect(try tool.run("ingest", try tool.write("events.ndjson", Tool.runaway)).status == 0)
        let equal = try tool.run("replay", "--verify-journal")
        #expect(equal.status == 0, "\(equal.err)")
        #expect(equal.err.contains("the journal equals the replay: "), "\(equal.err)")
        #expect(
            try tool.run("replay", "--verify-journal", "--json").out.hasPrefix(
                #"{"equal":true,"transitions":"#))
        let path = "log/journal/alerts.ndjson"
        let journal = String(decoding: try tool.bytes(path), as: UTF8.self)
        let lines = journal.split(separator: "\n")
        for (changed, number) in [
            (journal.replacing("\"seq\":0", with: "\"seq\":9", maxReplacements: 1), 1),
            (lines.dropLast().joined(separator: "\n") + "\n", lines.count),
            (journal + lines[0] + "\n", lines.count + 1),
        ] {
            try tool.write(path, changed)
            let differs = try tool.run("replay", "--verify-journal")
            #expect(differs.status == 3)
            #expect(differs.err.contains("line \(number) of the journal differs"), "\(differs.err)")
        }
        #expect(try tool.run("replay", "--verify-journal", "--since", "7d").status == 64)
    }
}

/// `tail -f --exec`
@Suite struct TailExecTests {
    @Test func `a command gets each new alert on its standard input`() throws {
        let tool = try Tool()
        let follower = try tool.start(
            Tool.path, ["tail", "-f", "--exec", "cat >> \(tool.file("got")); echo handed"], input: [])
        defer { follower.process.terminate() }
        #expect(try tool.run("ingest", try tool.write("events.ndjson", Tool.runaway)).status == 0)
        #expect(follower.wait(for: "handed\n"))
        let got = String(decoding: try tool.bytes("got"), as: UTF8.self)
        #expect(got.hasPrefix(#"{"id":"al_"#) && got.hasSuffix("}\n"), "\(got)")
        #expect(try tool.run("tail", "--exec", "true").status == 64)
    }
}
