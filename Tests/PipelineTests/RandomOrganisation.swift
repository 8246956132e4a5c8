import UsageEvents

/// Seeded events of a dozen accounts of three teams in arrival order: habits of hours and days, bursts,
/// silences, late ones, every grain, new models and servers. A month of it raises and ends alerts of all
/// kinds.
struct RandomOrganisation {
    private var random: SplitMix64
    private var clock = Int64(1_767_571_200_000)
    private var number = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func events(_ n: Int) -> [UsageEvent] { (0..<n).map { _ in next() } }

    private mutating func next() -> UsageEvent {
        number += 1
        clock += Int64(random.below(Int(25 * Timestamp.minute)))
        if random.below(150) == 0 { clock += Int64(random.below(30)) * Timestamp.hour }
        let account = random.below(12)
        let late = random.below(12) == 0 ? Int64(random.below(Int(30 * Timestamp.hour))) : 0
        var event = UsageEvent(ts: Timestamp(rawValue: clock - late), identity: "p\(account)@acme.example")
        event.team = ["red", "green", "unassigned", nil][account % 4]
        event.tool = ["cursor", "api", nil][random.below(3)]
        event.model = random.below(40) == 0 ? "new-\(random.below(30))" : ["m-a", "M-A", "m-b"][account % 3]
        if random.below(6) == 0 {
            event.mcpServer = random.below(20) == 0 ? "server-\(number)" : ["github", "jira"][account % 2]
        }
        event.project = random.below(4) == 0 ? "p\(random.below(5))" : nil
        event.shape.grain = random.below(15) == 0 ? Grain.allCases[random.below(5)] : .request
        let burst: Int64 = random.below(60) == 0 ? 4_000 : random.below(20) == 0 ? 50 : 1
        let tokens = Int64(1_000 + random.below(8_000)) * burst
        event.outputTokens = tokens / 4
        event.inputTokens = tokens - event.outputTokens
        event.cost = NanoUSD(rawValue: tokens * 5_000)
        if event.shape.grain == .bucket { event.tsEnd = Timestamp(rawValue: clock + Timestamp.hour) }
        if event.shape.grain == .config { event.mcpServer = "jira" }
        for field in [
            Field.team, .project, .tool, .model, .mcpServer, .inputTokens, .outputTokens, .costUSD,
            .requestID,
            .grain,
        ] {
            event.shape.insert(field)
        }
        if event.tsEnd != nil { event.shape.insert(.tsEnd) }
        if event.shape.grain == .correction {
            event.inputTokens = -event.inputTokens
            event.cost = NanoUSD(rawValue: -event.cost.rawValue)
        }
        event.requestID = random.below(10) == 0 ? "r\(number - random.below(40))" : "r\(number)"
        return event
    }
}
