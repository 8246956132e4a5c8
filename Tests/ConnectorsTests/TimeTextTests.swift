import Testing
import UsageEvents

@testable import Connectors

/// Times and numbers as exports write them.
@Suite struct TimeTextTests {
    private func time(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        return TimeText.parse(bytes.span)?.description
    }

    @Test func `RFC 3339 is read as the canonical reader reads it, and whatever else both refuse`() {
        var random = SplitMix64(seed: 3)
        let alphabet = Array("0123456789-:.TtZz+ ".utf8)
        for _ in 0..<50_000 {
            var bytes = Array(
                "2026-04-0\(random.below(10))T1\(random.below(10)):2\(random.below(10)):5\(random.below(10))"
                    .utf8)
            bytes += [".5Z", "Z", "+02:00", ".123456z", "-11:30"][random.below(5)].utf8
            for _ in 0..<random.below(3) {
                bytes[random.below(bytes.count)] = alphabet[random.below(alphabet.count)]
            }
            let wanted = Timestamp(rfc3339: bytes).flatMap { $0.rawValue < 0 ? nil : $0 }
            let found = TimeText.parse(bytes.span)
            // What has no zone is read here only.
            if wanted != nil || bytes.contains(UInt8(ascii: "Z")) {
                #expect(found == wanted, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test func `a day, a time without a zone and short offsets`() {
        #expect(time("2026-04-01") == "2026-04-01T00:00:00.000Z")
        #expect(time("2026-04-01 14:25:00") == "2026-04-01T14:25:00.000Z")
        #expect(time("2026-04-01T14:25:00.98765") == "2026-04-01T14:25:00.987Z")
        #expect(time("2026-04-01 00:25:00+02") == "2026-03-31T22:25:00.000Z")
        #expect(time("2026-04-01 23:25:00-0130") == "2026-04-02T00:55:00.000Z")
        #expect(time("2026-02-30") == nil && time("2026-4-1") == nil && time("2026-04-01 14:25") == nil)
        #expect(time("2026-04-01 24:00:00") == nil && time("1969-12-31") == nil && time("01/04/2026") == nil)
        #expect(time("2026-04-01 10:00:00 UTC") == nil && time("") == nil && time("2026-04-01 ") == nil)
        #expect(time("1970-01-01 00:00:00+01") == nil && time("9999-12-31 23:59:59.9-00:30") == nil)
    }

    @Test func `numbers are seconds, milliseconds or microseconds by their size`() {
        #expect(time("0") == "1970-01-01T00:00:00.000Z")
        #expect(time("1775053500") == "2026-04-01T14:25:00.000Z")
        #expect(time("1775053500.9876") == "2026-04-01T14:25:00.988Z")
        #expect(time("1.7750535e9") == "2026-04-01T14:25:00.000Z")
        #expect(time("1775053500123") == "2026-04-01T14:25:00.123Z")
        #expect(time("1775053500123456") == "2026-04-01T14:25:00.123Z")
        #expect(time("99999999999") == "5138-11-16T09:46:39.000Z")
        #expect(time("100000000000") == "1973-03-03T09:46:40.000Z")
        #expect(time("-1") == nil && time("1775053500123456789") == nil && time("1e400") == nil)
    }

    private func count(_ text: String, shift: Int = 0, max: Int64 = 1_000) throws(Refusal) -> Int64 {
        let bytes = Array(text.utf8)
        return try NumberText.count(bytes.span, field: .inputTokens, shift: shift, max: max)
    }

    @Test func `counts are whole, in their bounds and scaled exactly`() throws {
        #expect(try count("7") == 7)
        #expect(try count("007.0") == 7)
        #expect(try count("1e3") == 1_000)
        #expect(try count("0.5", shift: 1) == 5)
        #expect(try count(".5", shift: 1) == 5)
        #expect(try count("900", shift: -2) == 9)
        #expect(try count("-4") == -4)
        for text in [
            "1,000", "1 000", "+1", "1.", ".", "-", "1e", "1e+", "0x1", "$1", "1.5", "Infinity", "NaN", "१",
        ] {
            #expect(throws: Refusal.self, "\(text)") { () throws(Refusal) in try count(text) }
        }
        #expect(throws: Refusal.self) { () throws(Refusal) in try count("1001") }
        #expect(throws: Refusal.self) { () throws(Refusal) in try count("99999999999999999999999") }
        #expect(throws: Refusal.self) { () throws(Refusal) in try count("7", shift: -1) }
    }

    @Test func `money is exact to the nano-dollar, with or without a dollar sign`() throws {
        func nano(_ text: String, shift: Int = 0) throws(Refusal) -> Int64 {
            let bytes = Array(text.utf8)
            return try NumberText.money(bytes.span, shift: shift).amount.rawValue
        }
        #expect(try nano("$0.12") == 120_000_000)
        #expect(try nano("0.1") + nano("0.2") == nano("0.3"))
        #expect(try nano("21.36232", shift: -2) == 213_623_200)
        #expect(try nano("1e-05") == 10_000)
        #expect(try nano("0.0000000005") == 0)
        #expect(try nano("0.0000000015") == 2)
        #expect(try nano("1000000") == 1_000_000_000_000_000)
        for text in ["$", "1 USD", "€1", "1.000,50", "1000001", "", "--1"] {
            #expect(throws: Refusal.self, "\(text)") { () throws(Refusal) in try nano(text) }
        }
    }

    @Test func `a message repeats what numbers and times are made of, and of text its length`() {
        func quote(_ text: String) -> String {
            let bytes = Array(text.utf8)
            return NumberText.quote(bytes.span)
        }
        #expect(quote("1,000.5") == "'1,000.5'")
        #expect(quote("04/05/2026 10:00") == "'04/05/2026 10:00'")
        #expect(quote("my secret") == "a text of 9 bytes")
        #expect(quote(String(repeating: "1", count: 41)) == "a text of 41 bytes")
    }
}
