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
    var userEmail: String?
    var serviceAccountID: String?
    var conversationID: String?
    var cloudAgentID: String?
    var model: String?
    /// `Usage-based`, `Included in Business`, `USAGE_EVENT_KIND_USAGE_BASED` and many more.
    var kind: String?
    var isMaxMode = false
    /// No client was connected.
    var isHeadless = false
    /// False where Cursor says that it charges nothing; nil where it says nothing.
    var isChargeable: Bool?
    /// Nil for a call that is not counted by tokens.
    var tokens: Tokens?
    /// In dollars, Cursor's own fee included; nil where no amount is given.
    var cost: NanoUSD?
    /// Whether the amount had more than nine decimals of a dollar.
    var isCostRounded = false

    /// The event, with a key that is the same wherever the same call is read again.
    ///
    /// `twins` counts the calls that cannot be told apart. Amounts are checked here; texts are labels that
    /// `LabelTexts` has checked, and none of them is empty.
    func event(_ options: DecoderOptions, twins: inout CursorTwins) throws(Refusal) -> UsageEvent {
        var event = UsageEvent(
            ts: try RecordBounds.time(ts, key: "timestamp"), identity: try identity(options))
        event.tool = "cursor"
        event.shape.insert(.tool)
        event.model = model
        if model != nil { event.shape.insert(.model) }
        event.sessionID = conversationID
        if conversationID != nil { event.shape.insert(.sessionID) }
        if let tokens { try take(tokens, &event) }
        try takeCost(&event)
        event.source = options.defaultSource ?? "cursor"
        let hash = key(event.ts, event.identity, &twins.parts)
        event.requestID = Self.requestID(hash, ordinal: twins.ordinal(of: hash))
        event.shape.insert(.requestID)
        return event
    }

    /// `cur-`, 32 hexadecimal digits, and the ordinal: a plain `RequestKey`. Byte by byte, since putting
    /// strings together took a tenth of the time of an event.
    private static func requestID(_ hash: Hash128, ordinal: Int) -> String {
        var text = [UInt8](repeating: UInt8(ascii: "-"), count: 38)
        text[0] = UInt8(ascii: "c")
        text[1] = UInt8(ascii: "u")
        text[2] = UInt8(ascii: "r")
        text[37] = UInt8(ascii: "0")
        for k in 0..<32 {
            let half = k < 16 ? hash.high : hash.low
            let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (k & 15))) & 15
            text[4 + k] = nibble < 10 ? 48 + nibble : 87 + nibble
        }
        if ordinal > 0 {
            text.removeLast()
            text.append(contentsOf: String(ordinal).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func identity(_ options: DecoderOptions) throws(Refusal) -> String {
        if let serviceAccountID {
            return try RecordBounds.label("sa:" + serviceAccountID, .identity, key: "serviceAccountId") ?? ""
        }
        if let userEmail { return userEmail }
        if let identity = options.defaultIdentity, !identity.isEmpty { return identity }
        throw Refusal(
            reason: .missingField, field: .identity,
            detail: "neither userEmail nor serviceAccountId is given and there is no default: "
                + "type --identity with the account")
    }

    private func take(_ tokens: Tokens, _ event: inout UsageEvent) throws(Refusal) {
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

    private func takeCost(_ event: inout UsageEvent) throws(Refusal) {
        let isFree = isChargeable == false || CursorKind.isFree(kind)
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
    private func key(_ ts: Timestamp, _ identity: String, _ parts: inout KeyParts) -> Hash128 {
        parts.restart()
        parts.add(ts.rawValue)
        parts.add(identity)
        parts.add(model)
        parts.add(conversationID)
        parts.add(cloudAgentID)
        parts.add((isMaxMode ? 1 : 0) | (isHeadless ? 2 : 0))
        parts.add(tokens?.input ?? 0)
        parts.add(tokens?.output ?? 0)
        parts.add(tokens?.cacheRead ?? 0)
        parts.add(tokens?.cacheWrite ?? 0)
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
    static func isFree(_ kind: String?) -> Bool {
        // The words of most events, as a short way.
        guard let kind, kind != "Usage-based", kind != "USAGE_EVENT_KIND_USAGE_BASED" else { return false }
        let word = kind.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }
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

/// Counts calls whose keys are equal: parallel agents can be alike to the millisecond and the token.
///
/// It starts again with each list of events, so that the same list read twice gives the same keys. Memory:
/// the keys of the last 8,192 to 16,384 calls; a twin further behind its sibling is taken for a copy.
struct CursorTwins: Sendable {
    private static let keysMax = 8_192
    private var recent: [Hash128: Int] = [:]
    private var older: [Hash128: Int] = [:]
    /// Memory for the parts of a key.
    fileprivate var parts = KeyParts()

    /// Begins a list that has nothing to do with the one before.
    mutating func restart() {
        recent.removeAll(keepingCapacity: true)
        older.removeAll(keepingCapacity: true)
    }

    /// How many calls with this key stood before in the list.
    mutating func ordinal(of key: Hash128) -> Int {
        if recent.count >= Self.keysMax {
            swap(&recent, &older)
            recent.removeAll(keepingCapacity: true)
        }
        // Nearly always the call has no twin.
        guard let count = recent.updateValue(1, forKey: key) ?? older[key] else { return 0 }
        recent[key] = count + 1
        return count
    }
}
