import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// `docs/log-format.md` shows a whole segment in hexadecimal. Here it is read, and written again.
@Suite struct FormatDocumentTests {
    private static let directory = "/log"
    private static let path = "/log/segments/00000000000000000000.seg"

    /// The events of the example.
    private static var events: [UsageEvent] {
        (0..<2).map { (n: Int64) in
            var event = UsageEvent(
                ts: Timestamp(rawValue: 1_775_053_500_000 + n * 1_500),
                identity: n == 0 ? "ada@example.com" : "bot")
            event.team = "pay"
            event.model = "m-max"
            event.inputTokens = n == 0 ? 300 : 5
            event.outputTokens = 41
            event.cost = NanoUSD(rawValue: n == 0 ? 1_500_000 : 325_000)
            event.requestID = n == 0 ? "9f1c0c4e" : "9f1c0c4f"
            for field: Field in [.team, .model, .inputTokens, .outputTokens, .costUSD, .requestID] {
                event.shape.insert(field)
            }
            return event
        }
    }

    /// A log with those events, live, and a clean end.
    private static func write(_ disk: SimulatedDisk) throws -> [UInt8] {
        var options = LogWriter<SimulatedDisk>.Options()
        options.logID = LogID(high: 0x0706_0504_0302_0100, low: 0x0f0e_0d0c_0b0a_0908)
        var writer = try LogWriter(disk, directory: directory, options: options)
        var batch = EventBatch()
        var symbols = Symbols()
        for event in events { batch.append(event, symbols: &symbols) }
        _ = try writer.append(batch, symbols: symbols, received: 1_775_053_502_000)
        try writer.close()
        return try #require(disk.contents(path))
    }

    /// The bytes of the example: lines of the document that begin with an offset of four hexadecimal digits
    /// and two blanks.
    private static func documented() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let disk = PosixDisk()
        let file = try disk.open("/\(root)/docs/log-format.md", .read)
        var content = [UInt8](repeating: 0, count: try disk.size(file))
        let n = try disk.read(file, at: 0, count: content.count, into: &content)
        try disk.close(file)
        let text = String(decoding: content[..<n], as: UTF8.self)
        var bytes: [UInt8] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "  ", maxSplits: 2, omittingEmptySubsequences: true)
            guard parts.count >= 2, parts[0].count == 4, let offset = Int(parts[0], radix: 16) else {
                continue
            }
            #expect(offset == bytes.count)
            for pair in parts[1].split(separator: " ") { bytes.append(try #require(UInt8(pair, radix: 16))) }
        }
        return bytes
    }

    @Test func `the example of the document is read as the document says`() throws {
        let disk = SimulatedDisk()
        _ = try Self.write(disk)
        disk.place(Self.path, try Self.documented())
        let log = try WholeLog(disk, Self.directory)
        #expect(log.events == Self.events)
        #expect(log.records == ["events 0+2", "durable"])
        #expect(try LogVerifier.verify(disk, directory: Self.directory).isSound)
    }

    @Test func `the writer still writes the bytes of the document`() throws {
        let bytes = try Self.write(SimulatedDisk())
        if try bytes != Self.documented() {
            var dump = ""
            for start in stride(from: 0, to: bytes.count, by: 16) {
                let offset = String(start, radix: 16)
                dump += String(repeating: "0", count: 4 - offset.utf8.count) + offset + "  "
                for byte in bytes[start..<min(start + 16, bytes.count)] {
                    dump += (byte < 16 ? "0" : "") + String(byte, radix: 16) + " "
                }
                dump += "\n"
            }
            Issue.record("the format has changed; the bytes are now\n\(dump)")
        }
    }
}
