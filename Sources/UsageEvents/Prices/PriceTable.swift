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
    private var byFoldedName: [String: (index: Int, isDated: Bool)] = [:]

    /// How many models have a price.
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
        let lower = row.model.lowercased()
        if byLowerName[lower] == nil { byLowerName[lower] = index }
        let names = ModelName(lower)
        let isDated = names.isDated
        // The first row wins, but a name without a date stands for the model better than one with it.
        if let known = byFoldedName[names.folded], !known.isDated || isDated { return }
        byFoldedName[names.folded] = (index, isDated)
    }

    /// The number of a model, or nil where the table does not know it.
    ///
    /// Tries the name as spelled; in lower case; what follows the last `/`; without a date at its end
    /// (`-20260101`, `-2026-01-01`, `@20260101`); and last with `.` and `-` taken for the same. About a
    /// microsecond: callers cache it.
    public func model(named name: String) -> Int? {
        if let index = byName[name] { return index }
        let lower = name.lowercased()
        if let index = byLowerName[lower] { return index }
        let names = ModelName(lower)
        return byLowerName[names.tail] ?? byLowerName[names.undated] ?? byFoldedName[names.folded]?.index
    }

    /// The price of a model at an instant (ms UTC); nil before its first one.
    public func price(model: Int, at ts: Int64) -> Price? {
        models[model].periods.last { $0.from <= ts }?.price
    }
}

/// The spellings under which a model is looked up.
struct ModelName {
    /// What follows the last slash.
    let tail: String
    /// The same without a date at its end.
    let undated: String
    /// The same with `.` written as `-`.
    let folded: String

    var isDated: Bool { tail.utf8.count != undated.utf8.count }

    /// `name` is in lower case.
    init(_ name: String) {
        let bytes = Array(name.utf8)
        let start = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        let tailBytes = bytes[start...]
        let short = tailBytes.dropLast(Self.dateLength(tailBytes))
        tail = String(decoding: tailBytes, as: UTF8.self)
        undated = String(decoding: short, as: UTF8.self)
        folded = String(
            decoding: short.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
    }

    /// The length of a date at the end, its separator included; 0 where there is none.
    private static func dateLength(_ name: ArraySlice<UInt8>) -> Int {
        func matches(_ pattern: String) -> Bool {
            let pattern = Array(pattern.utf8)
            guard name.count > pattern.count else { return false }
            for (wanted, found) in zip(pattern, name.suffix(pattern.count)) {
                switch wanted {
                case UInt8(ascii: "9"): guard found >= 48, found <= 57 else { return false }
                default: guard wanted == found else { return false }
                }
            }
            return true
        }
        if matches("-20999999") || matches("@20999999") { return 9 }
        return matches("-2099-99-99") ? 11 : 0
    }
}

extension PriceTable.Price {
    /// What tokens cost in nano-dollars, rounded half to even.
    ///
    /// Nil where a price that is needed is missing, or where the sum is beyond `NanoUSD.eventMax` either way.
    public func cost(input: Int64, output: Int64, cacheRead: Int64, cacheWrite: Int64) -> NanoUSD? {
        guard let a = Self.product(input, self.input), let b = Self.product(output, self.output),
            let c = Self.product(cacheRead, self.cacheRead ?? self.input),
            let d = Self.product(cacheWrite, self.cacheWrite ?? self.input)
        else { return nil }
        // Each product is below 2^126: two of them fit, so do the four of real prices; the sum is
        // checked all the same.
        let (ab, overflow1) = a.addingReportingOverflow(b)
        let (abc, overflow2) = ab.addingReportingOverflow(c)
        let (pico, overflow3) = abc.addingReportingOverflow(d)
        guard !overflow1, !overflow2, !overflow3 else { return nil }
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
