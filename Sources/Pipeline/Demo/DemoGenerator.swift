import Statistics
import UsageEvents

/// One line of the corpus before it is text.
struct DemoEvent: Sendable {
    var ts: Timestamp
    /// When it reaches the log.
    var arrival: Int64
    var member: DemoMember
    var tool: String
    var model: DemoModel
    var server: String?
    var origin: String?
    var input: Int64
    var output: Int64
    var cacheRead: Int64
    var cacheWrite: Int64
    var givesCost: Bool
    var id: UInt32 = 0

    /// What the request cost at list price; exact.
    var cost: NanoUSD {
        NanoUSD(
            rawValue: input * model.input + output * model.output + cacheRead * model.cacheRead
                + cacheWrite * model.cacheWrite
        )
    }

    /// Appends the canonical line; no label of the corpus needs an escape.
    func write(into out: inout [UInt8]) {
        func text(_ key: String, _ value: String) { out.append(contentsOf: ",\"\(key)\":\"\(value)\"".utf8) }
        func number(_ key: String, _ value: Int64) { out.append(contentsOf: ",\"\(key)\":\(value)".utf8) }
        out.append(contentsOf: "{\"ts\":\"".utf8)
        ts.write(into: &out)
        out.append(UInt8(ascii: "\""))
        text("identity", member.identity)
        text("team", member.team)
        text("tool", tool)
        text("model", model.name)
        if let server { text("mcp_server", server) }
        number("input_tokens", input)
        number("output_tokens", output)
        number("cache_read_tokens", cacheRead)
        if cacheWrite > 0 { number("cache_write_tokens", cacheWrite) }
        if givesCost {
            out.append(contentsOf: ",\"cost_usd\":".utf8)
            cost.write(into: &out)
        }
        text("request_id", "r-" + String(id, radix: 16))
        if let origin { text("origin", origin) }
        out.append(contentsOf: "}\n".utf8)
    }
}

extension DemoCorpus {
    /// All events, duplicates included, in arrival order.
    static func events() -> [DemoEvent] {
        var all: [DemoEvent] = []
        for (number, member) in cast.enumerated() {
            var generator = DemoGenerator(member: member, number: number)
            all += generator.events()
        }
        for i in all.indices {
            // Odd, so that no two products agree modulo 2^32; it only makes the ids look like ids.
            all[i].id = UInt32(truncatingIfNeeded: i + 1) &* 0x9e37_79b1
        }
        var random = SplitMix64(seed: seed ^ 0xd0b1)
        let repeated = all.filter { _ in random.below(330) == 0 }.map { event in
            var again = event
            again.arrival += 1_000 + Int64(random.below(600_000))
            return again
        }
        // The id breaks ties: the order of equal keys is not promised by `sort`.
        return (all + repeated).sorted { ($0.arrival, $0.id) < ($1.arrival, $1.id) }
    }
}

/// The five weeks of one account. Each account has a generator of its own, so a change to one leaves the
/// others' bytes alone.
struct DemoGenerator {
    private let member: DemoMember
    private var random: SplitMix64

    init(member: DemoMember, number: Int) {
        self.member = member
        random = SplitMix64(seed: DemoCorpus.seed &+ UInt64(number) &* 0x5851_f42d_4c95_7f2d)
    }

    mutating func events() -> [DemoEvent] {
        var out: [DemoEvent] = []
        var day = DemoCorpus.start.rawValue
        while day < DemoCorpus.end.rawValue {
            // Nobody is equally busy every day.
            let drawn = Deterministic.exp2((member.hours == nil ? 0.1 : 0.25) * normal())
            let mood = isReleaseDay(Timestamp(rawValue: day)) ? 1.7 : drawn
            for hour in 0..<24 {
                let from = Timestamp(rawValue: day + Int64(hour) * Timestamp.hour)
                for _ in 0..<poisson(member.perHour * mood * weight(from, hour: hour)) {
                    out.append(
                        ordinary(
                            at: Timestamp(rawValue: from.rawValue + Int64(random.below(Int(Timestamp.hour)))))
                    )
                }
            }
            day += Timestamp.day
        }
        switch member.identity {
        case "svc-triage": runawayLoop(into: &out)
        case "lena@example.com": leakedKey(into: &out)
        default: break
        }
        return out
    }

    // MARK: - Ordinary days

    /// How busy an hour is, 1 being a full working hour.
    private func weight(_ hourStart: Timestamp, hour: Int) -> Double {
        let dayNumber = hourStart.floored(to: Timestamp.day)
        let weekend = (dayNumber + 3) % 7 >= 5  // day 0 was a Thursday
        var weight = weekend ? member.weekend : 1
        if let hours = member.hours {
            guard hours.contains(hour) else { return 0 }
            if hour == 12 { weight *= 0.4 }
            if hour == hours.lowerBound || hour == hours.upperBound { weight *= 0.6 }
        } else if !weekend, (8...17).contains(hour) {
            weight *= 1.4
        }
        return weight
    }

    /// Whether the account's whole team is busy on that day: 1.7 times an average day.
    private func isReleaseDay(_ day: Timestamp) -> Bool {
        member.team == "payments" && day == DemoCorpus.releaseDay
    }

    /// One request as this account makes them.
    private mutating func ordinary(at ts: Timestamp) -> DemoEvent {
        var model = pick(member.models.map { ($0.model, $0.share) }) ?? .sonnet
        if member.identity == "omar@example.com", ts >= DemoCorpus.dearerStart { model = .opus }
        var server = pick(member.servers.map { ($0.name, $0.share) })
        if member.identity == "noor@example.com", ts >= DemoCorpus.serverStart, random.below(5) < 2 {
            server = "shadow-notes"
        }
        return event(at: ts, model: model, server: server, scale: 1)
    }

    private mutating func event(at ts: Timestamp, model: DemoModel, server: String?, scale: Double)
        -> DemoEvent
    {
        let request = member.request
        let size = Deterministic.exp2(request.spread * normal()) * scale
        let cold = model.cacheWrite > 0 && random.below(4) == 0
        return DemoEvent(
            ts: ts, arrival: ts.rawValue + delay(), member: member, tool: member.tool, model: model,
            server: server,
            origin: member.origin, input: 40 + tokens(request.input, size),
            output: 12 + tokens(request.output, size),
            cacheRead: tokens(request.cacheRead, size),
            cacheWrite: cold ? tokens(request.input * 0.5, size) : 0,
            givesCost: member.givesCost
        )
    }

    private mutating func tokens(_ median: Double, _ size: Double) -> Int64 {
        Int64(median * size * Deterministic.exp2(0.2 * normal()))
    }

    /// Milliseconds between a request and its arrival: seconds, rarely up to two hours, very rarely most of a
    /// day.
    private mutating func delay() -> Int64 {
        switch random.below(1_000) {
        case 0: Int64(random.below(Int(20 * Timestamp.hour)))
        case 1...10: Int64(random.below(Int(2 * Timestamp.hour)))
        default: 200 + Int64(random.below(4_000))
        }
    }

    // MARK: - The story

    /// 26 times the usual rate of requests, each up to twice as large as the first.
    private mutating func runawayLoop(into out: inout [DemoEvent]) {
        let step = Int64(33_000)
        var at = DemoCorpus.runawayStart.rawValue
        let span = Double(DemoCorpus.runawayEnd.rawValue - at)
        while at < DemoCorpus.runawayEnd.rawValue {
            let progress = Double(at - DemoCorpus.runawayStart.rawValue) / span
            out.append(event(at: Timestamp(rawValue: at), model: .sonnet, server: nil, scale: 1 + progress))
            at += step + Int64(random.below(8_000))
        }
    }

    /// A stranger with a script: no editor, no cache to speak of, another address.
    private mutating func leakedKey(into out: inout [DemoEvent]) {
        var at = DemoCorpus.leakStart.rawValue + Int64(random.below(60_000))
        while at < DemoCorpus.leakEnd.rawValue {
            var one = event(at: Timestamp(rawValue: at), model: .sonnet, server: nil, scale: 2)
            one.tool = "api"
            one.origin = "o-e70b"
            one.cacheRead = 0
            one.givesCost = true
            out.append(one)
            at += 9_000 + Int64(random.below(22_000))
        }
    }

    // MARK: - Chance

    /// Roughly normal, mean 0, variance 1: the sum of twelve uniform numbers less six, so never beyond six
    /// either way.
    private mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += random.uniform() }
        return sum
    }

    /// A Poisson count by Knuth's product of uniform numbers; for means below 20 or so.
    private mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        let floor = Deterministic.exp2(-mean * 1.442_695_040_888_963_4)
        var product = random.uniform()
        var count = 0
        while product > floor {
            product *= random.uniform()
            count += 1
        }
        return count
    }

    /// One of several by share; nil for what the shares leave over.
    private mutating func pick<Value>(_ choices: [(Value, Double)]) -> Value? {
        var left = random.uniform()
        for (value, share) in choices {
            left -= share
            if left < 0 { return value }
        }
        return nil
    }
}
