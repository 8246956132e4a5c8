/// List prices of models, to put a figure on events whose source gives none.
///
/// Prices are whole pico-dollars a token (USD a million tokens times 10^6), so that a cost is an exact
/// sum that is rounded once, half to even, to nano-dollars. A model may have several prices, each valid
/// from a date.
public struct PriceTable: Sendable {
    /// What a token of each kind costs, in pico-dollars; nil where the table does not say.
    public struct Price: Hashable, Sendable {
        /// Prompt tokens not served from the cache.
        public var input: Int64?
        /// Completion tokens.
        public var output: Int64?
        /// Prompt tokens served from the cache; where nil, they cost what `input` does.
        public var cacheRead: Int64?
        /// Prompt tokens written to the cache; where nil, they cost what `input` does.
        public var cacheWrite: Int64?

        /// A price from its parts.
        public init(input: Int64?, output: Int64?, cacheRead: Int64?, cacheWrite: Int64?) {
            self.input = input
            self.output = output
            self.cacheRead = cacheRead
            self.cacheWrite = cacheWrite
        }
    }

    /// A price and the first instant at which it holds.
    struct Period: Hashable, Sendable {
        /// ms UTC; `Int64.min` where the table gives no date.
        var from: Int64
        var price: Price
    }

    /// One entry a model, in the order of the file; periods by date.
    private(set) var models: [(name: String, periods: [Period])] = []
    private var byName: [String: Int] = [:]
    private var byLowerName: [String: Int] = [:]
    private var byFoldedName: [String: (index: Int, isPlain: Bool)] = [:]

    /// The table that is asked where this one has no price; at most one.
    private var fallback: [PriceTable] = []

    /// Names that stand for models.
    private var aliases = ModelAliases()

    /// How many models have a price here.
    public var count: Int { models.count }

    /// A table without prices.
    public init() {}

    /// Reads CSV; the format is described at `PriceTableError`.
    public init(csv: some Sequence<UInt8>) throws(PriceTableError) {
        for row in try PriceRow.read(csv) {
            if let index = byName[row.model] {
                guard !models[index].periods.contains(where: { $0.from == row.from }) else {
                    throw PriceTableError(
                        line: row.line,
                        problem:
                            "found a second price of \(row.model) for the same date, wanted one"
                    )
                }
                models[index].periods.append(Period(from: row.from, price: row.price))
                models[index].periods.sort { $0.from < $1.from }
            } else {
                add(row)
            }
        }
    }

    private mutating func add(_ row: PriceRow) {
        let index = models.count
        models.append((row.model, [Period(from: row.from, price: row.price)]))
        byName[row.model] = index
        for name in [row.model] + row.aliases { add(name.lowercased(), as: index) }
    }

    private mutating func add(_ lower: String, as index: Int) {
        if byLowerName[lower] == nil { byLowerName[lower] = index }
        let names = ModelName(lower)
        // The first row wins, but a plain name stands for the model better than one of a date or a region.
        if let known = byFoldedName[names.folded], known.isPlain || !names.isPlain { return }
        byFoldedName[names.folded] = (index, names.isPlain)
    }

    /// This table, with another one behind it for models and times that it has no price for.
    public func over(_ other: PriceTable) -> PriceTable {
        var table = self
        table.fallback = [other]
        return table
    }

    /// This table, for models that are called by other names, too.
    public func naming(_ aliases: ModelAliases) -> PriceTable {
        var table = self
        table.aliases = aliases
        return table
    }

    /// The number of a model, or nil where the table does not know it.
    ///
    /// A name that stands for a model is replaced by it. Then it tries the name as spelled; in lower case;
    /// what follows the last `/`; without a date at its end (`-20260101`, `-2026-01-01`, `@20260101`); folded
    /// as `ModelName` does; and last without words at its end that name a way of running the model
    /// (`-thinking`, `-fast`, `-high`). About two microseconds: callers cache it.
    public func model(named spelled: String) -> Int? {
        let name = aliases.model(of: spelled)
        if let index = byName[name] { return index }
        let lower = name.lowercased()
        if let index = byLowerName[lower] { return index }
        let names = ModelName(lower)
        let known = byLowerName[names.tail] ?? byLowerName[names.undated]
        if let index = known ?? byFoldedName[names.folded]?.index { return index }
        var short = names.folded
        while let shorter = ModelName.withoutMode(short) {
            if let index = byLowerName[shorter] ?? byFoldedName[shorter]?.index { return index }
            short = shorter
        }
        return fallback.first?.model(named: name).map { $0 + models.count }
    }

    /// The price of a model at an instant (ms UTC); nil before its first one.
    public func price(model: Int, at ts: Int64) -> Price? {
        guard model < models.count else { return fallback.first?.price(model: model - models.count, at: ts) }
        if let period = models[model].periods.last(where: { $0.from <= ts }) { return period.price }
        return fallback.first.flatMap { other in
            other.model(named: models[model].name).flatMap { other.price(model: $0, at: ts) }
        }
    }
}

extension PriceTable.Price {
    /// What tokens cost in nano-dollars, rounded half to even.
    ///
    /// `longCacheWrite` are tokens written to a cache that keeps them for an hour, beside those of
    /// `cacheWrite`: they cost twice what `input` does, by the list of Anthropic, where those kept for five
    /// minutes cost 1.25 times as much.
    ///
    /// Nil where a price that is needed is missing, or where the sum is beyond `NanoUSD.eventMax` either way.
    public func cost(
        input: Int64, output: Int64, cacheRead: Int64, cacheWrite: Int64, longCacheWrite: Int64 = 0
    ) -> NanoUSD? {
        guard let a = Self.product(input, self.input), let b = Self.product(output, self.output),
            let c = Self.product(cacheRead, self.cacheRead ?? self.input),
            let d = Self.product(cacheWrite, self.cacheWrite ?? self.input),
            let e = Self.product(longCacheWrite, self.input)
        else { return nil }
        // Each product is below 2^126, so a few of real prices fit; the sum is checked all the same.
        var pico: Int128 = 0
        for part in [a, b, c, d, e, e] {
            let (sum, overflow) = pico.addingReportingOverflow(part)
            guard !overflow else { return nil }
            pico = sum
        }
        guard pico.magnitude <= UInt128(NanoUSD.eventMax) * 1_000 else { return nil }
        // Below 10^18 from here on.
        let magnitude = UInt64(pico.magnitude)
        var nano = magnitude / 1_000
        let rest = magnitude % 1_000
        if rest > 500 || (rest == 500 && nano & 1 == 1) { nano += 1 }
        return NanoUSD(rawValue: pico < 0 ? -Int64(nano) : Int64(nano))
    }

    private static func product(_ tokens: Int64, _ price: Int64?) -> Int128? {
        if tokens == 0 { return 0 }
        guard let price else { return nil }
        return Int128(tokens) * Int128(price)
    }
}
