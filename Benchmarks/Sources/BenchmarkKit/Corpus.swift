internal import UsageEvents

/// A deterministic stream of canonical events: accounts with habits, in sessions, over sixty days; a few
/// late, a few doubled.
///
/// Weights fall with rank (Zipf, exponent about 1), so some accounts are busy and most are not.
public struct Corpus {
    private var random: SplitMix64
    private let events: Int
    private let accounts: Int
    private var made = 0
    private var session: [Int] = []

    /// A stream of so many events.
    public init(events: Int, accounts: Int? = nil, seed: UInt64 = 42) {
        self.events = events
        self.accounts = accounts ?? max(50, events / 200)
        random = SplitMix64(seed: seed)
        session = (0..<64).map { _ in 0 }
        for i in session.indices { session[i] = rank() }
    }

    /// Appends up to `limit` lines; returns how many, 0 at the end.
    public mutating func write(into out: inout [UInt8], limit: Int) -> Int {
        let n = min(limit, events - made)
        for _ in 0..<n { line(into: &out) }
        return n
    }

    private mutating func rank() -> Int {
        // Inverse of the harmonic sum: rank is exponential in a uniform number.
        var r = 1.0
        let u = random.uniform() * 20
        for _ in 0..<Int(u) { r *= 1.6 }
        return min(Int(r) + random.below(max(1, Int(r))), accounts) - 1
    }

    private mutating func line(into out: inout [UInt8]) {
        let slot = random.below(session.count)
        if random.below(16) == 0 { session[slot] = rank() }
        let account = session[slot]
        let habit = UInt64(account) &* 0x9e37_79b9_7f4a_7c15
        var ts: Int64 = 1_785_542_400_000 + Int64(Double(made) / Double(events) * 60 * 86_400_000)
        if random.below(128) == 0 { ts -= Int64(random.below(65_000)) }
        let model = Self.models[
            (Int(habit >> 60) + (random.below(4) == 0 ? random.below(3) : 0)) % Self.models.count]
        let input = 1 + random.below(1 << (6 + random.below(8)))
        let output = 1 + random.below(1 << (4 + random.below(7)))
        let cacheRead = random.below(5) < 3 ? random.below(1 << (8 + random.below(8))) : 0
        let cacheWrite = random.below(4) == 0 ? random.below(2_000) : 0
        let cost =
            (input * model.price * 10 + output * model.price * 50 + cacheRead * model.price + cacheWrite
                * model.price * 12) / 10_000
        out.append(contentsOf: "{\"ts\":\"".utf8)
        Timestamp(rawValue: ts).write(into: &out)
        out.append(
            contentsOf:
                "\",\"identity\":\"user.\(account)@example.com\",\"team\":\"team-\(habit >> 32 & 63)\""
                .utf8)
        out.append(
            contentsOf: ",\"tool\":\"\(Self.tools[Int(habit >> 40 & 7)])\",\"model\":\"\(model.name)\""
                .utf8)
        out.append(
            contentsOf: (random.below(10) < 3
                ? ",\"mcp_server\":\"\(Self.servers[Int(habit >> 50 & 7)])\"" : ",\"mcp_server\":null").utf8)
        out.append(
            contentsOf:
                ",\"input_tokens\":\(input),\"output_tokens\":\(output),\"cache_read_tokens\":\(cacheRead)"
                .utf8)
        out.append(contentsOf: ",\"cache_write_tokens\":\(cacheWrite),\"cost_usd\":".utf8)
        NanoUSD(rawValue: Int64(cost) * 1_000).write(into: &out)
        out.append(contentsOf: ",\"request_id\":\"".utf8)
        let id = Hash128(high: random.next(), low: random.next())
        out.append(contentsOf: "\(id.hex)\"}\n".utf8)
        made += 1
    }

    private static let models = [
        (name: "claude-opus-4-5", price: 500), (name: "claude-sonnet-4-5", price: 300),
        (name: "claude-haiku-4-5", price: 100),
        (name: "gpt-5.1-codex", price: 125), (name: "gpt-5-mini", price: 25),
        (name: "gemini-3-pro", price: 200),
    ]
    private static let tools = [
        "cursor", "claude-code", "copilot", "windsurf", "codex", "cline", "aider", "zed",
    ]
    private static let servers = [
        "github", "jira", "slack", "postgres", "filesystem", "sentry", "linear", "notion",
    ]
}
