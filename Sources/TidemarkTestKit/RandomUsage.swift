public import UsageEvents

/// Random usage that adds up: a few accounts with habits over some days, so that many events share a cell.
/// Late events, changes of team, corrections, running totals and configurations among them.
public struct RandomUsage: Sendable {
    /// The labels of all batches so far.
    public var symbols = Symbols()
    /// The time around which the next event lies, ms UTC.
    public var clock: Int64
    private var random: SplitMix64
    private let step: Int

    /// Usage from a time on, `step` milliseconds between two events at most.
    public init(seed: UInt64, from clock: Int64 = 1_772_000_000_000, step: Int = 400_000) {
        random = SplitMix64(seed: seed)
        self.clock = clock
        self.step = step
    }

    /// A batch of so many events.
    public mutating func batch(_ count: Int) -> EventBatch {
        var batch = EventBatch()
        for _ in 0..<count { batch.append(event(), symbols: &symbols) }
        return batch
    }

    private mutating func one<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    private mutating func event() -> UsageEvent {
        clock += Int64(random.below(step))
        // Most events are alike, or nothing would add up.
        let isOdd = random.below(4) == 0
        let late = isOdd ? Int64(random.below(30 * 3_600_000)) : 0
        let person = random.below(3)
        var event = UsageEvent(
            ts: Timestamp(rawValue: clock - late), identity: "person-\(person)@acme.example")
        event.team = ["red", "blue", nil][person]
        event.tool = "editor"
        event.model = random.below(8) == 0 ? "m-small" : "m-large"
        event.source = "gateway"
        event.sessionID = "s-\(random.below(4))"
        event.inputTokens = Int64(random.below(5_000))
        event.outputTokens = Int64(random.below(900))
        event.cacheReadTokens = random.below(2) == 0 ? 0 : Int64(random.below(90_000))
        event.shape.basis = .list
        event.shape.insert(.costUSD)
        for field: Field in [.team, .tool, .model, .inputTokens, .outputTokens] { event.shape.insert(field) }
        if isOdd { makeOdd(&event) }
        if event.shape.has(.costUSD) {
            event.cost = NanoUSD(rawValue: (event.inputTokens * 3 + event.outputTokens * 15) * 1_000)
        }
        return event
    }

    private mutating func makeOdd(_ event: inout UsageEvent) {
        if random.below(3) == 0 { event.team = one([nil, "unassigned", "green", "blue"]) }
        if random.below(5) == 0 { event.tool = one(["cli", nil]) }
        if random.below(5) == 0 { event.model = nil }
        if random.below(2) == 0 { event.mcpServer = one(["files", "search"]) }
        if random.below(5) == 0 { event.project = "tide" }
        if random.below(5) == 0 { event.source = "other" }
        if random.below(4) == 0 {
            event.inputTokens = 0
            event.outputTokens = 0
            event.cacheReadTokens = 0
        }
        if random.below(4) == 0 { event.requests = Int64(random.below(3)) }
        if random.below(3) == 0 { event.shape = EventShape() }
        if random.below(3) == 0 { event.shape.basis = one(CostBasis.allCases) }
        switch random.below(9) {
        case 0: event.shape.grain = .snapshot
        case 1: event.shape.grain = .config
        case 2: event.shape.grain = .bucket
        case 3:
            event.shape.grain = .correction
            event.inputTokens = -event.inputTokens
            if random.below(2) == 0 {
                event.shape.insert(.requests)
                event.requests = -Int64(random.below(4))
            }
        default: break
        }
    }
}
