import Testing
import UsageEvents

/// What `StateWriter` writes, `StateReader` reads; of other bytes it takes nothing for granted.
@Suite struct StateBytesTests {
    @Test func `every kind of value comes back`() throws {
        let numbers: [UInt64] = [0, 1, 127, 128, 300, 1 << 32, .max >> 1, .max]
        let signed: [Int64] = [0, -1, 1, 63, -64, 64, .min, .max]
        var w = StateWriter()
        for n in numbers { w.unsigned(n) }
        for n in signed { w.signed(n) }
        for n in [Int32.min, 0, .max] { w.signed(n) }
        for x in [0, -0.0, 1.5, Double.leastNonzeroMagnitude] { w.double(x) }
        w.float(-3.25)
        w.flag(true)
        w.byte(200)
        w.text("")
        w.text("é\0x")
        w.optionalText(nil)
        w.optionalText("a")
        w.hash(Hash128(high: 1, low: .max))
        w.count(7)
        var r = StateReader(w.bytes)
        for n in numbers { #expect(try r.unsigned() == n) }
        for n in signed { #expect(try r.signed() == n) }
        for n in [Int32.min, 0, .max] { #expect(try r.signed32() == n) }
        for x in [0, -0.0, 1.5, Double.leastNonzeroMagnitude] {
            #expect(try r.double().bitPattern == x.bitPattern)
        }
        #expect(try r.float() == -3.25)
        #expect(try r.flag())
        #expect(try r.byte() == 200)
        #expect(try r.text() == "")
        #expect(try r.text() == "é\0x")
        #expect(try r.optionalText() == nil)
        #expect(try r.optionalText() == "a")
        #expect(try r.hash() == Hash128(high: 1, low: .max))
        #expect(throws: StateFault.self) { try r.count() }
        try r.end()
    }

    @Test func `bytes that no writer writes are refused`() {
        func refuses(_ bytes: [UInt8], _ body: (inout StateReader) throws -> Void) -> Bool {
            var reader = StateReader(bytes)
            do { try body(&reader) } catch is StateFault { return true } catch {}
            return false
        }
        let unsigned: (inout StateReader) throws -> Void = { _ = try $0.unsigned() }
        for bytes: [UInt8] in [
            [], [0x80], [0x80, 0], [0xff, 0x80, 0], [UInt8](repeating: 0xff, count: 10),
            [UInt8](repeating: 0xff, count: 9) + [2], [UInt8](repeating: 0x80, count: 30),
        ] {
            #expect(refuses(bytes, unsigned), "\(bytes)")
        }
        #expect(!refuses([UInt8](repeating: 0xff, count: 9) + [1], unsigned))
        #expect(refuses([0x80, 0x80, 0x80, 0x80, 0x10]) { _ = try $0.unsigned32() })
        #expect(refuses([2]) { _ = try $0.flag() })
        #expect(refuses([0, 0, 0xc0, 0x7f]) { _ = try $0.float() })
        #expect(refuses([3, 0x61, 0xff, 0x61]) { _ = try $0.text() })
        #expect(refuses([4, 0x61]) { _ = try $0.text() })
        #expect(refuses([2, 0, 0, 0]) { _ = try $0.count(eachAtLeast: 2) })
        #expect(refuses([0]) { try $0.end() })
    }

    @Test func `symbols are written in the order of their texts, whatever their numbers`() throws {
        let names = ["b", "a", "aaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaa", "a\0", "ä", "aaaaaaaab", "z"]
        var written: [[UInt8]] = []
        for order in [names, names.reversed(), ["x", "y"] + names.sorted()] {
            var table = SymbolTable()
            for name in order { _ = table.intern(name) }
            var codes = SymbolCodes()
            for name in names { codes.insert(try #require(table.find(name))) }
            codes.insert(0)
            var w = StateWriter()
            codes.write(table, into: &w)
            #expect(codes[0] == 0)
            written.append(w.bytes)
            var r = StateReader(w.bytes)
            var other = SymbolTable()
            _ = other.intern("other")
            let numbers = try SymbolNumbers(&r, into: &other)
            #expect(numbers.count == names.count + 1)
            for name in names {
                let code = codes[try #require(table.find(name))]
                #expect(other.text(of: try numbers[code]) == name)
            }
            #expect(throws: StateFault.self) { try numbers[UInt32(names.count + 1)] }
        }
        #expect(written[0] == written[1] && written[0] == written[2])
    }
}
