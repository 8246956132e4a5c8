import Testing
import TidemarkTestKit
import UsageEvents

@testable import tidemark

/// Nothing that comes from an event may control the terminal.
@Suite struct EscapingTests {
    @Test(arguments: [
        ("plain text", "plain text"), ("a\u{1b}[31mb", #"a\x1b[31mb"#), ("\u{0}", #"\x00"#),
        ("a\tb\nc\rd", #"a\tb\nc\rd"#),
        ("\u{7f}", #"\x7f"#), ("\u{85}\u{9b}2J", #"\u{85}\u{9b}2J"#),
        ("a\u{202e}b\u{2066}c", #"a\u{202e}b\u{2066}c"#),
        ("\u{200e}\u{200f}\u{61c}", #"\u{200e}\u{200f}\u{61c}"#),
        ("a\u{200b}b\u{feff}", #"a\u{200b}b\u{feff}"#),
        ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#), ("\u{e0041}", #"\u{e0041}"#), ("zoë 東京 🙂", "zoë 東京 🙂"),
        ("👩‍💻", "👩‍💻"), (#"DOMAIN\user"#, #"DOMAIN\user"#), ("\u{1b}]0;title\u{7}", #"\x1b]0;title\x07"#),
    ])
    func `control characters, marks of direction and hidden ones become visible`(text: String, wanted: String)
    {
        #expect(escaped(text) == wanted)
    }

    @Test(
        arguments: [
            ([0x61, 0xff, 0x62], #"a\xffb"#), ([0xc3], #"\xc3"#), ([0xe2, 0x82], #"\xe2\x82"#),
            ([0xc0, 0xaf], #"\xc0\xaf"#),
            ([0xed, 0xa0, 0x80], #"\xed\xa0\x80"#), ([0xf0, 0x9f, 0x99, 0x82], "🙂"),
            ([0x1b, 0x80], #"\x1b\x80"#),
        ] as [([UInt8], String)])
    func `bytes that are not UTF-8 are shown one by one`(bytes: [UInt8], wanted: String) {
        #expect(escaped(bytes: bytes) == wanted)
    }

    @Test func `no bytes whatever give a control character`() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 24)).map { _ in
                UInt8(truncatingIfNeeded: random.next() >> 11)
            }
            for scalar in escaped(bytes: bytes).unicodeScalars {
                #expect(scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
                #expect(
                    !(0x202a...0x202e).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value))
            }
        }
    }

    @Test(arguments: [
        ("abc", 3), ("zoë", 3), ("e\u{301}", 1), ("東京", 4), ("🙂", 2), ("👩‍💻", 2), ("", 0), ("▁█", 2),
    ])
    func `columns are counted as a terminal fills them`(text: String, wanted: Int) {
        #expect(displayWidth(text) == wanted)
    }

    @Test func `ASCII only keeps our own signs readable`() {
        #expect(asciiOnly("a · b ≈ $1 █▁░ ✓ 東") == #"a - b ~ $1 #_: ok \u{6771}"#)
    }

    @Test func `long words are cut at the edge, never lost`() {
        let text = StyledText(String(repeating: "x", count: 25) + " end")
        let lines = text.wrapped(width: 10, indent: 2).map { $0.rendered(.plain) }
        #expect(lines == ["xxxxxxxxxx", "  xxxxxxxx", "  xxxxxxx", "  end"])
    }
}
