import UsageEvents

@testable import Detection

/// Seeded streams of one account at a time that are as unruly as sources are: bursts, silences, jumps, late
/// and early events,
/// buckets, corrections, snapshots and configuration.
struct RandomUsage {
    private var random: SplitMix64
    private let account: String
    private let projects: Int
    private var clock = Int64(1_767_571_200_000)

    /// `projects` is the number of different projects, each of which makes facets of its own.
    init(seed: UInt64, account: String, projects: Int = 2) {
        random = SplitMix64(seed: seed)
        self.account = account
        self.projects = projects
        clock += Int64(random.below(20)) * Timestamp.hour
    }

    mutating func events(_ n: Int) -> [UsageEvent] { (0..<n).map { _ in next() } }

    private mutating func next() -> UsageEvent {
        var event = UsageEvent(ts: Timestamp(rawValue: time()), identity: account)
        event.tool = ["cursor", "api"][random.below(2)]
        event.model = random.below(8) == 0 ? nil : ["m-small", "m-large", "m-max"][random.below(3)]
        event.mcpServer = random.below(6) == 0 ? ["github", "jira"][random.below(2)] : nil
        event.project = "p\(random.below(projects))"
        event.shape.grain = grain()
        let isLarge = random.below(25) == 0
        let tokens = Int64(random.below(2_000)) * (isLarge ? 60 : 1)
        event.outputTokens = tokens / 3
        event.inputTokens = tokens - event.outputTokens
        event.cacheReadTokens = tokens * 7
        event.cacheWriteTokens = Int64(random.below(50))
        // Some without a cost, as in a plan that includes it.
        event.cost = NanoUSD(rawValue: random.below(5) == 0 ? 0 : tokens * 10_000 + Int64(random.below(999)))
        event.shape.insert(.costUSD)
        if event.shape.grain == .correction {
            event.inputTokens = -event.inputTokens / 2
            event.cost = NanoUSD(rawValue: -event.cost.rawValue / 2)
        }
        return event
    }

    private mutating func grain() -> Grain {
        switch random.below(30) {
        case 0, 1: .bucket
        case 2: .correction
        case 3: .config
        case 4: .snapshot
        default: .request
        }
    }

    private mutating func time() -> Int64 {
        if random.below(6) == 0 {
            // Late: seconds, hours or days behind, sometimes by exactly a slot, an hour or a day.
            let reach = [Timestamp.minute, Timestamp.hour, 26 * Timestamp.hour, 60 * Timestamp.hour][
                random.below(4)]
            let exact = [5 * Timestamp.minute, Timestamp.hour, Timestamp.day, 25 * Timestamp.hour]
            return clock - (random.below(5) == 0 ? exact[random.below(4)] : Int64(random.below(Int(reach))))
        }
        switch random.below(100) {
        case 0: clock += Int64(random.below(20)) * Timestamp.day
        case 1...8: clock += Int64(random.below(Int(30 * Timestamp.hour)))
        case 9...35: clock += Int64(random.below(Int(3 * Timestamp.hour)))
        case 36...40: clock += 5 * Timestamp.minute - clock % (5 * Timestamp.minute)
        case 41: clock += Timestamp.hour - clock % Timestamp.hour
        default: clock += Int64(random.below(Int(10 * Timestamp.minute)))
        }
        return clock
    }
}
