public import UsageEvents

/// Synthetic usage, said in a line: who uses how much, from when, for how long, and how many times as much
/// as usual.
///
///     var scenario = Scenario(seed: 1)
///     let ann = Work("ann", tokensPerHour: 60_000)
///     scenario.add(ann, days: 0..<20)                              // 60,000 tokens an hour, ± 20 %
///     scenario.add(ann, from: 20 * 24, hours: 1.5, times: 25)      // then 25 times as much for 1.5 hours
///     let batch = scenario.batch(&symbols)
///
/// Each stretch draws from a generator of its own, so another one more or less leaves the others' numbers
/// alone.
public struct Scenario: Sendable {
    /// The habits of one account.
    public struct Work: Sendable {
        /// The account.
        public var account: String
        /// Its team.
        public var team: String?
        /// Client program.
        public var tool: String? = "claude-code"
        /// AI model.
        public var model: String? = "m-small"
        /// MCP server.
        public var mcpServer: String?
        /// Input and output, four to one.
        public var tokensPerHour: Double
        /// How far an event may lie from its share, either way: 0.2 is 20 %.
        public var noise = 0.2
        /// Events an hour, evenly spaced and jittered inside their share of the hour.
        public var eventsPerHour = 6
        /// Price of a token in nano-dollars; nil for events without a cost.
        public var nanoPerToken: Int64? = 10_000
        /// Whose dollars they are.
        public var basis = CostBasis.unstated
        /// Hours of the UTC day in which anything is done.
        public var hoursOfDay = 0..<24

        /// Somebody who works around the clock, for a cent a thousand tokens.
        public init(_ account: String, tokensPerHour: Double) {
            self.account = account
            self.tokensPerHour = tokensPerHour
        }
    }

    /// When hour 0 is: a Monday, 00:00 UTC.
    public static let start = Timestamp(milliseconds: 1_767_571_200_000)

    /// Everything so far, in the order of the stretches.
    public private(set) var unsorted: [UsageEvent] = []
    private let seed: UInt64
    private var stretches: UInt64 = 0

    /// A scenario in which nothing happens; `seed` decides the noise.
    public init(seed: UInt64) { self.seed = seed }

    /// Adds work from an hour on, for some hours, at `times` the usual amount.
    public mutating func add(_ work: Work, from: Double, hours: Double, times: Double = 1) {
        stretches += 1
        var random = SplitMix64(seed: seed &* 0x9e37_79b9 &+ stretches)
        let step = Double(Timestamp.hour) / Double(work.eventsPerHour)
        var at = from * Double(Timestamp.hour)
        let end = (from + hours) * Double(Timestamp.hour)
        while at < end {
            let jitter = random.uniform() * min(step, end - at)
            let amount = 1 + work.noise * (2 * random.uniform() - 1)
            let ts = Self.start.rawValue + Int64(at + jitter)
            at += step
            let hourOfDay = (ts - floorDivide(ts, Timestamp.day) * Timestamp.day) / Timestamp.hour
            guard work.hoursOfDay.contains(Int(hourOfDay)) else { continue }
            let tokens = Int64(work.tokensPerHour / Double(work.eventsPerHour) * times * amount)
            unsorted.append(Self.event(work, ts: ts, tokens: tokens))
        }
    }

    /// Adds whole days of work.
    public mutating func add(_ work: Work, days: Range<Int>, times: Double = 1) {
        add(work, from: Double(days.lowerBound * 24), hours: Double(days.count * 24), times: times)
    }

    /// Adds one event of somebody: `tokens` at an hour.
    public mutating func add(_ work: Work, at hour: Double, tokens: Int64) {
        unsorted.append(Self.event(work, ts: Self.at(hour).rawValue, tokens: tokens))
    }

    /// The instant of an hour.
    public static func at(_ hour: Double) -> Timestamp {
        Timestamp(rawValue: start.rawValue + Int64(hour * Double(Timestamp.hour)))
    }

    /// All events in the order of their times; among equals in the order in which they were added.
    public var events: [UsageEvent] {
        unsorted.indices.sorted { (unsorted[$0].ts, $0) < (unsorted[$1].ts, $1) }.map { unsorted[$0] }
    }

    /// All events in that order as one batch.
    public func batch(_ symbols: inout Symbols) -> EventBatch {
        var batch = EventBatch()
        for event in events { batch.append(event, symbols: &symbols) }
        return batch
    }

    private static func event(_ work: Work, ts: Int64, tokens: Int64) -> UsageEvent {
        var event = UsageEvent(ts: Timestamp(rawValue: ts), identity: work.account)
        event.team = work.team
        event.tool = work.tool
        event.model = work.model
        event.mcpServer = work.mcpServer
        event.outputTokens = tokens / 5
        event.inputTokens = tokens - event.outputTokens
        if let price = work.nanoPerToken {
            event.cost = NanoUSD(rawValue: tokens * price)
            event.shape.insert(.costUSD)
            event.shape.basis = work.basis
        }
        return event
    }
}
