import Testing
import UsageEvents

@testable import Connectors

/// Rows of a CSV as a stream: cells against a naive reading, faults that cost one line, bounds.
@Suite struct TableRecordsTests {
    /// Takes down what it is given: the cells of each row as text.
    private struct Recorder: RowReader {
        static let keepsRejected = true
        private var header: [String] = []

        mutating func begin(_ header: TableHeader) throws(Refusal) { self.header = header.names }

        mutating func read(
            _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
        ) throws(Refusal) {
            var texts: [String] = []
            for index in 0..<cells.count {
                let bytes = cells.withText(of: index, in: row) { [UInt8](copying: $0) }
                texts.append(String(decoding: bytes, as: UTF8.self))
            }
            var event = UsageEvent(ts: Timestamp(rawValue: 1), identity: texts.joined(separator: "|"))
            event.origin = header.joined(separator: "|")
            event.shape.insert(.costUSD)
            try intake.stage(event)
        }
    }

    private func run(_ bytes: [UInt8], pieceBytes: Int = .max) -> TranscriptRun {
        var decoder: any EventDecoder = TableRecords(Recorder(), options: DecoderOptions())
        return TranscriptRun(&decoder, bytes, pieceBytes: pieceBytes)
    }

    private func rows(_ text: String) -> [String] { run(Array(text.utf8)).events.map(\.identity) }

    @Test func `quotes, doubled quotes, separators and line ends inside quotes`() {
        #expect(rows("a,b\n\"1\",\"2\"\n") == ["1|2"])
        #expect(rows("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n") == ["x,y|say \"hi\""])
        #expect(rows("a,b\n\"over\r\ntwo\",\"\"\"\"\n,\n") == ["over\r\ntwo|\"", "|"])
        #expect(rows("a,b\n1,in \"the\" middle\n") == ["1|in \"the\" middle"])
        #expect(rows("a,b\n  1 , \t2\t\n") == ["1|2"])
    }

    @Test func `line ends, blank lines, a byte order mark and copies of the header`() {
        #expect(rows("a,b\r\n1,2\r\n\r\n  \n3,4") == ["1|2", "3|4"])
        #expect(rows("\u{feff}\n\na,b\n1,\"2\"") == ["1|2"])
        #expect(rows("a\n1\n\n2\r") == ["1", "2"])
        #expect(rows("").isEmpty && rows("\n\n").isEmpty && rows("a,b").isEmpty && rows("\u{feff}").isEmpty)
        #expect(run(Array("a,b\n\n1,\"2\n\n\"\n3,4".utf8)).linesRead == 6)
    }

    @Test func `the separator is what stands most often outside of quotes in the header`() {
        #expect(rows("a;b\n1,5;2\n") == ["1,5|2"])
        #expect(rows("a\tb\tc\n1\t2,3\t4\n") == ["1|2,3|4"])
        #expect(rows("\"a;b;c\",d\n1,2\n") == ["1|2"])
        #expect(rows("a\n1,2\n").isEmpty)
    }

    @Test func `a fault costs its line, and what follows is read`() {
        let text = "a,b\n1,2\n3\n4,5,6\n\"7\"x,8\n9,\"10\n11,12\n13,14\n"
        let result = run(Array(text.utf8))
        #expect(result.events.map(\.identity) == ["1|2", "11|12", "13|14"])
        #expect(result.rejections.map(\.line) == [3, 4, 5, 6])
        #expect(result.rejections.allSatisfy { $0.reason == .malformedCSV })
        #expect(
            result.rejections.map { String(decoding: $0.bytes, as: UTF8.self) } == [
                "3", "4,5,6", "\"7\"x,8", "9,\"10",
            ])
        #expect(result.rejections.map(\.isTruncated) == [false, false, false, false])
        #expect(result.linesRead == 8)
    }

    @Test func `a header that cannot be read ends the table`() {
        let result = run(Array("a,\"b\n1,2\n3,4\n".utf8))
        #expect(result.events.isEmpty && result.rejections.map(\.line) == [1] && result.linesRead == 3)
        let other = run([0x61, 0xff, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0x32])
        #expect(other.rejections.map(\.reason) == [.invalidUTF8])
    }

    @Test(arguments: [100_000, .max])
    func `a quote that never closes swallows no more than its line`(pieceBytes: Int) {
        var text = "a,b\n1,2\n\"3,4\n"
        let count = Limits.lineBytesMax / 4
        for _ in 0..<count { text += "5,6\n" }
        let result = run(Array(text.utf8), pieceBytes: pieceBytes)
        #expect(result.events.count == 1 + count && result.rejections.map(\.line) == [3])
        #expect(result.rejections.first?.reason == .tooLong)
    }

    @Test(arguments: [100_000, .max], [false, true])
    func `a row beyond the bound is rejected once and not held`(pieceBytes: Int, isQuoted: Bool) {
        let quote = isQuoted ? "\"" : ""
        func text(_ bytes: Int) -> [UInt8] {
            Array("a,b\n1,\(quote)".utf8) + [UInt8](repeating: 0x78, count: bytes - 2 - 2 * quote.utf8.count)
                + Array("\(quote)\n3,4\n".utf8)
        }
        var options = DecoderOptions()
        options.prices = nil
        // The recorder would make a label of it, which is too long for one: only the framing counts here.
        var longest: any EventDecoder = TableRecords(Counter(), options: options)
        #expect(TranscriptRun(&longest, text(Limits.lineBytesMax), pieceBytes: pieceBytes).events.count == 2)
        var longer: any EventDecoder = TableRecords(Counter(), options: options)
        let result = TranscriptRun(&longer, text(Limits.lineBytesMax + 1), pieceBytes: pieceBytes)
        #expect(result.events.count == 1 && result.linesRead == 3)
        #expect(result.rejections.map(\.reason) == [.tooLong] && result.rejections.first?.line == 2)
    }

    private struct Counter: RowReader {
        static let keepsRejected = false
        mutating func begin(_ header: TableHeader) throws(Refusal) {}
        mutating func read(
            _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
        ) throws(Refusal) {
            var event = UsageEvent(ts: Timestamp(rawValue: 1), identity: "x")
            event.shape.insert(.costUSD)
            try intake.stage(event)
        }
    }

    @Test func `20,000 random tables are read as by a naive reader, however they are cut`() {
        var random = SplitMix64(seed: 5)
        let alphabet = Array("ab\"\",,\n\r ".utf8)
        for round in 0..<20_000 {
            var bytes = Array("h,i\n".utf8)
            for _ in 0..<random.below(30) { bytes.append(alphabet[random.below(alphabet.count)]) }
            let whole = run(bytes)
            #expect(
                whole.events.map(\.identity) == Self.naive(bytes), "\(String(decoding: bytes, as: UTF8.self))"
            )
            if round.isMultiple(of: 4) { #expect(run(bytes, pieceBytes: 1 + random.below(9)) == whole) }
        }
    }

    /// Rows of two cells, by a machine that looks at one character after another; what it cannot read costs
    /// the line.
    private static func naive(_ bytes: [UInt8]) -> [String] {
        var rows: [String] = []
        var start = 4
        while start < bytes.count {
            let nextLine = (bytes[start...].firstIndex(of: 0x0a) ?? bytes.count - 1) + 1
            guard let (cells, end) = row(bytes, from: start) else {
                start = nextLine
                continue
            }
            let isBlank = bytes[start..<end].allSatisfy { [0x20, 0x09, 0x0d, 0x0a].contains($0) }
            if cells.count == 2, !isBlank, cells != ["h", "i"] { rows.append(cells.joined(separator: "|")) }
            start = end
        }
        return rows
    }

    private static func row(_ bytes: [UInt8], from start: Int) -> (cells: [String], end: Int)? {
        var cells: [String] = []
        var i = start
        while true {
            var cell: [UInt8] = []
            var isLast = false
            if i < bytes.count, bytes[i] == 0x22 {
                i += 1
                while true {
                    guard i < bytes.count else { return nil }
                    if bytes[i] == 0x22 {
                        i += 1
                        guard i < bytes.count, bytes[i] == 0x22 else { break }
                    }
                    cell.append(bytes[i])
                    i += 1
                }
                let rest = Array(bytes[i...].prefix(2))
                if rest.isEmpty || rest == [0x0d] {
                    (isLast, i) = (true, bytes.count)
                } else if rest[0] == 0x0a {
                    (isLast, i) = (true, i + 1)
                } else if rest == [0x0d, 0x0a] {
                    (isLast, i) = (true, i + 2)
                } else if rest[0] == 0x2c {
                    i += 1
                } else {
                    return nil
                }
            } else {
                while i < bytes.count, bytes[i] != 0x2c, bytes[i] != 0x0a {
                    cell.append(bytes[i])
                    i += 1
                }
                isLast = i >= bytes.count || bytes[i] == 0x0a
                if isLast, cell.last == 0x0d { cell.removeLast() }
                i = min(i + 1, bytes.count)
            }
            while cell.first == 0x20 { cell.removeFirst() }
            while cell.last == 0x20 { cell.removeLast() }
            cells.append(String(decoding: cell, as: UTF8.self))
            if isLast { return (cells, i) }
        }
    }
}
