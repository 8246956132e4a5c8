import UsageEvents

/// Requests through a LiteLLM gateway as JSON: payloads of a callback (an array, one a line, or one) and rows
/// of the spend logs (the same, or an object with the list in `data`).
///
/// Prompts, answers, arguments and results of tools, error texts and addresses are skipped unread.
struct LiteLLMLogs: DocumentReader {
    static let listKeys = [Array("data".utf8), Array("spend_logs".utf8), Array("logs".utf8)]

    private enum Key: String, CaseIterable, Sendable {
        case id, status, startTime, endTime, model, spend, user, metadata
        case requestID = "request_id"
        case callID = "litellm_call_id"
        case callType = "call_type"
        case modelGroup = "model_group"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case responseCost = "response_cost"
        case cacheHit = "cache_hit"
        case costBreakdown = "cost_breakdown"
        case zeroCost = "zero_cost_diagnostic"
        case endUser = "end_user"
        case apiKey = "api_key"
        case teamID = "team_id"
        case sessionID = "session_id"
        case userAgent = "user_agent"
        case requestTags = "request_tags"
        case mcpTool = "mcp_namespaced_tool_name"
    }

    private static let keys = JSONKeys<Key>()

    private let options: DecoderOptions
    private var texts = LabelTexts()
    private var metadata = LiteLLMMetadata()

    init(_ options: DecoderOptions) { self.options = options }

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        var spend = LiteLLMSpend()
        var cursor = JSONCursor()
        try cursor.enterObject(record)
        while let name = try cursor.nextKey(record) {
            guard let key = Self.keys.find(name, in: record) else {
                try cursor.skip(record)
                continue
            }
            try readMember(key, &spend, &cursor, record)
        }
        try cursor.end(record)
        if let type = spend.callType, LiteLLMSpend.isIgnored(callType: type) {
            let bytes = Array(type.utf8)
            intake.ignored.count(bytes.span)
            return
        }
        let event = try spend.event(options)
        try intake.stage(event, isCostRounded: spend.isCostRounded)
    }

    private mutating func readMember(
        _ key: Key, _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        let name = key.rawValue
        switch key {
        case .id, .requestID:
            spend.id = try cursor.label(record, .requestID, key: name, among: &texts) ?? spend.id
        case .callID: spend.callID = try cursor.label(record, .requestID, key: name, among: &texts)
        case .callType: spend.callType = try cursor.label(record, .tool, key: name, among: &texts)
        case .status:
            spend.status = try cursor.label(record, .requests, key: name, among: &texts) ?? spend.status
        case .startTime: spend.startTime = try Self.time(name, &cursor, record)
        case .endTime: spend.endTime = try Self.time(name, &cursor, record)
        case .model: spend.model = try cursor.label(record, .model, key: name, among: &texts)
        case .modelGroup: spend.modelGroup = try cursor.label(record, .model, key: name, among: &texts)
        case .promptTokens: spend.promptTokens = try cursor.tokens(record, .inputTokens, key: name)
        case .completionTokens:
            spend.completionTokens = try cursor.tokens(record, .outputTokens, key: name)
        case .responseCost, .spend:
            guard let cost = try cursor.dollars(record, key: name) else { return }
            spend.cost = cost.amount
            spend.isCostRounded = cost.isRounded
        case .cacheHit: spend.isCacheHit = try cacheHit(&cursor, record)
        case .costBreakdown: try LiteLLMMetadata.readBreakdown(&spend, &cursor, record)
        case .zeroCost: try LiteLLMMetadata.readZeroCost(&spend, &cursor, record)
        case .endUser:
            spend.endUser = try cursor.label(record, .identity, key: name, among: &texts) ?? spend.endUser
        case .user:
            let user = try cursor.label(record, .identity, key: name, among: &texts)
            spend.userID = spend.userID ?? user
        case .apiKey:
            let hash = try cursor.label(record, .identity, key: name, among: &texts)
            spend.keyHash = spend.keyHash ?? hash
        case .teamID: spend.teamID = try cursor.label(record, .team, key: name, among: &texts) ?? spend.teamID
        case .sessionID: spend.sessionID = try cursor.label(record, .sessionID, key: name, among: &texts)
        case .userAgent: spend.userAgent = try LiteLLMMetadata.beginning(name, &cursor, record)
        case .requestTags: try LiteLLMMetadata.readTags(&spend, &cursor, record)
        case .metadata: try metadata.read(&spend, &cursor, record)
        case .mcpTool:
            spend.mcpNamespacedTool =
                try cursor.label(record, .mcpTool, key: name, among: &texts) ?? spend.mcpNamespacedTool
        }
    }

    /// Epoch seconds with a fraction, or a date and time, UTC where it names no zone.
    private static func time(
        _ key: String, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> Timestamp? {
        let range: Range<Int>
        if try cursor.kind(record) == .number {
            range = try cursor.number(record)
        } else if let text = try cursor.rawText(record, .ts, key: key) {
            range = text.range
        } else {
            return nil
        }
        let text = record.extracting(range)
        if text.isEmpty { return nil }
        guard let ts = TimeText.parse(text) else {
            throw Refusal(
                reason: .invalidTime, field: .ts,
                detail: "\(key) is no time, one such as 2026-04-01T14:25:00.000Z or epoch seconds is wanted")
        }
        return ts
    }

    /// A boolean in a payload; `True`, `False` or `None` in a row.
    private mutating func cacheHit(
        _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> Bool {
        if try cursor.kind(record) == .bool { return try cursor.bool(record) }
        return try cursor.label(record, .costUSD, key: "cache_hit", among: &texts)?.lowercased() == "true"
    }
}
