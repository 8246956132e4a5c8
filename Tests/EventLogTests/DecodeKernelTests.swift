import Testing
import UsageEvents

@testable import EventLog

/// The inner loops of reading, against loops that look at one value at a time.
@Suite struct DecodeKernelTests {
    @Test(arguments: 1...8, [0, 1, 15, 16, 17, 1_000])
    func `byte planes are joined lowest first`(width: Int, count: Int) {
        var random = SplitMix64(seed: UInt64(width * 10_000 + count))
        let planes = (0..<8).map { _ in
            (0..<count + 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        var out = [Int64](repeating: -1, count: count)
        DecodeKernels.join(planes, width: width, count: count, into: &out)
        let expected = (0..<count).map { i in
            (0..<width).reduce(Int64(0)) { $0 | Int64(planes[$1][i]) << Int64(8 * $1) }
        }
        #expect(out == expected)
        guard width <= 3 else { return }
        var narrow = [UInt32](repeating: 9, count: count)
        DecodeKernels.join(planes, width: width, count: count, into: &narrow)
        #expect(narrow == expected.map { UInt32($0) })
    }

    /// The definition: each account has a list of its last four values, the newest first.
    private static func undone(_ codes: [UInt32], who: [UInt32]) -> [UInt32] {
        var lists: [UInt32: [UInt32]] = [:]
        return zip(codes, who).map { code, account in
            var list = lists[account] ?? [0, 0, 0, 0]
            let value = code < 4 ? list.remove(at: Int(code)) : code - 4
            if code >= 4 { list.removeLast() }
            lists[account] = [value] + list
            return value
        }
    }

    @Test(arguments: [(0, 8), (1, 64), (2, 1_003), (3, 1_003), (4, 5)] as [(UInt64, Int)])
    func `codes of what an account had before become numbers again`(_ seed: UInt64, rows: Int) {
        var random = SplitMix64(seed: seed)
        let who = (0..<rows).map { _ in UInt32(1 + random.below(5)) }
        // Long runs of code 0, and none at all, by turns.
        let codes = (0..<rows).map { i in
            i / 40 % 2 == 0 && random.below(30) > 0 ? 0 : UInt32(random.below(20))
        }
        let expected = Self.undone(codes, who: who)
        var recent = [UInt64](repeating: .max, count: 6)
        for dictionary in [16, 15] {
            let table = (0..<UInt32(dictionary)).map { 3 * $0 + 1 }
            var names = [UInt32](repeating: 7, count: rows)
            var again = names
            var bytes = names
            var nothing: [UInt32] = []
            let isValid = DecodeKernels.undoRecent(
                codes.map { UInt8($0) }, who: who, recent: &recent, accounts: 6, table: table, into: &names,
                numbers: &bytes)
            let isValidAlone = DecodeKernels.undoRecent(
                codes.map { UInt8($0) }, who: who, recent: &recent, accounts: 6, table: table, into: &again,
                numbers: &nothing)
            var wide = codes
            let isValidWide = DecodeKernels.undoRecent(
                &wide, who: who, recent: &recent, accounts: 6, dictionary: dictionary)
            let fits = expected.allSatisfy { $0 < dictionary }
            #expect(bytes == expected)
            #expect(wide == expected)
            if fits { #expect(names == expected.map { table[Int($0)] }) }
            #expect(names == again)
            #expect(isValid == fits)
            #expect(isValidAlone == fits)
            #expect(isValidWide == fits)
        }
    }

    @Test func `a number that the dictionary does not have is found`() {
        #expect(DecodeKernels.all([], below: 0))
        #expect(DecodeKernels.all([0, 4, 2], below: 5))
        #expect(!DecodeKernels.all([0, 5, 2], below: 5))
        #expect(!DecodeKernels.all([.max], below: 5))
    }
}
