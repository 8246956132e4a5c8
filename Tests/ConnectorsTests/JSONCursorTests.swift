import Testing
import UsageEvents

@testable import Connectors

/// The pull reader against the plain one, and against the values that a text was made of.
@Suite struct JSONCursorTests {
    /// A JSON value as a test makes and compares it.
    indirect enum Tree: Hashable {
        case object([Member]), array([Tree]), text([UInt8]), number([UInt8]), bool(Bool), null

        struct Member: Hashable {
            var key: [UInt8]
            var value: Tree
        }
    }

    // MARK: - Reading

    /// Reads the value before which a cursor stands, member by member.
    static func read(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(Refusal) -> Tree {
        switch try cursor.kind(bytes) {
        case .object:
            var members: [Tree.Member] = []
            try cursor.enterObject(bytes)
            while let key = try cursor.nextKey(bytes) {
                var reader = JSONReader(at: key.range.lowerBound - 1)
                let text = try reader.string(bytes, keepText: true)
                members.append(Tree.Member(key: text, value: try read(&cursor, bytes)))
            }
            return .object(members)
        case .array:
            var elements: [Tree] = []
            try cursor.enterArray(bytes)
            while try cursor.nextElement(bytes) { elements.append(try read(&cursor, bytes)) }
            return .array(elements)
        case .string: return .text(try cursor.text(bytes))
        case .number:
            let range = try cursor.number(bytes)
            return .number([UInt8](copying: bytes.extracting(range)))
        case .bool: return .bool(try cursor.bool(bytes))
        case .null:
            try cursor.skip(bytes)
            return .null
        }
    }

    private static func walked(_ bytes: [UInt8]) throws(Refusal) -> Tree {
        var cursor = JSONCursor()
        let tree = try read(&cursor, bytes.span)
        try cursor.end(bytes.span)
        return tree
    }

    private static func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
        do throws(Refusal) {
            try body()
            return nil
        } catch { return error }
    }

    private static func skipping(_ bytes: [UInt8]) -> Refusal? {
        refusal { () throws(Refusal) in
            var cursor = JSONCursor()
            try cursor.skip(bytes.span)
            try cursor.end(bytes.span)
        }
    }

    private static func plainly(_ bytes: [UInt8]) -> Refusal? {
        refusal { () throws(Refusal) in
            var reader = JSONReader()
            reader.skipWhitespace(bytes.span)
            _ = try reader.value(bytes.span, depth: 0, keepText: false)
            reader.skipWhitespace(bytes.span)
            if !reader.isAtEnd(bytes.span) { throw reader.unexpected(bytes.span, wanted: "the end") }
        }
    }

    /// The text with every escape of a surrogate replaced by one of an ordinary character.
    private static func withoutSurrogates(_ bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        for i in out.indices.dropLast(3) where out[i] == UInt8(ascii: "\\") && out[i + 1] == UInt8(ascii: "u")
        {
            if out[i + 2] | 0x20 == UInt8(ascii: "d"), out[i + 3] >= UInt8(ascii: "8") {
                out[i + 2] = UInt8(ascii: "e")
            }
        }
        return out
    }

    // MARK: - Tests

    @Test func `every value comes back as it was made, however it is spelled`() throws {
        var texts = RandomJSON(seed: 11)
        for _ in 0..<3_000 {
            let tree = texts.tree(depth: 5)
            let bytes = texts.spelled(tree)
            #expect(try Self.walked(bytes) == tree, "\(String(decoding: bytes, as: UTF8.self))")
            #expect(Self.skipping(bytes) == nil)
        }
    }

    @Test func `what is skipped is accepted and refused as by the plain reader, for the same reason`() {
        var texts = RandomJSON(seed: 12)
        var refused = 0
        for _ in 0..<60_000 {
            var bytes = texts.spelled(texts.tree(depth: 4))
            texts.damage(&bytes)
            let expected = Self.plainly(Self.withoutSurrogates(bytes))
            let found = Self.skipping(bytes)
            #expect(found?.reason == expected?.reason, "\(String(decoding: bytes, as: UTF8.self))")
            if found != nil { refused += 1 }
        }
        #expect(refused > 10_000 && refused < 55_000)
    }

    @Test func `what is read is refused like what the plain reader refuses, half a surrogate pair too`() {
        var texts = RandomJSON(seed: 13)
        for _ in 0..<30_000 {
            var bytes = texts.spelled(texts.tree(depth: 4))
            texts.damage(&bytes)
            let found = Self.refusal { () throws(Refusal) in _ = try Self.walked(bytes) }
            let expected = Self.plainly(bytes)
            #expect((found == nil) == (expected == nil), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test func `half a surrogate pair is skipped, and refused where it is read`() throws {
        let bytes = Array(#"{"skipped":"cut \ud83d","read":"\ud83d"}"#.utf8)
        #expect(Self.skipping(bytes) == nil)
        #expect(throws: Refusal.self) { try Self.walked(bytes) }
    }

    @Test func `a record that is cut short is found out at its end, wherever it is cut`() {
        let whole = Array(#"{"a":[1.5e3,true,null,"t\u00e9é\n"],"b":{"c":-0}}"#.utf8)
        for cut in 0..<whole.count {
            let part = Array(whole[..<cut])
            var cursor = JSONCursor()
            #expect(throws: Refusal.self) { try cursor.skip(part.span) }
            // A character that is cut through is found at its first byte.
            #expect(cursor.at == cut || (cursor.at == cut - 1 && part[cursor.at] >= 0x80))
        }
    }

    @Test func `values nested deeper than the bound are refused, read or skipped`() {
        let most = Limits.jsonDepthMax
        for depth in [most - 1, most, most + 1, most + 100] {
            let bytes = [UInt8](repeating: 0x5b, count: depth) + [UInt8](repeating: 0x5d, count: depth)
            let expected: RejectionReason? = depth > most ? .tooDeep : nil
            #expect(Self.skipping(bytes)?.reason == expected)
            #expect(Self.refusal { () throws(Refusal) in _ = try Self.walked(bytes) }?.reason == expected)
        }
        let half = String(repeating: "[", count: most / 2)
        let inside = Array("{\"a\":\(half)\(half)".utf8)
        var cursor = JSONCursor()
        #expect(
            Self.refusal { () throws(Refusal) in
                try cursor.enterObject(inside.span)
                _ = try cursor.nextKey(inside.span)
                try cursor.skip(inside.span)
            }?.reason == .tooDeep)
    }

    @Test func `keys are found by their text, escaped or not`() throws {
        enum Key: String, CaseIterable { case type, sessionID = "sessionId", empty = "" }
        let keys = JSONKeys<Key>()
        let bytes = Array(#"{"type":1,"\u0074ype":2,"session\u0049d":3,"":4,"types":5,"\ud800":6}"#.utf8)
        var cursor = JSONCursor()
        var found: [Key?] = []
        try cursor.enterObject(bytes.span)
        while let key = try cursor.nextKey(bytes.span) {
            found.append(keys.find(key, in: bytes.span))
            try cursor.skip(bytes.span)
        }
        try cursor.end(bytes.span)
        #expect(found == [.type, .type, .sessionID, .empty, nil, nil])
    }

    @Test func `a value of another kind than the wanted one is named in the message`() {
        let bytes = Array(#"{"n":"seven"}"#.utf8)
        var cursor = JSONCursor()
        let refusal = Self.refusal { () throws(Refusal) in
            try cursor.enterObject(bytes.span)
            _ = try cursor.nextKey(bytes.span)
            _ = try cursor.number(bytes.span)
        }
        #expect(refusal?.detail == "found '\"' at byte 5, a number is wanted")
    }

    @Test(arguments: 0..<40)
    func `a byte is found where it stands first`(count: Int) {
        for needle in [UInt8(0), 0x0a, 0x7f, 0x80, 0xff] {
            var bytes = [UInt8](repeating: needle ^ 1, count: count)
            for at in 0...count {
                if at < count { bytes[at] = needle }
                for from in 0...count {
                    #expect(
                        bytes.span.firstIndex(of: needle, from: from)
                            == bytes[from...].firstIndex(of: needle))
                }
                if at < count { bytes[at] = needle ^ 0x81 }
            }
        }
    }
}
