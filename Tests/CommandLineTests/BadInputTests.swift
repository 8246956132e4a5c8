import Foundation
import Testing

/// Every bad input gets a message that says what, where and what to do, and the right exit code; nothing
/// good is lost.
@Suite struct BadInputTests {
    private static let good = Tool.event(1)

    /// Lines that are no events, with the reason that they get.
    static let lines: [(name: String, bytes: [UInt8], reason: String)] = [
        ("malformed", Array("{\"ts\":\n".utf8), "malformed_json"),
        ("an array", Array("[1,2]\n".utf8), "not_an_object"),
        (
            "cut in the middle", Array("{\"ts\":1772409600000,\"identity\":\"a\",\"input_tok".utf8),
            "malformed_json"
        ),
        (
            "a wrong type", Array("{\"ts\":1772409600000,\"identity\":\"a\",\"input_tokens\":\"1\"}\n".utf8),
            "wrong_type"
        ),
        (
            "negative tokens", Array("{\"ts\":1772409600000,\"identity\":\"a\",\"input_tokens\":-1}\n".utf8),
            "out_of_range"
        ),
        (
            "an overflow", Array("{\"ts\":1772409600000,\"identity\":\"a\",\"input_tokens\":1e30}\n".utf8),
            "out_of_range"
        ),
        ("no identity", Array("{\"ts\":1772409600000,\"input_tokens\":1}\n".utf8), "missing_field"),
        (
            "a known key twice", Array("{\"ts\":1,\"ts\":2,\"identity\":\"a\",\"input_tokens\":1}\n".utf8),
            "duplicate_key"
        ),
        ("a NUL byte", [0x7b, 0x00, 0x7d, 0x0a], "malformed_json"),
        (
            "invalid UTF-8",
            Array("{\"ts\":1772409600000,\"identity\":\"".utf8) + [0xff]
                + Array("\",\"input_tokens\":1}\n".utf8), "invalid_utf8"
        ),
        ("a line of 10 MB", Array(repeating: 0x78, count: 10 << 20) + [0x0a], "too_long"),
    ]

    @Test(arguments: 0..<BadInputTests.lines.count)
    func `a line that is no event is counted, kept and reported, its neighbours are in`(index: Int) throws {
        let (name, bytes, reason) = Self.lines[index]
        let tool = try Tool()
        try tool.write("in.ndjson", Array(Self.good.utf8) + bytes)
        let result = try tool.run("ingest", "in.ndjson")
        #expect(result.status == 65, "\(name): \(result.err)")
        #expect(result.err.contains("1  lines rejected   \(reason) 1"), "\(name): \(result.err)")
        #expect(result.out.isEmpty)
        #expect(try tool.run("log", "stat", "--json").out.hasPrefix("{\"events\":1,"))
        #expect(try tool.run("ingest", "in.ndjson", "--keep-going").status == 0)
        let kept = try FileManager.default.contentsOfDirectory(atPath: tool.file("log/rejected"))
        #expect(!kept.isEmpty)
        let replay = try tool.run("replay", "in.ndjson")
        #expect(replay.status == 65)
        #expect(replay.err.contains("in.ndjson:2: \(reason): "), "\(name): \(replay.err)")
    }

    @Test func `CRLF, a byte order mark and an empty file are no faults`() throws {
        let tool = try Tool()
        try tool.write("crlf.ndjson", Tool.event(1).replacing("\n", with: "\r\n"))
        try tool.write("bom.ndjson", [0xef, 0xbb, 0xbf] + Array(Tool.event(2).utf8))
        try tool.write("empty.ndjson", "")
        let result = try tool.run("ingest", "crlf.ndjson", "bom.ndjson", "empty.ndjson", "--json")
        #expect(result.status == 0, "\(result.err)")
        #expect(result.out.contains("\"lines\":2,\"accepted\":2,"))
    }

    @Test func `what is missing, a directory or gzip is refused with what to type instead`() throws {
        let tool = try Tool()
        try FileManager.default.createDirectory(
            atPath: tool.file("folder"), withIntermediateDirectories: true)
        try tool.write("a.ndjson.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        try tool.write("good.ndjson", Self.good)
        let cases: [(name: String, status: Int32, words: String)] = [
            ("nosuch.ndjson", 66, "nosuch.ndjson: no such file"),
            ("folder", 66, "folder is a folder without event files"),
            ("a.ndjson.gz", 65, "gzip -dc a.ndjson.gz | tidemark ingest -"),
        ]
        for (name, status, words) in cases {
            let result = try tool.run("ingest", name, "good.ndjson")
            #expect(result.status == status, "\(name): \(result.err)")
            #expect(result.err.contains("tidemark: ") && result.err.contains(words), "\(result.err)")
        }
        // The input beside it was read all the same.
        #expect(try tool.run("log", "stat", "--json").out.hasPrefix("{\"events\":1,"))
    }

    @Test func `a .zst that is truncated or a bomb gives what came before and says so`() throws {
        let tool = try Tool()
        let zstd = try tool.shell("command -v zstd")
        guard zstd.status == 0 else { return try zstdByHand(tool) }
        try tool.write("many.ndjson", (0..<5_000).map { Tool.event($0) }.joined())
        _ = try tool.shell(
            "zstd -q many.ndjson -o many.zst && head -c $(($(wc -c < many.zst) / 2)) many.zst > cut.zst")
        let result = try tool.run("ingest", "cut.zst")
        #expect(result.status == 65)
        #expect(result.err.contains("cut.zst ends in the middle of its compressed data"), "\(result.err)")
        _ = try tool.shell("head -c 300000000 /dev/zero | zstd -q > bomb.zst")
        let bomb = try tool.run("ingest", "bomb.zst")
        #expect(bomb.status == 65)
        #expect(bomb.err.contains("decompression bomb"), "\(bomb.err)")
    }

    /// Without the `zstd` tool: a frame header that promises more than there is.
    private func zstdByHand(_ tool: Tool) throws {
        try tool.write("cut.zst", [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x40])
        let result = try tool.run("ingest", "cut.zst")
        #expect(result.status == 65)
        #expect(result.err.contains("cut.zst"), "\(result.err)")
    }

    @Test func `a directory that is no log is refused and left alone`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        try FileManager.default.createDirectory(atPath: tool.file("log"), withIntermediateDirectories: true)
        try tool.write("log/segments", "not a directory")
        for arguments in [
            ["ingest", "good.ndjson"], ["log", "stat"], ["log", "verify"], ["tail"], ["replay"],
        ] {
            let result = try tool.start(Tool.path, arguments, input: []).result()
            #expect(result.status == 65, "\(arguments): \(result.err)")
            #expect(result.err.contains("is not a log"), "\(result.err)")
        }
        #expect(try tool.bytes("log/segments") == Array("not a directory".utf8))
    }

    @Test func `damage is named by file, place and events, a newer format by its number`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        _ = try tool.run("ingest", "good.ndjson")
        let segment = "log/segments/00000000000000000000.seg"
        let sound = try tool.bytes(segment)

        var damaged = sound
        damaged[300] ^= 0xff
        try tool.write(segment, damaged)
        let verify = try tool.run("log", "verify")
        #expect(verify.status == 65)
        #expect(
            verify.out.hasPrefix("damaged  ") && verify.out.contains("events 0 to 0 are at risk"),
            "\(verify.out)")
        #expect(try tool.run("log", "verify", "--json").out.hasPrefix("{\"sound\":false,"))
        for command in ["replay", "tail", "ingest"] where command != "tail" {
            let result = try tool.run(command, input: Self.good)
            #expect(result.status == 65, "\(command): \(result.err)")
            #expect(result.err.contains("tidemark log verify"), "\(result.err)")
        }

        try tool.write(segment, Array(sound.dropLast(100)))
        let torn = try tool.run("log", "verify")
        #expect(torn.status == 65 && torn.out.hasPrefix("torn  "), "\(torn.out)")

        var newer = Array(sound[..<124])
        newer[8] = 9
        newer += Self.checksum(newer)
        try tool.write(segment, newer + sound[128...])
        let result = try tool.run("log", "stat")
        #expect(result.status == 65)
        #expect(result.err.contains("log format 9.0"), "\(result.err)")
    }

    /// CRC-32C, bit by bit: the oracle of the header's checksum.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt32 = 0xffff_ffff
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
        }
        crc = ~crc
        return (0..<4).map { UInt8(truncatingIfNeeded: crc >> UInt32(8 * $0)) }
    }

    @Test func `a second writer is told to wait`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        let result = try tool.shell(
            """
            mkfifo p; exec 9<>p; $T ingest --acks - <p >first 2>/dev/null &
            until [ -e log/LOCK ]; do sleep 0.01; done; sleep 0.2
            $T ingest good.ndjson; code=$?; kill $!; exit $code
            """)
        #expect(result.status == 75, "\(result.err)")
        #expect(result.err.contains("writes to the log"), "\(result.err)")
    }

    @Test func `a full disk ends a run with 74 and keeps what was acknowledged`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        try tool.write(
            "many.ndjson", (10..<40_000).map { Tool.event($0, identity: "user-\($0 % 97)") }.joined())
        #expect(try tool.run("ingest", "good.ndjson").status == 0)
        let result = try tool.shell("ulimit -f 64; exec $T ingest many.ndjson")
        #expect(result.status == 74, "\(result.err)")
        #expect(result.err.contains("free some space"), "\(result.err)")
        #expect(try tool.run("log", "verify").status == 0)
        #expect(try tool.run("ingest", "many.ndjson").status == 0)
        #expect(try tool.run("log", "stat", "--json").out.hasPrefix("{\"events\":39991,"))
        let demo = try tool.shell("ulimit -f 64; exec $T demo")
        #expect(demo.status == 74 && demo.err.contains("usage.ndjson cannot be written"), "\(demo.err)")
    }

    @Test func `a directory that may not be written is said to be so`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        // Root may write anywhere but here.
        let result = try tool.run("-L", "/proc/tidemark", "ingest", "good.ndjson")
        #expect([66, 74].contains(result.status), "\(result.err)")
        #expect(result.err.hasPrefix("tidemark: ") && result.err.contains("/proc/tidemark"), "\(result.err)")
    }

    @Test func `output that nobody reads is quiet success, output that cannot be written is 74`() throws {
        let tool = try Tool()
        try tool.write("many.ndjson", (0..<20_000).map { Tool.event($0) }.joined())
        #expect(try tool.run("ingest", "many.ndjson").status == 0)
        let head = try tool.shell("$T log cat | head -1 | wc -l; exit ${PIPESTATUS[0]}")
        #expect(head.status == 0 && head.err.isEmpty, "\(head.err)")
        #expect(head.out.trimmingCharacters(in: .whitespacesAndNewlines) == "1")
        let full = try tool.shell("[ -e /dev/full ] || exit 74; $T log cat > /dev/full")
        #expect(full.status == 74)
        // A reader that leaves does not stop a file from being read to its end.
        let ingest = try tool.shell("$T -L all ingest --acks many.ndjson | head -0; exit ${PIPESTATUS[0]}")
        #expect(ingest.status == 0, "\(ingest.err)")
        #expect(try tool.run("-L", "all", "log", "stat", "--json").out.hasPrefix("{\"events\":20000,"))
    }

    @Test func `a signal ends a run as a shell expects, everything acknowledged is kept`() throws {
        let tool = try Tool()
        try tool.write("grow.ndjson", Self.good)
        for (signal, status) in [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)] {
            let running = try tool.start(Tool.path, ["ingest", "-f", "--acks", "grow.ndjson"], input: [])
            #expect(running.wait(for: "durable 1"))
            kill(running.process.processIdentifier, signal)
            let result = try running.result()
            #expect(result.status == status, "\(result.err)")
            #expect(result.err.contains("stopped: what is counted above is durable"), "\(result.err)")
        }
        #expect(try tool.run("log", "verify").status == 0)
    }

    @Test(arguments: [
        ["tial"], ["tail", "--bogus"], ["tail", "--kind", "spend"], ["tail", "--severity", "loud"],
        ["tail", "--since", "soon"],
        ["tail", "-n", "-1"], ["ingest", "--live", "--history", "x"],
        ["ingest", "--no-detect", "--print", "x"],
        ["ingest", "--format", "xml", "x"], ["ingest", "--identity", "", "x"], ["explain"], ["-L"],
    ])
    func `a mistake on the command line is one line and 64`(arguments: [String]) throws {
        let tool = try Tool()
        let result = try tool.start(Tool.path, arguments, input: []).result()
        #expect(result.status == 64, "\(result.err)")
        #expect(result.err.hasPrefix("tidemark: ") && result.err.contains("--help`"), "\(result.err)")
        #expect(result.err.split(separator: "\n").count == 1 && result.out.isEmpty)
    }

    @Test func `a file that is no configuration or price table is named`() throws {
        let tool = try Tool()
        try tool.write("good.ndjson", Self.good)
        try tool.write("prices.csv", "model,price\nm,1\n")
        let missing = try tool.run("replay", "good.ndjson", "--config", "nosuch.yaml")
        #expect(
            missing.status == 66 && missing.err.contains("nosuch.yaml cannot be read as a configuration"),
            "\(missing.err)")
        let prices = try tool.run("ingest", "good.ndjson", "--prices", "prices.csv")
        #expect(prices.status == 78 && prices.err.contains("prices.csv, line 1: "), "\(prices.err)")
        #expect(try tool.run("replay", "good.ndjson", "--set", "detection.ratio").status == 78)
    }

    @Test func `text of events is escaped in every message`() throws {
        let tool = try Tool()
        let line =
            "{\"ts\":1772409600000,\"identity\":\"eve\\u001b[2J\",\"input_tokens\":1,\"evil\\u001b[31m\":1}\n"
        try tool.write("in.ndjson", line)
        for arguments in [
            ["ingest", "in.ndjson"], ["replay", "in.ndjson"], ["explain", "eve\u{1b}[2J"],
            ["explain", "eve"], ["log", "cat"],
        ] {
            let result = try tool.start(Tool.path, arguments, input: []).result()
            #expect(!(result.out + result.err).contains("\u{1b}"), "\(arguments)")
        }
    }

    @Test(arguments: [
        ("", Int32(0)), ("<&-", 0), (">&-", 74), ("2>&-", 0), (">&- 2>&-", 74), ("<&- >&- 2>&-", 74),
    ])
    func `a stream that is closed is not mistaken for a file of the log`(
        streams: String, status: Int32
    ) throws {
        let tool = try Tool()
        try tool.write("in.ndjson", Self.good)
        let result = try tool.shell("exec $T ingest --json in.ndjson \(streams)")
        #expect(result.status == status, "\(streams): \(result.err)")
        let stat = try tool.run("log", "stat", "--json")
        #expect(stat.out.hasPrefix("{\"events\":1,"), "\(streams): \(stat.err)")
        #expect(try tool.run("log", "verify").status == 0)
    }

    @Test(arguments: [#"$T ingest -L $'odd\xff' in.ndjson"#, #"TIDEMARK_LOG=$'odd\xff' $T ingest in.ndjson"#])
    func `a log whose name is not UTF-8 is refused, not written beside`(command: String) throws {
        let tool = try Tool()
        try tool.write("in.ndjson", Self.good)
        let result = try tool.shell(command)
        #expect(result.status == 64 && result.err.contains("is not UTF-8"), "\(result.err)")
        #expect(try tool.shell("ls -d odd*").status != 0)
    }

    @Test func `an input that cannot be read is said once`() throws {
        let tool = try Tool()
        let result = try tool.shell("exec $T ingest --json - <&-")
        #expect(result.status == 74)
        let told = result.err.split(separator: "\n").filter { $0.contains("cannot be read") }
        #expect(told.count == 1, "\(result.err)")
    }
}
