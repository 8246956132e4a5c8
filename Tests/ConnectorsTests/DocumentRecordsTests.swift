import Testing
import UsageEvents

@testable import Connectors

/// JSON documents as records: what is one, where it begins, and what a fault costs.
@Suite struct DocumentRecordsTests {
    /// Notes what it is given: a record `{"n":1}` becomes an event with one input token, and so on.
    private struct Counter: DocumentReader {
        static let listKeys = [Array("items".utf8), Array("more".utf8)]
        private var trace: [String] = []

        mutating func beginDocument() { trace = [] }

        mutating func note(_ key: Span<UInt8>, _ value: Span<UInt8>) {
            trace.append(text(key) + "=" + text(value))
        }

        mutating func beginList() { trace.append("list") }

        mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
            var cursor = JSONCursor()
            var count: Int64?
            try cursor.enterObject(record)
            while let key = try cursor.nextKey(record) {
                if text(record.extracting(key.range)) == "n" {
                    count = try cursor.tokens(record, .inputTokens, key: "n")
                } else {
                    try cursor.skip(record)
                }
            }
            try cursor.end(record)
            guard let count else { throw .missing(.inputTokens, "n is wanted") }
            var event = UsageEvent(ts: Timestamp(rawValue: 0), identity: "x")
            event.inputTokens = count
            event.shape.insert(.inputTokens)
            event.sessionID = trace.isEmpty ? nil : trace.joined(separator: " ")
            try intake.stage(event)
        }

        private func text(_ bytes: Span<UInt8>) -> String {
            String(decoding: [UInt8](copying: bytes), as: UTF8.self)
        }
    }

    private func run(
        _ text: String, pieceBytes: Int = .max, limit: Int = 1_000,
        recordBytesMax: Int = Limits.recordBytesMax
    ) -> TranscriptRun {
        var decoder: any EventDecoder = DocumentRecords(
            Counter(), options: DecoderOptions(), recordBytesMax: recordBytesMax)
        return TranscriptRun(&decoder, Array(text.utf8), pieceBytes: pieceBytes, limit: limit)
    }

    /// The same for any pieces: the counts, and the lines of the rejections with their reasons.
    private func check(
        _ text: String, _ counts: [Int64], _ rejected: [String] = [],
        recordBytesMax: Int = Limits.recordBytesMax,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let whole = run(text, recordBytesMax: recordBytesMax)
        #expect(whole.events.map(\.inputTokens) == counts, sourceLocation: sourceLocation)
        #expect(
            whole.rejections.map { "\($0.line) \($0.reason.rawValue)" } == rejected,
            sourceLocation: sourceLocation)
        for pieceBytes in [1, 2, 3, 7, 64] {
            let pieces = run(text, pieceBytes: pieceBytes, limit: 1, recordBytesMax: recordBytesMax)
            #expect(pieces == whole, "\(pieceBytes)", sourceLocation: sourceLocation)
        }
    }

    @Test func `records are objects one after another, elements of lists and of lists in objects`() {
        check("{\"n\":1}", [1])
        check("{\"n\":1}\n{\"n\":2}\r\n\n  {\"n\":3}{\"n\":4}\n", [1, 2, 3, 4])
        check("\u{feff}[{\"n\":1},{\"n\":2}]", [1, 2])
        check("[]\n[ ]{\"items\":[]}", [])
        check("{\"a\":{\"items\":[{\"n\":9}]},\"items\" : [ {\"n\":1} , {\"n\":2} ] , \"b\":null}", [1, 2])
        check(
            "{\"items\":[{\"n\":1}],\"more\":[{\"n\":2}],\"z\":[{\"n\":3}]} [{\"n\":4}] {\"n\":5}",
            [1, 2, 4, 5])
        check("", [])
        check(" \n\n", [])
        check("\u{feff}", [])
    }

    @Test func `the same records as lines, as a list and as a page give the same events`() {
        var random = SplitMix64(seed: 16)
        let values = [
            "1", "-0.5e3", "true", "null", "\"\"", "\"a\\\"]}\"", "\"\\\\\"", "\"{[\"", "[]", "{}",
            "[[{\"items\":[1]}]]",
            "{\"n\":[2,{\"n\":3}]}", "\"\\u005d\u{e9}\u{1f600}\"", "[\"items\",[\"x\"]]",
        ]
        for _ in 0..<300 {
            let records = (0..<1 + random.below(5)).map { _ in
                var members = (0..<random.below(4)).map { "\"k\($0)\":" + values[random.below(values.count)] }
                members.insert("\"n\":\(random.below(1_000))", at: random.below(members.count + 1))
                return "{" + members.joined(separator: [",", " ,\n ", ", "][random.below(3)]) + "}"
            }
            let lines = run(records.joined(separator: "\n"))
            let list = run("[" + records.joined(separator: ",") + "]", pieceBytes: 1 + random.below(40))
            let page = run(
                "{\"a\":\(values[random.below(values.count)]),\"items\":[\(records.joined(separator: ","))]}",
                pieceBytes: 1 + random.below(40))
            #expect(lines.rejections.isEmpty && list.rejections.isEmpty && page.rejections.isEmpty)
            #expect(lines.events.count == records.count)
            #expect(list.events.map(\.inputTokens) == lines.events.map(\.inputTokens))
            #expect(page.events.map(\.inputTokens) == lines.events.map(\.inputTokens))
        }
    }

    @Test func `an object whose list key holds no list is a record`() {
        check("{\"items\":{\"n\":1},\"n\":2}", [2])
        check("{\"n\":2,\"items\":\"[\"}", [2])
        check("{\"n\":2,\"text\":\"\\\"items\\\":[\",\"x\\\"items\":[1]}", [2])
    }

    @Test func `what stands beside a list is offered with it`() {
        let text = """
            {"page": 1, "of": {"items": [0]}, "items": [{"n":1}], "end": "x\\"y", "more": [{"n":2}], "z": 4}
            """
        let sessions = run(text).events.map(\.sessionID)
        #expect(
            sessions == [
                "page=1 of={\"items\": [0]} list", "page=1 of={\"items\": [0]} list end=\"x\\\"y\" list",
            ])
        check(text, [1, 2])
        #expect(run("[{\"n\":1}]").events.map(\.sessionID) == ["list"])
        #expect(run("{\"n\":1}").events.map(\.sessionID) == [nil])
    }

    @Test func `a record that is wrong by itself is rejected alone`() {
        check(
            "[{\"n\":1},{\"n\":9,\"m\":tru},{\"m\":1},{\"n\":2}]", [1, 2],
            ["1 malformed_json", "1 missing_field"])
        check(
            "[1,\n\"a\",\n[{\"n\":5}],\ntrue,null,{\"n\":2}]", [2],
            [
                "1 not_an_object", "2 not_an_object", "3 not_an_object", "4 not_an_object", "4 not_an_object",
            ])
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        check("{\"a\":\(deep)}\n{\"n\":2}", [2], ["1 too_deep"])
    }

    @Test func `a line that is cut costs itself, wherever it is cut`() {
        let line = "{\"n\":7,\"s\":\"a{b\",\"t\":[1,{\"u\":true}]}"
        for length in 1..<line.utf8.count {
            let cut = String(decoding: Array(line.utf8.prefix(length)), as: UTF8.self)
            let result = run("{\"n\":1}\n\(cut)\n{\"n\":2}\n{\"n\":3}\n")
            // Behind a colon or in a list the next line could belong to it, and goes with it.
            let counts = result.events.map(\.inputTokens)
            #expect(counts == [1, 2, 3] || counts == [1, 3], "\(cut)")
            #expect(result.rejections.map(\.line) == [2], "\(cut)")
            check(
                "{\"n\":1}\n\(cut)\n{\"n\":2}\n{\"n\":3}\n", counts,
                result.rejections.map {
                    "\($0.line) \($0.reason.rawValue)"
                })
        }
    }

    @Test func `behind a fault the next line that begins with a bracket is read as a document`() {
        check(
            "[\n{\"n\":1},\n{\"n\":2 \"\n{\"n\":3},\n{\"n\":4}\n]\n{\"n\":5}", [1, 3, 4, 5],
            ["3 malformed_json"])
        check("{\"items\":[{\"n\":1},{\"n\"\n{\"items\":[{\"n\":2}]}\n", [1, 2], ["1 malformed_json"])
        check("[{\"n\":1} {\"n\":2}]\n{\"n\":3}", [1, 3], ["1 malformed_json"])
        check("[{\"n\":1},]\n{\"n\":3}", [1, 3], ["1 malformed_json"])
        check("oops\n{\"n\":1}\n", [1], ["1 malformed_json"])
        check("{\"n\":1},{\"n\":2}\n", [1], ["1 malformed_json"])
        check("[{\"n\":1}}, {\"n\":2}]", [1], ["1 malformed_json"])
        check("{\"items\":[{\"n\":1}] \"x\":1}\n{\"n\":2}", [1, 2], ["1 malformed_json"])
        check("{\"items\":[{\"n\":1}],x:1}\n{\"n\":2}", [1, 2], ["1 malformed_json"])
        check("{\"items\":[{\"n\":1}],\"x\":tru}\n{\"n\":2}", [1, 2], ["1 malformed_json"])
        check("{\"x\":tru,\"items\":[{\"n\":1}]}\n{\"n\":2}", [2], ["1 malformed_json"])
    }

    @Test func `an input that ends in the middle says so`() {
        for text in [
            "[{\"n\":1}", "[{\"n\":1},", "[{\"n\":1},{\"n\":", "{\"items\":[{\"n\":1}]",
            "{\"items\":[{\"n\":1}],\"a",
            "{\"items\":[{\"n\":1}],\"a\":", "{\"items\":[{\"n\":1}],\"a\":[", "{\"n\":1}\n{\"n\":2",
            "[{\"n\":1},1",
        ] {
            let result = run(text)
            #expect(result.events.map(\.inputTokens) == [1], "\(text)")
            #expect(
                result.rejections.last?.detail.hasPrefix("the input ends in the middle") == true, "\(text)")
            check(text, [1], result.rejections.map { "\($0.line) \($0.reason.rawValue)" })
        }
    }

    @Test func `the longest record is read, one byte more is not, and what follows is`() {
        func record(_ bytes: Int) -> String {
            "{\"n\":7,\"s\":\"" + String(repeating: "a\n".replacing("\n", with: "]"), count: (bytes - 14) / 2)
                + (bytes.isMultiple(of: 2) ? "\"}" : "a\"}")
        }
        #expect(record(100).utf8.count == 100 && record(101).utf8.count == 101)
        check("[{\"n\":1},\n\(record(100)),{\"n\":2}]", [1, 7, 2], recordBytesMax: 100)
        check("[{\"n\":1},\n\(record(101)),{\"n\":2}]", [1, 2], ["2 too_long"], recordBytesMax: 100)
        check("\(record(100))\n\(record(500))\n{\"n\":2}", [7, 2], ["2 too_long"], recordBytesMax: 100)
        check("[{\"n\":1},[\(record(500))],{\"n\":2}]", [1, 2], ["1 too_long"], recordBytesMax: 100)
        check(
            "{\"items\":[{\"n\":1}],\"a\":[\(record(500))]}\n{\"n\":2}", [1, 2], ["1 too_long"],
            recordBytesMax: 100)
        check("\(record(500).dropLast(9))\n{\"n\":2}", [2], ["1 too_long"], recordBytesMax: 100)
        check("[{\"n\":1},\(record(500).dropLast(9))", [1], ["1 too_long"], recordBytesMax: 100)
    }

    @Test func `of a long list no more than a record is held`() {
        var decoder = DocumentRecords(Counter(), options: DecoderOptions())
        var batch = EventBatch()
        var symbols = Symbols()
        var held = Array("{\"items\":[".utf8)
        let record = Array("{\"n\":1,\"s\":\"\(String(repeating: "x", count: 5_000))\"},".utf8)
        for _ in 0..<2_000 {
            held += record
            let progress = decoder.decode(
                held.span, isFinal: false, into: &batch, symbols: &symbols, limit: 10_000)
            held.removeFirst(progress.consumed)
            #expect(held.count < 10)
        }
        #expect(decoder.accepted == 2_000)
    }

    @Test func `many rejections stop the decoder so that the caller can drain them`() {
        let text = Array(("[" + String(repeating: "1,", count: 3_000) + "{\"n\":1}]").utf8)
        var decoder = DocumentRecords(Counter(), options: DecoderOptions())
        var batch = EventBatch()
        var symbols = Symbols()
        let progress = decoder.decode(text.span, isFinal: true, into: &batch, symbols: &symbols, limit: 1)
        #expect(progress.stop == .rejectionsFull)
        #expect(decoder.rejections.count == NDJSONDecoder.rejectionsPerCall)
        #expect(run(String(decoding: text, as: UTF8.self)).rejections.count == 3_000)
    }
}
