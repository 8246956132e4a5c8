/// Interned strings of one kind: each distinct text gets the next small number, in order of first
/// appearance.
///
/// Number 0 is the empty text and stands for null. Look-up is open addressing over a hash that is seeded
/// per table, so that nobody who names accounts can choose collisions; numbers depend on the order of
/// arrival only, never on the hash. Memory: the bytes of the text and 12 to 20 bytes a symbol.
///
/// A table that has as much as its bounds allow calls every further text `otherName`. Which texts those are
/// depends on the order of arrival alone, and a text that was refused once is refused for good.
public struct SymbolTable: Sendable {
    /// The number that stands for null.
    public static let null: UInt32 = 0

    /// What all texts are called for which there is no room. A label that says just this is one of them.
    public static let otherName = "(other)"

    /// From so many slots on a table is not small.
    private static let smallSlots = 1 << 13

    /// The start of the hash of a text; see `intern(_:hash:)`.
    public let hasher: SymbolHash
    /// How much the table may hold.
    public let bounds: SymbolBounds
    /// The number of `otherName`; 0 where nothing has been called so.
    public private(set) var other: UInt32 = 0
    /// In the low `numberBits` a symbol, above them as many of the highest bits of its hash as there is room
    /// for; 0 where the slot is free. There are at least twice as many slots as symbols, and eight times in a
    /// small table, where the memory is nothing and a second look costs more than the first.
    private(set) var slots: [UInt32]
    private(set) var numberBits: UInt32
    private(set) var ends: [UInt32]
    /// All texts one after the other, and zeros behind them, so that a text may be read in whole chunks.
    private(set) var bytes: [UInt8]

    /// An empty table.
    public init(bounds: SymbolBounds = .none) {
        self.bounds = bounds
        hasher = SymbolHash()
        slots = [UInt32](repeating: 0, count: 64)
        numberBits = 6
        ends = [0]
        bytes = [UInt8](repeating: 0, count: LabelText.padding)
    }

    /// How many symbols there are, null included.
    public var count: Int { ends.count }

    /// Bytes of all texts.
    public var textBytes: Int { Int(ends[ends.count - 1]) }

    /// Whether there may be no room for a further text. It may be asked of any table of the same texts.
    public var isFull: Bool { !hasRoom(for: Limits.labelBytesMax) }

    /// Whether a further text of a length fits; `otherName` itself always does and takes no room.
    private func hasRoom(for length: Int) -> Bool {
        let isOther = other != 0
        let names = ends.count - (isOther ? 2 : 1)
        return names < bounds.names
            && textBytes - (isOther ? Self.otherBytes.count : 0) + length <= bounds.textBytes
    }

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
        return slots[place] == 0 ? nil : number(in: slots[place])
    }

    /// The number of a text whose hash by `hasher` is known; the text is added where it is new.
    public mutating func intern(_ text: Span<UInt8>, hash: UInt64) -> UInt32 {
        if text.isEmpty { return Self.null }
        let place = place(of: text, hash: hash)
        let slot = slots[place]
        return slot == 0 ? add(text, hash: hash, place: place) : number(in: slot)
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
        // A small table is in the cache anyway.
        if slots.count >= Self.smallSlots {
            LabelSearch.prefetch(
                labels, from: first, slots: slots, numberBits: numberBits, ends: ends, texts: bytes)
        }
        return LabelSearch.find(
            labels, from: first, in: input, slots: slots, numberBits: numberBits, ends: ends, texts: bytes,
            into: &numbers)
    }

    /// The slot that has the text, or the free one where it belongs.
    @inline(__always)
    private func place(of text: Span<UInt8>, hash: UInt64) -> Int {
        let mask = slots.count - 1
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[at]
            if slot == 0 { return at }
            // A part of the hash tells nearly all others apart without a look at their text.
            if (slot ^ tag) >> numberBits == 0, equals(number(in: slot), text) { return at }
            at = (at + 1) & mask
        }
    }

    @inline(__always)
    private func number(in slot: UInt32) -> UInt32 { slot & (1 << numberBits - 1) }

    @inline(__always)
    private func equals(_ symbol: UInt32, _ text: Span<UInt8>) -> Bool {
        let start = Int(ends[Int(symbol) - 1])
        return Int(ends[Int(symbol)]) - start == text.count && ByteBlocks.equal(bytes, at: start, text)
    }

    private mutating func add(_ text: Span<UInt8>, hash: UInt64, place: Int) -> UInt32 {
        guard hasRoom(for: text.count) || Self.isOtherName(text) else { return intern(Self.otherName) }
        // Whoever reads texts without end begins new tables long before.
        precondition(bytes.count + text.count <= UInt32.max && ends.count < 1 << 30)
        let symbol = UInt32(ends.count)
        bytes.removeLast(LabelText.padding)
        ByteBlocks.append(text, to: &bytes)
        ends.append(UInt32(bytes.count))
        bytes.append(contentsOf: repeatElement(0, count: LabelText.padding))
        slots[place] = slot(symbol, hash)
        if other == 0, Self.isOtherName(text) { other = symbol }
        if ends.count * (slots.count < Self.smallSlots ? 8 : 2) > slots.count { grow() }
        return symbol
    }

    private static let otherBytes = Array(otherName.utf8)

    private static func isOtherName(_ text: Span<UInt8>) -> Bool {
        text.count == otherBytes.count && ByteBlocks.equal(otherBytes, at: 0, text)
    }

    private func slot(_ symbol: UInt32, _ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) & ~(1 << numberBits - 1) | symbol
    }

    /// Twice the slots. The hashes are computed anew from the texts: to keep them would take more memory than
    /// the slots do.
    private mutating func grow() {
        let size = slots.count * 2
        // The old ones go first: both are never there at once.
        slots = []
        slots = [UInt32](repeating: 0, count: size)
        numberBits += 1
        for symbol in 1..<UInt32(ends.count) {
            let hash = withUTF8(of: symbol) { hasher.of($0) }
            var at = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[at] != 0 { at = (at + 1) & (size - 1) }
            slots[at] = slot(symbol, hash)
        }
    }

    /// The bytes of a symbol; empty for null.
    public func utf8(of symbol: UInt32) -> ArraySlice<UInt8> {
        symbol == 0 ? [] : bytes[Int(ends[Int(symbol) - 1])..<Int(ends[Int(symbol)])]
    }

    /// Calls `body` with the bytes of a symbol, without a copy or a count of references; empty for null.
    @inline(__always)
    public func withUTF8<Result>(of symbol: UInt32, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = symbol == 0 ? 0 : ends[Int(symbol) - 1]
        return body(bytes.span.extracting(Int(start)..<Int(ends[Int(symbol)])))
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
    public var identities: SymbolTable
    /// Teams.
    public var teams: SymbolTable
    /// Projects.
    public var projects: SymbolTable
    /// Client programs.
    public var tools: SymbolTable
    /// AI models.
    public var models: SymbolTable
    /// MCP servers.
    public var mcpServers: SymbolTable
    /// Tools of MCP servers.
    public var mcpTools: SymbolTable
    /// Connectors or feeds.
    public var sources: SymbolTable

    /// The number of the word by which sources say that an account has no team.
    public let unassignedTeam: UInt32

    /// Empty tables that keep every name: for reading and writing what a log says.
    public init() { self.init(bounds: LabelBounds(all: .none)) }

    /// Empty tables for a fold.
    public init(bounds: LabelBounds) {
        identities = SymbolTable(bounds: bounds.identities)
        teams = SymbolTable(bounds: bounds.teams)
        projects = SymbolTable(bounds: bounds.projects)
        tools = SymbolTable(bounds: bounds.tools)
        models = SymbolTable(bounds: bounds.models)
        mcpServers = SymbolTable(bounds: bounds.mcpServers)
        mcpTools = SymbolTable(bounds: bounds.mcpTools)
        sources = SymbolTable(bounds: bounds.sources)
        unassignedTeam = teams.intern("unassigned")
    }
}
