import UsageEvents

/// What one usage event of Cursor says, whether it was read from the Admin API or from the CSV of the
/// dashboard.
///
/// Whose dollars: `chargedCents` stands beside every event, also where the plan covers it, and is then what
/// the request would have cost. The money is kept, since it is the only measure of such use, and its basis is
/// `included` wherever Cursor says that it charges nothing: the kind is one of those in the plan, free, or
/// not charged for an error, or `isChargeable` is false. Otherwise it is `billed`. Sums over all events thus
/// agree with `overallSpendCents` of Cursor, and sums over `billed` ones with `spendCents`.
struct CursorUsage: Sendable {
    /// Counts of the four kinds; none includes another.
    struct Tokens: Hashable, Sendable {
        var input: Int64 = 0
        var output: Int64 = 0
        var cacheWrite: Int64 = 0
        var cacheRead: Int64 = 0
    }

    var ts: Timestamp?
    /// Whether the account is a service account, which counts more than an address.
    var isServiceAccount = false
    /// Whether nothing is billed for events of its kind.
    var isFreeKind = false
    var isMaxMode = false
    /// No client was connected.
    var isHeadless = false
    /// False where Cursor says that it charges nothing; nil where it says nothing.
    var isChargeable: Bool?
    /// Nil for a call that is not counted by tokens.
    var tokens: Tokens?
    /// In dollars, Cursor's own fee included; nil where no amount is given.
    var cost: NanoUSD?

    /// Where the cloud agent stands in the draft while the key is made: it is part of the key only.
    static let cloudAgent = Field.origin
    private static let servicePrefix = Array("sa:".utf8)

    /// Takes the account of a person.
    func setUser(_ email: Span<UInt8>, _ draft: inout EventDraft) throws(Refusal) {
        if isServiceAccount {
            try LabelTexts.check(.identity, email)
        } else {
            try draft.set(.identity, email)
        }
    }

    /// Takes the account of a service, which counts more than an address beside it.
    mutating func setService(_ id: Span<UInt8>, _ draft: inout EventDraft) throws(Refusal) {
        guard !id.isEmpty else { return }
        isServiceAccount = true
        try draft.set(.identity, id, prefix: Self.servicePrefix)
    }

    /// Makes the event of a draft whose labels (account, model, conversation, cloud agent) are set, with a
    /// key that is the same wherever the same call is read again.
    func finish(_ draft: inout EventDraft, _ context: inout CursorContext) throws(Refusal) {
        draft.values.ts = try RecordBounds.time(ts, key: "timestamp")
        if !draft.has(.identity) { try draft.set(.identity, context.identity.span) }
        guard draft.has(.identity) else {
            throw Refusal(
                reason: .missingField, field: .identity,
                detail: "neither userEmail nor serviceAccountId is given and there is no default: "
                    + "type --identity with the account")
        }
        draft.values.shape = Self.shape
        if draft.has(.model) { draft.values.shape.insert(.model) }
        if draft.has(.sessionID) { draft.values.shape.insert(.sessionID) }
        if let tokens { try take(tokens, &draft.values) }
        try takeCost(&draft.values)
        context.identify(key(draft, &context.parts))
        draft.clear(Self.cloudAgent)
        try draft.set(.tool, context.tool.span)
        try draft.set(.source, context.source.span)
        try draft.set(.requestID, context.requestID.span)
    }

    private static let shape: EventShape = {
        var shape = EventShape()
        for field in [Field.ts, .identity, .tool, .requestID] { shape.insert(field) }
        return shape
    }()

    private func take(_ tokens: Tokens, _ event: inout EventNumbers) throws(Refusal) {
        event.inputTokens = try RecordBounds.tokens(tokens.input, .inputTokens, key: "inputTokens")
        event.outputTokens = try RecordBounds.tokens(tokens.output, .outputTokens, key: "outputTokens")
        event.cacheReadTokens = try RecordBounds.tokens(
            tokens.cacheRead, .cacheReadTokens, key: "cacheReadTokens")
        event.cacheWriteTokens = try RecordBounds.tokens(
            tokens.cacheWrite, .cacheWriteTokens, key: "cacheWriteTokens")
        event.shape.insert(.inputTokens)
        event.shape.insert(.outputTokens)
        event.shape.insert(.cacheReadTokens)
        event.shape.insert(.cacheWriteTokens)
    }

    private func takeCost(_ event: inout EventNumbers) throws(Refusal) {
        let isFree = isChargeable == false || isFreeKind
        if let cost {
            event.cost = try RecordBounds.cost(cost, key: "chargedCents")
            event.shape.insert(.costUSD)
        } else if !isFree {
            // Nothing is said about money: the list price may stand in.
            return
        } else if tokens == nil {
            // A call that failed before it cost anything still counts as a request.
            event.shape.insert(.costUSD)
        }
        event.shape.basis = isFree ? .included : .billed
        event.shape.insert(.costBasis)
    }

    /// What does not change when a call is rated again: no kind and no money.
    private func key(_ draft: EventDraft, _ parts: inout KeyParts) -> Hash128 {
        parts.restart()
        parts.add(draft.values.ts.rawValue)
        draft.withLabel(.identity) { parts.add($0) }
        draft.withLabel(.model) { parts.add($0) }
        draft.withLabel(.sessionID) { parts.add($0) }
        draft.withLabel(Self.cloudAgent) { parts.add($0) }
        let tokens = tokens ?? Tokens()
        parts.add((isMaxMode ? 1 : 0) | (isHeadless ? 2 : 0))
        parts.add(tokens.input)
        parts.add(tokens.output)
        parts.add(tokens.cacheRead)
        parts.add(tokens.cacheWrite)
        return parts.hash
    }
}

/// Billing classes of Cursor, in the spellings of its pages, of its older answers and of its CSV.
enum CursorKind {
    /// Whether nothing is billed for an event of this kind.
    ///
    /// The list of kinds is not published, so words decide: `Included in Business`, `Included`,
    /// `USAGE_EVENT_KIND_INCLUDED_IN_PRO`, `Free`, `FREE_CREDIT`, `Errored, Not Charged`,
    /// `ABORTED_NOT_CHARGED`, `Errored, No Charge`. Anything else (`Usage-based`, `On-Demand`) is billed.
    static func isFree(_ kind: [UInt8]) -> Bool {
        let word = kind.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
        return free.contains { contains(word, $0) }
    }

    private static let free = [
        "included", "free", "errored", "aborted", "not charged", "not_charged", "no charge",
    ]
    .map { Array($0.utf8) }

    private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { text[$0...].starts(with: word) }
    }
}
