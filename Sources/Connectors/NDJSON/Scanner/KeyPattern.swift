import UsageEvents

/// A key with its quotes and colon, `"input_tokens":`, as three words to compare with the input. No key
/// is longer than 24 bytes.
struct KeyPattern: Sendable {
    /// What kind of value a key has.
    enum Kind: UInt8, Sendable {
        case time, label, text, count, money, word
        /// That of a key that is ignored.
        case ignored
    }

    let word0: UInt64
    let word1: UInt64
    let word2: UInt64
    let mask0: UInt64
    let mask1: UInt64
    let mask2: UInt64
    /// Bytes from the opening quote to the colon, both included.
    let length: Int
    let kind: Kind
    /// The bit of `EventShape`; none for keys that are ignored, which may come again.
    let bit: UInt32

    /// What is known of keys that are ignored: nothing, and no text is like it.
    init() {
        (word0, word1, word2) = (0, 0, 0)
        (mask0, mask1, mask2) = (.max, .max, .max)
        length = 0
        kind = .ignored
        bit = 0
    }

    init(_ field: Field) {
        let bytes = Array("\"\(field.key)\":".utf8)
        precondition(bytes.count <= 24)
        var words: [UInt64] = [0, 0, 0]
        var masks: [UInt64] = [0, 0, 0]
        for (i, byte) in bytes.enumerated() {
            words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8))
            masks[i / 8] |= 0xff << UInt64(8 * (i % 8))
        }
        (word0, word1, word2) = (words[0], words[1], words[2])
        (mask0, mask1, mask2) = (masks[0], masks[1], masks[2])
        length = bytes.count
        kind =
            switch field {
            case .ts, .tsEnd: .time
            case .identity, .team, .project, .tool, .model, .mcpServer, .mcpTool, .source: .label
            case .requestID, .sessionID, .origin: .text
            case .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .reasoningTokens,
                .requests:
                .count
            case .costUSD: .money
            case .costBasis, .grain: .word
            }
        bit = field.bit
    }

    /// Whether the key stands at `i`, colon included.
    @inline(__always)
    func stands(in bytes: PaddedBytes, at i: Int) -> Bool {
        if (bytes.word(i) ^ word0) & mask0 != 0 { return false }
        if length <= 8 { return true }
        if (bytes.word(i &+ 8) ^ word1) & mask1 != 0 { return false }
        return length <= 16 || (bytes.word(i &+ 16) ^ word2) & mask2 == 0
    }
}

extension KeyPattern {
    /// Whether the text at `i`, as long as the key, is the key; what follows it has been looked at.
    func isText(of bytes: PaddedBytes, at i: Int) -> Bool {
        // One byte earlier stands the quote; the colon may be further off, so the last two bytes of the
        // pattern are left out.
        func differs(_ k: Int, _ word: UInt64, _ mask: UInt64) -> Bool {
            let length = max(0, min(8, self.length - 2 - 8 * k))
            let kept = length == 8 ? mask : mask & PaddedBytes.lowBytes(length)
            return (bytes.word(i - 1 + 8 * k) ^ word) & kept != 0
        }
        return !differs(0, word0, mask0) && !differs(1, word1, mask1) && !differs(2, word2, mask2)
    }
}

/// The keys by number, with the hashes that their labels begin with and the two keys that followed each
/// last, to look up without a bounds check.
///
/// Proof. All tables have 32 places (64 for the followers, two a place), and an index is cut to its low
/// five bits before it is used; so every read and write is inside. The memory belongs to this value.
@safe struct KeyTable: ~Copyable {
    /// Not a field: a key that is ignored, and the start of the object.
    static let unknown = 22
    private static let places = 32

    private let patterns: UnsafeMutablePointer<KeyPattern>
    private let hashers: UnsafeMutablePointer<SymbolHash>
    private let followers: UnsafeMutablePointer<UInt8>

    /// A table with the followers of an earlier one; labels go into `symbols`.
    init(_ keys: [KeyPattern], followers known: [UInt8], _ symbols: Symbols) {
        precondition(keys.count == Self.unknown && known.count == 2 * Self.places)
        unsafe patterns = .allocate(capacity: Self.places)
        unsafe patterns.initialize(repeating: KeyPattern(), count: Self.places)
        for i in keys.indices { unsafe patterns[i] = keys[i] }
        unsafe followers = .allocate(capacity: 2 * Self.places)
        for i in known.indices { unsafe followers[i] = known[i] }
        unsafe hashers = .allocate(capacity: Self.places)
        unsafe hashers.initialize(repeating: symbols.identities.hasher, count: Self.places)
        for (field, table) in [
            (Field.team, symbols.teams), (.project, symbols.projects), (.tool, symbols.tools),
            (.model, symbols.models), (.mcpServer, symbols.mcpServers), (.mcpTool, symbols.mcpTools),
            (.source, symbols.sources),
        ] {
            unsafe hashers[Int(field.rawValue)] = table.hasher
        }
    }

    deinit {
        // All of it is plain data.
        unsafe patterns.deallocate()
        unsafe followers.deallocate()
        unsafe hashers.deallocate()
    }

    /// Followers before anything was read: of each key the next one.
    static let firstFollowers: [UInt8] = (0..<places).flatMap {
        [UInt8($0 == unknown ? 0 : min($0 + 1, unknown - 1)), UInt8(0)]
    }

    /// What was learned.
    var learned: [UInt8] { (0..<2 * Self.places).map { unsafe followers[$0] } }

    @inline(__always)
    subscript(field: Int) -> KeyPattern { unsafe patterns[field & (Self.places &- 1)] }

    /// The start of the hash of a field's label.
    @inline(__always)
    func hasher(_ field: Int) -> SymbolHash { unsafe hashers[field & (Self.places &- 1)] }

    /// The key that followed `field` last.
    @inline(__always)
    func follower(of field: Int) -> Int { unsafe Int(followers[2 &* (field & (Self.places &- 1))]) }

    /// The key that followed `field` before that.
    func secondFollower(of field: Int) -> Int { unsafe Int(followers[2 * (field & (Self.places - 1)) + 1]) }

    /// From now on `next` is expected behind `field`.
    func expect(_ next: Int, after field: Int) {
        let at = 2 * (field & (Self.places - 1))
        unsafe followers[at + 1] = followers[at]
        unsafe followers[at] = UInt8(truncatingIfNeeded: next)
    }
}

/// A word of at most nine bytes that a key allows, to compare with the input.
struct ShortWord: Sendable {
    private let first: UInt64
    private let mask: UInt64
    private let length: Int
    private let ninth: UInt8

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var first: UInt64 = 0
        for (i, byte) in bytes.prefix(8).enumerated() { first |= UInt64(byte) << UInt64(8 * i) }
        self.first = first
        mask = bytes.count >= 8 ? .max : (1 << UInt64(8 * bytes.count)) - 1
        length = bytes.count
        ninth = bytes.count > 8 ? bytes[8] : 0
    }

    /// Whether the text of `length` bytes at `i` is this word. A word of more than nine bytes is none.
    @inline(__always)
    func stands(in bytes: PaddedBytes, at i: Int, length: Int) -> Bool {
        length == self.length && length <= 9 && bytes.word(i) & mask == first
            && (length <= 8 || bytes[i &+ 8] == ninth)
    }
}

/// The words of `cost_basis` and `grain`.
struct WireWords: Sendable {
    private let bases: [(word: ShortWord, basis: CostBasis)]
    private let grains: [(word: ShortWord, grain: Grain)]

    init() {
        bases = CostBasis.allCases.compactMap { basis in basis.word.map { (ShortWord($0), basis) } }
        // `correction` is longer than nine bytes and hence declined: its numbers may be negative, which
        // the scanner does not read.
        grains = Grain.allCases.map { (ShortWord($0.word), $0) }
    }

    func basis(_ bytes: PaddedBytes, _ i: Int, _ length: Int) -> CostBasis? {
        for entry in bases where entry.word.stands(in: bytes, at: i, length: length) { return entry.basis }
        return nil
    }

    func grain(_ bytes: PaddedBytes, _ i: Int, _ length: Int) -> Grain? {
        for entry in grains where entry.word.stands(in: bytes, at: i, length: length) { return entry.grain }
        return nil
    }
}
