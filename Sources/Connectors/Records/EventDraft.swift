import UsageEvents

/// What of an event is no label; each is as in `UsageEvent`.
struct EventNumbers: EventValues {
    var ts = Timestamp(rawValue: 0)
    var tsEnd: Timestamp?
    var inputTokens: Int64 = 0
    var outputTokens: Int64 = 0
    var cacheReadTokens: Int64 = 0
    var cacheWriteTokens: Int64 = 0
    var reasoningTokens: Int64 = 0
    var cost = NanoUSD(rawValue: 0)
    var requests: Int64 = 1
    var shape = EventShape()
}

/// An event that is being read, its labels as bytes: what readers of short records fill, so that no text is
/// made on the way from a record to the batch.
///
/// It is used again for each record. Labels are checked when they are set.
struct EventDraft: Sendable {
    /// All that is no label.
    var values = EventNumbers()
    /// Whether the cost has more decimals than are kept.
    var isCostRounded = false
    private var bytes: [UInt8] = []
    /// Where the label of a field begins and ends in `bytes`, by the number of the field.
    private var starts = SIMD32<UInt16>.zero
    private var ends = SIMD32<UInt16>.zero

    /// Begins an event; what is left of the one before is forgotten.
    mutating func begin() {
        values = EventNumbers()
        isCostRounded = false
        bytes.removeAll(keepingCapacity: true)
        starts = .zero
        ends = .zero
    }

    /// Whether the event has a label.
    func has(_ field: Field) -> Bool { ends[Int(field.rawValue)] > 0 }

    /// Sets a label to `prefix` and `text`; a text that is empty says nothing, one that no label may be is
    /// refused.
    mutating func set(_ field: Field, _ text: Span<UInt8>, prefix: [UInt8] = []) throws(Refusal) {
        guard !text.isEmpty else { return }
        try LabelTexts.check(field, text, room: Limits.labelBytesMax - prefix.count)
        guard bytes.count + Limits.labelBytesMax <= UInt16.max else {
            throw Refusal(
                reason: .duplicateKey, field: field,
                detail: "\(field.key) is given again and again, once is wanted")
        }
        let start = bytes.count
        if !prefix.isEmpty { bytes.append(copying: prefix.span) }
        bytes.append(copying: text)
        starts[Int(field.rawValue)] = UInt16(start)
        ends[Int(field.rawValue)] = UInt16(bytes.count)
    }

    /// Takes a label away.
    mutating func clear(_ field: Field) {
        starts[Int(field.rawValue)] = 0
        ends[Int(field.rawValue)] = 0
    }

    /// Lends the bytes of a label; none where there is none.
    func withLabel<Result>(_ field: Field, _ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(range(of: field)))
    }

    private func range(of field: Field) -> Range<Int> {
        Int(starts[Int(field.rawValue)])..<Int(ends[Int(field.rawValue)])
    }

    /// An e-mail address becomes lower case; see `EventRules.canonicalIdentity`.
    mutating func canonicaliseIdentity() {
        let range = range(of: .identity)
        guard bytes.span.extracting(range).firstIndex(of: UInt8(ascii: "@"), from: 0) != nil else { return }
        for i in range where bytes[i] >= 65 && bytes[i] <= 90 { bytes[i] |= 0x20 }
    }

    /// Appends the event to a batch.
    func append(to batch: inout EventBatch, symbols: inout Symbols) {
        let row = batch.count
        let text = bytes.span
        batch.identity.append(symbols.identities.intern(text.extracting(range(of: .identity))))
        batch.team.append(symbols.teams.intern(text.extracting(range(of: .team))))
        batch.tool.append(symbols.tools.intern(text.extracting(range(of: .tool))))
        batch.model.append(symbols.models.intern(text.extracting(range(of: .model))))
        batch.mcpServer.append(symbols.mcpServers.intern(text.extracting(range(of: .mcpServer))))
        batch.inputTokens.append(values.inputTokens)
        batch.outputTokens.append(values.outputTokens)
        batch.cacheReadTokens.append(values.cacheReadTokens)
        batch.cacheWriteTokens.append(values.cacheWriteTokens)
        batch.cost.append(values.cost.rawValue)
        batch.shape.append(values.shape.rawValue)
        batch.tsEnd.append(values.tsEnd?.rawValue ?? 0, row: row)
        batch.project.append(symbols.projects.intern(text.extracting(range(of: .project))), row: row)
        batch.mcpTool.append(symbols.mcpTools.intern(text.extracting(range(of: .mcpTool))), row: row)
        batch.reasoningTokens.append(values.reasoningTokens, row: row)
        batch.requests.append(values.requests, row: row)
        batch.source.append(symbols.sources.intern(text.extracting(range(of: .source))), row: row)
        batch.requestID.append(text.extracting(range(of: .requestID)), row: row)
        batch.sessionID.append(text.extracting(range(of: .sessionID)), row: row)
        batch.origin.append(text.extracting(range(of: .origin)), row: row)
        batch.ts.append(values.ts.rawValue)
    }
}
