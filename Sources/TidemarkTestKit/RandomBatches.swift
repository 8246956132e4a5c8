public import UsageEvents

/// Makes batches of events for tests of the log: plausible ones, and ones at the edges of what is allowed.
///
/// Every event is valid. One seed makes everything.
public struct RandomBatches: Sendable {
    /// The tables that the batches' labels are numbers of.
    public var symbols = Symbols()
    private var random: SplitMix64
    private var clock: Int64 = 1_772_000_000_000
    private var nextID = 0

    /// The kinds of batches.
    public enum Style: CaseIterable, Sendable {
        /// A few accounts with habits, costs by a price list.
        case plausible
        /// Every column anywhere within the limits, corrections and unusual texts included.
        case adversarial
        /// All rows alike.
        case constant
    }

    /// A generator with its own numbers.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// A batch of so many events.
    public mutating func batch(_ count: Int, _ style: Style) -> EventBatch {
        var batch = EventBatch()
        for _ in 0..<count {
            let event: UsageEvent
            switch style {
            case .plausible: event = plausible()
            case .adversarial: event = adversarial()
            case .constant: event = constant()
            }
            batch.append(event, symbols: &symbols)
        }
        return batch
    }

    private mutating func plausible() -> UsageEvent {
        clock += Int64(random.below(1_000))
        let person = random.below(40)
        var event = UsageEvent(ts: Timestamp(rawValue: clock), identity: "person-\(person)@example.com")
        event.team = "team-\(person % 5)"
        event.tool = random.below(10) == 0 ? "cursor" : "api"
        let model = (person + (random.below(6) == 0 ? 1 : 0)) % 4
        event.model = "model-\(model)"
        event.mcpServer = random.below(3) == 0 ? "mcp-\(random.below(6))" : nil
        event.inputTokens = Int64(random.below(5_000))
        event.outputTokens = Int64(random.below(900))
        event.cacheReadTokens = random.below(2) == 0 ? 0 : Int64(random.below(90_000))
        event.cacheWriteTokens = random.below(4) == 0 ? Int64(random.below(3_000)) : 0
        let price = [3_000, 250, 15_000, 800][model]
        let nano = event.inputTokens * Int64(price) + event.outputTokens * Int64(price) * 5
        event.cost = NanoUSD(rawValue: (nano + event.cacheReadTokens * Int64(price) / 10) / 1_000 * 1_000)
        nextID += 1
        let hex = String(UInt64(nextID) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
        event.requestID = String(repeating: "0", count: 16 - hex.utf8.count) + hex
        event.source = "gateway"
        for field: Field in [
            .team, .tool, .model, .mcpServer, .inputTokens, .outputTokens, .costUSD, .requestID,
        ] {
            event.shape.insert(field)
        }
        return event
    }

    private mutating func constant() -> UsageEvent {
        var event = UsageEvent(ts: Timestamp(rawValue: 1_772_000_000_000), identity: "svc")
        event.model = "m"
        event.inputTokens = 17
        event.cost = NanoUSD(rawValue: 4_000)
        event.requests = 3
        event.source = "s"
        return event
    }

    private mutating func adversarial() -> UsageEvent {
        var event = UsageEvent(ts: Timestamp(rawValue: extreme(253_402_300_799_999)), identity: text(1))
        if random.below(3) == 0 { event.tsEnd = Timestamp(rawValue: event.ts.rawValue + 3_600_000) }
        event.team = text(0)
        event.project = text(0)
        event.tool = text(0)
        event.model = text(0)
        event.mcpServer = text(0)
        event.mcpTool = text(0)
        event.inputTokens = signed(Limits.tokensPerEventMax)
        event.outputTokens = signed(Limits.tokensPerEventMax)
        event.cacheReadTokens = signed(Limits.tokensPerEventMax)
        event.cacheWriteTokens = signed(Limits.tokensPerEventMax)
        event.reasoningTokens = signed(Limits.tokensPerEventMax)
        event.cost = NanoUSD(rawValue: signed(NanoUSD.eventMax))
        event.requests = signed(Limits.requestsPerEventMax)
        event.requestID = text(0)
        event.sessionID = text(0)
        event.origin = text(0)
        event.source = text(0)
        event.shape = EventShape(
            present: UInt32(truncatingIfNeeded: random.next()) & 0x3f_ffff,
            basis: CostBasis.allCases[random.below(CostBasis.allCases.count)],
            grain: Grain.allCases[random.below(Grain.allCases.count)])
        return event
    }

    /// A number up to a bound, of any length in digits, the bound itself included.
    private mutating func extreme(_ bound: Int64) -> Int64 {
        switch random.below(6) {
        case 0: return 0
        case 1: return bound
        case 2: return Int64(random.below(256))
        default: return Int64(random.below(Int(bound) + 1)) >> Int64(random.below(40))
        }
    }

    private mutating func signed(_ bound: Int64) -> Int64 {
        random.below(3) == 0 ? -extreme(bound) : extreme(bound)
    }

    /// A text of `least` to 256 bytes: often one that came before, sometimes hexadecimal, sometimes not
    /// ASCII.
    private mutating func text(_ least: Int) -> String {
        switch random.below(8) {
        case 0 where least == 0: return ""
        case 1: return String(repeating: "x", count: 256)
        case 2: return "é🙂\u{0}\n\"\\"
        case 3: return String(random.next(), radix: 16)
        case 4: return String(repeating: "ab", count: 1 + random.below(20))
        default: return "label-\(random.below(300))"
        }
    }
}
