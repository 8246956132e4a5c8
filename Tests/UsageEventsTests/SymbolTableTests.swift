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

    @Test func `a hash that was fed two words at a time is the hash of the text`() {
        var table = SymbolTable()
        for length in 0..<70 {
            let text = (0..<length).map { UInt8($0 + 1) }
            func word(_ start: Int) -> UInt64 {
                text.enumerated().filter { $0.offset >= start && $0.offset < start + 8 }
                    .reduce(0) { $0 | UInt64($1.element) << (8 * ($1.offset - start)) }
            }
            var hash = table.hasher
            for start in stride(from: 0, through: length, by: 16) { hash.feed(word(start), word(start + 8)) }
            #expect(hash.finish(length: length) == table.hasher.of(text.span))
            #expect(table.intern(text.span, hash: hash.finish(length: length)) == table.intern(text.span))
        }
    }

    @Test func `what follows a text does not count, and each byte of it does`() {
        var random = SplitMix64(seed: 8)
        var table = SymbolTable()
        for length in 1..<70 {
            let text = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            func number(_ text: [UInt8], _ hash: UInt64) -> UInt32 {
                let behind = (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                return table.intern(padded: (text + behind).span, length: length, hash: hash)
            }
            // All under one hash: only the comparison can tell them apart.
            let hash = table.hasher.of(text.span)
            let symbol = number(text, hash)
            #expect(Array(table.utf8(of: symbol)) == text)
            for k in 0..<length {
                var other = text
                other[k] ^= 1
                let changed = number(other, hash)
                #expect(changed != symbol && Array(table.utf8(of: changed)) == other)
            }
            #expect(number(text, hash) == symbol)
            _ = table.touch(hash)
        }
    }

    @Test func `two tables number alike whatever their seeds`() {
        var a = SymbolTable()
        var b = SymbolTable()
        for i in 0..<500 { #expect(a.intern("x\(i * 7 % 400)") == b.intern("x\(i * 7 % 400)")) }
    }
}
