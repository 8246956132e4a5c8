import Testing
import TidemarkTestKit
import UsageEvents

/// Interning against a dictionary.
@Suite struct SymbolTableTests {
    @Test func `texts get numbers in order of first appearance and keep them`() {
        var table = SymbolTable()
        var random = SplitMix64(seed: 1)
        var known: [[UInt8]: UInt32] = [:]
        for _ in 0..<20_000 {
            // Lengths around the word size, few letters: near misses abound.
            let text = (0..<random.below(20)).map { _ in UInt8(97 + random.below(3)) }
            let expected = text.isEmpty ? 0 : known[text] ?? UInt32(known.count + 1)
            #expect(table.find(text.span) == (text.isEmpty ? 0 : known[text]))
            #expect(table.intern(text.span) == expected)
            if !text.isEmpty { known[text] = expected }
        }
        #expect(table.count == known.count + 1)
        for (text, symbol) in known { #expect(Array(table.utf8(of: symbol)) == text) }
    }

    @Test func `number 0 is the empty text and null`() {
        var table = SymbolTable()
        #expect(table.intern("") == SymbolTable.null)
        #expect(table.optionalText(of: 0) == nil && table.text(of: 0).isEmpty && table.utf8(of: 0).isEmpty)
        #expect(table.intern("a") == 1 && table.optionalText(of: 1) == "a")
        #expect(table.find("b") == nil)
        #expect(table.intern("a\u{0}") == 2 && table.intern("a\u{0}\u{0}") == 3)
    }

    @Test func `the hash of four words is the hash of the text`() {
        let table = SymbolTable()
        for length in 0..<32 {
            let text = (0..<length).map { UInt8($0 + 1) }
            func word(_ start: Int) -> UInt64 {
                text.enumerated().filter { $0.offset >= start && $0.offset < start + 8 }
                    .reduce(0) { $0 | UInt64($1.element) << (8 * ($1.offset - start)) }
            }
            #expect(table.hasher.hash(word(0), word(8), word(16), word(24)) == table.hasher.of(text.span))
        }
    }

    /// Labels of a table, one after the other in one text, with their hashes or with one for all.
    private struct Labels {
        var text: [UInt8] = []
        var labels: [LabelText] = []

        mutating func add(_ label: [UInt8], hash: UInt64) {
            labels.append(
                LabelText(start: UInt32(text.count), length: UInt32(label.count), hash: hash))
            text += label
        }

        /// Where the first one stands that the table has not, and the numbers of those before it.
        func found(in table: SymbolTable, from first: Int = 0) -> (end: Int, numbers: [UInt32]) {
            let padded = text + [UInt8](repeating: 0x22, count: LabelText.padding)
            var numbers: [UInt32] = []
            var end = 0
            numbers.append(addingCapacity: labels.count) { space in
                for _ in labels.indices { space.append(.max) }
                var room = space.mutableSpan
                end = table.find(labels.span, from: first, in: padded.span, into: &room)
            }
            return (end, numbers)
        }
    }

    @Test func `many labels are looked up like one`() {
        var random = SplitMix64(seed: 3)
        func text(_ most: Int) -> [UInt8] {
            (0..<random.below(most)).map { _ in UInt8(97 + random.below(2)) }
        }
        var table = SymbolTable()
        for _ in 0..<2_000 {
            let known = text(70)
            _ = table.intern(known.span)
        }
        for round in 0..<200 {
            var labels = Labels()
            var expected: [UInt32?] = []
            for _ in 0..<40 {
                let label = text(round % 2 == 0 ? 8 : 70)
                let hash = table.hasher.of(label.span)
                labels.add(label, hash: label.isEmpty ? 0 : hash)
                expected.append(table.find(label.span))
            }
            var at = 0
            while at < expected.count {
                let result = labels.found(in: table, from: at)
                let end = expected[at...].firstIndex { $0 == nil } ?? expected.count
                #expect(result.end == end)
                let wanted = expected[at..<end].compactMap { $0 }
                #expect(Array(result.numbers[at..<end]) == wanted)
                at = end + 1
            }
        }
    }

    @Test func `what follows a label does not count, and each byte of it does`() {
        var random = SplitMix64(seed: 8)
        var table = SymbolTable()
        for length in 1..<100 {
            let text = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            // All under one hash: only the comparison can tell them apart.
            let hash = table.hasher.of(text.span)
            let symbol = table.intern(text.span, hash: hash)
            var labels = Labels()
            labels.add(text, hash: hash)
            labels.add(text, hash: hash)
            #expect(labels.found(in: table).numbers == [symbol, symbol])
            for k in 0..<length {
                var other = text
                other[k] ^= 1
                var changed = Labels()
                changed.add(other, hash: hash)
                #expect(changed.found(in: table).end == 0)
                let number = table.intern(other.span, hash: hash)
                #expect(number != symbol && Array(table.utf8(of: number)) == other)
            }
            #expect(labels.found(in: table).numbers == [symbol, symbol])
        }
    }

    @Test func `two tables number alike whatever their seeds`() {
        var a = SymbolTable()
        var b = SymbolTable()
        for i in 0..<500 { #expect(a.intern("x\(i * 7 % 400)") == b.intern("x\(i * 7 % 400)")) }
    }
}
