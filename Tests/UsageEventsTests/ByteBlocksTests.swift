import Testing
import UsageEvents

/// Texts from bytes and bytes of texts.
@Suite struct ByteBlocksTests {
    @Test func `bytes are a text where they are UTF-8, and the text has the same bytes`() {
        let texts = ["", "a", "seventeen letters", "caf\u{e9}", "\u{1f600} and fifteen bytes more", "a\0b"]
        for text in texts {
            let bytes = Array(text.utf8)
            #expect(String(utf8: bytes.span) == text)
            #expect(text.withUTF8Span { span in (0..<span.count).map { span[$0] } } == bytes)
        }
        let broken: [[UInt8]] = [[0x80], [0x61, 0xc3], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff, 0x61]]
        for bytes in broken { #expect(String(utf8: bytes.span) == nil) }
    }

    @Test func `bytes are appended`() {
        var bytes: [UInt8] = [1]
        let more: [UInt8] = [2, 3]
        bytes.append(copying: more.span)
        bytes.append(copying: more.span.extracting(0..<0))
        #expect(bytes == [1, 2, 3])
    }
}
