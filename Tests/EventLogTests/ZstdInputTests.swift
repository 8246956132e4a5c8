import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@Suite struct ZstdInputTests {
    /// Unpacks in pieces of the given size.
    private func unpack(_ bytes: [UInt8], piece: Int = .max) throws(ZstdInputError) -> [UInt8] {
        var input = ZstdInput()
        var out: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let end = piece < bytes.count - start ? start + piece : bytes.count
            let part = Array(bytes[start..<end])
            var at = 0
            while try input.decompress(part.span, at: &at, into: &out) {}
            start = end
        }
        try input.finish()
        return out
    }

    private func text(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: 2)
        return (0..<count).map { _ in UInt8(97 + random.below(7)) }
    }

    @Test func `frames, one behind the other and with skippable ones between, are one text`() throws {
        let plain = text(400_000)
        let frame = try #require(ZstdFile.compress(plain))
        let skippable: [UInt8] = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let all = skippable + frame + skippable + frame
        let found = [all, frame, plain].map { ZstdInput.isZstd($0.span) }
        #expect(found == [true, true, false])
        for piece in [1_000, 65_536, Int.max] { #expect(try unpack(all, piece: piece) == plain + plain) }
        #expect(try unpack(try #require(ZstdFile.compress([])), piece: 1) == [])
    }

    @Test func `what ends too early is truncated, at whatever byte`() throws {
        let frame = try #require(ZstdFile.compress(text(3_000)))
        for length in 1..<frame.count {
            #expect(throws: ZstdInputError.truncated) { _ = try unpack(Array(frame[..<length])) }
        }
    }

    @Test func `garbage is corrupt, also behind a frame`() throws {
        let frame = try #require(ZstdFile.compress(text(3_000)))
        for bytes in [
            frame + [1, 2, 3, 4, 5], [0x28, 0xb5, 0x2f, 0xfd] + [UInt8](repeating: 0xff, count: 40),
        ] {
            do throws(ZstdInputError) {
                _ = try unpack(bytes)
                Issue.record("it unpacked")
            } catch {
                guard case .corrupt(let reason, _) = error else { throw error }
                #expect(!reason.isEmpty)
            }
        }
    }

    @Test func `a bomb is refused before it fills the memory`() throws {
        let bomb = try #require(ZstdFile.compress([UInt8](repeating: 0, count: 200 << 20), level: 1))
        #expect(bomb.count < 40_000)
        var input = ZstdInput()
        var at = 0
        var most = 0
        #expect(throws: ZstdInputError.bomb(ratio: Limits.decompressionRatioMax)) {
            var out: [UInt8] = []
            while try input.decompress(bomb.span, at: &at, into: &out) {
                most = max(most, out.count)
                out.removeAll(keepingCapacity: true)
            }
        }
        #expect(most <= ZstdInput.pieceBytes)
    }
}
