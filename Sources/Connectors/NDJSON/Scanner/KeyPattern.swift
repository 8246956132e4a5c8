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

    /// What is known of keys that are ignored: nothing, and no text is like it.
    init(_ hasher: SymbolHash) {
        self.init([UInt8](repeating: 0xff, count: 16), KeyTable.unknown, .ignored, bit: 0, hasher)
    }

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
        let words = SIMD4((0..<4).map { word(bytes.span, 8 * $0) })
        let masks = SIMD4((0..<4).map { word(masked.span, 8 * $0) })
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

/// The patterns by number and the two that followed each last, to look up without a bounds check.
///
/// Numbers: 0 to 21 are fields behind a comma, `unknown` is a key that is ignored, `end` the end of the line,
/// `start` its beginning, and 32 more than a field is that field as the first of its line.
///
/// Proof. All tables have 64 places (128 for the followers, two a place), and an index is cut to its low six
/// bits before it is used; so every read and write is inside. The memory belongs to this value.
@safe struct KeyTable: ~Copyable {
    static let unknown = 22
    static let end = 23
    static let start = 24
    /// What a field's number has more where it is the first of its line.
    static let first = 32
    private static let places = 64
    /// So often a call learns a new style; a source that changes it with every line is read the slow way.
    private static let restylesMax = 16

    private let patterns: UnsafeMutablePointer<KeyPattern>
    private let followers: UnsafeMutablePointer<UInt8>
    private let keep: UnsafeMutablePointer<UInt64>
    private let state: UnsafeMutablePointer<State>

    /// What changes seldom.
    private struct State {
        var style: LineStyle
        var restyles = 0
    }

    /// What calls hand on: followers, style, and the patterns in this style.
    struct Learned: Sendable {
        fileprivate var followers: [UInt8]
        fileprivate var style: LineStyle
        fileprivate var patterns: [KeyPattern]

        /// Before anything was read: each key is followed by the next one.
        init() {
            style = LineStyle()
            patterns = KeyTable.patterns(style)
            followers = (0..<places).flatMap { number -> [UInt8] in
                if number == start { return [UInt8(first), UInt8(first)] }
                let field = number & (first - 1)
                return [UInt8(field < unknown - 1 ? field + 1 : end), UInt8(end)]
            }
        }
    }

    /// A table that knows what an earlier one learned; labels go into `symbols`.
    init(_ learned: Learned, _ symbols: Symbols) {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(style: learned.style))
        unsafe followers = .allocate(capacity: 2 * Self.places)
        for i in 0..<2 * Self.places { unsafe followers[i] = learned.followers[i] }
        unsafe keep = .allocate(capacity: 9)
        for i in 0..<9 { unsafe keep[i] = i < 4 ? .max : 0 }
        unsafe patterns = .allocate(capacity: Self.places)
        for i in 0..<Self.places { unsafe (patterns + i).initialize(to: learned.patterns[i]) }
        for (field, table) in [
            (Field.identity, symbols.identities), (.team, symbols.teams), (.project, symbols.projects),
            (.tool, symbols.tools), (.model, symbols.models), (.mcpServer, symbols.mcpServers),
            (.mcpTool, symbols.mcpTools), (.source, symbols.sources),
        ] {
            unsafe patterns[Int(field.rawValue)].hasher = table.hasher
            unsafe patterns[Self.first + Int(field.rawValue)].hasher = table.hasher
        }
    }

    /// All patterns in a style.
    private static func patterns(_ style: LineStyle) -> [KeyPattern] {
        let hasher = SymbolHash()
        var patterns = [KeyPattern](repeating: KeyPattern(hasher), count: places)
        for field in Field.allCases {
            let i = Int(field.rawValue)
            patterns[i] = KeyPattern(field, isFirst: false, style, hasher)
            patterns[first + i] = KeyPattern(field, isFirst: true, style, hasher)
        }
        patterns[end] = KeyPattern(endOf: style, hasher)
        return patterns
    }

    /// Of each field three words of its key and its length.
    private static let names: [SIMD4<UInt64>] = Field.allCases.map {
        let key = Array($0.key.utf8)
        return SIMD4(word(key.span, 0), word(key.span, 8), word(key.span, 16), UInt64(key.count))
    }

    deinit {
        // All of it is plain data.
        unsafe patterns.deallocate()
        unsafe followers.deallocate()
        unsafe keep.deallocate()
        unsafe state.deallocate()
    }

    /// Hands on what was learned.
    func teach(_ learned: inout Learned) {
        for i in 0..<2 * Self.places { unsafe learned.followers[i] = followers[i] }
        if learned.style == style { return }
        learned.style = style
        learned.patterns = Self.patterns(style)
    }

    /// How lines are spaced.
    var style: LineStyle { unsafe state.pointee.style }

    @inline(__always)
    subscript(number: Int) -> KeyPattern {
        unsafe patterns[number & (Self.places &- 1)]
    }

    /// Of the masks that keep the first `count` bytes, 0 to 32, of four words, the one of a word.
    @inline(__always)
    func kept(_ count: Int, _ word: Int) -> UInt64 {
        // 32 bytes of ones and 40 of zeros, of which eight from one of the first 64 on.
        unsafe UnsafeRawPointer(keep).loadUnaligned(
            fromByteOffset: (32 &- count &+ 8 &* word) & 63, as: UInt64.self)
    }

    /// The field whose key is the text at `start`, -1 for none.
    func field(_ input: PaddedBytes, _ start: Int, _ length: Int) -> Int {
        guard length <= 24 else { return -1 }
        let key = SIMD4(
            input.word(start) & kept(length, 0), input.word(start + 8) & kept(length, 1),
            input.word(start + 16) & kept(length, 2), UInt64(length))
        return Self.names.firstIndex(of: key) ?? -1
    }

    /// The pattern that followed `number` last.
    @inline(__always)
    func follower(of number: Int) -> Int { unsafe Int(followers[2 &* (number & (Self.places &- 1))]) }

    /// The pattern that followed `number` before that.
    func secondFollower(of number: Int) -> Int {
        unsafe Int(followers[2 * (number & (Self.places - 1)) + 1])
    }

    /// From now on `next` is expected behind `number`.
    func expect(_ next: Int, after number: Int) {
        let at = 2 * (number & (Self.places - 1))
        if unsafe Int(followers[at]) == next { return }
        unsafe followers[at + 1] = followers[at]
        unsafe followers[at] = UInt8(truncatingIfNeeded: next)
    }

    /// From now on lines of another style are expected.
    func expect(_ wanted: LineStyle) {
        guard wanted != style, unsafe state.pointee.restyles < Self.restylesMax else { return }
        unsafe state.pointee.restyles += 1
        unsafe state.pointee.style = wanted
        for (i, pattern) in Self.patterns(wanted).enumerated() {
            let hasher = unsafe patterns[i].hasher
            unsafe patterns[i] = pattern
            unsafe patterns[i].hasher = hasher
        }
    }
}

/// The eight bytes from `start` on, the first in the low bits, zeros where there are none.
private func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for i in 0..<8 where start + i < bytes.count { word |= UInt64(bytes[start + i]) << UInt64(8 * i) }
    return word
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
