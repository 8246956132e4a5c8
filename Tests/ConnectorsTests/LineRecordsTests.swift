import Testing
import UsageEvents

@testable import Connectors

/// Framing by lines, apart from what a record means.
@Suite struct LineRecordsTests {
    /// One event for each JSON object; `{"no":1}` is refused.
    private struct Objects: RecordReader {
        mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
            var cursor = JSONCursor()
            try cursor.enterObject(record)
            while let key = try cursor.nextKey(record) {
                if key.range.count == 2 { throw .missing(.model, "so it was asked for") }
                try cursor.skip(record)
            }
            try cursor.end(record)
            var event = UsageEvent(ts: Timestamp(rawValue: Int64(record.count)), identity: "x")
            event.shape.insert(.inputTokens)
            try intake.stage(event)
        }
    }

    private static func run(_ text: [UInt8], bound: Int = 100, pieceBytes: Int = .max) -> TranscriptRun {
        var decoder: any EventDecoder = LineRecords(Objects(), options: DecoderOptions(), lineBytesMax: bound)
        return TranscriptRun(&decoder, text, pieceBytes: pieceBytes, limit: 2)
    }

    private static func run(_ text: String, bound: Int = 100) -> TranscriptRun {
        let run = run(Array(text.utf8), bound: bound)
        for size in [1, 2, 3, 7] {
            #expect(Self.run(Array(text.utf8), bound: bound, pieceBytes: size) == run)
        }
        return run
    }

    private static func isBeginning(_ bytes: [UInt8]) -> Bool { UTF8Sequence.isBeginning(bytes.span) }

    @Test func `blank lines, CRLF and one byte order mark are no events and no errors`() {
        let run = Self.run("\u{feff}{}\r\n\r\n \t\n{}\n\n")
        #expect(run.events.count == 2 && run.rejections.isEmpty && run.linesRead == 5)
        #expect(Self.run("").linesRead == 0)
        #expect(Self.run("\u{feff}").rejections.isEmpty)
        #expect(Self.run("\u{feff}\u{feff}{}\n").rejections.map(\.reason) == [.malformedJSON])
    }

    @Test func `a refused record has its line and its reason, and none of its bytes`() {
        let run = Self.run("{}\n{\"no\":1}\n{}\n")
        #expect(run.events.count == 2)
        #expect(run.rejections.map(\.line) == [2] && run.rejections.map(\.reason) == [.missingField])
        #expect(run.rejections.map(\.bytes) == [[]] && run.rejections.map(\.isTruncated) == [true])
    }

    @Test func `a last line without LF is read when the input ends, if it is whole`() {
        let text = Array("{}\n{\"a\":\"é\"}".utf8)
        for cut in 3...text.count {
            let run = Self.run(Array(text[..<cut]))
            let isWhole = cut == text.count || cut == 3
            #expect(run.events.count == (cut == text.count ? 2 : 1) && run.rejections.isEmpty)
            #expect(run.unfinishedLines == (isWhole ? 0 : 1) && run.left == (isWhole ? 0 : cut - 3))
        }
    }

    @Test(arguments: ["{}x", "{\"a\":tru]", "nonsense", "{\"a\":\"\u{1}", "{\"no\":1}"])
    func `a last line without LF that no more bytes would mend is rejected`(line: String) {
        let run = Self.run("{}\n" + line)
        #expect(run.events.count == 1 && run.rejections.map(\.line) == [2] && run.unfinishedLines == 0)
    }

    @Test func `bytes that are the beginning of a character are told from those of none`() {
        for scalar in [Unicode.Scalar("é"), "語", "😀", "\u{800}", "\u{d7ff}", "\u{10000}", "\u{10ffff}"] {
            let bytes = Array(String(scalar).utf8)
            for length in 1..<bytes.count {
                #expect(Self.isBeginning(Array(bytes[..<length])))
            }
            #expect(!Self.isBeginning(bytes))
        }
        for bytes in [[0x80], [0xc0], [0xf5], [0xe0, 0x80], [0xed, 0xa0], [0xf4, 0x90], [0x41]] as [[UInt8]] {
            #expect(!Self.isBeginning(bytes), "\(bytes)")
        }
    }

    @Test func `a line beyond the bound is rejected and skipped, not held`() {
        let long = "{\"a\":\"\(String(repeating: "x", count: 200))\"}"
        let run = Self.run("{}\n\(long)\n{}\n")
        #expect(run.events.count == 2 && run.rejections.map(\.reason) == [.tooLong])
        #expect(run.rejections.map(\.line) == [2] && run.linesRead == 3)
        let exact = "{\"a\":\"\(String(repeating: "x", count: 92))\"}"
        #expect(Self.run("\(exact)\n").events.count == 1 && Self.run("\(exact) \n").events.isEmpty)
        let cut = Self.run("{}\n\(long.dropLast(2))")
        #expect(cut.rejections.map(\.reason) == [.tooLong] && cut.unfinishedLines == 0 && cut.left == 0)

        var decoder = LineRecords(Objects(), options: DecoderOptions(), lineBytesMax: 100)
        var batch = EventBatch()
        var symbols = Symbols()
        let part = [UInt8](repeating: 0x61, count: 101)
        for _ in 0..<3 {
            let progress = decoder.decode(
                part.span, isFinal: false, into: &batch, symbols: &symbols, limit: 10)
            #expect(progress == DecodeProgress(consumed: 101, stop: .needsInput))
        }
    }

    @Test func `many rejections are handed over in pieces`() {
        var decoder: any EventDecoder = LineRecords(Objects(), options: DecoderOptions())
        var batch = EventBatch()
        var symbols = Symbols()
        let text = Array(String(repeating: "{\n", count: 3_000).utf8)
        let progress = decoder.decode(text.span, isFinal: true, into: &batch, symbols: &symbols, limit: 10)
        #expect(progress.stop == .rejectionsFull && decoder.rejections.count == 1_024)
        #expect(progress.consumed == 2_048)
    }
}
