import Testing
import UsageEvents

@testable import Pipeline

/// What a run remembers of events, beyond its memory.
@Suite struct RememberedEventsTests {
    private static func words(_ n: UInt64) -> [UInt64] {
        (0..<UInt64(PagedRecords.words)).map { n &* 31 &+ $0 }
    }

    private static func same(_ found: Span<UInt64>, _ wanted: [UInt64]) -> Bool {
        wanted.indices.allSatisfy { found[$0] == wanted[$0] }
    }

    /// Random appends, reads and writes, against an array.
    private static func check(_ made: consuming PagedRecords, steps: Int) {
        var records = made
        var model: [[UInt64]] = []
        var random = SplitMix64(seed: 3)
        for step in 0..<UInt64(steps) {
            if model.isEmpty || random.below(3) == 0 {
                records.append()
                model.append([UInt64](repeating: 0, count: PagedRecords.words))
            }
            let at = random.below(4) == 0 ? random.below(model.count) : model.count - 1
            if random.below(2) == 0 {
                model[at] = words(step)
                records.write(at, model[at])
            }
            let other = random.below(model.count)
            let isSame = records.read(other) { same($0, model[other]) }
            #expect(isSame)
        }
        for at in model.indices {
            let isSame = records.read(at) { same($0, model[at]) }
            #expect(isSame)
        }
        let (count, hasFailed) = (records.count, records.hasFailed)
        #expect(count == model.count && !hasFailed)
    }

    @Test func `records in few pages of memory and a file are those of an array`() {
        for (frames, page) in [(1, 1), (2, 3), (5, 8), (2_048, 128)] {
            Self.check(PagedRecords(framesMax: frames, pageRecords: page), steps: 3_000)
        }
    }

    @Test func `where no file can be made, everything stays in memory`() {
        Self.check(PagedRecords(framesMax: 1, pageRecords: 2, folder: "/dev/null"), steps: 2_000)
    }

    @Test func `numbers are found by their hashes, also where many share a tag`() {
        var table = HashTable()
        var random = SplitMix64(seed: 5)
        var hashes: [Hash128] = []
        // Tags of a few bits, so that nearly all are shared.
        func tag(_ hash: Hash128) -> HashTable.Tag { table.tag(hash) & 0xff00_0000 }
        func find(_ hash: Hash128) -> Int? {
            var place = table.home(tag(hash))
            while let number = table.next(tag(hash), at: &place) {
                if hashes[number] == hash { return number }
                place = table.after(place)
            }
            return nil
        }
        for number in 0..<3_000 {
            let hash = Hash128(high: random.next(), low: random.next())
            #expect(find(hash) == nil)
            hashes.append(hash)
            table.insert(tag(hash), number)
        }
        for number in hashes.indices { #expect(find(hashes[number]) == number) }
    }

    @Test func `looking for hashes begins at places all over the table`() {
        var table = HashTable()
        var random = SplitMix64(seed: 8)
        for number in 0..<1_000 {
            table.insert(table.tag(Hash128(high: random.next(), low: random.next())), number)
        }
        let homes = (0..<1_000).map { _ in
            table.home(table.tag(Hash128(high: random.next(), low: random.next())))
        }
        #expect(Set(homes).count > 400)
    }

    @Test func `another number in the place of one is found, the old one is not`() {
        var table = HashTable()
        let hash = Hash128(high: 1, low: 2)
        let tag = table.tag(hash)
        table.insert(tag, 7)
        var place = table.home(tag)
        #expect(table.next(tag, at: &place) == 7)
        table.replace(at: place, with: 9)
        for number in 100..<200 { table.insert(table.tag(Hash128(high: 5, low: UInt64(number))), number) }
        place = table.home(tag)
        #expect(table.next(tag, at: &place) == 9)
    }
}
