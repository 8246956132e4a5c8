import EventLog
import UsageEvents

/// A log of very many accounts, as the bar on memory describes them: each has 40 active hours, three models
/// and four MCP servers: `generate accounts --log DIR --accounts 1000000 --hours-a-day 8`.
///
/// One event an account and active hour, hour by hour through all accounts: the order in which nothing that
/// belongs to an account is in a cache when its next event comes.
struct Accounts {
    private var log: String?
    private var accounts = 1_000_000
    private var hours = 40
    private var hoursADay = 8

    /// From the command line; nil where it says something else.
    init?(_ arguments: [String]) {
        guard arguments.first == "accounts" else { return nil }
        for (name, value) in zip(arguments.dropFirst(), arguments.dropFirst(2)) {
            switch name {
            case "--log": log = value
            case "--accounts": accounts = Int(value) ?? accounts
            case "--hours": hours = Int(value) ?? hours
            case "--hours-a-day": hoursADay = Int(value) ?? hoursADay
            default: break
            }
        }
    }

    /// Appends all events.
    func write() throws {
        guard let log else {
            print("usage: generate accounts --log DIR [--accounts N] [--hours 40] [--hours-a-day 8]")
            return
        }
        var symbols = Symbols()
        let identities = (0..<accounts).map { symbols.identities.intern("user.\($0)@acme.example") }
        let teams = (0..<max(1, accounts / 40)).map { symbols.teams.intern("team-\($0)") }
        let tools = ["cursor", "claude-code"].map { symbols.tools.intern($0) }
        let models = (0..<6).map { symbols.models.intern("model-\($0)") }
        let servers = (0..<12).map { symbols.mcpServers.intern("server-\($0)") }
        var writer = try LogWriter(PosixDisk(), directory: log)
        var batch = EventBatch()
        batch.reserveCapacity(Limits.eventsPerBlock)
        var random = SplitMix64(seed: 7)
        for active in 0..<hours {
            let hour = Int64(active / hoursADay * 24 + 9 + active % hoursADay)
            let start = 1_790_812_800_000 + hour * Timestamp.hour
            for account in 0..<accounts {
                let input = Int64(200 + random.below(4_000))
                let output = Int64(50 + random.below(800))
                batch.ts.append(start + Int64(account) * Timestamp.hour / Int64(accounts))
                batch.identity.append(identities[account])
                batch.team.append(teams[account % teams.count])
                batch.tool.append(tools[account % tools.count])
                batch.model.append(models[(account + active % 3) % models.count])
                batch.mcpServer.append(servers[(account + active % 4) % servers.count])
                batch.inputTokens.append(input)
                batch.outputTokens.append(output)
                batch.cacheReadTokens.append(0)
                batch.cacheWriteTokens.append(0)
                batch.cost.append((input * 3 + output * 15) * 1_000)
                var shape = EventShape()
                shape.insert(.costUSD)
                shape.insert(.inputTokens)
                shape.insert(.outputTokens)
                batch.shape.append(shape.rawValue)
                if batch.count == Limits.eventsPerBlock { try append(&batch, symbols, &writer) }
            }
        }
        try append(&batch, symbols, &writer)
        try writer.close()
    }

    private func append(
        _ batch: inout EventBatch, _ symbols: borrowing Symbols, _ writer: inout LogWriter<PosixDisk>
    ) throws {
        if batch.isEmpty { return }
        _ = try writer.append(batch, symbols: symbols, received: nil)
        try writer.commit()
        batch.removeAll()
    }
}
