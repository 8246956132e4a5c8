import UsageEvents

extension EventFormat {
    /// The transcripts that Codex keeps of its sessions.
    static let codex = EventFormat(
        name: "codex", summary: "transcripts of Codex sessions", isRevised: true, isPersonal: true,
        place: LocalPlace(
            program: "Codex", variable: "CODEX_HOME", roots: [".codex"],
            folders: ["sessions", "archived_sessions"]),
        recognises: CodexTranscripts.recognises,
        makeDecoder: { options, _ in LineRecords(CodexTranscripts(options), options: options) })
}

/// What a line of a Codex transcript means: a count of tokens is a request, the end of an MCP call is the use
/// of a server, and a few others say whose these are.
///
/// Counts come as a running total of the conversation, mostly with the last step beside it, and are repeated
/// when nothing new has happened. Conversation and total together are what copies of a request share.
struct CodexTranscripts: RecordReader {
    static let name = "codex"

    private enum Key: String, CaseIterable { case type, timestamp, payload }
    private static let keys = JSONKeys<Key>()
    private static let kinds = JSONKeys<Kind>()
    private static let withoutType = Array("without type".utf8)

    private let options: DecoderOptions
    private var session: CodexSession

    init(_ options: DecoderOptions) {
        self.options = options
        session = CodexSession(path: options.path)
    }

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        var (type, timestamp, payload): (JSONCursor?, JSONCursor?, JSONCursor?)
        var cursor = JSONCursor()
        guard try cursor.kind(record) == .object else {
            try cursor.skip(record)
            try cursor.end(record)
            throw Refusal(reason: .notAnObject, detail: "the line is no JSON object, one is wanted")
        }
        try cursor.enterObject(record)
        while let key = try cursor.nextKey(record) {
            let value = JSONCursor(at: cursor.at)
            try cursor.skip(record)
            switch Self.keys.find(key, in: record) {
            case .type: type = value
            case .timestamp: timestamp = value
            case .payload: payload = value
            case nil: break
            }
        }
        try cursor.end(record)

        guard let name = try type?.rawText(record, nil, key: "type") else {
            return intake.ignored.count(Self.withoutType.span)
        }
        guard var content = payload, let kind = Self.kinds.find(name, in: record),
            try content.entersObject(record, key: "payload")
        else { return intake.ignored.count(record.extracting(name.range)) }
        let ts = try timestamp?.time(record, key: "timestamp")
        switch kind {
        case .meta: try session.readMeta(&content, record, ts: ts)
        case .turn: try session.readTurn(&content, record)
        case .event: try readEvent(&content, record, ts, into: &intake)
        }
    }

    /// The types of lines that are looked into.
    private enum Kind: String, CaseIterable {
        case meta = "session_meta"
        case turn = "turn_context"
        case event = "event_msg"
    }

    // MARK: - Events

    private mutating func readEvent(
        _ cursor: inout JSONCursor, _ record: Span<UInt8>, _ time: Timestamp?, into intake: inout RecordIntake
    ) throws(Refusal) {
        let message = try CodexMessage(&cursor, record)
        var event = UsageEvent(
            ts: try RecordBounds.time(time, key: "timestamp"), identity: options.defaultIdentity ?? "")
        if session.isReplay(at: event.ts) {
            if let total = message.total { session.total = total }
            return intake.ignored.count(Array("event_msg/\(message.type), replayed by a fork".utf8).span)
        }
        if message.type == "token_count" {
            guard let usage = session.step(of: message) else {
                return intake.ignored.count(Array("event_msg/token_count, nothing new".utf8).span)
            }
            event.take(usage)
            event.model = session.model
            if event.model != nil { event.shape.insert(.model) }
            event.requestID = session.key(of: message, usage, at: event.ts)
        } else if message.type == "mcp_tool_call_end", let server = message.server {
            event.mcpServer = server
            event.shape.insert(.mcpServer)
            event.mcpTool = message.tool
            if event.mcpTool != nil { event.shape.insert(.mcpTool) }
            event.requests = 0
            event.shape.insert(.requests)
            event.requestID = session.key(of: message, at: event.ts)
        } else {
            return intake.ignored.count(Array("event_msg/\(message.type)".utf8).span)
        }
        event.shape.insert(.requestID)
        try stage(event, into: &intake)
    }

    private func stage(_ usage: UsageEvent, into intake: inout RecordIntake) throws(Refusal) {
        var event = usage
        guard !event.identity.isEmpty else {
            throw .missing(.identity, "no account is named and there is no default")
        }
        event.tool = Self.name
        event.shape.insert(.tool)
        event.source = options.defaultSource ?? Self.name
        event.project = session.project
        if event.project != nil { event.shape.insert(.project) }
        event.sessionID = session.id
        if event.sessionID != nil { event.shape.insert(.sessionID) }
        try intake.stage(event)
    }

    // MARK: - Recognition

    static func recognises(_ head: InputHead) -> Bool {
        head.objectLines.contains { line in
            line.keys.contains("payload") && line.keys.contains("timestamp")
                && ["session_meta", "turn_context", "event_msg", "response_item"].contains(line.type)
        }
    }
}
