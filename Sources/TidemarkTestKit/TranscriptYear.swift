public import UsageEvents

/// A year of one person's Claude Code transcripts, with what they add up to.
///
/// Sessions of a few hundred messages in the folders of twelve projects; answers written in several lines
/// with growing usage; sessions resumed in new files that begin with copies; sub-agents; replays on side
/// chains; failed calls; MCP tools; the long lines of users and tools between. On one afternoon an agent
/// calls itself for three hours. Everything is invented; wherever people or models would have written
/// something stands CANARY. The same seed gives the same bytes everywhere.
public struct TranscriptYear {
    /// What one model used on one day (UTC).
    public struct Sum: Hashable, Sendable {
        /// Days since 1970.
        public var day: Int64
        /// AI model.
        public var model: String
        /// Requests.
        public var requests: Int64 = 0
        /// Prompt tokens not served from the cache.
        public var input: Int64 = 0
        /// Completion tokens.
        public var output: Int64 = 0
        /// Prompt tokens served from the cache.
        public var cacheRead: Int64 = 0
        /// Prompt tokens written to the cache.
        public var cacheWrite: Int64 = 0
        /// At list price.
        public var cost = NanoUSD(rawValue: 0)
    }

    /// How often an MCP server was used.
    public struct ServerUses: Hashable, Sendable {
        /// MCP server.
        public var server: String
        /// Calls of its tools.
        public var uses: Int64
    }

    /// What the files add up to when everything counts once.
    public struct Expected: Sendable {
        /// By day, then model.
        public internal(set) var sums: [Sum] = []
        /// By server.
        public internal(set) var serverUses: [ServerUses] = []
        /// Files.
        public internal(set) var files = 0
        /// Bytes of all files.
        public internal(set) var bytes = 0
    }

    /// The first day, in days since 1970: 2025-10-01.
    public static let firstDay: Int64 = 20_362
    /// The day of the runaway loop, from 14:00 to 17:00 UTC: 2026-07-28, a Tuesday.
    public static let runawayDay: Int64 = 20_662

    let messages: Int
    var random: SplitMix64
    var made = 0
    var expected = Expected()
    private var sums: [DayModel: Sum] = [:]
    private var uses: [String: Int64] = [:]
    /// The last lines of each project's last session, for a file that resumes it.
    private var lastLines: [[Line]]

    private struct DayModel: Hashable {
        var day: Int64
        var model: String
    }

    /// A year of so many messages, of which a part in eighty belongs to the loop.
    public init(messages: Int = 200_000, seed: UInt64 = 1) {
        self.messages = messages
        random = SplitMix64(seed: seed)
        lastLines = Projects.names.map { _ in [] }
    }

    /// Makes all files, one after another: `body` gets the path below the folder `projects`, and the bytes.
    public mutating func write(
        _ body: (_ path: String, _ bytes: [UInt8]) throws -> Void
    ) rethrows -> Expected {
        let looped = messages / 80
        let sessions = max(1, (messages - looped) / 320)
        for number in 0..<sessions {
            let rest = messages - looped - made
            let share =
                number == sessions - 1 ? rest : rest / (sessions - number) * (50 + random.below(101)) / 100
            try session(day: workday(number * 365 / sessions), messages: share, isLoop: false, body)
        }
        try session(day: Self.runawayDay, messages: looped, isLoop: true, body)
        expected.sums = sums.values.sorted { ($0.day, $0.model) < ($1.day, $1.model) }
        expected.serverUses = uses.map { ServerUses(server: $0.key, uses: $0.value) }.sorted {
            $0.server < $1.server
        }
        return expected
    }

    /// A day of the year; weekends mostly become the Friday before.
    private mutating func workday(_ offset: Int) -> Int64 {
        let day = Self.firstDay + Int64(offset)
        // Day 0 of 1970 was a Thursday.
        let weekday = (day + 3) % 7
        return weekday > 4 && random.below(5) > 0 && day - weekday + 4 >= Self.firstDay
            ? day - weekday + 4 : day
    }

    // MARK: - Sessions

    private mutating func session(
        day: Int64, messages: Int, isLoop: Bool, _ body: (String, [UInt8]) throws -> Void
    ) rethrows {
        guard messages > 0 else { return }
        let project = random.below(Projects.names.count)
        var file = TranscriptFile(session: uuid(), project: project)
        let begin = isLoop ? 14 * Timestamp.hour : Int64(7 + random.below(11)) * Timestamp.hour
        var clock = day * Timestamp.day + begin + Int64(random.below(3_000_000))
        if isLoop { clock = day * Timestamp.day + begin }
        if !lastLines[project].isEmpty, random.below(3) == 0 { file.resume(lastLines[project]) }
        file.append(snapshot(file, clock))

        let end = made + messages
        var talk = Talk(model: model(day), context: 12_000, keepsLong: random.below(4) == 0)
        while made < end {
            clock += isLoop ? 3 * Timestamp.hour / Int64(messages) : 4_000 + Int64(random.below(70_000))
            if talk.context > 160_000 {
                // The conversation is compacted.
                talk.context = isLoop ? 120_000 : 20_000
                file.append(summary())
            }
            if random.below(10) < 7 { file.append(user(file, clock)) }
            let message = next(&talk, clock, isLoop: isLoop)
            answer(message, into: &file, isSide: false)
            if random.below(100) == 0 { replay(message, into: &file) }
            if random.below(200) == 0 { file.append(failure(file, clock)) }
            if !isLoop, made + 20 < end, random.below(120) == 0 {
                try agent(in: file, clock: clock, messages: 5 + random.below(10), body)
            }
        }
        lastLines[project] = Array(file.answers.suffix(40))
        try finish(file, "\(Projects.folder(project))/\(file.session).jsonl", body)
    }

    /// A sub-agent has a file of its own, and all of its lines are side chains.
    private mutating func agent(
        in parent: TranscriptFile, clock: Int64, messages: Int, _ body: (String, [UInt8]) throws -> Void
    ) rethrows {
        var file = TranscriptFile(session: parent.session, project: parent.project)
        var talk = Talk(model: Model.haiku, context: 3_000, keepsLong: false)
        for number in 0..<messages {
            let at = clock + Int64(number) * 900
            if random.below(2) == 0 { file.append(user(file, at)) }
            answer(next(&talk, at, isLoop: false), into: &file, isSide: true)
        }
        let folder = "\(Projects.folder(parent.project))/\(parent.session)/subagents"
        try finish(file, "\(folder)/agent-\(hex(8)).jsonl", body)
    }

    private mutating func finish(
        _ file: TranscriptFile, _ path: String, _ body: (String, [UInt8]) throws -> Void
    ) rethrows {
        expected.files += 1
        expected.bytes += file.bytes.count
        try body(path, file.bytes)
    }

    private mutating func model(_ day: Int64) -> Model {
        // Another model is preferred from the spring on.
        let isLate = day > Self.firstDay + 190
        return random.below(10) < (isLate ? 5 : 1) ? .opus : .sonnet
    }

    // MARK: - Messages

    /// A conversation, as far as it decides about the next message.
    struct Talk {
        var model: Model
        /// Tokens that are in the cache.
        var context: Int64
        /// Whether the cache is kept for an hour.
        var keepsLong: Bool
    }

    private mutating func next(_ talk: inout Talk, _ clock: Int64, isLoop: Bool) -> Message {
        var message = Message(
            model: talk.model, ts: clock, id: "msg_01" + hex(22), request: "req_011" + hex(20))
        message.input = Int64(1 + random.below(12))
        message.output = Int64(20 + random.below(1 << (5 + random.below(isLoop ? 9 : 7))))
        message.cacheRead = talk.context
        message.cacheWrite = Int64(200 + random.below(4_000))
        message.longWrite = talk.keepsLong ? message.cacheWrite - Int64(random.below(200)) : 0
        message.hasParts = talk.keepsLong || random.below(10) > 0
        if random.below(16) == 0 {
            let servers = Projects.servers(random.below(Projects.names.count))
            message.server = servers[random.below(servers.count)]
        }
        talk.context += message.cacheWrite + message.output
        made += 1
        count(message)
        return message
    }

    private mutating func count(_ message: Message) {
        let key = DayModel(day: message.ts / Timestamp.day, model: message.model.name)
        var sum = sums[key] ?? Sum(day: key.day, model: key.model)
        sum.requests += 1
        sum.input += message.input
        sum.output += message.output
        sum.cacheRead += message.cacheRead
        sum.cacheWrite += message.cacheWrite
        sum.cost.rawValue += message.nanoUSD
        sums[key] = sum
        if let server = message.server { uses[server, default: 0] += 1 }
    }
}

/// A message with the usage that counts.
struct Message {
    let model: TranscriptYear.Model
    let ts: Int64
    let id: String
    let request: String
    var input: Int64 = 0
    var output: Int64 = 0
    var cacheRead: Int64 = 0
    var cacheWrite: Int64 = 0
    /// The part of `cacheWrite` that is kept for an hour.
    var longWrite: Int64 = 0
    /// Whether the line says which part that is.
    var hasParts = true
    var server: String?

    /// At list price: whole nano-dollars a token for all of these models.
    var nanoUSD: Int64 {
        input * model.input + output * model.output + cacheRead * model.cacheRead
            + (cacheWrite - longWrite) * model.cacheWrite + longWrite * 2 * model.input
    }
}

extension TranscriptYear {
    /// A model with its list price in nano-dollars a token, written down apart from the price table.
    struct Model {
        let name: String
        let input: Int64
        let output: Int64
        let cacheRead: Int64
        let cacheWrite: Int64

        static let opus = Model(
            name: "claude-opus-4-5", input: 5_000, output: 25_000, cacheRead: 500, cacheWrite: 6_250)
        static let sonnet = Model(
            name: "claude-sonnet-4-5", input: 3_000, output: 15_000, cacheRead: 300, cacheWrite: 3_750)
        static let haiku = Model(
            name: "claude-haiku-4-5", input: 1_000, output: 5_000, cacheRead: 100, cacheWrite: 1_250)
    }
}
