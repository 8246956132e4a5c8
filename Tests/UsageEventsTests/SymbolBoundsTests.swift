import Testing
import TidemarkTestKit
import UsageEvents

/// Tables that may hold only so much, against the obvious.
@Suite struct SymbolBoundsTests {
    /// What a bounded table has to say, by a dictionary.
    private struct Model {
        let names: Int
        let textBytes: Int
        var numbers: [String: UInt32] = [:]
        var count: UInt32 = 0

        mutating func intern(_ text: String) -> UInt32 {
            if text.isEmpty { return 0 }
            if let number = numbers[text] { return number }
            let kept = numbers.keys.filter { $0 != SymbolTable.otherName }
            let bytes = kept.reduce(0) { $0 + $1.utf8.count } + text.utf8.count
            guard text == SymbolTable.otherName || (kept.count < names && bytes <= textBytes) else {
                return intern(SymbolTable.otherName)
            }
            count += 1
            numbers[text] = count
            return count
        }
    }

    private func text(_ random: inout SplitMix64) -> String {
        if random.below(30) == 0 { return SymbolTable.otherName }
        return "n\(random.below(120))" + String(repeating: "x", count: random.below(3) * random.below(20))
    }

    @Test(arguments: [(1, 4_000), (20, 4_000), (60, 300), (60, 12)])
    func `what does not fit is called other, for good`(names: Int, bytes: Int) {
        var bounds = SymbolBounds(names: names)
        bounds.textBytes = bytes
        var table = SymbolTable(bounds: bounds)
        var model = Model(names: names, textBytes: bytes)
        var random = SplitMix64(seed: UInt64(names + bytes))
        for _ in 0..<3_000 {
            let text = text(&random)
            let number = table.intern(text)
            let expected = model.intern(text)
            #expect(number == expected, "\(text)")
            #expect(table.other == model.numbers[SymbolTable.otherName] ?? 0)
        }
        #expect(table.isFull && table.count <= names + 2 && table.textBytes <= bytes + 7)
        #expect(table.optionalText(of: table.other) == SymbolTable.otherName)
    }

    @Test func `the same texts in any order leave the same room`() {
        let names = ["a", "bb", SymbolTable.otherName, "ccc"]
        for order in [[0, 1, 2, 3], [2, 3, 1, 0], [3, 2, 0, 1]] {
            var table = SymbolTable(bounds: SymbolBounds(names: 3))
            #expect(!table.isFull)
            for i in order { _ = table.intern(names[i]) }
            #expect(table.isFull && table.count == 5)
            let further = table.intern("d")
            #expect(further == table.other && table.count == 5)
        }
    }

    @Test func `a table without a bound keeps every text`() {
        var table = SymbolTable()
        for i in 0..<100_000 {
            let number = table.intern("name-\(i)")
            #expect(number == UInt32(i + 1))
        }
        for i in stride(from: 0, to: 100_000, by: 77) {
            #expect(table.find("name-\(i)") == UInt32(i + 1) && table.text(of: UInt32(i + 1)) == "name-\(i)")
        }
        #expect(!table.isFull && table.other == 0)
    }

    @Test(arguments: 0..<UInt64(6))
    func `names that come by a feed's tables are those that come one by one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bounds = LabelBounds(all: SymbolBounds(names: 9))
        var direct = Symbols(bounds: bounds)
        var folded = Symbols(bounds: bounds)
        var feed = Symbols()
        var translation = SymbolTranslation()
        for _ in 0..<40 {
            if random.below(4) == 0 {
                feed = Symbols()
                translation = SymbolTranslation()
            }
            var read = EventBatch()
            var expected = EventBatch()
            for _ in 0..<random.below(20) {
                // The feed has numbered names of lines that were refused.
                _ = feed.models.intern("refused-\(random.below(50))")
                var event = UsageEvent(ts: Timestamp(rawValue: 1), identity: "i\(random.below(30))")
                event.team = random.below(3) == 0 ? nil : "t\(random.below(30))"
                event.project = random.below(3) == 0 ? "p\(random.below(30))" : nil
                event.tool = "o\(random.below(30))"
                event.model = random.below(5) == 0 ? nil : "m\(random.below(30))"
                event.mcpServer = random.below(2) == 0 ? nil : "s\(random.below(30))"
                read.append(event, symbols: &feed)
                expected.append(event, symbols: &direct)
            }
            translation.translateDetected(&read, from: feed, to: &folded)
            #expect(read.identity == expected.identity && read.team == expected.team)
            #expect(read.tool == expected.tool && read.model == expected.model)
            #expect(read.mcpServer == expected.mcpServer)
            for row in 0..<read.count { #expect(read.project[row] == expected.project[row]) }
        }
        #expect(folded.models.count == direct.models.count && folded.models.isFull)
    }
}
