import UsageEvents

extension EventFormat {
    /// The transcripts that Claude Code keeps of its sessions.
    ///
    /// The makers call the format internal and liable to change: what is not known is ignored and counted.
    static let claudeCode = EventFormat(
        name: "claude-code", summary: "transcripts of Claude Code sessions", isRevised: true,
        isPersonal: true,
        place: LocalPlace(
            program: "Claude Code", variable: "CLAUDE_CONFIG_DIR", roots: [".claude", ".config/claude"],
            folders: ["projects"]),
        recognises: ClaudeCodeTranscripts.recognises,
        makeDecoder: { options, _ in LineRecords(ClaudeCodeTranscripts(options), options: options) })
}

/// What a line of a Claude Code transcript means: an assistant's line is a request and the MCP tools that it
/// called, all others are of no use.
///
/// An answer is written as a line for each block of its content, each with the whole usage so far, and copied
/// into other files when its session is resumed, forked or compacted: all copies have one `RequestKey`.
struct ClaudeCodeTranscripts: RecordReader {
    static let name = "claude-code"
    private enum LineType: String, CaseIterable { case assistant }
    private static let types = JSONKeys<LineType>()

    private let options: DecoderOptions
    private var session = LastLabel()
    private var project = LastLabel()
    private var model = LastLabel()

    init(_ options: DecoderOptions) { self.options = options }

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        let line = try ClaudeCodeLine(record)
        var type = line.type
        guard let name = try type?.rawText(record, nil, key: "type") else {
            return intake.ignored.count(Self.withoutType.span)
        }
        guard Self.types.find(name, in: record) == .assistant else {
            return intake.ignored.count(record.extracting(name.range))
        }
        var isError = line.isError
        if try isError?.flag(record, key: "isApiErrorMessage") == true {
            return intake.ignored.count(Self.failedCall.span)
        }
        guard let message = try ClaudeCodeMessage(line.message, record, model: &model),
            message.model != "<synthetic>"
        else { return intake.ignored.count(Self.localMessage.span) }
        guard message.usage != nil || !message.toolUses.isEmpty else {
            return intake.ignored.count(Self.withoutUsage.span)
        }
        try stage(line, message, record, into: &intake)
    }

    private static let withoutType = Array("without type".utf8)
    private static let failedCall = Array("assistant, failed call".utf8)
    private static let localMessage = Array("assistant, local message".utf8)
    private static let withoutUsage = Array("assistant, without usage".utf8)

    private mutating func stage(
        _ line: ClaudeCodeLine, _ message: ClaudeCodeMessage, _ record: Span<UInt8>,
        into intake: inout RecordIntake
    ) throws(Refusal) {
        var timestamp = line.timestamp
        let ts = try RecordBounds.time(try timestamp?.time(record, key: "timestamp"), key: "timestamp")
        guard let identity = options.defaultIdentity, !identity.isEmpty else {
            throw .missing(.identity, "no account is named and there is no default")
        }
        var common = UsageEvent(ts: ts, identity: identity)
        common.tool = Self.name
        common.shape.insert(.tool)
        common.shape.insert(.requestID)
        common.source = options.defaultSource ?? Self.name
        common.sessionID = try session.read(line.sessionID, record, .sessionID, key: "sessionId")
        if common.sessionID != nil { common.shape.insert(.sessionID) }
        common.project = try project.read(
            line.workingDirectory, record, .project, key: "cwd", meaning: LastComponent.text)
        if common.project != nil { common.shape.insert(.project) }

        let key = try Self.key(of: line, message, record, ts: ts)
        if let usage = message.usage {
            common.requestID = try Self.label(of: key)
            try stage(usage, message.model, cost: line.cost, record, common, into: &intake)
        }
        for (index, use) in message.toolUses.enumerated() {
            var event = common
            event.mcpServer = use.server
            event.shape.insert(.mcpServer)
            event.mcpTool = use.tool
            if use.tool != nil { event.shape.insert(.mcpTool) }
            event.requests = 0
            event.shape.insert(.requests)
            event.requestID = try Self.label(of: RequestKey(message: use.id ?? "\(key.text)-\(index)"))
            try intake.stage(event)
        }
    }

    /// The request itself.
    private func stage(
        _ usage: ClaudeCodeUsage, _ model: String?, cost: JSONCursor?, _ record: Span<UInt8>,
        _ common: UsageEvent, into intake: inout RecordIntake
    ) throws(Refusal) {
        var event = common
        event.model = model
        if event.model != nil { event.shape.insert(.model) }
        event.take(usage)
        var cost = cost
        // Old versions wrote what the request costs at list price.
        if let found = try cost?.dollars(record, key: "costUSD") {
            event.cost = found.amount
            event.shape.insert(.costUSD)
            event.shape.insert(.costBasis)
            event.shape.basis = .list
            try intake.stage(event, isCostRounded: found.isRounded)
        } else {
            try intake.stage(event, longCacheWriteTokens: usage.longCacheWrite)
        }
    }

    /// What all copies of a request share: its message and request, or one of them, or else what the line
    /// says that does not change between copies.
    private static func key(
        of line: ClaudeCodeLine, _ message: ClaudeCodeMessage, _ record: Span<UInt8>, ts: Timestamp
    ) throws(Refusal) -> RequestKey {
        var (request, side, uuid) = (line.requestID, line.isSidechain, line.uuid)
        let requestID = try request?.label(record, .requestID, key: "requestId")
        let isSide = try side?.flag(record, key: "isSidechain") ?? false
        if let id = message.id { return RequestKey(message: id, request: requestID, isSide: isSide) }
        if let requestID { return RequestKey(message: requestID, isSide: isSide) }
        var parts = KeyParts()
        parts.add(ts.rawValue)
        parts.add(message.model)
        parts.add(message.usage?.input ?? -1)
        parts.add(message.usage?.output ?? -1)
        parts.add(message.usage?.cacheRead ?? -1)
        parts.add(message.usage?.cacheWrite ?? -1)
        parts.add(try uuid?.label(record, .requestID, key: "uuid"))
        return RequestKey(message: "line-" + parts.hash.hex, isSide: isSide)
    }

    private static func label(of key: RequestKey) throws(Refusal) -> String? {
        try RecordBounds.label(key.text, .requestID, key: "the key of the message")
    }

    // MARK: - Recognition

    /// The keys of a transcript's lines that no other format has together.
    static func recognises(_ head: InputHead) -> Bool {
        for line in head.objectLines {
            if line.keys.contains("ts") { return false }
            guard line.type != nil else { continue }
            if line.keys.contains("sessionId"), places.contains(where: line.keys.contains) { return true }
            if line.keys.contains("leafUuid") { return true }
            if line.keys.contains("messageId"), line.keys.contains("snapshot") { return true }
        }
        return false
    }

    /// Keys that say where a line stands in its session.
    private static let places = ["uuid", "parentUuid", "isSidechain", "operation"]
}
