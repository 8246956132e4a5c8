import UsageEvents

extension EventFormat {
    /// The sessions that Gemini CLI keeps of its chats.
    static let gemini = EventFormat(
        name: "gemini", summary: "sessions of Gemini CLI", isRevised: true, isPersonal: true,
        place: LocalPlace(
            program: "Gemini CLI", variable: "GEMINI_CLI_HOME", roots: [""], folders: [".gemini/tmp"],
            suffixes: [".jsonl", ".json"], within: "chats"),
        recognises: { $0.hasKey("sessionId") && $0.hasKey("projectHash") && $0.hasKey("startTime") },
        makeDecoder: { options, head in
            if GeminiSessions.isDocument(head) {
                return DocumentRecords(GeminiSessions(options), options: options)
            }
            return LineRecords(GeminiSessions(options), options: options)
        })
}

/// What a message of Gemini CLI means: one of the model's, with its tokens, is a request.
///
/// A session was one document, `session-*.json`, with all messages in a list; since 2026 it is
/// `session-*.jsonl`, a line for each message and one again for each change of it, such as when its tokens
/// or the results of its tools are known. A document that is resumed is copied into such a file. Session and
/// message together are what copies share. Messages that the user takes back were answered all the same.
///
/// Tokens are those of the Gemini API: the prompt includes what came from the cache, while what tools gave
/// back and thoughts are counted beside prompt and answer. The project is known by a hash of its folder only.
struct GeminiSessions: DocumentReader {
    static let name = "gemini"
    static let listKeys = [Array("messages".utf8)]

    private enum Key: String, CaseIterable, Sendable {
        case id, timestamp, type, model, tokens, sessionId, projectHash
    }
    private static let keys = JSONKeys<Key>()
    private static let answer = Array("gemini".utf8)
    private static let withoutType = Array("without type".utf8)
    private static let withoutTokens = Array("gemini, without tokens".utf8)

    private let options: DecoderOptions
    private var session: String?
    private var project: String?

    init(_ options: DecoderOptions) { self.options = options }

    /// Whether an input is one document rather than lines: it begins with a brace alone in its line, or the
    /// list of messages stands in its first line.
    static func isDocument(_ head: InputHead) -> Bool {
        if head.bytes.isEmpty { return head.path.hasSuffix(".json") || head.path.hasSuffix(".json.zst") }
        let line = Array(head.firstLine)
        return line.count < 3 || InputHead(path: head.path, bytes: line).hasKey("messages")
    }

    // MARK: - Whose messages they are

    mutating func beginDocument() {
        session = nil
        project = nil
    }

    /// What stands around the messages of a document. What cannot be read says nothing.
    mutating func note(_ key: Span<UInt8>, _ value: Span<UInt8>) {
        guard let key = Self.keys.find(key), key == .sessionId || key == .projectHash else { return }
        var cursor = JSONCursor()
        guard let text = try? cursor.label(value, .sessionID, key: key.rawValue) else { return }
        if key == .sessionId { session = text } else { project = Self.short(text) }
    }

    /// The first characters of a hash of 64 tell folders apart.
    private static func short(_ hash: String) -> String { String(hash.prefix(12)) }

    // MARK: - Messages

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        var (id, model, foundSession, foundProject): (String?, String?, String?, String?)
        var ts: Timestamp?
        var type: JSONKey?
        var usage: Usage?
        var cursor = JSONCursor()
        try cursor.enterObject(record)
        while let name = try cursor.nextKey(record) {
            switch Self.keys.find(name, in: record) {
            case .id: id = try cursor.label(record, .requestID, key: "id")
            case .timestamp: ts = try cursor.time(record, key: "timestamp")
            case .type: type = try cursor.rawText(record, nil, key: "type")
            case .model: model = try cursor.label(record, .model, key: "model")
            case .tokens: usage = try Usage(&cursor, record)
            case .sessionId: foundSession = try cursor.label(record, .sessionID, key: "sessionId")
            case .projectHash: foundProject = try cursor.label(record, .project, key: "projectHash")
            case nil: try cursor.skip(record)
            }
        }
        try cursor.end(record)
        guard let type else {
            if let foundSession { session = foundSession }
            if let foundProject { project = Self.short(foundProject) }
            if foundSession == nil { intake.ignored.count(Self.withoutType.span) }
            return
        }
        let kind = record.extracting(type.range)
        guard kind.isEqual(to: Self.answer.span) else { return intake.ignored.count(kind) }
        guard let usage else { return intake.ignored.count(Self.withoutTokens.span) }
        try stage(usage, id, ts, model, into: &intake)
    }

    private func stage(
        _ usage: Usage, _ id: String?, _ ts: Timestamp?, _ model: String?, into intake: inout RecordIntake
    ) throws(Refusal) {
        guard let id else { throw .missing(.requestID, "a message needs its id") }
        var event = UsageEvent(
            ts: try RecordBounds.time(ts, key: "timestamp"), identity: options.defaultIdentity ?? "")
        guard !event.identity.isEmpty else {
            throw .missing(.identity, "no account is named and there is no default")
        }
        try usage.write(to: &event)
        event.model = model
        event.project = project
        event.sessionID = session
        event.tool = "gemini-cli"
        event.source = options.defaultSource ?? Self.name
        let key = RequestKey(message: session.map { "\($0)-\(id)" } ?? id)
        event.requestID = try RecordBounds.label(key.text, .requestID, key: "id")
        event.shape.insert(.tool)
        event.shape.insert(.requestID)
        if model != nil { event.shape.insert(.model) }
        if project != nil { event.shape.insert(.project) }
        if session != nil { event.shape.insert(.sessionID) }
        try intake.stage(event)
    }
}

extension GeminiSessions {
    /// Tokens of a message; what is left out is 0.
    struct Usage {
        private enum Key: String, CaseIterable, Sendable { case input, output, cached, thoughts, tool }

        private static let keys = JSONKeys<Key>()

        private var input: Int64 = 0
        private var output: Int64 = 0
        private var cached: Int64 = 0
        private var thoughts: Int64 = 0
        private var tool: Int64 = 0

        /// Reads the object before which the cursor stands; nil for null.
        init?(_ cursor: inout JSONCursor, _ record: Span<UInt8>) throws(Refusal) {
            guard try cursor.entersObject(record, key: "tokens") else { return nil }
            while let key = try cursor.nextKey(record) {
                switch Self.keys.find(key, in: record) {
                case .input: input = try Self.count(.inputTokens, .input, &cursor, record)
                case .output: output = try Self.count(.outputTokens, .output, &cursor, record)
                case .cached: cached = try Self.count(.cacheReadTokens, .cached, &cursor, record)
                case .thoughts: thoughts = try Self.count(.reasoningTokens, .thoughts, &cursor, record)
                case .tool: tool = try Self.count(.inputTokens, .tool, &cursor, record)
                case nil: try cursor.skip(record)
                }
            }
        }

        private static func count(
            _ field: Field, _ key: Key, _ cursor: inout JSONCursor, _ record: Span<UInt8>
        ) throws(Refusal) -> Int64 {
            try cursor.tokens(record, field, key: "tokens.\(key.rawValue)") ?? 0
        }

        /// As an event counts them: no kind includes another, but thoughts are part of the answer.
        func write(to event: inout UsageEvent) throws(Refusal) {
            event.inputTokens = try RecordBounds.tokens(
                max(0, input - cached) + tool, .inputTokens, key: "tokens.input")
            event.outputTokens = try RecordBounds.tokens(
                output + thoughts, .outputTokens, key: "tokens.output")
            event.cacheReadTokens = cached
            event.reasoningTokens = thoughts
            event.shape.insert(.inputTokens)
            event.shape.insert(.outputTokens)
            event.shape.insert(.cacheReadTokens)
            event.shape.insert(.reasoningTokens)
        }
    }
}
