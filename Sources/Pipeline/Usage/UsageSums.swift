/// Sums over some events.
///
/// Every sum has 128 bits: the largest event (10^12 tokens of a kind, a million dollars in nano-dollars) fits
/// 10^23 times, so no log can overflow one. Additions are exact and in any order the same.
public struct UsageSums: Hashable, Sendable {
    /// Events.
    public var events: Int64 = 0
    /// Events that have a cost, an included one among them.
    public var priced: Int64 = 0
    /// Events with tokens but without a cost.
    public var unpriced: Int64 = 0
    /// The earliest event time, ms UTC; meaningless where there is no event.
    public var first = Int64.max
    /// The latest event time, ms UTC.
    public var last = Int64.min
    /// Requests that the events stand for.
    public var requests: Int128 = 0
    /// Uses of MCP servers.
    public var uses: Int128 = 0
    /// Prompt tokens not served from the cache.
    public var inputTokens: Int128 = 0
    /// Completion tokens.
    public var outputTokens: Int128 = 0
    /// Prompt tokens served from the cache.
    public var cacheReadTokens: Int128 = 0
    /// Prompt tokens written to the cache.
    public var cacheWriteTokens: Int128 = 0
    /// Nano-dollars on an invoice.
    public var billed: Int128 = 0
    /// Nano-dollars at list prices, computed by a source.
    public var list: Int128 = 0
    /// Nano-dollars at list prices, computed here.
    public var estimated: Int128 = 0
    /// Nano-dollars that a plan includes.
    public var included: Int128 = 0
    /// Nano-dollars of which nobody said whose they are.
    public var unstated: Int128 = 0

    /// Nothing.
    public init() {}

    /// All nano-dollars.
    public var cost: Int128 { billed + list + estimated + included + unstated }

    /// Tokens as detection counts them: all but those that were served from the cache.
    public var tokens: Int128 { inputTokens + outputTokens + cacheWriteTokens }

    /// Whether some of the dollars are list prices, so that a plan may bill less.
    public var isApproximate: Bool { list != 0 || estimated != 0 }

    /// Sums of two disjoint sets of events.
    public static func += (a: inout UsageSums, b: UsageSums) {
        a.events += b.events
        a.priced += b.priced
        a.unpriced += b.unpriced
        a.first = min(a.first, b.first)
        a.last = max(a.last, b.last)
        a.requests += b.requests
        a.uses += b.uses
        a.inputTokens += b.inputTokens
        a.outputTokens += b.outputTokens
        a.cacheReadTokens += b.cacheReadTokens
        a.cacheWriteTokens += b.cacheWriteTokens
        a.billed += b.billed
        a.list += b.list
        a.estimated += b.estimated
        a.included += b.included
        a.unstated += b.unstated
    }

    /// Adds the cost of so many events to the sum of its kind.
    mutating func add(cost: Int64, _ kind: UsageCost, events: Int64) {
        switch kind {
        case .billed: billed += Int128(cost)
        case .list: list += Int128(cost)
        case .estimated: estimated += Int128(cost)
        case .included: included += Int128(cost)
        case .unstated: unstated += Int128(cost)
        case .unpriced:
            unpriced += events
            return
        case .unmetered: return
        }
        priced += events
    }
}

/// What a report counts.
public enum UsageMetric: String, CaseIterable, Sendable {
    /// Money.
    case cost
    /// All tokens but those that were served from the cache.
    case tokens
    /// Prompt tokens not served from the cache.
    case input
    /// Completion tokens.
    case output
    /// Prompt tokens served from the cache.
    case cacheRead = "cache-read"
    /// Prompt tokens written to the cache.
    case cacheWrite = "cache-write"
    /// Requests.
    case requests
    /// Uses of MCP servers.
    case uses

    /// Its amount; nano-dollars for money.
    public func value(_ sums: UsageSums) -> Int128 {
        switch self {
        case .cost: sums.cost
        case .tokens: sums.tokens
        case .input: sums.inputTokens
        case .output: sums.outputTokens
        case .cacheRead: sums.cacheReadTokens
        case .cacheWrite: sums.cacheWriteTokens
        case .requests: sums.requests
        case .uses: sums.uses
        }
    }
}

/// Nano-dollars as exact decimal text without trailing zeros, as in `41.2` or `-0.000000001`: valid JSON.
public func exactDollars(_ nano: Int128) -> String {
    let magnitude = nano.magnitude
    let sign = nano < 0 ? "-" : ""
    let fraction = magnitude % 1_000_000_000
    let whole = sign + "\(magnitude / 1_000_000_000)"
    guard fraction != 0 else { return whole }
    let digits = "\(fraction + 1_000_000_000)".dropFirst()
    let kept = digits.lastIndex { $0 != "0" } ?? digits.startIndex
    return whole + "." + digits[...kept]
}
