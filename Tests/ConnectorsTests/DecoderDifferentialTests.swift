import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Connectors

/// The scanner, the general parser and Foundation read the same generated lines.
@Suite struct DecoderDifferentialTests {
    static let options = DecoderOptions(
        defaultIdentity: "Me@Host", defaultSource: "test", prices: .bundled, timestampMax: 1_785_690_000_000)

    @Test(arguments: 0..<4)
    func `100,000 generated lines are read alike by scanner, general parser and Foundation`(part: Int) {
        var lines = RandomLines(seed: UInt64(part) + 100)
        var text: [UInt8] = []
        var all: [[UInt8]] = []
        for _ in 0..<25_000 {
            let line = lines.next()
            all.append(line)
            text.append(contentsOf: line)
            text.append(0x0a)
        }
        let fast = Decoded(text, options: Self.options, usesScanner: true)
        let general = Decoded(text, options: Self.options, usesScanner: false)
        expectSame(fast, general)
        #expect(fast.events.count > 11_000)
        #expect(fast.rejections.count > 3_000)

        expectLikeFoundation(all, fast)
    }

    /// Line by line. Where Foundation is laxer or stricter is said in `OracleEvent`.
    private func expectLikeFoundation(_ lines: [[UInt8]], _ ours: Decoded) {
        var event = 0
        var rejection = 0
        var exceptions = 0
        for (index, line) in lines.enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
            let isRejected = rejection < ours.rejections.count && ours.rejections[rejection].line == index + 1
            let reason = isRejected ? ours.rejections[rejection].reason : nil
            let isEqual =
                switch OracleEvent.decode(line, options: Self.options, reason: reason) {
                case .accepted(let theirs): !isRejected && theirs == ours.events[event]
                case .rejected: isRejected
                case .undecided: true
                }
            if !isEqual {
                exceptions += 1
                if !OracleEvent.isOutsideFoundation(line) {
                    let text = String(decoding: line, as: UTF8.self)
                    Issue.record("\(reason?.rawValue ?? "accepted"): \(text.debugDescription)")
                }
            }
            if isRejected { rejection += 1 } else { event += 1 }
        }
        #expect(event == ours.events.count)
        #expect(rejection == ours.rejections.count)
        #expect(exceptions < 1_000)
    }

    /// What comes three times is what the scanner expects next; then it finds almost that.
    @Test(arguments: 0..<2)
    func `lines that depart from the lines before are read as if they stood alone`(part: Int) {
        var lines = RandomLines(seed: UInt64(part) + 300)
        var random = SplitMix64(seed: UInt64(part))
        let keys = Field.allCases.map { Array(",\"\($0.key)\":1".utf8) } + [Array(",\"unheard\":[1]".utf8)]
        var text: [UInt8] = []
        for _ in 0..<3_000 {
            let line = lines.next()
            for _ in 0..<3 { text += line + [0x0a] }
            let commas = line.indices.filter { line[$0] == UInt8(ascii: ",") }
            for _ in 0..<6 {
                var other = line
                let at = commas.isEmpty ? other.count : commas[random.below(commas.count)]
                switch random.below(5) {
                case 0: other.insert(contentsOf: keys[random.below(keys.count)], at: at)
                case 1: other.insert(contentsOf: [UInt8](repeating: 0xff, count: 16), at: at)
                case 2: other.insert(contentsOf: other[at...], at: at)
                case 3: other.removeSubrange(at...)
                default: other.removeSubrange(at..<(commas.first { $0 > at } ?? other.count))
                }
                text += other + [0x0a]
            }
        }
        let fast = Decoded(text, options: Self.options, usesScanner: true)
        let general = Decoded(text, options: Self.options, usesScanner: false)
        expectSame(fast, general)
        #expect(fast.events.count > 5_000)
        #expect(fast.rejections.count > 5_000)
    }

    /// Lines of one program: the same keys, so that the scanner reads two at once, but for what is odd.
    private func alike(_ lines: Int, oddOneIn: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        let words = ["a", "gpt-5", "claude-sonnet-4-5-20250929-with-a-tail", "Zoë", "x\\u0041", "cursor"]
        func label() -> String {
            let word = words[random.below(words.count)]
            return random.below(9) == 0
                ? "null" : "\"\(word)\(String(repeating: "-", count: random.below(40)))\""
        }
        func count() -> String { String(random.next() >> (20 + UInt64(random.below(44)))) }
        var text: [UInt8] = []
        for _ in 0..<lines {
            let ts = 1_785_600_000_000 + random.below(90_000_000)
            var line = Array(
                """
                {"ts":\(ts),"identity":"p\(random.below(99))@Acme.example","team":\(label()),\
                "tool":\(label()),"model":\(label()),"input_tokens":\(count()),\
                "output_tokens":\(count()),\
                "cost_usd":\(random.below(9)).\(random.below(1_000_000)),"request_id":\(label()),\
                "grain":"request","mcp_server":\(label())}
                """.utf8)
            if random.below(oddOneIn) == 0 {
                line[random.below(line.count)] = Array("\n\",:{}x0 ".utf8)[random.below(9)]
            }
            text += line + [0x0a]
        }
        return text
    }

    @Test(arguments: [3, 40, 1_000])
    func `lines that are read two at once give what lines read alone give`(oddOneIn: Int) {
        let text = alike(6_000, oddOneIn: oddOneIn, seed: UInt64(oddOneIn))
        let fast = Decoded(text, options: Self.options, usesScanner: true)
        let alone = Decoded(text, options: Self.options, usesScanner: true, limit: 1)
        let general = Decoded(text, options: Self.options, usesScanner: false)
        expectSame(fast, general)
        expectSame(fast, alone)
        #expect(fast.columns.joined().count == 4 * fast.events.count)
        #expect(fast.canonical == alone.canonical && fast.canonical == general.canonical)
        #expect(fast.events.count > 3_000)
        #expect(fast.rejections.count > 2)
    }

    @Test(arguments: [1, 2, 7, 64, 300, 4_096])
    func `input cut into pieces of any size gives the same batch`(size: Int) {
        var lines = RandomLines(seed: 7)
        var text = [0xef, 0xbb, 0xbf] + lines.text(lines: size < 64 ? 200 : 1_500)
        text.append(contentsOf: "{\"ts\":1,\"identity\":\"x\",\"cost_usd\":1}".utf8)
        let whole = Decoded(text, options: Self.options, usesScanner: true)
        let pieces = Decoded(text, options: Self.options, usesScanner: true, pieceBytes: size)
        expectSame(whole, pieces)
        #expect(whole.columns == pieces.columns)
    }

    @Test(arguments: [1, 10, 255, 256, 257, 1_000])
    func `the limit of rows stops the decoder between lines and loses none`(limit: Int) {
        var lines = RandomLines(seed: 8)
        let text = lines.text(lines: 1_200)
        let whole = Decoded(text, options: Self.options, usesScanner: true)
        let limited = Decoded(text, options: Self.options, usesScanner: true, limit: limit)
        expectSame(whole, limited)
        #expect(limited.batches.dropLast().allSatisfy { $0 == limit })
    }

    private func expectSame(_ a: Decoded, _ b: Decoded) {
        #expect(a.events.count == b.events.count)
        #expect(a.linesRead == b.linesRead)
        #expect(a.unknown == b.unknown)
        #expect(a.costsRounded == b.costsRounded)
        #expect(a.costsEstimated == b.costsEstimated)
        for (x, y) in zip(a.events, b.events) where x != y {
            Issue.record("\(x)\nis not\n\(y)")
            return
        }
        #expect(a.rejections.count == b.rejections.count)
        for (x, y) in zip(a.rejections, b.rejections) where x != y {
            Issue.record("\(x)\nis not\n\(y)")
            return
        }
    }
}
