import UsageEvents

/// A key with its quotes and colon, `"input_tokens":`, as three words to compare with the input. No key
/// is longer than 24 bytes.
struct KeyPattern: Sendable {
    /// What kind of value a key has.
    enum Kind: UInt8, Sendable {
        case time, label, text, count, money, word
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
    }

    /// Whether the key stands at `i`, colon included.
    @inline(__always)
    func stands(in bytes: PaddedBytes, at i: Int) -> Bool {
        if (bytes.word(i) ^ word0) & mask0 != 0 { return false }
        if length <= 8 { return true }
        return ((bytes.word(i &+ 8) ^ word1) & mask1) | ((bytes.word(i &+ 16) ^ word2) & mask2) == 0
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
