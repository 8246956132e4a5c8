import Testing
import TidemarkTestKit
import UsageEvents

/// The hash is the published one: known values of other implementations.
@Suite struct Hash128Tests {
    @Test(arguments: [
        ("", "00000000000000000000000000000000"), ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
        ("hello, world", "342fac623a5ebc8e4cdcbc079642414d"),
        ("19 Jan 2038 at 3:14:07 AM", "b89e5988b737affc664fc2950231b2cb"),
        ("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347"),
        ("The quick brown fox jumps over the lazy dog.", "cd99481f9ee902c9695da1a38987b6e7"),
    ])
    func `known texts have their known hash`(text: String, hex: String) {
        let bytes = Array(text.utf8)
        let hash = Hash128(bytes.span)
        #expect(hash.hex == hex)
        #expect(hash.shortHex == hex.prefix(16))
    }

    @Test func `each length of tail gives another hash, and each byte counts`() {
        var seen: Set<Hash128> = []
        for length in 0..<40 {
            let bytes = [UInt8](repeating: 0, count: length)
            #expect(seen.insert(Hash128(bytes.span)).inserted)
            for k in 0..<length {
                var changed = bytes
                changed[k] = 1
                #expect(seen.insert(Hash128(changed.span)).inserted)
            }
        }
    }

    @Test func `parts are told apart by where they end`() {
        #expect(Hash128(parts: [[1, 2], [3]]) != Hash128(parts: [[1], [2, 3]]))
        #expect(Hash128(parts: [[]]) != Hash128(parts: []))
    }

    @Test func `the generator of seeded numbers is SplitMix64`() {
        var random = SplitMix64(seed: 1_234_567)
        let first = (0..<5).map { _ in random.next() }
        #expect(
            first == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
        for _ in 0..<1_000 {
            #expect((0..<7).contains(random.below(7)))
            #expect((0..<1).contains(random.uniform()))
        }
    }
}
