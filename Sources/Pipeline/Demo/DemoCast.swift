import UsageEvents

/// A model of the corpus and its list price in nano-dollars a token (so 3,000 is $3 a million tokens).
struct DemoModel: Sendable {
    var name: String
    var input: Int64
    var output: Int64
    var cacheRead: Int64
    var cacheWrite: Int64

    static let haiku = DemoModel(
        name: "claude-haiku-4-5", input: 1_000, output: 5_000, cacheRead: 100, cacheWrite: 1_250)
    static let sonnet = DemoModel(
        name: "claude-sonnet-4-6", input: 3_000, output: 15_000, cacheRead: 300, cacheWrite: 3_750)
    static let opus = DemoModel(
        name: "claude-opus-4-6", input: 5_000, output: 25_000, cacheRead: 500, cacheWrite: 6_250)
    static let gpt = DemoModel(name: "gpt-5.1", input: 1_250, output: 10_000, cacheRead: 125, cacheWrite: 0)
    static let gptMini = DemoModel(
        name: "gpt-5-mini", input: 250, output: 2_000, cacheRead: 25, cacheWrite: 0)
}

/// How large a typical request of a client program is, in tokens (medians; single requests scatter around
/// them log-normally).
struct DemoRequest: Sendable {
    var input: Double
    var output: Double
    var cacheRead: Double
    /// Standard deviation of log2 of the size.
    var spread: Double

    static let agent = DemoRequest(input: 14_000, output: 2_400, cacheRead: 160_000, spread: 0.55)
    static let editor = DemoRequest(input: 9_000, output: 1_500, cacheRead: 52_000, spread: 0.55)
    static let service = DemoRequest(input: 12_000, output: 1_100, cacheRead: 36_000, spread: 0.35)
}

/// One account of the corpus: who, with what, when and how much.
struct DemoMember: Sendable {
    var identity: String
    var team: String
    var tool: String
    var request: DemoRequest
    /// First and last working hour (UTC) of a person; nil for a service account, which runs round the clock.
    var hours: ClosedRange<Int>?
    /// Requests in a full working hour.
    var perHour: Double
    /// Models, each with its share of the requests; the shares sum to 1.
    var models: [(model: DemoModel, share: Double)]
    /// MCP servers, each with its share of the requests; the rest of the requests uses none.
    var servers: [(name: String, share: Double)]
    /// Where from; nil where the source does not say.
    var origin: String?
    /// Whether the source gives the cost; else it is for the price table to say.
    var givesCost = true
    /// Share of a weekday's requests that falls on a day of the weekend.
    var weekend = 0.0
}

extension DemoCorpus {
    /// The twelve accounts. Their order is part of the seed of each.
    ///
    /// What one team mate uses, another one uses too: a model or server that only one person of a team ever
    /// touched would be news in a week in which nothing is meant to happen.
    static let cast: [DemoMember] = [
        DemoMember(
            identity: "dana@example.com", team: "search", tool: "claude-code", request: .agent, hours: 8...17,
            perHour: 4.6,
            models: [(.sonnet, 0.8), (.haiku, 0.2)], servers: [("github", 0.16), ("postgres", 0.08)],
            origin: "o-5d01"
        ),
        DemoMember(
            identity: "lena@example.com", team: "search", tool: "cursor", request: .editor, hours: 7...16,
            perHour: 4.2,
            models: [(.sonnet, 0.7), (.gpt, 0.3)], servers: [("github", 0.12)], origin: "o-8e22",
            givesCost: false
        ),
        DemoMember(
            identity: "omar@example.com", team: "search", tool: "claude-code", request: .agent, hours: 9...18,
            perHour: 4.4,
            models: [(.haiku, 0.94), (.sonnet, 0.06)], servers: [("github", 0.10), ("postgres", 0.12)],
            origin: "o-1c9f"
        ),
        DemoMember(
            identity: "svc-triage", team: "search", tool: "api", request: .service, hours: nil, perHour: 3.2,
            models: [(.sonnet, 1)], servers: [("jira", 0.3)], origin: "o-a077", weekend: 0.9
        ),
        DemoMember(
            identity: "noor@example.com", team: "payments", tool: "claude-code", request: .agent,
            hours: 8...16, perHour: 4.8,
            models: [(.sonnet, 0.9), (.haiku, 0.1)], servers: [("github", 0.14), ("jira", 0.10)],
            origin: "o-66b4"
        ),
        DemoMember(
            identity: "pavel@example.com", team: "payments", tool: "cursor", request: .editor, hours: 7...15,
            perHour: 4.5,
            models: [(.gpt, 0.6), (.sonnet, 0.4)], servers: [("github", 0.10)], origin: "o-27ea",
            givesCost: false
        ),
        DemoMember(
            identity: "ruth@example.com", team: "payments", tool: "claude-code", request: .agent,
            hours: 9...17, perHour: 3.8,
            models: [(.sonnet, 0.75), (.haiku, 0.25)], servers: [("jira", 0.18), ("github", 0.08)],
            origin: "o-f310", weekend: 0.12
        ),
        DemoMember(
            identity: "key:ci-7f3a", team: "payments", tool: "api", request: .service, hours: nil,
            perHour: 2.4,
            models: [(.gptMini, 0.7), (.gpt, 0.3)], servers: [("github", 0.25)], origin: "o-0c11",
            weekend: 0.5
        ),
        DemoMember(
            identity: "tariq@example.com", team: "platform", tool: "claude-code", request: .agent,
            hours: 6...15, perHour: 4.4,
            models: [(.sonnet, 1)], servers: [("postgres", 0.2), ("github", 0.1)], origin: "o-93d8"
        ),
        DemoMember(
            identity: "sofia@example.com", team: "platform", tool: "cursor", request: .editor, hours: 8...17,
            perHour: 4.0,
            models: [(.gptMini, 0.5), (.sonnet, 0.5)], servers: [("github", 0.12)], origin: "o-44c6",
            givesCost: false
        ),
        DemoMember(
            identity: "jun@example.com", team: "platform", tool: "claude-code", request: .agent,
            hours: 10...18, perHour: 4.2,
            models: [(.sonnet, 0.6), (.haiku, 0.4)], servers: [("postgres", 0.14)], origin: "o-b85a",
            weekend: 0.15
        ),
        DemoMember(
            identity: "ines@example.com", team: "platform", tool: "api", request: .service, hours: 9...17,
            perHour: 4.0,
            models: [(.gptMini, 0.8), (.haiku, 0.2)], servers: [], origin: nil
        ),
    ]
}
