import Testing
import UsageEvents

@testable import Connectors

/// Escapes of ordinary characters become the characters; everything else is left to the general parser.
@Suite struct EscapeResolverTests {
    private func resolve(_ line: String) -> String? {
        let bytes = Array(line.utf8)
        var out: [UInt8] = []
        guard let end = EscapeResolver.resolve(bytes.span, into: &out, orFail: true) else { return nil }
        #expect(out[end] == 0x0a && out.count > end + PaddedBytes.padding)
        return String(decoding: out[..<end], as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"a":"\u00e9\u00C9\/"}"#, #"{"a":"éÉ/"}"#),
        (#"{"\u0074s":"\ud83d\ude00x"}"#, #"{"ts":"😀x"}"#),
        (#"["\u0020\u007f\uffff"]"#, "[\" \u{7f}\u{ffff}\"]"),
    ])
    func `an ordinary character replaces its escape`(line: String, plain: String) {
        #expect(resolve(line) == plain)
    }

    @Test(arguments: [
        #"{"a":"x"}"#, #"{"a":"\""}"#, #"{"a":"\\"}"#, #"{"a":"\u0022"}"#, #"{"a":"\u005c"}"#, #"{"a":"\n"}"#,
        #"{"a":"\u0000"}"#, #"{"a":"\u001f"}"#, #"{"a":"\ud83d"}"#, #"{"a":"\ud83dx\ude00"}"#,
        #"{"a":"\ude00"}"#,
        #"{"a":"\u12"}"#, #"{"a":"\u12g4"}"#, #"{"a":"\x"}"#, #"{"a":"\"#, #"{"a":"\u"#, #"{"a":"\ud83d\"#,
        #"{"a":\u0031}"#, #"\u007b}"#, "",
    ])
    func `what cannot be replaced leaves the line alone`(line: String) { #expect(resolve(line) == nil) }

    @Test func `a line without escapes is copied where that is wanted`() {
        var out = [UInt8](repeating: 7, count: 500)
        let line = Array("{}".utf8)
        #expect(EscapeResolver.resolve(line.span, into: &out, orFail: false) == 2)
        #expect(out.prefix(3) == [0x7b, 0x7d, 0x0a])
    }
}
