import Testing
import UsageEvents

@testable import Connectors

/// Lines beyond the limit are refused with little memory, whatever the size of the pieces.
@Suite struct LongLineTests {
    private static let event = Array("{\"ts\":1,\"identity\":\"x\",\"cost_usd\":1}\n".utf8)

    /// A valid event of so many bytes without LF: the rest is an ignored string.
    private static func line(bytes: Int) -> [UInt8] {
        let start = Array("{\"ts\":1,\"identity\":\"x\",\"cost_usd\":1,\"pad\":\"".utf8)
        return start + [UInt8](repeating: 0x61, count: bytes - start.count - 2) + Array("\"}".utf8)
    }

    @Test(arguments: [65_536, 1 << 20, 3 << 20, 64 << 20])
    func `a line of 10 MB is rejected once and what follows is read`(pieceBytes: Int) {
        let text = Self.event + Self.line(bytes: 10_000_000) + [0x0a] + Self.event
        let result = Decoded(text, pieceBytes: pieceBytes)
        #expect(result.events.count == 2)
        #expect(result.linesRead == 3)
        #expect(result.rejections.count == 1)
        #expect(result.rejections.first?.reason == .tooLong)
        #expect(result.rejections.first?.line == 2)
        #expect(result.rejections.first?.isTruncated == true)
        #expect(result.rejections.first?.bytes.count == Limits.rejectedLineBytesMax)
    }

    @Test(arguments: [true, false])
    func `the longest line is read, one byte more is not`(usesScanner: Bool) {
        let longest = Self.event + Self.line(bytes: Limits.lineBytesMax) + [0x0a] + Self.event
        #expect(Decoded(longest, usesScanner: usesScanner).events.count == 3)
        let longer = Self.event + Self.line(bytes: Limits.lineBytesMax + 1) + [0x0a] + Self.event + Self.event
        let result = Decoded(longer, usesScanner: usesScanner)
        #expect(result.events.count == 3)
        #expect(result.rejections.map(\.reason) == [.tooLong])
    }

    @Test func `a long line that never ends keeps nothing`() {
        var decoder = NDJSONDecoder()
        var batch = EventBatch()
        var symbols = Symbols()
        let piece = [UInt8](repeating: 0x20, count: Limits.lineBytesMax + 1)
        for _ in 0..<5 {
            let progress = decoder.decode(
                piece.span, isFinal: false, into: &batch, symbols: &symbols, limit: 1)
            #expect(progress == DecodeProgress(consumed: piece.count, stop: .needsInput))
        }
        #expect(decoder.rejections.count == 1)
    }

    @Test func `many rejected lines stop the decoder so that the caller can drain them`() {
        let text = [UInt8]("x\n".utf8) + Array(String(repeating: "{}\n", count: 5_000).utf8) + Self.event
        var decoder = NDJSONDecoder()
        var batch = EventBatch()
        var symbols = Symbols()
        let progress = decoder.decode(text.span, isFinal: true, into: &batch, symbols: &symbols, limit: 1)
        #expect(progress.stop == .rejectionsFull)
        #expect(decoder.rejections.count == NDJSONDecoder.rejectionsPerCall)
        #expect(Decoded(text).rejections.count == 5_001)
    }

    @Test func `unknown keys are counted by name, and beyond a hundred names together`() {
        var text = ""
        for i in 0..<150 {
            text += "{\"ts\":1,\"identity\":\"x\",\"cost_usd\":1,\"k\(i % 120)\":1,\"same\":[{}]}\n"
        }
        let result = Decoded(Array(text.utf8))
        #expect(result.unknown.first == "k0=2")
        #expect(result.unknown.contains("same=150"))
        #expect(result.unknown.count == UnknownKeys.namesMax + 1)
        #expect(result.unknown.last == "21")
    }
}
