import UsageEvents

/// What one request through a LiteLLM gateway says, whether it came from a callback (a standard logging
/// payload) or from the table of spend logs, as JSON or as CSV.
///
/// What is chosen where several fields could serve:
/// - The model is `model`, which ran and has a price, not `model_group`, the alias under which the operator
///   offers it; the alias serves where no model is named.
/// - `prompt_tokens` contain what was read from and written to the prompt cache. Where they are fewer than
///   those, they cannot: old versions left the cache out for some providers, and then they are taken as they
///   are.
/// - The cost is the gateway's own reckoning by list prices: its basis is `list`. A cost of 0 for a
///   successful request with tokens is how the gateway says that it knows no price, unless the answer came
///   from its own response cache or it gives a breakdown of the cost without a diagnostic of the 0; then it
///   is left out, so that our list price can stand in. The 0 of a failed request stands.
struct LiteLLMSpend: Sendable {
    /// `id` of a callback, `request_id` of a row.
    var id: String?
    /// `litellm_call_id`: the same in both.
    var callID: String?
    var callType: String?
    /// `success` or `failure`.
    var status: String?
    /// Whether the gateway answered from its own response cache.
    var isCacheHit = false
    var startTime: Timestamp?
    var endTime: Timestamp?
    var model: String?
    var modelGroup: String?
    var promptTokens: Int64?
    var completionTokens: Int64?
    var cacheReadTokens: Int64?
    var cacheWriteTokens: Int64?
    var reasoningTokens: Int64?
    /// `response_cost` or `spend`, in dollars.
    var cost: NanoUSD?
    /// Whether the cost had more than nine decimals.
    var isCostRounded = false
    /// Whether `cost_breakdown` has a total.
    var hasCostBreakdown = false
    /// Whether `zero_cost_diagnostic` says something.
    var isZeroCostDoubted = false
    /// `user_api_key_user_email`.
    var userEmail: String?
    /// `user_api_key_user_id`, else `user` of a row.
    var userID: String?
    var keyAlias: String?
    /// `user_api_key_hash`, else `api_key` of a row.
    var keyHash: String?
    var endUser: String?
    var teamAlias: String?
    var teamID: String?
    var projectAlias: String?
    var projectID: String?
    var sessionID: String?
    var userAgent: String?
    /// The first of `request_tags` from which `LiteLLMTool` reads a program.
    var toolTag: String?
    /// `mcp_server_name`.
    var mcpServer: String?
    /// `name` of the tool call.
    var mcpTool: String?
    /// `server/tool`.
    var mcpNamespacedTool: String?

    /// Types of calls that use nothing: a stored answer is fetched again, the tools of a server are listed.
    static func isIgnored(callType: String?) -> Bool {
        switch callType {
        case "aget_responses", "get_responses", "alist_mcp_tools", "list_mcp_tools": true
        default: false
        }
    }

    /// The event. Readers set what they found; this checks it.
    func event(_ options: DecoderOptions) throws(Refusal) -> UsageEvent {
        let ts = try RecordBounds.time(endTime ?? startTime, key: "endTime")
        var event = UsageEvent(ts: ts, identity: try identity(options))
        try takeNames(&event)
        try takeTokens(&event)
        try takeCost(&event)
        event.source = options.defaultSource ?? "litellm"
        event.requestID = try requestID(event)
        event.shape.insert(.requestID)
        return event
    }

    // MARK: - Names

    private func identity(_ options: DecoderOptions) throws(Refusal) -> String {
        if let email = try RecordBounds.label(userEmail, .identity, key: "user_api_key_user_email") {
            return email
        }
        if let id = try RecordBounds.label(userID, .identity, key: "user_api_key_user_id") { return id }
        if let alias = keyAlias, !alias.isEmpty {
            return try RecordBounds.label("key:" + alias, .identity, key: "user_api_key_alias") ?? ""
        }
        if let hash = keyHash, !hash.isEmpty { return "key:" + Self.shortened(hash) }
        if let user = try RecordBounds.label(endUser, .identity, key: "end_user") { return user }
        if let identity = options.defaultIdentity, !identity.isEmpty { return identity }
        throw Refusal(
            reason: .missingField, field: .identity,
            detail: "no user, key or end user is named and there is no default: "
                + "type --identity with the account")
    }

    /// The first 12 characters of the hash of a key: enough to tell keys apart, and all that is shown.
    ///
    /// What is no hash in hexadecimal may be the key itself, and is hashed here.
    private static func shortened(_ hash: String) -> String {
        let isHash =
            hash.utf8.count >= 32
            && hash.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 0x20 >= 97 && $0 | 0x20 <= 102) }
        if isHash { return String(hash.prefix(12)) }
        let bytes = Array(hash.utf8)
        return String(Hash128(bytes.span).hex.prefix(12))
    }

    private func takeNames(_ event: inout UsageEvent) throws(Refusal) {
        event.team = try Self.either(
            teamAlias, "user_api_key_team_alias", or: teamID, "team_id", .team)
        if event.team != nil { event.shape.insert(.team) }
        event.project = try Self.either(
            projectAlias, "user_api_key_project_alias", or: projectID, "user_api_key_project_id", .project)
        if event.project != nil { event.shape.insert(.project) }
        event.tool = LiteLLMTool.name(userAgent: userAgent) ?? LiteLLMTool.name(tag: toolTag) ?? "api"
        event.shape.insert(.tool)
        event.sessionID = try RecordBounds.label(sessionID, .sessionID, key: "session_id")
        if event.sessionID != nil { event.shape.insert(.sessionID) }
        let (server, tool) = mcpNames()
        event.mcpServer = try RecordBounds.label(server, .mcpServer, key: "mcp_server_name")
        if event.mcpServer != nil { event.shape.insert(.mcpServer) }
        event.mcpTool = try RecordBounds.label(tool, .mcpTool, key: "mcp_namespaced_tool_name")
        if event.mcpTool != nil { event.shape.insert(.mcpTool) }
        if isToolCall {
            // What stands in `model` is the name of the tool, and no model was asked.
            event.requests = 0
            event.shape.insert(.requests)
            return
        }
        event.model = try Self.either(model, "model", or: modelGroup, "model_group", .model)
        if event.model != nil { event.shape.insert(.model) }
    }

    /// The first of two texts that is there, as a label.
    private static func either(
        _ first: String?, _ firstKey: String, or second: String?, _ secondKey: String, _ field: Field
    ) throws(Refusal) -> String? {
        if let label = try RecordBounds.label(first, field, key: firstKey) { return label }
        return try RecordBounds.label(second, field, key: secondKey)
    }

    private var isToolCall: Bool { callType == "call_mcp_tool" || callType == "acall_mcp_tool" }

    /// `server/tool` says both; the two other fields are older.
    private func mcpNames() -> (server: String?, tool: String?) {
        guard let name = mcpNamespacedTool, !name.isEmpty else { return (mcpServer, mcpTool) }
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            return (mcpServer, mcpTool ?? name)
        }
        let server = mcpServer.flatMap { $0.isEmpty ? nil : $0 } ?? String(name[..<slash])
        return (server, String(name[name.utf8.index(after: slash)...]))
    }

    // MARK: - Amounts

    private func takeTokens(_ event: inout UsageEvent) throws(Refusal) {
        let read = try RecordBounds.tokens(
            cacheReadTokens ?? 0, .cacheReadTokens, key: "cache_read_input_tokens")
        let write = try RecordBounds.tokens(
            cacheWriteTokens ?? 0, .cacheWriteTokens, key: "cache_creation_input_tokens")
        if let promptTokens {
            let prompt = try RecordBounds.tokens(promptTokens, .inputTokens, key: "prompt_tokens")
            event.inputTokens = prompt >= read + write ? prompt - read - write : prompt
            event.shape.insert(.inputTokens)
        }
        if let completionTokens {
            event.outputTokens = try RecordBounds.tokens(
                completionTokens, .outputTokens, key: "completion_tokens")
            event.shape.insert(.outputTokens)
        }
        if cacheReadTokens != nil {
            event.cacheReadTokens = read
            event.shape.insert(.cacheReadTokens)
        }
        if cacheWriteTokens != nil {
            event.cacheWriteTokens = write
            event.shape.insert(.cacheWriteTokens)
        }
        if let reasoningTokens {
            event.reasoningTokens = try RecordBounds.tokens(
                reasoningTokens, .reasoningTokens, key: "reasoning_tokens")
            event.shape.insert(.reasoningTokens)
        }
    }

    private func takeCost(_ event: inout UsageEvent) throws(Refusal) {
        guard let cost else { return }
        let hasTokens = (promptTokens ?? 0) > 0 || (completionTokens ?? 0) > 0
        let isZeroMeant = isCacheHit || status == "failure" || (hasCostBreakdown && !isZeroCostDoubted)
        if cost.rawValue == 0, hasTokens, !isZeroMeant { return }
        event.cost = try RecordBounds.cost(cost, key: "response_cost")
        event.shape.insert(.costUSD)
        event.shape.basis = .list
        event.shape.insert(.costBasis)
    }

    // MARK: - Key

    /// The id of the call, which the callback and the row share; else the id of the answer, which they
    /// share too; else a hash of what stays the same.
    ///
    /// Attempts of one call that failed before another one succeeded have its id, and are counted with it.
    /// The use of a tool of an MCP server may have the id of the request that it served, and is kept apart.
    private func requestID(_ event: UsageEvent) throws(Refusal) -> String {
        let named = try Self.either(callID, "litellm_call_id", or: id, "request_id", .requestID)
        let text: String
        if let named {
            text = isToolCall ? "mcp-" + named : named
        } else {
            var parts = KeyParts()
            parts.add(event.ts.rawValue)
            parts.add(startTime?.rawValue ?? 0)
            parts.add(EventRules.canonicalIdentity(event.identity))
            parts.add(callType)
            parts.add(event.model)
            parts.add(event.mcpServer)
            parts.add(event.mcpTool)
            parts.add(event.inputTokens)
            parts.add(event.outputTokens)
            text = "llm-" + parts.hash.hex
        }
        return try RecordBounds.label(RequestKey(message: text).text, .requestID, key: "request_id") ?? ""
    }
}

/// The program behind a request, where it gives its name as programs do.
enum LiteLLMTool {
    /// `claude-cli` of `claude-cli/1.2 (external, cli)`; nil for browsers, which all call themselves
    /// `Mozilla`, and for what does not begin with a name and a slash.
    static func name(userAgent: String?) -> String? {
        guard let userAgent else { return nil }
        let name = userAgent.utf8.prefix { isNamePart($0) }
        guard !name.isEmpty, name.count <= 64, name.endIndex < userAgent.utf8.endIndex,
            userAgent.utf8[name.endIndex] == UInt8(ascii: "/")
        else { return nil }
        let text = String(Substring(name))
        return text == "Mozilla" ? nil : text
    }

    /// The gateway puts the user agent among the tags, as `User-Agent: claude-cli/1.2`; other tags are free
    /// text, such as `env/test`, and count only where the slash is followed by a digit.
    static func name(tag: String?) -> String? {
        guard let tag else { return nil }
        let prefix = "User-Agent: "
        if tag.hasPrefix(prefix) { return name(userAgent: String(tag.dropFirst(prefix.count))) }
        guard let slash = tag.utf8.firstIndex(of: UInt8(ascii: "/")),
            let next = tag.utf8[slash...].dropFirst().first, next >= 48, next <= 57
        else { return nil }
        return name(userAgent: tag)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
