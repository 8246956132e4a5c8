import UsageEvents

/// The spend logs of a LiteLLM gateway as CSV: an export of its table, with the names of its columns as
/// header and `metadata` as the text of a JSON object. What a row means: see `LiteLLMSpend`.
///
/// `NULL`, `None` and `\N`, which exports write for what is not there, say nothing. Columns with prompts,
/// answers and addresses are never looked at.
struct LiteLLMTable: RowReader {
    static let keepsRejected = false

    private enum Column: String, CaseIterable, Sendable {
        case status, startTime, endTime, model, spend, user, metadata
        case requestID = "request_id"
        case callID = "litellm_call_id"
        case callType = "call_type"
        case modelGroup = "model_group"
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case cacheHit = "cache_hit"
        case endUser = "end_user"
        case apiKey = "api_key"
        case teamID = "team_id"
        case sessionID = "session_id"
        case requestTags = "request_tags"
        case mcpTool = "mcp_namespaced_tool_name"
    }

    private let options: DecoderOptions
    private var columns: [(column: Column, index: Int)] = []
    private var texts = LabelTexts()
    private var metadata = LiteLLMMetadata()

    init(_ options: DecoderOptions) { self.options = options }

    /// Whether the first line of an input is the header of such an export.
    static func recognises(_ head: InputHead) -> Bool {
        guard let header = TableHeader(head) else { return false }
        return header.has("call_type") && header.has("prompt_tokens") && header.has("spend")
            && (header.has("startTime") || header.has("endTime"))
    }

    mutating func begin(_ header: TableHeader) throws(Refusal) {
        columns = []
        for column in Column.allCases {
            if let index = try header.column(column.rawValue) { columns.append((column, index)) }
        }
        guard columns.contains(where: { $0.column == .endTime || $0.column == .startTime }) else {
            throw Refusal(
                reason: .missingField, field: .ts,
                detail: "the header has neither endTime nor startTime: is it an export of the spend logs?")
        }
    }

    mutating func read(
        _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
    ) throws(Refusal) {
        var spend = LiteLLMSpend()
        for (column, index) in columns {
            try cells.withText(of: index, in: row) { (text) throws(Refusal) in
                if !text.isNull { try take(text, of: column, &spend) }
            }
        }
        if let type = spend.callType, LiteLLMSpend.isIgnored(callType: type) {
            let bytes = Array(type.utf8)
            intake.ignored.count(bytes.span)
            return
        }
        try intake.stage(spend.event(options), isCostRounded: spend.isCostRounded)
    }

    private mutating func take(
        _ text: Span<UInt8>, of column: Column, _ spend: inout LiteLLMSpend
    ) throws(Refusal) {
        switch column {
        case .requestID: spend.id = try LabelTexts.label(.requestID, text)
        case .callID: spend.callID = try LabelTexts.label(.requestID, text)
        case .sessionID: spend.sessionID = try LabelTexts.label(.sessionID, text)
        case .callType: spend.callType = try texts.repeated(.tool, text)
        case .status: spend.status = try texts.repeated(.requests, text)
        case .model: spend.model = try texts.repeated(.model, text)
        case .modelGroup: spend.modelGroup = try texts.repeated(.model, text)
        case .startTime: spend.startTime = try time(text, column)
        case .endTime: spend.endTime = try time(text, column)
        case .promptTokens: spend.promptTokens = try count(.inputTokens, text)
        case .completionTokens: spend.completionTokens = try count(.outputTokens, text)
        case .spend:
            let money = try NumberText.money(text)
            spend.cost = money.amount
            spend.isCostRounded = money.isRounded
        case .cacheHit: spend.isCacheHit = text[0] | 0x20 == UInt8(ascii: "t")
        case .endUser:
            let user = try texts.repeated(.identity, text)
            spend.endUser = spend.endUser ?? user
        case .user:
            let user = try texts.repeated(.identity, text)
            spend.userID = spend.userID ?? user
        case .apiKey:
            let hash = try texts.repeated(.identity, text)
            spend.keyHash = spend.keyHash ?? hash
        case .teamID: spend.teamID = try texts.repeated(.team, text) ?? spend.teamID
        case .requestTags: try LiteLLMMetadata.readTags(&spend, text: text)
        case .mcpTool: spend.mcpNamespacedTool = try texts.repeated(.mcpTool, text)
        case .metadata: try metadata.read(&spend, text: text)
        }
    }

    private func time(_ text: Span<UInt8>, _ column: Column) throws(Refusal) -> Timestamp {
        guard let ts = TimeText.parse(text) else {
            throw Refusal(
                reason: .invalidTime, field: .ts,
                detail: "\(column.rawValue) is \(NumberText.quote(text)), "
                    + "a time such as 2026-04-01 14:25:00.000 is wanted")
        }
        return ts
    }

    private func count(_ field: Field, _ text: Span<UInt8>) throws(Refusal) -> Int64 {
        try NumberText.count(text, field: field, max: Limits.tokensPerEventMax)
    }
}

/// What exports write for a value that is not there.
private let nulls = ["NULL", "null", "None", "\\N"].map { Array($0.utf8) }

extension Span where Element == UInt8 {
    /// Whether a cell stands for a value that is not there.
    fileprivate var isNull: Bool {
        if count > 4 { return false }
        if isEmpty { return true }
        for text in nulls where text.span.isEqual(to: self) { return true }
        return false
    }
}
