import UsageEvents

/// The message of an assistant's line: which model said it, what it used, which MCP tools it called. Text,
/// thoughts and the input of tools are skipped unread.
struct ClaudeCodeMessage {
    /// A call of an MCP server's tool.
    struct ToolUse {
        var id: String?
        var server: String
        var tool: String?
    }

    private enum Key: String, CaseIterable { case id, model, usage, content }
    private enum BlockKey: String, CaseIterable { case type, id, name }
    private static let keys = JSONKeys<Key>()
    private static let blockKeys = JSONKeys<BlockKey>()

    private(set) var id: String?
    private(set) var model: String?
    private(set) var usage: ClaudeCodeUsage?
    private(set) var toolUses: [ToolUse] = []

    /// Reads the object before which the cursor stands; nil for null. `lastModel` remembers the model.
    init?(
        _ cursor: JSONCursor?, _ line: Span<UInt8>, model lastModel: inout LastLabel
    ) throws(Refusal) {
        guard var cursor, try cursor.entersObject(line, key: "message") else { return nil }
        while let key = try cursor.nextKey(line) {
            switch Self.keys.find(key, in: line) {
            case .id: id = try cursor.label(line, .requestID, key: "message.id")
            case .model:
                model = try lastModel.read(cursor, line, .model, key: "message.model")
                try cursor.skip(line)
            case .usage: usage = try ClaudeCodeUsage(&cursor, line)
            case .content: try readContent(&cursor, line)
            case nil: try cursor.skip(line)
            }
        }
    }

    /// Content is a list of blocks, or in some versions a text.
    private mutating func readContent(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        guard try cursor.kind(line) == .array else { return try cursor.skip(line) }
        toolUses = []
        try cursor.enterArray(line)
        while try cursor.nextElement(line) {
            if try cursor.kind(line) == .object {
                try readBlock(&cursor, line)
            } else {
                try cursor.skip(line)
            }
        }
    }

    private mutating func readBlock(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        var type: JSONCursor?
        var id: JSONCursor?
        var name: JSONCursor?
        try cursor.enterObject(line)
        while let key = try cursor.nextKey(line) {
            let value = JSONCursor(at: cursor.at)
            try cursor.skip(line)
            switch Self.blockKeys.find(key, in: line) {
            case .type: type = value
            case .id: id = value
            case .name: name = value
            case nil: break
            }
        }
        guard try type?.optionalText(line, nil, key: "message.content.type") == Array("tool_use".utf8),
            let called = try name?.optionalText(line, .mcpTool, key: "message.content.name"),
            var use = try Self.toolUse(called[...])
        else { return }
        use.id = try id?.label(line, .requestID, key: "message.content.id")
        toolUses.append(use)
    }

    /// `mcp__server__tool`, also where a plugin brings the server: `mcp__plugin_kit_server__tool`. The name
    /// of a server ends at the first two underscores behind it, that of a tool may hold more. Nil for what
    /// is no tool of an MCP server.
    static func toolUse(_ name: ArraySlice<UInt8>) throws(Refusal) -> ToolUse? {
        guard name.starts(with: Array("mcp__".utf8)) else { return nil }
        let rest = name.dropFirst(5)
        let end = rest.indices.dropLast().first { rest[$0] == 0x5f && rest[$0 + 1] == 0x5f } ?? rest.endIndex
        func label(_ bytes: ArraySlice<UInt8>, _ field: Field) throws(Refusal) -> String? {
            try RecordBounds.label(
                String(decoding: bytes, as: UTF8.self), field, key: "message.content.name")
        }
        guard let server = try label(rest[..<end], .mcpServer) else { return nil }
        return ToolUse(server: server, tool: try label(rest[end...].dropFirst(2), .mcpTool))
    }
}

/// What one answer used, in tokens; no kind includes another. Nil where the line does not say.
struct ClaudeCodeUsage {
    private enum Key: String, CaseIterable {
        case input = "input_tokens"
        case output = "output_tokens"
        case cacheRead = "cache_read_input_tokens"
        case cacheWrite = "cache_creation_input_tokens"
        case cacheWrites = "cache_creation"
    }

    private enum WriteKey: String, CaseIterable {
        case short = "ephemeral_5m_input_tokens"
        case long = "ephemeral_1h_input_tokens"
    }

    private static let keys = JSONKeys<Key>()
    private static let writeKeys = JSONKeys<WriteKey>()

    private(set) var input: Int64?
    private(set) var output: Int64?
    private(set) var cacheRead: Int64?
    /// All that was written to the cache, for five minutes or an hour.
    private(set) var cacheWrite: Int64?
    /// The part that is kept for an hour, which costs more.
    private(set) var longCacheWrite: Int64 = 0

    /// Reads the object before which the cursor stands; nil for null.
    init?(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        guard try cursor.entersObject(line, key: "message.usage") else { return nil }
        var writes: (short: Int64?, long: Int64?) = (nil, nil)
        while let key = try cursor.nextKey(line) {
            switch Self.keys.find(key, in: line) {
            case .input: input = try cursor.tokens(line, .inputTokens, key: "message.usage.input_tokens")
            case .output: output = try cursor.tokens(line, .outputTokens, key: "message.usage.output_tokens")
            case .cacheRead:
                cacheRead = try cursor.tokens(
                    line, .cacheReadTokens, key: "message.usage.cache_read_input_tokens")
            case .cacheWrite:
                cacheWrite = try cursor.tokens(
                    line, .cacheWriteTokens, key: "message.usage.cache_creation_input_tokens")
            case .cacheWrites: writes = try Self.writes(&cursor, line)
            case nil: try cursor.skip(line)
            }
        }
        // The parts and the flat sum say the same, unless one of them leaves something out: either does in
        // some versions. What is in no part was written for five minutes, the default.
        if writes.short != nil || writes.long != nil {
            longCacheWrite = writes.long ?? 0
            cacheWrite = try RecordBounds.tokens(
                max(cacheWrite ?? 0, (writes.short ?? 0) + longCacheWrite), .cacheWriteTokens,
                key: "message.usage.cache_creation")
        }
    }

    private static func writes(
        _ cursor: inout JSONCursor, _ line: Span<UInt8>
    ) throws(Refusal) -> (short: Int64?, long: Int64?) {
        var found: (short: Int64?, long: Int64?) = (nil, nil)
        guard try cursor.entersObject(line, key: "message.usage.cache_creation") else { return found }
        while let key = try cursor.nextKey(line) {
            switch Self.writeKeys.find(key, in: line) {
            case .short:
                found.short = try cursor.tokens(
                    line, .cacheWriteTokens, key: "message.usage.cache_creation.ephemeral_5m_input_tokens")
            case .long:
                found.long = try cursor.tokens(
                    line, .cacheWriteTokens, key: "message.usage.cache_creation.ephemeral_1h_input_tokens")
            case nil: try cursor.skip(line)
            }
        }
        return found
    }
}

extension UsageEvent {
    /// Takes the tokens that are given, each kind with its mark that it was.
    mutating func take(_ usage: ClaudeCodeUsage) {
        inputTokens = usage.input ?? 0
        outputTokens = usage.output ?? 0
        cacheReadTokens = usage.cacheRead ?? 0
        cacheWriteTokens = usage.cacheWrite ?? 0
        if usage.input != nil { shape.insert(.inputTokens) }
        if usage.output != nil { shape.insert(.outputTokens) }
        if usage.cacheRead != nil { shape.insert(.cacheReadTokens) }
        if usage.cacheWrite != nil { shape.insert(.cacheWriteTokens) }
    }
}
