import UsageEvents

/// What the rules look at: an event whose labels are texts, or one whose labels are bytes.
protocol EventValues: Sendable {
    var ts: Timestamp { get }
    var tsEnd: Timestamp? { get }
    var inputTokens: Int64 { get }
    var outputTokens: Int64 { get }
    var cacheReadTokens: Int64 { get }
    var cacheWriteTokens: Int64 { get }
    var cost: NanoUSD { get set }
    var shape: EventShape { get set }
}

extension UsageEvent: EventValues {}

/// What holds between the fields of an event, whatever it was read from.
struct EventRules: Sendable {
    /// Prices for events without cost; nil leaves them without.
    let prices: PriceTable?
    /// The latest `ts` that is accepted, ms UTC; nil accepts all.
    let timestampMax: Int64?

    init(_ options: DecoderOptions) {
        prices = options.prices
        timestampMax = options.timestampMax
    }

    /// Refuses an event whose fields contradict each other.
    ///
    /// `hasServer` says whether it names an MCP server.
    func check(_ event: some EventValues, hasServer: Bool) throws(Refusal) {
        if let latest = timestampMax, event.ts.rawValue > latest {
            throw Refusal(
                reason: .future, field: .ts,
                detail: "ts \(event.ts) is later than \(Timestamp(rawValue: latest)), the latest accepted")
        }
        if event.shape.grain == .bucket, event.tsEnd == nil {
            throw .missing(.tsEnd, "a bucket needs the end of its interval")
        }
        if let end = event.tsEnd, end < event.ts || (end == event.ts && event.shape.grain == .bucket) {
            throw Refusal(
                reason: .outOfRange, field: .tsEnd, detail: "ts_end \(end) is not after ts \(event.ts)")
        }
        guard
            Self.hasTokens(event) || event.shape.has(.reasoningTokens) || event.shape.has(.costUSD)
                || hasServer
        else {
            throw .missing(.inputTokens, "one of tokens, cost_usd and mcp_server is wanted")
        }
    }

    /// Prices an event that has no cost, and brings estimates into the form that `EventShape.hasCost`
    /// describes. Returns whether the cost was computed here.
    ///
    /// `model` is the number of its model in the price table. `longCacheWrite` are those of the event's cache
    /// writes that are kept for an hour.
    func estimate(_ event: inout some EventValues, model: Int?, longCacheWrite: Int64 = 0) -> Bool {
        if event.shape.has(.costUSD) {
            if event.shape.basis == .estimated { event.shape.forgetCostKeys() }
            return false
        }
        if isUnpriced(event), let model, let cost = price(event, model, longCacheWrite) {
            event.cost = cost
            event.shape.basis = .estimated
            event.shape.forgetCostKeys()
            return true
        }
        if event.shape.basis == .estimated {
            // An estimate of nothing says nothing.
            event.shape.basis = .unstated
            event.shape.forgetCostKeys()
        }
        return false
    }

    /// Whether any of the kinds of tokens that have a price is given.
    private static func hasTokens(_ event: some EventValues) -> Bool {
        event.shape.has(.inputTokens) || event.shape.has(.outputTokens) || event.shape.has(.cacheReadTokens)
            || event.shape.has(.cacheWriteTokens)
    }

    /// Whether an event has no cost but might be given one. What is included in a plan is not priced: nothing
    /// is billed for it.
    func isUnpriced(_ event: some EventValues) -> Bool {
        !event.shape.has(.costUSD) && event.shape.basis != .included && Self.hasTokens(event)
    }

    /// The number of a model in the price table.
    func number(of model: Span<UInt8>, _ models: inout ModelNumbers) -> Int? {
        prices.flatMap { models.number(of: model, in: $0) }
    }

    /// The number of a model in the price table.
    func number(of model: String, _ models: inout ModelNumbers) -> Int? {
        model.withUTF8Span { number(of: $0, &models) }
    }

    private func price(_ event: some EventValues, _ model: Int, _ longCacheWrite: Int64) -> NanoUSD? {
        guard let price = prices?.price(model: model, at: event.ts.rawValue) else { return nil }
        return price.cost(
            input: event.inputTokens, output: event.outputTokens, cacheRead: event.cacheReadTokens,
            cacheWrite: event.cacheWriteTokens - longCacheWrite, longCacheWrite: longCacheWrite)
    }

    /// An e-mail address (anything with `@`) in ASCII lower case; anything else as it is.
    static func canonicalIdentity(_ text: String) -> String {
        let isOther = text.withUTF8Span { utf8 in
            var hasCapital = false
            var hasAt = false
            for i in 0..<utf8.count {
                hasCapital = hasCapital || (utf8[i] >= 65 && utf8[i] <= 90)
                hasAt = hasAt || utf8[i] == UInt8(ascii: "@")
            }
            return hasCapital && hasAt
        }
        guard isOther else { return text }
        return String(decoding: text.utf8.map { $0 >= 65 && $0 <= 90 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Numbers of models in a price table, remembered: to look one up takes microseconds.
struct ModelNumbers: Sendable {
    /// Names that are remembered; a hostile input may make up more.
    private static let namesMax = 1_024
    private var names = SymbolTable()
    /// For each name its number, from that of the empty name on.
    private var numbers: [Int?] = [nil]

    mutating func number(of name: Span<UInt8>, in prices: PriceTable) -> Int? {
        if names.count > Self.namesMax {
            names = SymbolTable()
            numbers = [nil]
        }
        let symbol = Int(names.intern(name))
        if symbol == numbers.count {
            numbers.append(prices.model(named: String(decoding: [UInt8](copying: name), as: UTF8.self)))
        }
        return numbers[symbol]
    }
}

extension Refusal {
    /// A key that an event needs is not there.
    static func missing(_ field: Field, _ why: String) -> Refusal {
        Refusal(reason: .missingField, field: field, detail: "\(field.key) is absent or null: \(why)")
    }
}

extension EventShape {
    /// Clears the bits of `costUSD` and `costBasis`.
    mutating func forgetCostKeys() {
        rawValue &= ~(1 << UInt32(Field.costUSD.rawValue) | 1 << UInt32(Field.costBasis.rawValue))
    }
}
