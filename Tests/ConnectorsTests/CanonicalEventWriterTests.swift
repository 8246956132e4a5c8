import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Connectors

/// What is written is read back as the same events.
@Suite struct CanonicalEventWriterTests {
    private func written(_ line: String, prices: PriceTable? = nil) -> String {
        String(
            decoding: Decoded(Array(line.utf8), options: DecoderOptions(prices: prices)).canonical,
            as: UTF8.self)
    }

    @Test(arguments: [false, true])
    func `decoding what was written gives the same events`(isPriced: Bool) {
        var lines = RandomLines(seed: 11)
        let options = DecoderOptions(defaultIdentity: "Me@X", prices: isPriced ? .bundled : nil)
        let first = Decoded(lines.text(lines: 6_000), options: options)
        let second = Decoded(first.canonical, options: options)
        #expect(first.events.count > 2_500)
        #expect(second.rejections.isEmpty)
        #expect(second.events == first.events)
        #expect(second.canonical == first.canonical)
    }

    @Test func `the keys of the line are written again in canonical order, also those that are null`() {
        let line =
            #"{"cost_usd":1.50,"request_id":"r","identity":"A@B.c","team":null,"ts":"2026-08-01T00:00:00Z","#
            + #""output_tokens":0,"x":1,"model":"m","mcp_tool":"","grain":"request","project":"unassigned"}"#
        #expect(
            written(line)
                == #"{"ts":"2026-08-01T00:00:00.000Z","identity":"a@b.c","team":null,"project":"unassigned","#
                + #""model":"m","mcp_tool":null,"output_tokens":0,"cost_usd":1.5,"request_id":"r","#
                + #""grain":"request"}"# + "\n")
    }

    @Test func `an estimate is written with its basis, and stays one`() {
        let line =
            #"{"ts":0,"identity":"x","model":"claude-opus-4-5","input_tokens":1000,"output_tokens":100}"#
        let out = written(line, prices: .bundled)
        #expect(
            out == #"{"ts":"1970-01-01T00:00:00.000Z","identity":"x","model":"claude-opus-4-5","#
                + #""input_tokens":1000,"output_tokens":100,"cost_usd":0.0075,"cost_basis":"estimated"}"#
                + "\n")
        #expect(written(out) == out)
    }

    @Test func `texts are escaped so that they are JSON and harmless in a terminal`() {
        let line =
            #"{"ts":0,"identity":"q\"b\\s\/t\tn\nr\rf\fb\be\u001bd\#u{7f}c\#u{9b}é\ud83d\ude00","#
            + #""cost_usd":0}"#
        #expect(
            written(line)
                == #"{"ts":"1970-01-01T00:00:00.000Z","#
                + #""identity":"q\"b\\s/t\tn\nr\rf\fb\be\u001bd\u007fc\u009bé😀","cost_usd":0}"# + "\n")
    }

    @Test(arguments: ["a", "é", "\"", "\u{1}", "\u{9b}", "aé\n"])
    func `labels of any length are written whole, also such as no line may have`(unit: String) throws {
        var symbols = Symbols()
        for length in [1, 100, 150, 250, 500, 900, 960, 1_000, 1_023, 1_024, 5_000] {
            var batch = EventBatch()
            let label = String(repeating: unit, count: length)
            var event = UsageEvent(ts: Timestamp(rawValue: .min), identity: label)
            event.team = label
            event.requestID = label
            for field in [Field.team, .requestID, .grain] { event.shape.insert(field) }
            batch.append(event, symbols: &symbols)
            var out: [UInt8] = []
            CanonicalEventWriter().write(batch, row: 0, symbols: symbols, into: &out)
            #expect(out.last == 0x0a && out.count { $0 == 0x0a } == 1)
            let object = try JSONSerialization.jsonObject(with: Data(out)) as? [String: String]
            #expect(
                object?["identity"] == label && object?["team"] == label && object?["request_id"] == label)
        }
    }

    @Test func `amounts and counts are written exactly`() {
        for amount in ["0", "0.000000001", "0.1", "1000000", "999999.999999999", "12.000000003"] {
            let out = written("{\"ts\":0,\"identity\":\"x\",\"cost_usd\":\(amount),\"requests\":1000000000}")
            #expect(out.contains("\"cost_usd\":\(amount),\"requests\":1000000000}"))
        }
        let out = written(#"{"ts":0,"identity":"x","cost_usd":-0.5,"input_tokens":-12,"grain":"correction"}"#)
        #expect(out.contains(#""input_tokens":-12,"cost_usd":-0.5,"#))
    }
}
