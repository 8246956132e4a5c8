import Testing
import UsageEvents

@testable import Connectors

/// Each kind of bad line has its reason, and the lines around it are read.
@Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var line: String
        var reason: RejectionReason
        var field: Field?
        var testDescription: String { "\(reason.rawValue): \(line.debugDescription.prefix(80))" }

        init(_ line: String, _ reason: RejectionReason, _ field: Field? = nil) {
            self.line = line
            self.reason = reason
            self.field = field
        }
    }

    /// A valid event with something more or something else in it.
    static func event(_ more: String = "", ts: String = "1", identity: String = "\"x\"") -> String {
        "{\"ts\":\(ts),\"identity\":\(identity)\(more.isEmpty ? ",\"cost_usd\":1" : "," + more)}"
    }

    static let syntax: [Case] = [
        Case("{", .malformedJSON), Case("{}}", .malformedJSON), Case("{\"ts\"}", .malformedJSON),
        Case("{\"ts\":}", .malformedJSON), Case("{\"ts\":1,}", .malformedJSON), Case("{,}", .malformedJSON),
        Case("{ts:1}", .malformedJSON), Case("{'ts':1}", .malformedJSON), Case("nonsense", .malformedJSON),
        Case(event() + " x", .malformedJSON), Case(event() + event(), .malformedJSON),
        Case(event("\"cost_usd\":01"), .malformedJSON), Case(event("\"cost_usd\":+1"), .malformedJSON),
        Case(event("\"cost_usd\":1."), .malformedJSON), Case(event("\"cost_usd\":.5"), .malformedJSON),
        Case(event("\"cost_usd\":1e"), .malformedJSON), Case(event("\"cost_usd\":NaN"), .malformedJSON),
        Case(event("\"cost_usd\":-"), .malformedJSON),
        Case(event("\"cost_usd\":1,\"a\":[1,]"), .malformedJSON),
        Case(event("\"cost_usd\":1,\"a\":{\"b\":1,}"), .malformedJSON),
        Case(event("\"cost_usd\":1,\"a\":tru"), .malformedJSON),
        Case(event("\"cost_usd\":1,\"a\":[1 2]"), .malformedJSON),
        Case(event(identity: "\"\\x\""), .malformedJSON),
        Case(event(identity: "\"\\u12g4\""), .malformedJSON),
        Case(event(identity: "\"\\ud800\""), .malformedJSON),
        Case(event(identity: "\"\\udc00\""), .malformedJSON),
        Case(event(identity: "\"\\ud800\\u0041\""), .malformedJSON),
        Case(event("\"cost_usd\":1,\"a\":\"\\ud800\""), .malformedJSON),
        Case("\u{feff}" + event(), .malformedJSON), Case(event() + "\u{0}", .malformedJSON),
        Case("{\"ts\":1,\"identity\":\"x\",\"cost_usd\":\\u0031}", .malformedJSON),
        Case("{\\u0022ts\":1,\"identity\":\"x\",\"cost_usd\":1}", .malformedJSON),
        Case("{\"ts\":1\\u002c\"identity\":\"x\",\"cost_usd\":1}", .malformedJSON),
        Case("[]", .notAnObject), Case("1", .notAnObject), Case("\"x\"", .notAnObject),
        Case("null", .notAnObject),
        Case(event(identity: "\"a\tb\""), .controlCharacter),
        Case(event(identity: "\"a\u{0}b\""), .controlCharacter),
        Case(event("\"cost_usd\":1,\"a\":\"\u{1}\""), .controlCharacter),
        Case(event(identity: "\"a\\u0000b\""), .controlCharacter, .identity),
        Case(event("\"cost_usd\":1,\"a\":" + String(repeating: "[", count: 32)), .tooDeep),
        Case(event("\"cost_usd\":1,\"a\":" + String(repeating: "{\"b\":", count: 40)), .tooDeep),
    ]

    static let meaning: [Case] = [
        Case(event("\"ts\":2,\"cost_usd\":1"), .duplicateKey, .ts),
        Case(event("\"cost_usd\":1,\"cost_usd\":1"), .duplicateKey, .costUSD),
        Case(event("\"team\":null,\"cost_usd\":1,\"team\":null"), .duplicateKey, .team),
        Case(event("\"cost_usd\":1,\"\\u0074s\":2"), .duplicateKey, .ts),
        Case("{}", .missingField, .ts), Case("{\"ts\":1,\"cost_usd\":1}", .missingField, .identity),
        Case(event(ts: "null"), .missingField, .ts), Case(event(identity: "null"), .missingField, .identity),
        Case(event("\"model\":\"m\""), .missingField, .inputTokens),
        Case(event("\"input_tokens\":null"), .missingField, .inputTokens),
        Case(event("\"mcp_server\":\"\""), .missingField, .inputTokens),
        Case(event("\"cost_usd\":1,\"grain\":\"bucket\""), .missingField, .tsEnd),
        Case(event(ts: "true"), .wrongType, .ts), Case(event(ts: "{}"), .wrongType, .ts),
        Case(event(ts: "1.5"), .wrongType, .ts), Case(event(identity: "7"), .wrongType, .identity),
        Case(event("\"cost_usd\":\"1\""), .wrongType, .costUSD),
        Case(event("\"cost_usd\":[1]"), .wrongType, .costUSD),
        Case(event("\"input_tokens\":\"1\""), .wrongType, .inputTokens),
        Case(event("\"input_tokens\":1.5"), .wrongType, .inputTokens),
        Case(event("\"cost_usd\":1,\"team\":false"), .wrongType, .team),
        Case(event("\"cost_usd\":1,\"grain\":1"), .wrongType, .grain),
        Case(event(identity: "\"\""), .outOfRange, .identity), Case(event(ts: "-1"), .outOfRange, .ts),
        Case(event(ts: "253402300800000"), .outOfRange, .ts), Case(event(ts: "1e300"), .outOfRange, .ts),
        Case(event(ts: "\"1970-01-01T00:00:00+01:00\""), .outOfRange, .ts),
        Case(event("\"input_tokens\":-1"), .outOfRange, .inputTokens),
        Case(event("\"input_tokens\":1000000000001"), .outOfRange, .inputTokens),
        Case(event("\"output_tokens\":9223372036854775808"), .outOfRange, .outputTokens),
        Case(event("\"output_tokens\":1e99"), .outOfRange, .outputTokens),
        Case(event("\"cost_usd\":-0.01"), .outOfRange, .costUSD),
        Case(event("\"cost_usd\":1000000.000000001"), .outOfRange, .costUSD),
        Case(event("\"cost_usd\":1e400"), .outOfRange, .costUSD),
        Case(event("\"cost_usd\":1,\"requests\":1000000001"), .outOfRange, .requests),
        Case(event("\"cost_usd\":1,\"ts_end\":0"), .outOfRange, .tsEnd),
        Case(event("\"cost_usd\":1,\"ts_end\":1,\"grain\":\"bucket\""), .outOfRange, .tsEnd),
        Case(event("\"cost_usd\":-1000001,\"grain\":\"correction\""), .outOfRange, .costUSD),
        Case(event(ts: "\"yesterday\""), .invalidTime, .ts),
        Case(event(ts: "\"2026-08-01\""), .invalidTime, .ts),
        Case(event(ts: "\"2026-02-30T00:00:00Z\""), .invalidTime, .ts),
        Case(event(ts: "\"2026-08-01T24:00:00Z\""), .invalidTime, .ts),
        Case(event(ts: "\"2026-08-01T00:00:00\""), .invalidTime, .ts),
        Case(event("\"cost_usd\":1,\"grain\":\"week\""), .unknownValue, .grain),
        Case(event("\"cost_usd\":1,\"cost_basis\":\"Billed\""), .unknownValue, .costBasis),
        Case(event(ts: "1000001"), .future, .ts),
        Case(event(identity: "\"\(String(repeating: "a", count: 257))\""), .tooLong, .identity),
        Case(
            event("\"cost_usd\":1,\"request_id\":\"\(String(repeating: "é", count: 129))\""), .tooLong,
            .requestID),
    ]

    @Test(arguments: syntax + meaning, [true, false])
    func `a bad line is rejected with its reason, its neighbours are read`(bad: Case, usesScanner: Bool) {
        let text = Self.event() + "\n" + bad.line + "\r\n" + Self.event() + "\n" + Self.event() + "\n"
        // Enough behind the line that the scanner looks at it.
        let padded = Array(text.utf8) + [UInt8](repeating: 0x0a, count: 100)
        let result = Decoded(
            padded, options: DecoderOptions(timestampMax: 1_000_000_000_000_000), usesScanner: usesScanner)
        let strict = Decoded(
            padded, options: DecoderOptions(timestampMax: 1_000_000), usesScanner: usesScanner)
        let used = bad.reason == .future ? strict : result
        #expect(used.events.count == 3)
        #expect(used.rejections.map(\.reason) == [bad.reason])
        #expect(used.rejections.first?.field == bad.field)
        #expect(used.rejections.first?.line == 2)
        #expect(used.rejections.first?.bytes == Array(bad.line.utf8) + [0x0d])
        let detail = used.rejections.first?.detail ?? ""
        #expect(!detail.isEmpty && detail.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
    }

    @Test(
        arguments: [
            [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0xff],
            [0xf8, 0x88],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are rejected, also in keys and values that nobody reads`(bad: [UInt8]) {
        for (before, after) in [
            ("{\"ts\":1,\"cost_usd\":1,\"identity\":\"a", "\"}"),
            ("{\"ts\":1,\"cost_usd\":1,\"identity\":\"a\",\"k", "\":1}"),
            ("{\"ts\":1,\"cost_usd\":1,\"identity\":\"a\",\"k\":[\"", "\"]}"),
        ] {
            let text =
                Array("\n\(before)".utf8) + bad + Array("\(after)\n".utf8) + [UInt8](repeating: 10, count: 99)
            #expect(Decoded(text).rejections.map(\.reason) == [.invalidUTF8])
        }
    }

    @Test func `a last line without LF is read when the input ends, and only then`() {
        let text = Array(Self.event().utf8)
        var decoder = NDJSONDecoder()
        var batch = EventBatch()
        var symbols = Symbols()
        let early = decoder.decode(text.span, isFinal: false, into: &batch, symbols: &symbols, limit: 10)
        #expect(early == DecodeProgress(consumed: 0, stop: .needsInput))
        let last = decoder.decode(text.span, isFinal: true, into: &batch, symbols: &symbols, limit: 10)
        #expect(last.consumed == text.count && batch.count == 1)
    }

    @Test func `half a line at the end of the input is never taken for a line, and is told from a bad one`() {
        let whole = Array((Self.event() + "\n").utf8)
        let half = Array(Self.event("\"model\":\"claude\",\"cost_usd\":12.5").utf8)
        for cut in 1..<half.count {
            let result = Decoded(whole + half[..<cut])
            #expect(result.events.count == 1)
            #expect(result.rejections.map(\.reason) == [.malformedJSON])
            #expect(
                result.rejections.first?.detail.contains("the input ends in the middle of a line") == true)
        }
        let inLetter = Decoded(whole + Array("{\"model\":\"é".utf8.dropLast()))
        #expect(inLetter.rejections.map(\.reason) == [.invalidUTF8])
        #expect(inLetter.rejections.first?.detail.contains("in the middle of a line") == true)
        #expect(Decoded(Array("{\"ts\":\n".utf8)).rejections.first?.detail.contains("middle") == false)
    }

    @Test func `blank lines, CRLF and one byte order mark are no events and no errors`() {
        let text = "\u{feff}" + Self.event() + "\r\n\r\n \t\n" + Self.event() + "\n\n"
        let result = Decoded(Array(text.utf8))
        #expect(result.events.count == 2 && result.rejections.isEmpty && result.linesRead == 5)
        #expect(Decoded([]).linesRead == 0)
        #expect(Decoded([0xef, 0xbb, 0xbf]).rejections.isEmpty)
        #expect(
            Decoded(Array("\u{feff}\u{feff}\(Self.event())\n".utf8)).rejections.map(\.reason) == [
                .malformedJSON
            ])
    }
}
