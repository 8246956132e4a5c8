import Connectors
import Foundation
import UsageEvents

/// An event as Foundation's `JSONDecoder` reads it, with the rules of the event format written down a
/// second time.
///
/// Where Foundation differs from RFC 8259 as Tidemark reads it, and what is done about it here:
/// - It guesses UTF-16 and UTF-32 from a byte order mark or from NULs among the first bytes: such lines
///   are rejected beforehand.
/// - It keeps one of two equal keys without a word, and nests up to 512 deep: for lines that Tidemark's
///   general parser calls `duplicate_key` or `too_deep`, Foundation decides nothing.
/// - It takes a comma before a closing bracket, and refuses numbers with an exponent beyond its
///   `Decimal`, such as 0e400: lines with either may be read otherwise; `BadInputTests` has them.
enum OracleEvent {
    case accepted(UsageEvent)
    case rejected(String)
    case undecided

    /// Reads a line; `reason` is why the general parser rejected it, if it did.
    static func decode(_ line: [UInt8], options: DecoderOptions, reason: RejectionReason?) -> OracleEvent {
        if reason == .duplicateKey || reason == .tooDeep { return .undecided }
        if line.prefix(4).contains(0) || line.starts(with: [0xef, 0xbb]) || line.starts(with: [0xff, 0xfe])
            || line.starts(with: [0xfe, 0xff])
        {
            return .rejected("not UTF-8 text")
        }
        do {
            // JSONDecoder looks into strings only when they are asked for; JSONSerialization looks at
            // all of them.
            let data = Data(line)
            _ = try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed])
            let raw = try JSONDecoder().decode(RawEvent.self, from: data)
            return .accepted(try raw.event(options))
        } catch let error as OracleRefusal {
            return .rejected(error.why)
        } catch {
            return .rejected("\(error)")
        }
    }
}

extension OracleEvent {
    /// Whether the line has what Foundation is known to read otherwise.
    static func isOutsideFoundation(_ line: [UInt8]) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        return text.contains(#/,[ \t\r]*[\]}]/#) || text.contains(#/[0-9][eE][-+]?[0-9]{3}/#)
    }
}

struct OracleRefusal: Error {
    var why: String
}

/// The members of the object, decoded by type and not yet checked.
private struct RawEvent: Decodable {
    var present: Set<String>
    var times: [String: Int64] = [:]
    var labels: [String: String] = [:]
    var counts: [String: Int64] = [:]
    var cost: Decimal?

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        present = Set(container.allKeys.map(\.stringValue))
        for name in present {
            let key = Key(stringValue: name)
            if try container.decodeNil(forKey: key) { continue }
            switch name {
            case "ts", "ts_end":
                if let text = try? container.decode(String.self, forKey: key) {
                    times[name] = try RawEvent.time(text)
                } else {
                    times[name] = try RawEvent.whole(container.decode(Decimal.self, forKey: key))
                }
            case "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
                "reasoning_tokens", "requests":
                counts[name] = try RawEvent.whole(container.decode(Decimal.self, forKey: key))
            case "cost_usd": cost = try container.decode(Decimal.self, forKey: key)
            case "identity", "team", "project", "tool", "model", "mcp_server", "mcp_tool", "request_id",
                "session_id",
                "origin", "source", "cost_basis", "grain":
                labels[name] = try container.decode(String.self, forKey: key)
            default: break
            }
        }
    }

    static func whole(_ number: Decimal) throws -> Int64 {
        guard number >= Decimal(Int64.min), number <= Decimal(Int64.max) else {
            throw OracleRefusal(why: "overflow")
        }
        let value = NSDecimalNumber(decimal: number).int64Value
        guard Decimal(value) == number else { throw OracleRefusal(why: "fraction") }
        return value
    }

    /// RFC 3339 by position, and by counting days month by month.
    static func time(_ text: String) throws -> Int64 {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) throws -> Int64 {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (48...57).contains($0) }),
                let value = Int64(String(decoding: bytes[range], as: UTF8.self))
            else { throw OracleRefusal(why: "time") }
            return value
        }
        func stands(_ any: String, _ at: Int) -> Bool { at < bytes.count && any.utf8.contains(bytes[at]) }
        let year = try number(0..<4)
        let month = try number(5..<7)
        let day = try number(8..<10)
        let hour = try number(11..<13)
        let minute = try number(14..<16)
        let second = try number(17..<19)
        guard stands("-", 4), stands("-", 7), stands("Tt ", 10), stands(":", 13), stands(":", 16),
            hour < 24, minute < 60,
            second <= 60, year >= 1970, (1...12).contains(month), day >= 1, day <= monthLength(year, month)
        else { throw OracleRefusal(why: "time") }
        var at = 19
        var ms: Int64 = 0
        if stands(".", at) {
            let end = bytes[(at + 1)...].firstIndex { !(48...57).contains($0) } ?? bytes.count
            guard end > at + 1 else { throw OracleRefusal(why: "fraction") }
            let digits = String(decoding: bytes[(at + 1)..<end], as: UTF8.self) + "00"
            ms = Int64(digits.prefix(3)) ?? 0
            at = end
        }
        if second == 60 { ms = 999 }
        var offset: Int64 = 0
        if stands("+-", at) {
            let (h, m) = (try number((at + 1)..<(at + 3)), try number((at + 4)..<(at + 6)))
            guard stands(":", at + 3), h < 24, m < 60 else { throw OracleRefusal(why: "offset") }
            offset = (h * 60 + m) * (stands("+", at) ? 60 : -60)
            at += 5
        } else if !stands("Zz", at) {
            throw OracleRefusal(why: "zone")
        }
        guard at + 1 == bytes.count else { throw OracleRefusal(why: "more") }
        var days = yearStarts[Int(year - 1970)] + day - 1
        for m in 1..<month { days += monthLength(year, m) }
        return ((days * 86_400 + hour * 3_600 + minute * 60 + min(second, 59)) - offset) * 1_000 + ms
    }

    /// Days from 1970-01-01 to each 1 January.
    static let yearStarts: [Int64] = {
        var starts: [Int64] = [0]
        for year in Int64(1970)..<9999 { starts.append((starts.last ?? 0) + 337 + monthLength(year, 2)) }
        return starts
    }()

    /// Days of a month, the slow and plain way.
    static func monthLength(_ year: Int64, _ month: Int64) -> Int64 {
        let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
    }

    func event(_ options: DecoderOptions) throws -> UsageEvent {
        func refuse(_ condition: Bool, _ why: String) throws {
            if condition { throw OracleRefusal(why: why) }
        }
        guard let ts = times["ts"] else { throw OracleRefusal(why: "no ts") }
        for time in times.values { try refuse(time < 0 || time > 253_402_300_799_999, "time range") }
        for (name, text) in labels where name != "grain" && name != "cost_basis" {
            try refuse(text.utf8.count > 256 || text.utf8.contains(0), name)
        }
        try refuse(labels["identity"] == "", "identity")
        guard let who = labels["identity"] ?? options.defaultIdentity else {
            throw OracleRefusal(why: "identity")
        }
        let isMail = who.utf8.contains(64)
        let lowered = String(
            decoding: who.utf8.map { isMail && (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        var event = UsageEvent(ts: Timestamp(rawValue: ts), identity: lowered)
        func label(_ name: String) -> String? { labels[name] == "" ? nil : labels[name] }
        event.team = label("team")
        event.project = label("project")
        event.tool = label("tool")
        event.model = label("model")
        event.mcpServer = label("mcp_server")
        event.mcpTool = label("mcp_tool")
        event.requestID = label("request_id")
        event.sessionID = label("session_id")
        event.origin = label("origin")
        event.source = label("source") ?? options.defaultSource
        if let word = labels["grain"] {
            guard let grain = Grain.allCases.first(where: { $0.word == word }) else {
                throw OracleRefusal(why: "grain")
            }
            event.shape.grain = grain
        }
        let grain = event.shape.grain
        for (name, value) in counts {
            try refuse(value < 0 && grain != .correction, name)
            try refuse(abs(value) > (name == "requests" ? 1_000_000_000 : 1_000_000_000_000), name)
        }
        event.inputTokens = counts["input_tokens"] ?? 0
        event.outputTokens = counts["output_tokens"] ?? 0
        event.cacheReadTokens = counts["cache_read_tokens"] ?? 0
        event.cacheWriteTokens = counts["cache_write_tokens"] ?? 0
        event.reasoningTokens = counts["reasoning_tokens"] ?? 0
        event.requests = counts["requests"] ?? 1
        event.tsEnd = times["ts_end"].flatMap { $0 == 0 ? nil : Timestamp(rawValue: $0) }
        if let end = times["ts_end"] {
            try refuse(grain == .bucket ? end <= ts : end < ts, "ts_end")
        } else {
            try refuse(grain == .bucket, "ts_end")
        }
        if let latest = options.timestampMax { try refuse(ts > latest, "future") }
        let hasTokens = !Set(counts.keys).isDisjoint(with: [
            "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
        ])
        try refuse(
            !hasTokens && counts["reasoning_tokens"] == nil && cost == nil && event.mcpServer == nil,
            "nothing used")
        let numbers = [
            "requests", "cost_usd", "reasoning_tokens", "input_tokens", "output_tokens", "cache_read_tokens",
            "cache_write_tokens",
        ]
        for field in Field.allCases where present.contains(field.key) {
            let isNull = times[field.key] == nil && labels[field.key] == nil && counts[field.key] == nil
            if isNull, field == .grain || (numbers.contains(field.key) && (field != .costUSD || cost == nil))
            {
                continue
            }
            event.shape.insert(field)
        }
        try addMoney(&event, hasTokens, options)
        return event
    }

    private func addMoney(_ event: inout UsageEvent, _ hasTokens: Bool, _ options: DecoderOptions) throws {
        var basis = CostBasis.unstated
        if let word = labels["cost_basis"] {
            guard let known = CostBasis.allCases.first(where: { $0.word == word }) else {
                throw OracleRefusal(why: "basis")
            }
            basis = known
        }
        if let cost {
            var scaled = cost * 1_000_000_000
            var rounded = Decimal()
            unsafe NSDecimalRound(&rounded, &scaled, 0, .bankers)
            let nano = NSDecimalNumber(decimal: rounded).int64Value
            if abs(cost) > 2_000_000 || abs(nano) > 1_000_000_000_000_000 {
                throw OracleRefusal(why: "cost range")
            }
            if nano < 0, event.shape.grain != .correction { throw OracleRefusal(why: "negative cost") }
            event.cost = NanoUSD(rawValue: nano)
        } else if hasTokens, basis != .included, let cost = price(event, options) {
            event.cost = cost
            basis = .estimated
        } else if basis == .estimated {
            basis = .unstated
            event.shape.rawValue &= ~(1 << 15)
        }
        if basis == .estimated { event.shape.rawValue &= ~(1 << 14 | 1 << 15) }
        event.shape.basis = basis
    }

    /// The table is tested by itself; here it only has to be asked.
    private func price(_ event: UsageEvent, _ options: DecoderOptions) -> NanoUSD? {
        guard let table = options.prices, let name = event.model, let model = table.model(named: name) else {
            return nil
        }
        return table.price(model: model, at: event.ts.rawValue)?.cost(
            input: event.inputTokens, output: event.outputTokens, cacheRead: event.cacheReadTokens,
            cacheWrite: event.cacheWriteTokens)
    }
}
