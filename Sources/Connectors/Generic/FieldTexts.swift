import UsageEvents

/// Builds events from the texts of their fields, whatever columns or keys those came from.
struct FieldTexts: Sendable {
    private let options: DecoderOptions
    private var labels = LabelTexts()
    /// The event that is being built.
    private var event = FieldTexts.empty
    /// Whether fields have been set since the last event was handed over.
    private var isDirty = false
    /// Whether the cost has more than nine decimals.
    private(set) var isCostRounded = false
    /// A field whose number is below 0, which only a correction may be.
    private var negative: Field?

    private static let empty: UsageEvent = {
        var event = UsageEvent(ts: Timestamp(rawValue: 0), identity: "")
        event.shape = EventShape()
        return event
    }()

    init(_ options: DecoderOptions) { self.options = options }

    /// Begins an event; what is left of the one before is forgotten.
    mutating func begin() {
        if isDirty { event = Self.empty }
        isDirty = true
        isCostRounded = false
        negative = nil
    }

    /// Takes the text of a field; an empty one says nothing. A number counts times 10^`shift`.
    mutating func set(_ field: Field, _ text: Span<UInt8>, shift: Int = 0) throws(Refusal) {
        guard !text.isEmpty else { return }
        let tokens = Limits.tokensPerEventMax
        switch field {
        case .ts: event.ts = try time(field, text)
        case .tsEnd: event.tsEnd = try time(field, text)
        case .identity: event.identity = try labels.repeated(field, text) ?? ""
        case .team: event.team = try labels.repeated(field, text)
        case .project: event.project = try labels.repeated(field, text)
        case .tool: event.tool = try labels.repeated(field, text)
        case .model: event.model = try labels.repeated(field, text)
        case .mcpServer: event.mcpServer = try labels.repeated(field, text)
        case .mcpTool: event.mcpTool = try labels.repeated(field, text)
        case .source: event.source = try labels.repeated(field, text)
        case .inputTokens: event.inputTokens = try count(field, text, shift, tokens)
        case .outputTokens: event.outputTokens = try count(field, text, shift, tokens)
        case .cacheReadTokens: event.cacheReadTokens = try count(field, text, shift, tokens)
        case .cacheWriteTokens: event.cacheWriteTokens = try count(field, text, shift, tokens)
        case .reasoningTokens: event.reasoningTokens = try count(field, text, shift, tokens)
        case .requests: event.requests = try count(field, text, shift, Limits.requestsPerEventMax)
        case .costUSD:
            let money = try NumberText.money(text, shift: shift)
            event.cost = money.amount
            isCostRounded = money.isRounded
            if money.amount.rawValue < 0 { negative = field }
        case .requestID: event.requestID = try LabelTexts.label(field, text)
        case .sessionID: event.sessionID = try LabelTexts.label(field, text)
        case .origin: event.origin = try LabelTexts.label(field, text)
        case .costBasis:
            guard let basis = CostBasis.allCases.first(where: { $0.word.map { text.says($0) } ?? false })
            else { throw Self.unknown(field, text, CostBasis.allCases.compactMap(\.word)) }
            event.shape.basis = basis
        case .grain:
            guard let grain = Grain.allCases.first(where: { text.says($0.word) }) else {
                throw Self.unknown(field, text, Grain.allCases.map(\.word))
            }
            event.shape.grain = grain
        }
        event.shape.insert(field)
    }

    /// Hands the event over, once all fields are set.
    mutating func finish() throws(Refusal) -> UsageEvent {
        guard event.shape.has(.ts) else { throw Refusal.missing(.ts, "each event needs a time") }
        if event.identity.isEmpty {
            guard let identity = options.defaultIdentity, !identity.isEmpty else {
                throw Refusal.missing(.identity, "no account is named and there is no default")
            }
            event.identity = identity
        }
        if let negative, event.shape.grain != .correction {
            throw Refusal(
                reason: .outOfRange, field: negative,
                detail: "\(negative.key) is negative, which only a correction may be")
        }
        if event.source == nil { event.source = options.defaultSource ?? "table" }
        var finished = Self.empty
        swap(&finished, &event)
        isDirty = false
        return finished
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
