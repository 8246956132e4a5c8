/// Interned strings of one kind: each distinct text gets the next small number, in order of first
/// appearance.
///
/// Number 0 is the empty text and stands for null. Look-up is open addressing over a hash that is seeded
/// per table, so that nobody who names accounts can choose collisions; numbers depend on the order of
/// arrival only, never on the hash. Memory: the bytes of the text and 32 to 48 bytes a symbol.
public struct SymbolTable: Sendable {
    /// The number that stands for null.
    public static let null: UInt32 = 0

    private let seed: UInt64
    /// A symbol in the low half of a slot, the high half of its hash in the other; 0 where the slot is free.
    private var slots: [UInt64]
    private var hashes: [UInt64]
    private var ends: [Int]
    private var bytes: [UInt8]

    /// An empty table.
    public init() {
        seed = UInt64.random(in: .min ... .max)
        slots = [UInt64](repeating: 0, count: 64)
        hashes = [0]
        ends = [0]
        bytes = []
    }

    /// How many symbols there are, null included.
    public var count: Int { ends.count }

    /// The start of the hash of a text; see `intern(_:hash:)`.
    public var hasher: SymbolHash { SymbolHash(seed: seed) }

    /// The number of a text, which is added where it is new. O(length).
    public mutating func intern(_ text: Span<UInt8>) -> UInt32 { intern(text, hash: hasher.of(text)) }

    /// The number of a text, which is added where it is new.
    public mutating func intern(_ text: String) -> UInt32 {
        let utf8 = Array(text.utf8)
        return intern(utf8.span)
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
        ByteBlocks.append(text, to: &bytes)
        ends.append(bytes.count)
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

/// The seeded hash of a symbol's bytes: little-endian words of eight bytes, the last one padded with
/// zeros, then the length.
///
/// A scanner may compute it while it looks for the end of a string; it must feed the same words.
public struct SymbolHash: Sendable {
    /// The running value.
    @usableFromInline var state: UInt64

    /// Begins a hash.
    @inlinable public init(seed: UInt64) { state = seed }

    /// Takes the next eight bytes.
    @inlinable @inline(__always)
    public mutating func feed(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
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
        while i < text.count {
            hash.feed(ByteBlocks.word(text, at: i))
            i += 8
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
