import UsageEvents

/// Counts of tokens as Codex writes them: those read from and written to the cache are part of the input,
/// those of reasoning part of the output.
struct CodexUsage: Hashable, Sendable {
    private enum Key: String, CaseIterable {
        case input = "input_tokens"
        case cached = "cached_input_tokens"
        case cacheWrite = "cache_write_input_tokens"
        case output = "output_tokens"
        case reasoning = "reasoning_output_tokens"
    }

    private static let keys = JSONKeys<Key>()

    private(set) var input: Int64 = 0
    private(set) var cached: Int64 = 0
    private(set) var cacheWrite: Int64 = 0
    private(set) var output: Int64 = 0
    private(set) var reasoning: Int64 = 0

    /// Reads the object before which the cursor stands; nil for null.
    init?(_ cursor: inout JSONCursor, _ line: Span<UInt8>, key name: String) throws(Refusal) {
        guard try cursor.entersObject(line, key: name) else { return nil }
        while let key = try cursor.nextKey(line) {
            switch Self.keys.find(key, in: line) {
            case .input: input = try Self.tokens(&cursor, line, .inputTokens, name, .input)
            case .cached: cached = try Self.tokens(&cursor, line, .cacheReadTokens, name, .cached)
            case .cacheWrite:
                cacheWrite = try Self.tokens(&cursor, line, .cacheWriteTokens, name, .cacheWrite)
            case .output: output = try Self.tokens(&cursor, line, .outputTokens, name, .output)
            case .reasoning: reasoning = try Self.tokens(&cursor, line, .reasoningTokens, name, .reasoning)
            case nil: try cursor.skip(line)
            }
        }
    }

    private static func tokens(
        _ cursor: inout JSONCursor, _ line: Span<UInt8>, _ field: Field, _ name: String, _ key: Key
    ) throws(Refusal) -> Int64 {
        try cursor.tokens(line, field, key: "\(name).\(key.rawValue)") ?? 0
    }

    var isZero: Bool { input == 0 && cached == 0 && cacheWrite == 0 && output == 0 && reasoning == 0 }

    /// What was added since another running total. A total that fell began anew, so all of it was added.
    func since(_ before: CodexUsage?) -> CodexUsage {
        guard let before, before.input <= input, before.cached <= cached, before.cacheWrite <= cacheWrite,
            before.output <= output, before.reasoning <= reasoning
        else { return self }
        var step = self
        step.input -= before.input
        step.cached -= before.cached
        step.cacheWrite -= before.cacheWrite
        step.output -= before.output
        step.reasoning -= before.reasoning
        return step
    }

    /// Appends all counts to a key.
    func add(to parts: inout KeyParts) {
        for count in [input, cached, cacheWrite, output, reasoning] { parts.add(count) }
    }
}

extension UsageEvent {
    /// Takes the tokens, with the cached ones no longer part of the input.
    mutating func take(_ usage: CodexUsage) {
        inputTokens = max(0, usage.input - usage.cached - usage.cacheWrite)
        outputTokens = usage.output
        cacheReadTokens = usage.cached
        cacheWriteTokens = usage.cacheWrite
        reasoningTokens = usage.reasoning
        for field in [
            Field.inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .reasoningTokens,
        ] {
            shape.insert(field)
        }
    }
}
