import UsageEvents

/// One line, and where its session stands in it.
struct Line {
    var bytes: [UInt8]
    /// Where the 36 letters of the session begin.
    var sessionAt: Int
}

/// A transcript that is being made.
struct TranscriptFile {
    let session: String
    let project: Int
    private(set) var bytes: [UInt8] = []
    /// The lines of answers.
    private(set) var answers: [Line] = []

    init(session: String, project: Int) {
        self.session = session
        self.project = project
    }

    /// Copies lines of the session that this one resumes, under the new session.
    mutating func resume(_ lines: [Line]) {
        for line in lines {
            var copy = line
            copy.bytes.replaceSubrange(line.sessionAt..<line.sessionAt + 36, with: session.utf8)
            append(copy)
        }
    }

    mutating func append(_ line: Line) {
        answers.append(line)
        append(line.bytes)
    }

    mutating func append(_ line: [UInt8]) {
        bytes.append(contentsOf: line)
        bytes.append(0x0a)
    }
}

/// Where one works, and what is connected there.
enum Projects {
    static let names = [
        "shop", "billing", "search", "infra", "mobile", "website", "ledger", "notes", "gateway", "reports",
        "sandbox", "docs",
    ]
    private static let servers = ["linear", "github", "sentry", "postgres", "plugin_kit_browser", "wiki"]

    static func folder(_ project: Int) -> String { "-home-mira-src-" + names[project] }

    static func servers(_ project: Int) -> [String] {
        [servers[project % servers.count], servers[(project + 1) % servers.count]]
    }
}

// MARK: - How lines are spelled

extension TranscriptYear {
    mutating func hex(_ digits: Int) -> String {
        var text = ""
        while text.utf8.count < digits { text += Hash128(high: random.next(), low: random.next()).hex }
        return String(text.prefix(digits))
    }

    mutating func uuid() -> String {
        let text = hex(32)
        let parts = [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)]
        return parts.map { String(text.dropFirst($0.0).prefix($0.1)) }.joined(separator: "-")
    }

    /// Appends about so many bytes of text as it stands between the quotes of a JSON string.
    private mutating func text(_ count: Int, into out: inout [UInt8]) {
        let end = out.count + count
        while out.count < end { out.append(contentsOf: Self.fragments[random.below(Self.fragments.count)]) }
    }

    private static let fragments: [[UInt8]] = [
        #"CANARY let total = rows.reduce(0) { $0 + $1.amount }\n"#,
        #"    guard let line = reader.next() else {\n        return nil\n    }\n"#,
        #"\tif (err != nil) { return fmt.Errorf(\"read %s: %w\", path, err) }\n"#,
        #"CANARY 2026-02-11 09:14:03 INFO  request finished in 31 ms, status 200, 1834 bytes\n"#,
        #"Größe und Länge müssen vor dem Aufruf geprüft werden. "#,
        #"The test fails because the clock is read twice; it is better to read it once and pass it on. "#,
        #"{\"type\":\"assistant\",\"usage\":{\"input_tokens\":99999}} "#,
        #"CANARY ✓ 214 tests passed in 3.1 s 日本語のテキスト \ud83d\ude00 "#,
        #"export const handler = async (event) => { return respond(JSON.parse(event.body)) }\n"#,
        #"drwxr-xr-x  4 mira staff  128 Nov  3 10:12 .\n-rw-r--r--  1 mira staff 5120 data.bin\n"#,
    ].map { Array($0.utf8) }

    private static func time(_ ts: Int64) -> String { Timestamp(rawValue: ts).description }

    /// The beginning of a line, up to and with its session.
    private mutating func head(_ file: TranscriptFile, isSide: Bool) -> Line {
        let directory = "/home/mira/src/" + Projects.names[file.project]
        let start =
            "{\"parentUuid\":\"\(uuid())\",\"isSidechain\":\(isSide),\"userType\":\"external\","
            + "\"cwd\":\"\(directory)\",\"sessionId\":\""
        return Line(bytes: Array((start + file.session).utf8), sessionAt: start.utf8.count)
    }

    private static func append(_ text: String, to line: inout Line) {
        line.bytes.append(contentsOf: text.utf8)
    }

    /// The lines of an answer: usage grows, and the last line is mostly the one that counts.
    mutating func answer(_ message: Message, into file: inout TranscriptFile, isSide: Bool) {
        let count = 1 + random.below(4)
        let largest = random.below(30) == 0 ? random.below(count) : count - 1
        for number in 0..<count {
            let output = number == largest ? message.output : min(message.output, Int64(1 + random.below(20)))
            // All lines of a message lie on its day.
            let ts = min(
                message.ts + Int64(number) * 700, (message.ts / Timestamp.day + 1) * Timestamp.day - 1)
            let server = number == count - 1 ? message.server : nil
            file.append(
                line(message, output: output, ts: ts, server: server, file, isSide: isSide, message.request))
        }
    }

    /// The same message again, on a side chain and under another request.
    mutating func replay(_ message: Message, into file: inout TranscriptFile) {
        let copy = line(
            message, output: message.output, ts: message.ts + 90_000, server: nil, file, isSide: true,
            "req_011" + hex(20))
        file.append(copy.bytes)
    }

    private mutating func line(
        _ message: Message, output: Int64, ts: Int64, server: String?, _ file: TranscriptFile, isSide: Bool,
        _ request: String
    ) -> Line {
        var line = head(file, isSide: isSide)
        Self.append(
            "\",\"version\":\"2.1.230\",\"gitBranch\":\"main\",\"message\":{\"id\":\"\(message.id)\","
                + "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"\(message.model.name)\","
                + "\"content\":[",
            to: &line)
        if let server {
            // One id for each message, whichever copy is read.
            Self.append(
                "{\"type\":\"tool_use\",\"id\":\"toolu_\(message.id.dropFirst(4))\","
                    + "\"name\":\"mcp__\(server)__find\",\"input\":{\"query\":\"", to: &line)
            text(60, into: &line.bytes)
            Self.append("\"}}", to: &line)
        } else {
            Self.append("{\"type\":\"text\",\"text\":\"", to: &line)
            text(100 + random.below(900), into: &line.bytes)
            Self.append("\"}", to: &line)
        }
        var usage =
            "],\"stop_reason\":null,\"usage\":{\"input_tokens\":\(message.input),"
            + "\"cache_creation_input_tokens\":\(message.cacheWrite),"
            + "\"cache_read_input_tokens\":\(message.cacheRead),"
        if message.hasParts {
            usage +=
                "\"cache_creation\":{\"ephemeral_5m_input_tokens\":\(message.cacheWrite - message.longWrite),"
                + "\"ephemeral_1h_input_tokens\":\(message.longWrite)},"
        }
        usage +=
            "\"output_tokens\":\(output),\"service_tier\":\"standard\"}},\"requestId\":\"\(request)\","
            + "\"type\":\"assistant\",\"uuid\":\"\(uuid())\",\"timestamp\":\"\(Self.time(ts))\"}"
        Self.append(usage, to: &line)
        return line
    }

    /// What a person typed or a tool gave back.
    mutating func user(_ file: TranscriptFile, _ ts: Int64) -> [UInt8] {
        var line = head(file, isSide: false)
        Self.append(
            "\",\"version\":\"2.1.230\",\"gitBranch\":\"main\",\"type\":\"user\",\"message\":{"
                + "\"role\":\"user\",\"content\":[{\"tool_use_id\":\"toolu_\(hex(22))\","
                + "\"type\":\"tool_result\",\"content\":\"",
            to: &line)
        text(random.below(50) == 0 ? 40_000 : 200 + random.below(4_000), into: &line.bytes)
        Self.append(
            "\"}]},\"uuid\":\"\(uuid())\",\"timestamp\":\"\(Self.time(ts - 2_000))\","
                + "\"toolUseResult\":{\"stdout\":\"CANARY\",\"interrupted\":false}}", to: &line)
        return line.bytes
    }

    /// A call that failed: no usage.
    mutating func failure(_ file: TranscriptFile, _ ts: Int64) -> [UInt8] {
        var line = head(file, isSide: false)
        Self.append(
            "\",\"message\":{\"id\":\"\(uuid())\",\"model\":\"<synthetic>\",\"role\":\"assistant\","
                + "\"usage\":{\"input_tokens\":0,\"output_tokens\":0},\"content\":[{\"type\":\"text\","
                + "\"text\":\"CANARY\"}]},\"type\":\"assistant\",\"isApiErrorMessage\":true,"
                + "\"timestamp\":\"\(Self.time(ts))\"}", to: &line)
        return line.bytes
    }

    mutating func snapshot(_ file: TranscriptFile, _ ts: Int64) -> [UInt8] {
        Array(
            ("{\"type\":\"file-history-snapshot\",\"messageId\":\"\(uuid())\",\"snapshot\":{"
                + "\"trackedFileBackups\":{},\"timestamp\":\"\(Self.time(ts))\"},\"isSnapshotUpdate\":false}")
                .utf8)
    }

    mutating func summary() -> [UInt8] {
        Array("{\"type\":\"summary\",\"summary\":\"CANARY\",\"leafUuid\":\"\(uuid())\"}".utf8)
    }
}
