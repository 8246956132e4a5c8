import UsageEvents

/// The `metadata` of a request through LiteLLM: who asked, what the provider counted, which tool of an MCP
/// server was called.
struct LiteLLMMetadata: Sendable {
    private enum Key: String, CaseIterable, Sendable {
        case status
        case keyHash = "user_api_key_hash"
        case key = "user_api_key"
        case keyAlias = "user_api_key_alias"
        case userID = "user_api_key_user_id"
        case userEmail = "user_api_key_user_email"
        case teamID = "user_api_key_team_id"
        case teamAlias = "user_api_key_team_alias"
        case projectID = "user_api_key_project_id"
        case projectAlias = "user_api_key_project_alias"
        case endUser = "user_api_key_end_user_id"
        case usage = "usage_object"
        case moreUsage = "additional_usage_values"
        case costBreakdown = "cost_breakdown"
        case zeroCost = "zero_cost_diagnostic"
        case toolCall = "mcp_tool_call_metadata"
    }

    private enum UsageKey: String, CaseIterable, Sendable {
        case cacheRead = "cache_read_input_tokens"
        case cacheWrite = "cache_creation_input_tokens"
        case promptDetails = "prompt_tokens_details"
        case inputDetails = "input_tokens_details"
        case completionDetails = "completion_tokens_details"
        case outputDetails = "output_tokens_details"
    }

    private enum DetailKey: String, CaseIterable, Sendable {
        case cached = "cached_tokens"
        case cacheWrite = "cache_creation_tokens"
        case reasoning = "reasoning_tokens"
    }

    private enum ToolKey: String, CaseIterable, Sendable {
        case name
        case server = "mcp_server_name"
        case namespaced = "namespaced_tool_name"
    }

    private static let keys = JSONKeys<Key>()
    private static let usageKeys = JSONKeys<UsageKey>()
    private static let detailKeys = JSONKeys<DetailKey>()
    private static let toolKeys = JSONKeys<ToolKey>()

    private var texts = LabelTexts()

    /// Reads the value that stands here: an object, or its text in a string, as some exports have it.
    mutating func read(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        switch try cursor.kind(record) {
        case .string:
            let text = try cursor.text(record)
            try read(&spend, text: text.span)
        default:
            guard try cursor.entersObject(record, key: "metadata") else { return }
            try readObject(&spend, &cursor, record)
        }
    }

    /// Reads the text of the object; an empty one says nothing.
    mutating func read(_ spend: inout LiteLLMSpend, text: Span<UInt8>) throws(Refusal) {
        if text.isEmpty { return }
        var cursor = JSONCursor()
        guard try cursor.entersObject(text, key: "metadata") else { return }
        try readObject(&spend, &cursor, text)
        try cursor.end(text)
    }

    private mutating func readObject(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        while let name = try cursor.nextKey(record) {
            guard let key = Self.keys.find(name, in: record) else {
                try cursor.skip(record)
                continue
            }
            try readMember(key, &spend, &cursor, record)
        }
    }

    private mutating func readMember(
        _ key: Key, _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        let name = key.rawValue
        switch key {
        case .status:
            let status = try cursor.label(record, .requests, key: name, among: &texts)
            spend.status = spend.status ?? status
        case .keyHash, .key:
            spend.keyHash = try cursor.label(record, .identity, key: name, among: &texts) ?? spend.keyHash
        case .keyAlias: spend.keyAlias = try cursor.label(record, .identity, key: name, among: &texts)
        case .userID:
            spend.userID = try cursor.label(record, .identity, key: name, among: &texts) ?? spend.userID
        case .userEmail: spend.userEmail = try cursor.label(record, .identity, key: name, among: &texts)
        case .teamID:
            let team = try cursor.label(record, .team, key: name, among: &texts)
            spend.teamID = spend.teamID ?? team
        case .teamAlias: spend.teamAlias = try cursor.label(record, .team, key: name, among: &texts)
        case .projectID: spend.projectID = try cursor.label(record, .project, key: name, among: &texts)
        case .projectAlias: spend.projectAlias = try cursor.label(record, .project, key: name, among: &texts)
        case .endUser:
            let user = try cursor.label(record, .identity, key: name, among: &texts)
            spend.endUser = spend.endUser ?? user
        case .usage, .moreUsage: try readUsage(name, &spend, &cursor, record)
        case .costBreakdown: try Self.readBreakdown(&spend, &cursor, record)
        case .zeroCost: try Self.readZeroCost(&spend, &cursor, record)
        case .toolCall: try readToolCall(&spend, &cursor, record)
        }
    }

    // MARK: - Tokens

    /// The same count stands under several names, depending on the provider: the largest is it.
    private func readUsage(
        _ name: String, _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        guard try cursor.entersObject(record, key: name) else { return }
        while let found = try cursor.nextKey(record) {
            guard let key = Self.usageKeys.find(found, in: record) else {
                try cursor.skip(record)
                continue
            }
            switch key {
            case .cacheRead:
                raise(&spend.cacheReadTokens, try count(.cacheReadTokens, key.rawValue, &cursor, record))
            case .cacheWrite:
                raise(&spend.cacheWriteTokens, try count(.cacheWriteTokens, key.rawValue, &cursor, record))
            case .promptDetails, .inputDetails, .completionDetails, .outputDetails:
                try readDetails(key.rawValue, &spend, &cursor, record)
            }
        }
    }

    private func readDetails(
        _ name: String, _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        guard try cursor.entersObject(record, key: name) else { return }
        while let found = try cursor.nextKey(record) {
            guard let key = Self.detailKeys.find(found, in: record) else {
                try cursor.skip(record)
                continue
            }
            switch key {
            case .cached:
                raise(&spend.cacheReadTokens, try count(.cacheReadTokens, key.rawValue, &cursor, record))
            case .cacheWrite:
                raise(&spend.cacheWriteTokens, try count(.cacheWriteTokens, key.rawValue, &cursor, record))
            case .reasoning:
                raise(&spend.reasoningTokens, try count(.reasoningTokens, key.rawValue, &cursor, record))
            }
        }
    }

    private func count(
        _ field: Field, _ name: String, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> Int64? {
        try cursor.tokens(record, field, key: name)
    }

    private func raise(_ known: inout Int64?, _ found: Int64?) {
        if let found { known = max(known ?? found, found) }
    }

    // MARK: - Costs

    /// Whether the gateway says of what the cost is made.
    static func readBreakdown(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        guard try cursor.kind(record) == .object else { return try cursor.skip(record) }
        try cursor.enterObject(record)
        while let key = try cursor.nextKey(record) {
            let isTotal = record.extracting(key.range).isEqual(to: Self.totalCost.span)
            if isTotal, try cursor.kind(record) == .number { spend.hasCostBreakdown = true }
            try cursor.skip(record)
        }
    }

    private static let totalCost = Array("total_cost".utf8)

    /// Whether the gateway itself wonders about a cost of 0.
    static func readZeroCost(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        if try cursor.kind(record) != .null { spend.isZeroCostDoubted = true }
        try cursor.skip(record)
    }

    // MARK: - Tools

    /// The names of the call; its arguments and its result are not looked at.
    private mutating func readToolCall(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        let name = Key.toolCall.rawValue
        guard try cursor.entersObject(record, key: name) else { return }
        while let found = try cursor.nextKey(record) {
            guard let key = Self.toolKeys.find(found, in: record) else {
                try cursor.skip(record)
                continue
            }
            switch key {
            case .name: spend.mcpTool = try cursor.label(record, .mcpTool, key: key.rawValue, among: &texts)
            case .server:
                spend.mcpServer = try cursor.label(record, .mcpServer, key: key.rawValue, among: &texts)
            case .namespaced:
                spend.mcpNamespacedTool = try cursor.label(record, .mcpTool, key: key.rawValue, among: &texts)
            }
        }
    }

    /// The first tag that names a program, of an array or of the text of one.
    static func readTags(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        switch try cursor.kind(record) {
        case .array: try readTagList(&spend, &cursor, record)
        case .string:
            let text = try cursor.text(record)
            try readTags(&spend, text: text.span)
        default: try cursor.skip(record)
        }
    }

    /// The same for the text of an array; any other text says nothing.
    static func readTags(_ spend: inout LiteLLMSpend, text: Span<UInt8>) throws(Refusal) {
        guard !text.isEmpty, text[0] == UInt8(ascii: "[") else { return }
        var cursor = JSONCursor()
        try readTagList(&spend, &cursor, text)
        try cursor.end(text)
    }

    private static func readTagList(
        _ spend: inout LiteLLMSpend, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) {
        try cursor.enterArray(record)
        while try cursor.nextElement(record) {
            guard try cursor.kind(record) == .string, spend.toolTag == nil else {
                try cursor.skip(record)
                continue
            }
            guard let tag = try beginning("request_tags", &cursor, record), LiteLLMTool.name(tag: tag) != nil
            else { continue }
            spend.toolTag = tag
        }
    }

    /// The first bytes of a text of any length: as far as the name of a program reaches.
    static func beginning(
        _ name: String, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> String? {
        guard let text = try cursor.rawText(record, .tool, key: name) else { return nil }
        let bytes = record.extracting(text.range)
        return String(decoding: [UInt8](copying: bytes.extracting(..<min(bytes.count, 128))), as: UTF8.self)
    }
}
