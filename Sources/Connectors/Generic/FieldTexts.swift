import UsageEvents

/// Builds events from the texts of their fields, whatever columns or keys those came from.
struct FieldTexts: Sendable {
    private let identity: [UInt8]
    private let source: [UInt8]
    /// A field whose number is below 0, which only a correction may be.
    private var negative: Field?

    init(_ options: DecoderOptions) {
        identity = Array((options.defaultIdentity ?? "").utf8)
        source = Array((options.defaultSource ?? "table").utf8)
    }

    /// Begins an event.
    mutating func begin(_ draft: inout EventDraft) {
        draft.begin()
        negative = nil
    }

    /// Takes the text of a field; an empty one says nothing. A number counts times 10^`shift`.
    mutating func set(
        _ field: Field, _ text: Span<UInt8>, shift: Int = 0, _ draft: inout EventDraft
    ) throws(Refusal) {
        guard !text.isEmpty else { return }
        let tokens = Limits.tokensPerEventMax
        switch field {
        case .ts: draft.values.ts = try time(field, text)
        case .tsEnd: draft.values.tsEnd = try time(field, text)
        case .identity, .team, .project, .tool, .model, .mcpServer, .mcpTool, .source, .requestID, .sessionID,
            .origin:
            try draft.set(field, text)
        case .inputTokens: draft.values.inputTokens = try count(field, text, shift, tokens)
        case .outputTokens: draft.values.outputTokens = try count(field, text, shift, tokens)
        case .cacheReadTokens: draft.values.cacheReadTokens = try count(field, text, shift, tokens)
        case .cacheWriteTokens: draft.values.cacheWriteTokens = try count(field, text, shift, tokens)
        case .reasoningTokens: draft.values.reasoningTokens = try count(field, text, shift, tokens)
        case .requests: draft.values.requests = try count(field, text, shift, Limits.requestsPerEventMax)
        case .costUSD:
            let money = try NumberText.money(text, shift: shift)
            draft.values.cost = money.amount
            draft.isCostRounded = money.isRounded
            if money.amount.rawValue < 0 { negative = field }
        case .costBasis:
            guard let basis = CostBasis.allCases.first(where: { $0.word.map { text.says($0) } ?? false })
            else { throw Self.unknown(field, text, CostBasis.allCases.compactMap(\.word)) }
            draft.values.shape.basis = basis
        case .grain:
            guard let grain = Grain.allCases.first(where: { text.says($0.word) }) else {
                throw Self.unknown(field, text, Grain.allCases.map(\.word))
            }
            draft.values.shape.grain = grain
        }
        draft.values.shape.insert(field)
    }

    /// Checks the event and fills in what it leaves out, once all fields are set.
    func finish(_ draft: inout EventDraft) throws(Refusal) {
        guard draft.values.shape.has(.ts) else { throw Refusal.missing(.ts, "each event needs a time") }
        if !draft.has(.identity) {
            guard !identity.isEmpty else {
                throw Refusal.missing(.identity, "no account is named and there is no default")
            }
            try draft.set(.identity, identity.span)
        }
        if let negative, draft.values.shape.grain != .correction {
            throw Refusal(
                reason: .outOfRange, field: negative,
                detail: "\(negative.key) is negative, which only a correction may be")
        }
        if !draft.has(.source) { try draft.set(.source, source.span) }
    }

    private func time(_ field: Field, _ text: Span<UInt8>) throws(Refusal) -> Timestamp {
        guard let ts = TimeText.parse(text) else {
            throw Refusal(
                reason: .invalidTime, field: field,
                detail: "\(field.key) is \(NumberText.quote(text)), a time from 1970 to 9999 is wanted, "
                    + "such as 2026-04-01T14:25:00Z, 2026-04-01 14:25:00 or 1775053500")
        }
        return ts
    }

    private mutating func count(
        _ field: Field, _ text: Span<UInt8>, _ shift: Int, _ max: Int64
    ) throws(Refusal) -> Int64 {
        let number = try NumberText.count(text, field: field, shift: shift, max: max)
        if number < 0 { negative = field }
        return number
    }

    private static func unknown(_ field: Field, _ text: Span<UInt8>, _ wanted: [String]) -> Refusal {
        let found = Printable.quote(String(decoding: [UInt8](copying: text), as: UTF8.self))
        return Refusal(
            reason: .unknownValue, field: field,
            detail: "\(field.key) is \(found), "
                + "wanted one of \(wanted.joined(separator: ", "))")
    }
}

extension Span where Element == UInt8 {
    /// Whether the bytes are those of a word.
    fileprivate func says(_ word: String) -> Bool {
        let utf8 = Array(word.utf8)
        return isEqual(to: utf8.span)
    }
}
