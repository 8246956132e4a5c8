import Testing

@testable import Alerting

/// Which text is copied as it is, and which is escaped.
@Suite struct JSONObjectWriterTests {
    private func written(_ text: String) -> String {
        var out: [UInt8] = []
        JSONObjectWriter.append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test func `exactly controls, quotes and backslashes are escaped, wherever they stand`() {
        for scalar in (0..<0x300 as Range<UInt32>).compactMap(Unicode.Scalar.init) {
            let isControl = scalar.properties.generalCategory == .control
            let isEscaped = isControl || scalar == "\"" || scalar == "\\"
            for (before, after) in [
                ("", ""), ("a long text in front of it ", ""), ("", " and one behind it"),
            ] {
                let text = before + String(scalar) + after
                let json = written(text)
                #expect((json == "\"\(text)\"") == !isEscaped, "U+\(String(scalar.value, radix: 16))")
                #expect(JSONTree(Array(json.utf8))?.text == text)
            }
        }
    }
}
