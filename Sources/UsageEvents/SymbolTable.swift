/// Interned strings of one kind: each distinct text gets the next small number, in order of first
/// appearance.
///
/// Number 0 is the empty text and stands for null. Look-up is open addressing over a hash that is seeded
/// per table, so that nobody who names accounts can choose collisions; numbers depend on the order of
/// arrival only, never on the hash. Memory: the bytes of the text and 32 to 48 bytes a symbol.
public struct SymbolTable: Sendable {
    /// The number that stands for null.
    public static let null: UInt32 = 0

    /// The start of the hash of a text; see `intern(_:hash:)`.
    public let hasher: SymbolHash
    /// A symbol in the low half of a slot, the high half of its hash in the other; 0 where the slot is free.
    private(set) var slots: [UInt64]
    private var hashes: [UInt64]
    private(set) var ends: [Int]
    /// All texts one after the other, and zeros behind them, so that a text may be read in whole chunks.
    private(set) var bytes: [UInt8]

    /// An empty table.
    public init() {
        hasher = SymbolHash()
        slots = [UInt64](repeating: 0, count: 64)
        hashes = [0]
        ends = [0]
        bytes = [UInt8](repeating: 0, count: ByteBlocks.padding)
    }

    /// How many symbols there are, null included.
    public var count: Int { ends.count }

    /// The number of a text, which is added where it is new. O(length).
    public mutating func intern(_ text: Span<UInt8>) -> UInt32 {
        text.isEmpty ? Self.null : intern(text, hash: hasher.of(text))
    }

    /// The number of a text, which is added where it is new.
    public mutating func intern(_ text: String) -> UInt32 {
        text.withUTF8Span { intern($0) }
    }

    /// The number of a text that is there already, or nil.
    public func find(_ text: String) -> UInt32? {
        let utf8 = Array(text.utf8)
        return find(utf8.span)
    }

    /// The number of a text that is there already, or nil.
    public func find(_ text: Span<UInt8>) -> UInt32? {
        if text.isEmpty { return Self.null }
        let place = place(of: text, hash: hasher.of(text))
        return slots[place] == 0 ? nil : UInt32(truncatingIfNeeded: slots[place])
    }

    /// The number of a text whose hash, begun by `hasher`, is known; the text is added where it is new.
    public mutating func intern(_ text: Span<UInt8>, hash: UInt64) -> UInt32 {
        if text.isEmpty { return Self.null }
        let place = place(of: text, hash: hash)
        let slot = slots[place]
        return slot == 0 ? add(text, hash: hash, place: place) : UInt32(truncatingIfNeeded: slot)
    }

    /// Looks up labels from the one at `first` on and writes their numbers, until one is not in the table;
    /// returns where that stands, or how many labels there are.
    ///
    /// An empty label is null. The labels' texts stand in `input`, at least `LabelText.padding` bytes before
    /// its end, and their hashes were begun by `hasher`. Look-ups do not depend on each other, so that the
    /// processor waits for several of them at once.
    public func find(
        _ labels: Span<LabelText>, from first: Int, in input: Span<UInt8>,
        into numbers: inout MutableSpan<UInt32>
    ) -> Int {
        ByteBlocks.find(
            labels, from: first, in: input, slots: slots, ends: ends, texts: bytes, into: &numbers)
    }

    /// The slot that has the text, or the free one where it belongs.
    @inline(__always)
    private func place(of text: Span<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[at]
            if slot == 0 { return at }
            // Half of the hash tells nearly all others apart without a look at their text.
            if slot >> 32 == hash >> 32, equals(UInt32(truncatingIfNeeded: slot), text) { return at }
            at = (at + 1) & mask
        }
    }

    @inline(__always)
    private func equals(_ symbol: UInt32, _ text: Span<UInt8>) -> Bool {
        let start = ends[Int(symbol) - 1]
        return ends[Int(symbol)] - start == text.count && ByteBlocks.equal(bytes, at: start, text)
    }

    private mutating func add(_ text: Span<UInt8>, hash: UInt64, place: Int) -> UInt32 {
        precondition(ends.count <= UInt32.max)
        let symbol = UInt32(ends.count)
        bytes.removeLast(ByteBlocks.padding)
        ByteBlocks.append(text, to: &bytes)
        ends.append(bytes.count)
        bytes.append(contentsOf: repeatElement(0, count: ByteBlocks.padding))
        hashes.append(hash)
        slots[place] = Self.slot(symbol, hash)
        if ends.count * 2 > slots.count { grow() }
        return symbol
    }

    private static func slot(_ symbol: UInt32, _ hash: UInt64) -> UInt64 {
        hash & 0xffff_ffff_0000_0000 | UInt64(symbol)
    }

    private mutating func grow() {
        let size = slots.count * 2
        var next = [UInt64](repeating: 0, count: size)
        for symbol in 1..<ends.count {
            var at = Int(truncatingIfNeeded: hashes[symbol]) & (size - 1)
            while next[at] != 0 { at = (at + 1) & (size - 1) }
            next[at] = Self.slot(UInt32(symbol), hashes[symbol])
        }
        slots = next
    }

    /// The bytes of a symbol; empty for null.
    public func utf8(of symbol: UInt32) -> ArraySlice<UInt8> {
        symbol == 0 ? [] : bytes[ends[Int(symbol) - 1]..<ends[Int(symbol)]]
    }

    /// Calls `body` with the bytes of a symbol, without a copy or a count of references; empty for null.
    @inline(__always)
    public func withUTF8<Result>(of symbol: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = symbol == 0 ? 0 : ends[Int(symbol) - 1]
        return body(bytes.span.extracting(start..<ends[Int(symbol)]))
    }

    /// The text of a symbol; empty for null.
    public func text(of symbol: UInt32) -> String { String(decoding: utf8(of: symbol), as: UTF8.self) }

    /// The text of a symbol; nil for null.
    public func optionalText(of symbol: UInt32) -> String? { symbol == 0 ? nil : text(of: symbol) }
}

/// Where a label stands in the input, and its hash.
public struct LabelText: Sendable {
    /// Bytes that there must be behind a label, since it is compared in blocks.
    public static let padding = 32

    /// Where its first byte stands.
    public var start: UInt32
    /// Bytes; 0 for null.
    public var length: UInt32
    /// Its hash by the `SymbolHash` of the table that will number it.
    public var hash: UInt64

    /// A label of a length at a place.
    @inlinable @inline(__always)
    public init(start: UInt32, length: UInt32, hash: UInt64) {
        self.start = start
        self.length = length
        self.hash = hash
    }
}

/// The seeded hash of a symbol's bytes, 32 at a time as four little-endian words; the last 32 are padded
/// with zeros, and are all zeros where the text ends just before them.
///
/// A scanner may compute it while it looks for the end of a string; it must feed the same words. Texts that
/// differ in zeros at their end only have one hash.
public struct SymbolHash: Sendable {
    /// The hash of the bytes before.
    @usableFromInline var state: UInt64 = 0
    /// What the words are mixed with; secret, or somebody could choose a word that wipes out another.
    @usableFromInline let keys: (UInt64, UInt64, UInt64, UInt64)

    /// Begins hashes of a kind of their own.
    public init() {
        func key() -> UInt64 { UInt64.random(in: .min ... .max) }
        keys = (key(), key(), key(), key())
    }

    /// The hash when the next 32 bytes are taken.
    @inlinable @inline(__always)
    public func hash(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> UInt64 {
        // Two products that do not wait for each other.
        let first = (state ^ keys.0 ^ a).multipliedFullWidth(by: keys.1 ^ b)
        let second = (keys.2 ^ c).multipliedFullWidth(by: keys.3 ^ d)
        return (first.high ^ first.low) &+ (second.high ^ second.low)
    }

    /// The hash of a whole text.
    public func of(_ text: Span<UInt8>) -> UInt64 {
        var hash = self
        var i = 0
        while i <= text.count {
            func word(_ k: Int) -> UInt64 { ByteBlocks.word(text, at: i + 8 * k) }
            hash.state = hash.hash(word(0), word(1), word(2), word(3))
            i += 32
        }
        return hash.state
    }
}

/// The symbol tables of one run: one for each kind of label, so that each kind is numbered densely from 1.
public struct Symbols: Sendable {
    /// Accounts, as a source names them.
    public var identities = SymbolTable()
    /// Teams.
    public var teams = SymbolTable()
    /// Projects.
    public var projects = SymbolTable()
    /// Client programs.
    public var tools = SymbolTable()
    /// AI models.
    public var models = SymbolTable()
    /// MCP servers.
    public var mcpServers = SymbolTable()
    /// Tools of MCP servers.
    public var mcpTools = SymbolTable()
    /// Connectors or feeds.
    public var sources = SymbolTable()

    /// The number of the word by which sources say that an account has no team.
    public let unassignedTeam: UInt32

    /// Empty tables.
    public init() { unassignedTeam = teams.intern("unassigned") }
}
