import UsageEvents

/// The payload of an `event_msg`: its type, tokens where it counts some, and the MCP tool whose call ended.
struct CodexMessage {
    private enum Key: String, CaseIterable {
        case type, info, invocation
        case callID = "call_id"
    }

    private enum InfoKey: String, CaseIterable {
        case total = "total_token_usage"
        case last = "last_token_usage"
    }

    private enum CallKey: String, CaseIterable { case server, tool }

    private static let keys = JSONKeys<Key>()
    private static let infoKeys = JSONKeys<InfoKey>()
    private static let callKeys = JSONKeys<CallKey>()

    private(set) var type = ""
    /// The running total of the conversation.
    private(set) var total: CodexUsage?
    /// The last step.
    private(set) var last: CodexUsage?
    private(set) var callID: String?
    private(set) var server: String?
    private(set) var tool: String?

    /// Reads the object that the cursor has entered.
    init(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        var (info, call, id): (JSONCursor?, JSONCursor?, JSONCursor?)
        while let key = try cursor.nextKey(line) {
            var value = JSONCursor(at: cursor.at)
            try cursor.skip(line)
            switch Self.keys.find(key, in: line) {
            case .type:
                let text = try value.optionalText(line, nil, key: "payload.type") ?? []
                type = String(decoding: text, as: UTF8.self)
            case .info: info = value
            case .invocation: call = value
            case .callID: id = value
            case nil: break
            }
        }
        // Other types use the same keys for other things.
        if type == "token_count", var info, try info.entersObject(line, key: "payload.info") {
            try readInfo(&info, line)
        }
        if type == "mcp_tool_call_end", var call, try call.entersObject(line, key: "payload.invocation") {
            try readCall(&call, line)
            callID = try id?.label(line, .requestID, key: "payload.call_id")
        }
    }

    private mutating func readInfo(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        while let key = try cursor.nextKey(line) {
            switch Self.infoKeys.find(key, in: line) {
            case .total: total = try CodexUsage(&cursor, line, key: "payload.info.total_token_usage")
            case .last: last = try CodexUsage(&cursor, line, key: "payload.info.last_token_usage")
            case nil: try cursor.skip(line)
            }
        }
    }

    private mutating func readCall(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        while let key = try cursor.nextKey(line) {
            switch Self.callKeys.find(key, in: line) {
            case .server: server = try cursor.label(line, .mcpServer, key: "payload.invocation.server")
            case .tool: tool = try cursor.label(line, .mcpTool, key: "payload.invocation.tool")
            case nil: try cursor.skip(line)
            }
        }
    }
}
