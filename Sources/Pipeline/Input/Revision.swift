import Connectors
import UsageEvents

/// The amounts of one copy of an event. Of two copies the one with more tokens counts, whichever was read
/// first; the order of the other amounts decides between equals, so that the order of reading never does.
struct CopyAmounts: Comparable {
    var input: Int64 = 0
    var output: Int64 = 0
    var cacheRead: Int64 = 0
    var cacheWrite: Int64 = 0
    var reasoning: Int64 = 0
    var cost: Int64 = 0
    /// Whether the source itself gave the cost.
    var isStated = false

    init() {}

    /// The amounts of a row.
    init(_ batch: EventBatch, row: Int) {
        input = batch.inputTokens[row]
        output = batch.outputTokens[row]
        cacheRead = batch.cacheReadTokens[row]
        cacheWrite = batch.cacheWriteTokens[row]
        reasoning = batch.reasoningTokens[row]
        cost = batch.cost[row]
        isStated = EventShape(rawValue: batch.shape[row]).has(.costUSD)
    }

    /// All tokens. Each kind is at most 10^12 an event, so the sum fits.
    private var tokens: Int64 { input + output + cacheRead + cacheWrite }

    private var stated: Int { isStated ? 1 : 0 }

    static func < (a: Self, b: Self) -> Bool {
        if a.tokens != b.tokens { return a.tokens < b.tokens }
        if a.output != b.output { return a.output < b.output }
        if a.cacheWrite != b.cacheWrite { return a.cacheWrite < b.cacheWrite }
        if a.input != b.input { return a.input < b.input }
        if a.reasoning != b.reasoning { return a.reasoning < b.reasoning }
        if a.stated != b.stated { return a.stated < b.stated }
        return a.cost < b.cost
    }

    /// What has to be added to `b` to get `a`.
    static func - (a: Self, b: Self) -> Self {
        var difference = a
        difference.input -= b.input
        difference.output -= b.output
        difference.cacheRead -= b.cacheRead
        difference.cacheWrite -= b.cacheWrite
        difference.reasoning -= b.reasoning
        difference.cost -= b.cost
        return difference
    }

    static func += (a: inout Self, b: Self) {
        a.input += b.input
        a.output += b.output
        a.cacheRead += b.cacheRead
        a.cacheWrite += b.cacheWrite
        a.reasoning += b.reasoning
        a.cost += b.cost
        a.isStated = a.isStated || b.isStated
    }

    var isZero: Bool {
        input == 0 && output == 0 && cacheRead == 0 && cacheWrite == 0 && reasoning == 0 && cost == 0
    }

    /// Sixteen hexadecimal digits that differ for different amounts at different times and places.
    func fingerprint(ts: Int64, place: [UInt8]) -> String {
        var bytes: [UInt8] = []
        for number in [input, output, cacheRead, cacheWrite, reasoning, cost, ts] {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
        }
        bytes.append(contentsOf: place)
        let digits = String(Hash128(bytes.span).low, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// What is known of one event that may be said again.
struct RevisedEvent: Equatable {
    /// Amounts that count now.
    var amounts: CopyAmounts
    /// The time under which they count: the earliest of all copies, to the day.
    var ts: Int64
    /// Numbers of the symbol tables of the held events.
    var project: UInt32
    var model: UInt32
    /// Requests that it stands for.
    var requests: Int64
    /// The row among the held events; -1 where it is in the log.
    var held: Int32

    /// Whether nothing of it is counted.
    var isNothing: Bool { amounts.isZero && requests == 0 }
}
