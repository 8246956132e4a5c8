import UsageEvents

/// Seeded lines of canonical NDJSON for differential tests: most are valid, many oddly spelled, some broken.
///
/// The same seed gives the same lines everywhere. A line never holds an LF and comes without one.
public struct RandomLines: Sendable {
    private var random: SplitMix64
    /// Keys of the line before, to which many lines keep: a scanner that expects them must see that too.
    private var habit: [Field] = [.ts, .identity, .model, .inputTokens, .outputTokens, .costUSD]

    /// Lines from a seed.
    public init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The next line.
    public mutating func next() -> [UInt8] {
        var line = object()
        if chance(12) { damage(&line) }
        return line.filter { $0 != 0x0a }
    }

    /// Several lines with LF, CRLF or blank lines between them.
    public mutating func text(lines: Int) -> [UInt8] {
        var out: [UInt8] = []
        for _ in 0..<lines {
            out.append(contentsOf: next())
            if chance(10) { out.append(0x0d) }
            out.append(0x0a)
            if chance(5) { out.append(contentsOf: pick(["\n", " \n", "\r\n", "\t\r\n"]).utf8) }
        }
        return out
    }

    // MARK: - Chance

    private mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

    // MARK: - Objects

    private mutating func object() -> [UInt8] {
        if chance(25) { habit = keys() }
        var fields = habit
        if chance(10), fields.count > 2 { fields.remove(at: random.below(fields.count)) }
        if chance(2) { fields.append(pick(fields)) }
        if chance(5) { shuffle(&fields) }
        let grain: Grain? = fields.contains(.grain) ? (chance(60) ? pick(Grain.allCases) : .request) : nil
        let isSpaced = chance(20)
        var out = Array((chance(3) ? " {" : "{").utf8)
        var isFirst = true
        func separate() {
            if !isFirst { out.append(contentsOf: (isSpaced ? ", " : ",").utf8) }
            isFirst = false
        }
        for field in fields {
            if chance(4) {
                separate()
                out.append(contentsOf: unknown().utf8)
            }
            separate()
            if chance(1) { out.append(contentsOf: pick(["  ", "\t", "\r"]).utf8) }
            out.append(contentsOf: key(field).utf8)
            out.append(contentsOf: (chance(1) ? " : " : isSpaced ? ": " : ":").utf8)
            out.append(contentsOf: value(field, grain))
            if chance(1) { out.append(0x20) }
        }
        out.append(contentsOf: (chance(2) ? "} " : "}").utf8)
        return out
    }

    private mutating func keys() -> [Field] {
        var fields: [Field] = [.ts]
        if !chance(4) { fields.append(.identity) }
        let likely: Set<Field> = [.model, .inputTokens, .outputTokens, .costUSD, .team, .tool, .requestID]
        for field in Field.allCases where field != .ts && field != .identity {
            if chance(likely.contains(field) ? 75 : 20) { fields.append(field) }
        }
        if chance(30) { shuffle(&fields) }
        return fields
    }

    private mutating func shuffle(_ fields: inout [Field]) {
        for i in fields.indices { fields.swapAt(i, random.below(i + 1)) }
    }

    private mutating func key(_ field: Field) -> String {
        if chance(1) {
            // The first letter as an escape: the same key.
            let first = field.key.utf8.first ?? 0
            return "\"\\u00\(String(first, radix: 16))\(field.key.dropFirst())\""
        }
        return "\"\(field.key)\""
    }

    private mutating func unknown() -> String {
        let deep = random.below(45)
        return pick([
            "\"note\":\"x\"", "\"n\":-1.5e-3", "\"flag\":true", "\"gone\":null", "\"list\":[1,\"a\",{}]",
            "\"tags\":{\"a\":{\"b\":[]},\"c\":\"\\n\"}", "\"\":0", "\"ts \":\"x\"", "\"inputTokens\":\"7\"",
            "\"d\":\(String(repeating: "[", count: deep))\(String(repeating: "]", count: deep))",
            "\"u\":\"\\ud83d\\ude00\"", "\"é\":\"ü\"", "\"e\":[1,]", "\"l\":\"\\ud800\"", "\"z\":01",
            "\"t\":tru",
        ])
    }

    // MARK: - Values

    private mutating func value(_ field: Field, _ grain: Grain?) -> [UInt8] {
        if chance(4) { return Array("null".utf8) }
        if chance(1) { return Array(pick(["true", "[]", "{}", "\"7\"", "12", "1.5", "\"\"", "-0"]).utf8) }
        switch field {
        case .ts: return Array(time(0).utf8)
        case .tsEnd: return Array(time(chance(90) ? 60 : 0).utf8)
        case .identity, .team, .project, .tool, .model, .mcpServer, .mcpTool, .requestID, .sessionID, .origin,
            .source:
            return label(field)
        case .costUSD: return Array(money(grain).utf8)
        case .costBasis:
            return Array(pick(["\"billed\"", "\"list\"", "\"estimated\"", "\"included\"", "\"free\""]).utf8)
        case .grain: return Array("\"\(chance(2) ? "bucke" : (grain ?? .request).word)\"".utf8)
        default: return Array(count(grain).utf8)
        }
    }

    private mutating func time(_ offset: Int) -> String {
        let ms = 1_785_500_000_000 + Int64(random.below(200_000_000)) + Int64(offset) * 10_000_000
        let text = Timestamp(milliseconds: ms).description
        let clock = text.dropLast(5)
        if chance(90) { return "\"\(text)\"" }
        return pick([
            "\(ms)", "\(ms).0", "\(ms / 1_000)e3", "\"\(clock)Z\"", "\"\(clock).5Z\"", "\"\(clock).123456Z\"",
            "\"\(clock)+00:00\"", "\"\(clock).250-07:30\"", "\"\(clock)z\"", "\"\(clock.dropLast(2))60Z\"",
            "\"\(text.replacing("T", with: " "))\"", "\"\(text.replacing("T", with: "t"))\"", "\"\(clock)\"",
            "\"\(clock).Z\"", "\"2026-02-30T00:00:00Z\"", "\"2024-02-29T23:59:59.999Z\"",
            "\"1969-12-31T23:59:59Z\"",
            "\"1970-01-01T00:00:00+01:00\"", "\"2026-08-01T24:00:00Z\"", "\"2026-8-1\"", "\"\(clock)+24:00\"",
            "0",
            "-1", "253402300799999", "253402300800000", "\"9999-12-31T23:59:59-23:59\"",
            "\"\\u0032\(text.dropFirst())\"",
        ])
    }

    private mutating func count(_ grain: Grain?) -> String {
        if grain == .correction, chance(40) { return "-\(random.below(10_000))" }
        if chance(95) { return "\(random.below(chance(10) ? 200_000_000_000 : 20_000))" }
        return pick([
            "0", "7.0", "1e3", "1.5", "12.50e1", "1E+2", "1e-2", "100e-2", "-0", "-0.0", "-5", "007", "+1",
            "1.", ".5", "1e",
            "1e+", "12345678", "123456789", "1000000000", "1000000001", "1000000000000", "1000000000001",
            "9007199254740993", "9223372036854775807", "9223372036854775808", "99999999999999999999999",
            "1e30", "0x10",
            "1_000", "NaN", "0e99999", "0.0000001", "-", "--1",
        ])
    }

    private mutating func money(_ grain: Grain?) -> String {
        let sign = grain == .correction && chance(40) ? "-" : ""
        var digits = String(random.below(1_000_000_000))
        digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        if chance(85) { return "\(sign)\(random.below(20)).\(digits.prefix(1 + random.below(9)))" }
        return sign
            + pick([
                "0", "0.0", "3", "1e-3", "1.8e-05", "2.5E2", "0.0018000000000000002", "0.0000000005",
                "0.0000000015", "0.00000000050000000001", "0.00000000149999999999", "0.123456789",
                "0.1234567891",
                "0.12345678", "1000000", "1000000.0000000004", "1000000.000000001", "1e6", "10e5", "1e7",
                "1e400",
                "0e400", "1e-400", "12345678.5", "123456.789012345", "00.5", "1.", "-1.5", "1e+2", "0.1.2",
                "1e1e1",
            ])
    }

    private mutating func label(_ field: Field) -> [UInt8] {
        let n = random.below(30)
        if chance(93) {
            let text: String =
                switch field {
                case .identity:
                    chance(15) ? "User.\(n)@Example.COM" : chance(20) ? "key:Ab\(n)" : "u\(n)@example.com"
                case .requestID: String(random.next(), radix: 16)
                case .model:
                    pick([
                        "claude-opus-4-5", "gpt-5.1", "Claude-Opus-4.5-20260101", "no-such-model",
                        "x/gpt-5.1",
                    ])
                default: "\(field.key)-\(n)"
                }
            return Array("\"\(text)\"".utf8)
        }
        let long = String(repeating: "a", count: 250 + random.below(12))
        let text = pick([
            "", "\(long)", "é\(n)", "名前-\(n)", "😀@X\(n)", "ÀB@c",
            "a\\\"b", "back\\\\slash", "tab\\tx",
            "\\u00e9\(n)",
            "\\ud83d\\ude00", "\\uD83D", "\\ude00\\ud83d", "nul\\u0000", "bell\\u0007", "\\/", "\\x",
            "\\u12g4", "\u{7f}",
            "\u{80}", "\u{9b}31m", "\u{2028}", "unassigned", "12345678", "1234567", "123456789", "ABCDEFGH@",
            "a\tb",
            "a\u{1}b",
        ])
        var bytes = Array("\"\(text)\"".utf8)
        if chance(6) {
            // Not UTF-8: stray, overlong, a surrogate, past the end, cut short.
            let bad: [[UInt8]] = [
                [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0xff],
                [0xf0, 0x8f, 0xbf, 0xbf],
            ]
            bytes.insert(contentsOf: pick(bad), at: 1)
        }
        return bytes
    }

    // MARK: - Damage

    private mutating func damage(_ line: inout [UInt8]) {
        guard !line.isEmpty else { return }
        let at = random.below(line.count)
        switch random.below(7) {
        case 0: line.remove(at: at)
        case 1: line.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
        case 2: line[at] = UInt8(truncatingIfNeeded: random.next())
        case 3: line.removeLast(line.count - at)
        case 4: line.append(contentsOf: pick(["x", ",", "{}", "\"", " 1", "\u{0}"]).utf8)
        case 5: line.insert(contentsOf: pick(["\"", "{", "}", "[", ",", ":", "\\"]).utf8, at: at)
        default:
            line = Array(
                pick(["", "{}", "[]", "1", "null", "\"x\"", "{", "[1,2", "\u{feff}{}", "{\"ts\"}", "{,}"])
                    .utf8)
        }
    }
}
