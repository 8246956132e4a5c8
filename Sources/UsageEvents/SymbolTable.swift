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
    private var slots: [UInt64]
    private var hashes: [UInt64]
    private var ends: [Int]
    /// All texts one after the other, and zeros behind them, so that a text may be read in whole chunks.
    private var bytes: [UInt8]

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
    public mutating func intern(_ text: Span<UInt8>) -> UInt32 { intern(text, hash: hasher.of(text)) }

    /// The number of a text, which is added where it is new.
    public mutating func intern(_ text: String) -> UInt32 {
        text.isEmpty ? Self.null : text.withUTF8Span { intern($0) }
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

    /// Reads the memory that looking up a text with this hash will need, which brings it into the cache;
    /// what it returns means nothing.
    ///
    /// For many texts at once: the processor then waits for several of them together, where look-ups one
    /// after the other would wait for each.
    public func touch(_ hash: UInt64) -> UInt8 {
        let slot = slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)]
        // An empty slot looks like null, whose text would begin before the first.
        let start = ends[max(Int(truncatingIfNeeded: slot & 0xffff_ffff), 1) - 1]
        return bytes[start]
    }

    /// The same for the first `length` bytes of a text behind which there are at least 16 more: quicker,
    /// since it is compared in chunks of 16.
    public mutating func intern(padded text: Span<UInt8>, length: Int, hash: UInt64) -> UInt32 {
        // Nearly always it is in its first slot.
        let slot = slots[Int(truncatingIfNeeded: hash) & (slots.count &- 1)]
        let symbol = Int(truncatingIfNeeded: slot & 0xffff_ffff)
        if slot >> 32 == hash >> 32, symbol != 0 {
            let start = ends[symbol &- 1]
            if ends[symbol] &- start == length,
                ByteBlocks.equal(bytes, at: start, padded: text, length: length)
            {
                return UInt32(truncatingIfNeeded: symbol)
            }
        }
        return intern(text.extracting(..<length), hash: hash)
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

/// The seeded hash of a symbol's bytes, sixteen at a time as two little-endian words; the last sixteen are
/// padded with zeros, and are all zeros where the text ends just before them. The length ends it.
///
/// A scanner may compute it while it looks for the end of a string; it must feed the same words.
public struct SymbolHash: Sendable {
    /// The running value.
    @usableFromInline var state: UInt64
    /// What the second word of each pair is mixed with; secret like the seed, or somebody could choose a
    /// word that wipes out the other.
    @usableFromInline let key: UInt64

    /// Begins hashes of a kind of their own.
    public init() {
        state = UInt64.random(in: .min ... .max)
        key = UInt64.random(in: .min ... .max)
    }

    /// Takes the next sixteen bytes.
    @inlinable @inline(__always)
    public mutating func feed(_ first: UInt64, _ second: UInt64) {
        let product = (state ^ first).multipliedFullWidth(by: key ^ second)
        state = product.high ^ product.low
    }

    /// Ends the hash of `length` bytes.
    @inlinable @inline(__always)
    public func finish(length: Int) -> UInt64 {
        let product = (state ^ UInt64(truncatingIfNeeded: length)).multipliedFullWidth(
            by: 0xd6e8_feb8_6659_fd93)
        return product.high ^ product.low
    }

    /// The hash of a whole text.
    public func of(_ text: Span<UInt8>) -> UInt64 {
        var hash = self
        var i = 0
        while i <= text.count {
            hash.feed(ByteBlocks.word(text, at: i), ByteBlocks.word(text, at: i + 8))
            i += 16
        }
        return hash.finish(length: text.count)
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
