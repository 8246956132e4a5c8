import UsageEvents

/// What earlier lines of a Codex transcript say about those that follow.
struct CodexSession: Sendable {
    private enum MetaKey: String, CaseIterable {
        case id, cwd, source
        case forkedFrom = "forked_from_id"
    }

    private enum TurnKey: String, CaseIterable { case model, cwd }
    private static let metaKeys = JSONKeys<MetaKey>()
    private static let turnKeys = JSONKeys<TurnKey>()

    /// The conversation: the first one that the file names; forks repeat the lines of their ancestors.
    private(set) var id: String?
    private(set) var model: String?
    private(set) var project: String?
    /// The running total before the next line.
    var total: CodexUsage?
    private var isBegun = false
    /// While events before this time repeat those of the parent, under new times; nil once one came later.
    private var replayEnd: Timestamp?

    /// The conversation is the end of the file's name until the file itself names it:
    /// `rollout-2026-05-04T10-22-03-0196aaaa-bbbb-7ccc-8ddd-eeeeffff0000.jsonl`.
    init(path: String) {
        let name = LastComponent.text(of: Array(path.utf8))
        guard name.hasPrefix("rollout-"), name.hasSuffix(".jsonl") else { return }
        let stem = name.dropLast(6)
        if stem.utf8.count >= 36 + 8 { id = String(stem.suffix(36)) }
    }

    // MARK: - Lines

    /// `session_meta`. The first one is the file's own.
    mutating func readMeta(
        _ cursor: inout JSONCursor, _ line: Span<UInt8>, ts: Timestamp?
    ) throws(Refusal) {
        guard !isBegun else { return }
        var isFork = false
        while let key = try cursor.nextKey(line) {
            switch Self.metaKeys.find(key, in: line) {
            case .id: id = try cursor.label(line, .sessionID, key: "payload.id") ?? id
            case .cwd: try readDirectory(&cursor, line)
            case .forkedFrom:
                if try cursor.kind(line) == .string { isFork = true }
                try cursor.skip(line)
            case .source:
                // `{"subagent":{"thread_spawn":...}}` for an agent that another one began, else a word.
                if try cursor.kind(line) == .object { isFork = true }
                try cursor.skip(line)
            case nil: try cursor.skip(line)
            }
        }
        isBegun = true
        // The parent's events are written again in one go when the fork begins.
        if isFork, let ts { replayEnd = Timestamp(rawValue: ts.rawValue + Timestamp.second) }
    }

    /// `turn_context`.
    mutating func readTurn(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        while let key = try cursor.nextKey(line) {
            switch Self.turnKeys.find(key, in: line) {
            case .model: model = try cursor.label(line, .model, key: "payload.model") ?? model
            case .cwd: try readDirectory(&cursor, line)
            case nil: try cursor.skip(line)
            }
        }
    }

    private mutating func readDirectory(_ cursor: inout JSONCursor, _ line: Span<UInt8>) throws(Refusal) {
        guard let path = try cursor.optionalText(line, .project, key: "payload.cwd") else { return }
        project = try RecordBounds.label(LastComponent.text(of: path), .project, key: "payload.cwd")
    }

    /// Whether an event repeats one of the parent.
    mutating func isReplay(at ts: Timestamp) -> Bool {
        guard let end = replayEnd else { return false }
        if ts < end { return true }
        replayEnd = nil
        return false
    }

    // MARK: - Steps and keys

    /// What a count of tokens adds; nil where it says nothing new.
    mutating func step(of message: CodexMessage) -> CodexUsage? {
        let before = total
        if let now = message.total {
            total = now
            if now == before { return nil }
        }
        let step = message.last ?? message.total?.since(before)
        return step.flatMap { $0.isZero ? nil : $0 }
    }

    /// The key of a request: conversation and running total; without a total the time takes its place.
    func key(of message: CodexMessage, _ usage: CodexUsage, at ts: Timestamp) -> String {
        var parts = KeyParts()
        parts.add(id)
        if let total = message.total {
            total.add(to: &parts)
        } else {
            parts.add(ts.rawValue)
            usage.add(to: &parts)
        }
        return RequestKey(message: "codex-" + parts.hash.hex).text
    }

    /// The key of a call of an MCP tool.
    func key(of message: CodexMessage, at ts: Timestamp) -> String {
        var parts = KeyParts()
        parts.add(id)
        parts.add(message.callID)
        if message.callID == nil {
            parts.add(ts.rawValue)
            parts.add(message.server)
            parts.add(message.tool)
        }
        return RequestKey(message: "codex-" + parts.hash.hex).text
    }
}
