import Testing
import TidemarkTestKit
import UsageEvents

@testable import EventLog

@Suite struct RejectedLinesTests {
    private func line(_ number: Int, _ text: [UInt8] = Array("{bad".utf8)) -> RejectedLine {
        RejectedLine(
            file: "in.ndjson", line: number, reason: "malformed", field: nil, detail: "no \"end\"", text: text
        )
    }

    @Test func `a rejected line is kept as JSON, whatever its bytes are`() throws {
        let disk = SimulatedDisk()
        let writer = try LogWriter(disk, directory: "/log")
        var rejected = try RejectedLines(disk, directory: "/log")
        try rejected.sync()
        #expect(disk.contents("/log/rejected/1.ndjson") == nil)
        rejected.add(line(7, [0xff, 0, 10, 0x22, 0x5c, 0x41]))
        try rejected.sync()
        disk.crash()
        let bytes = try #require(disk.contents("/log/rejected/1.ndjson"))
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"file":"in.ndjson","line":7,"reason":"malformed","field":null,"detail":"no \"end\"","#
                + #""text":"\#u{fffd}\u0000\u000a\"\\A"}"# + "\n")
        _ = consume writer
    }

    @Test func `what does not fit is counted, also over restarts`() throws {
        let disk = SimulatedDisk()
        let writer = try LogWriter(disk, directory: "/log")
        for round in 0..<2 {
            var rejected = try RejectedLines(disk, directory: "/log", totalMax: 1_000)
            for number in 0..<20 { rejected.add(line(number)) }
            try rejected.sync()
            #expect(rejected.kept + rejected.dropped == 20)
            #expect(round == 0 ? rejected.kept > 5 : rejected.kept == 0)
        }
        #expect(try #require(disk.contents("/log/rejected/1.ndjson")).count <= 1_000)
        _ = consume writer
    }

    @Test func `half a line that a crash left is ended, not continued`() throws {
        let disk = SimulatedDisk()
        let writer = try LogWriter(disk, directory: "/log")
        try disk.makeDirectory("/log/rejected")
        disk.place("/log/rejected/3.ndjson", Array("{\"file\":".utf8))
        var rejected = try RejectedLines(disk, directory: "/log")
        rejected.add(line(1))
        try rejected.sync()
        let text = String(decoding: try #require(disk.contents("/log/rejected/3.ndjson")), as: UTF8.self)
        #expect(text.hasPrefix("{\"file\":\n{\"file\":\"in.ndjson\""))
        _ = consume writer
    }
}
