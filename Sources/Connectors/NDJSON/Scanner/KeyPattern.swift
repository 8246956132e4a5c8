import UsageEvents

/// How a source spaces its lines; the scanner expects the spacing of the line before.
struct LineStyle: Equatable, Sendable {
    /// Whether a blank stands behind each comma.
    var spacesCommas = false
    /// Whether a blank stands behind each colon.
    var spacesColons = false
    /// Whether lines end with CR and LF.
    var endsWithCR = false
}

/// What stands in front of a value, `,"input_tokens":`, as bytes to compare with the input, and what is
/// known of the value; or what ends a line. At most 32 bytes.
struct KeyPattern: Sendable {
    /// What kind of value a key has.
    enum Kind: UInt8, Sendable {
        case label, count, text, time, money, word
        /// That of a key that is ignored.
        case ignored
        /// No key: the end of the line.
        case end
        /// No key, and no value behind it.
        case nothing
    }

    private let low: SIMD2<UInt64>
    private let lowMask: SIMD2<UInt64>
    private let high: SIMD2<UInt64>
    private let highMask: SIMD2<UInt64>
    /// The start of the hash of the field's labels.
    var hasher: SymbolHash
    /// Bytes of the pattern.
    let length: Int
    /// The field, or one of the numbers of `KeyTable` that is none.
    let field: Int
    let kind: Kind
    /// The bit of `EventShape`; none for what is no field, which may come again.
    let bit: UInt32
    /// In a plan, the bits of the keys before this one.
    var before: UInt32 = 0

    /// What is known of keys that are ignored: nothing, and no text is like it.
    init(_ hasher: SymbolHash) {
        self.init([UInt8](repeating: 0xff, count: 16), KeyTable.unknown, .ignored, bit: 0, hasher)
    }

    /// What is expected behind all that is known: no text is like it, and what is has no value.
    static let nothing = KeyPattern(
        [UInt8](repeating: 0xff, count: 16), KeyTable.unknown, .nothing, bit: 0, SymbolHash())

    /// The end of a line.
    init(endOf style: LineStyle, _ hasher: SymbolHash) {
        self.init(Array((style.endsWithCR ? "}\r\n" : "}\n").utf8), KeyTable.end, .end, bit: 0, hasher)
    }

    /// A field behind the first or a later comma.
    init(_ field: Field, isFirst: Bool, _ style: LineStyle, _ hasher: SymbolHash) {
        let lead = isFirst ? "{" : style.spacesCommas ? ", " : ","
        let kind: Kind =
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
        let text = "\(lead)\"\(field.key)\":\(style.spacesColons ? " " : "")"
        self.init(Array(text.utf8), Int(field.rawValue), kind, bit: field.bit, hasher)
    }

    private init(_ bytes: [UInt8], _ field: Int, _ kind: Kind, bit: UInt32, _ hasher: SymbolHash) {
        precondition(bytes.count <= 32)
        let masked = [UInt8](repeating: 0xff, count: bytes.count)
        let words = SIMD4((0..<4).map { Self.word(bytes.span, 8 * $0) })
        let masks = SIMD4((0..<4).map { Self.word(masked.span, 8 * $0) })
        (low, high) = (words.lowHalf, words.highHalf)
        (lowMask, highMask) = (masks.lowHalf, masks.highHalf)
        self.hasher = hasher
        length = bytes.count
        self.field = field
        self.kind = kind
        self.bit = bit
    }

    /// Whether the pattern stands at `i`. None has an LF but in its last byte.
    @inline(__always)
    func stands(in bytes: PaddedBytes, at i: Int) -> Bool {
        let first = (bytes.words(i) ^ low) & lowMask
        if first[0] | first[1] != 0 { return false }
        if length <= 16 { return true }
        let second = (bytes.words(i &+ 16) ^ high) & highMask
        return second[0] | second[1] == 0
    }
}

extension KeyPattern {
    /// The eight bytes from `start` on, the first in the low bits, zeros where there are none.
    static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for i in 0..<8 where start + i < bytes.count { word |= UInt64(bytes[start + i]) << UInt64(8 * i) }
        return word
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
