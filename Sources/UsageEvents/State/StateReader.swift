/// Bytes that are no state: cut off, changed, or of another version. They are never repaired.
public struct StateFault: Error, Hashable, Sendable {
    /// What was being read.
    public let what: String

    /// Names what was being read.
    public init(_ what: String) { self.what = what }
}

/// Reads what `StateWriter` wrote. Any bytes may come: it throws where they are not what a writer writes,
/// and never takes more memory than they could hold.
public struct StateReader: Sendable {
    private let bytes: [UInt8]
    private var at = 0

    /// Begins at the front of bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes are left.
    public var rest: Int { bytes.count - at }

    /// Throws unless everything was read.
    public func end() throws(StateFault) {
        guard rest == 0 else { throw StateFault("bytes behind the end") }
    }

    /// Throws unless a condition holds that every writer keeps.
    @inline(__always)
    public func check(_ condition: Bool, _ what: StaticString) throws(StateFault) {
        guard condition else { throw StateFault("\(what)") }
    }

    /// A number that is not negative, in as few bytes as it takes.
    @inline(__always)
    public mutating func unsigned() throws(StateFault) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        return try unsigned(after: first)
    }

    private mutating func unsigned(after first: UInt8) throws(StateFault) -> UInt64 {
        var value = UInt64(first & 0x7f)
        var shift: UInt64 = 7
        while true {
            let next = try byte()
            guard next != 0, shift < 63 || next == 1 else { throw StateFault("a number") }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
            shift += 7
            guard shift <= 63 else { throw StateFault("a number") }
        }
    }

    /// A number of at most 32 bits.
    @inline(__always)
    public mutating func unsigned32() throws(StateFault) -> UInt32 {
        guard let value = UInt32(exactly: try unsigned()) else { throw StateFault("a number of 32 bits") }
        return value
    }

    /// How many of something follow, each of which takes at least so many bytes.
    public mutating func count(eachAtLeast bytes: Int = 1) throws(StateFault) -> Int {
        guard let value = Int(exactly: try unsigned()), value <= rest / bytes else {
            throw StateFault("a count")
        }
        return value
    }

    /// A number of things that do not follow.
    public mutating func number() throws(StateFault) -> Int {
        guard let value = Int(exactly: try unsigned()) else { throw StateFault("a count") }
        return value
    }

    /// A number of either sign.
    @inline(__always)
    public mutating func signed() throws(StateFault) -> Int64 {
        let folded = try unsigned()
        return Int64(bitPattern: (folded >> 1) ^ (0 &- (folded & 1)))
    }

    /// A number of either sign and at most 32 bits.
    @inline(__always)
    public mutating func signed32() throws(StateFault) -> Int32 {
        guard let value = Int32(exactly: try signed()) else { throw StateFault("a number of 32 bits") }
        return value
    }

    /// A small number, such as that of a case.
    @inline(__always)
    public mutating func byte() throws(StateFault) -> UInt8 {
        guard at < bytes.count else { throw StateFault("an end that comes too early") }
        at += 1
        return bytes[at - 1]
    }

    /// Yes or no.
    public mutating func flag() throws(StateFault) -> Bool {
        let value = try byte()
        guard value <= 1 else { throw StateFault("a flag") }
        return value == 1
    }

    /// A finite number of four bytes.
    public mutating func float() throws(StateFault) -> Float {
        var bits: UInt32 = 0
        for i: UInt32 in 0..<4 { bits |= UInt32(try byte()) << (8 * i) }
        let value = Float(bitPattern: bits)
        guard value.isFinite else { throw StateFault("a finite number") }
        return value
    }

    /// A finite number of eight bytes.
    public mutating func double() throws(StateFault) -> Double {
        let value = Double(bitPattern: try fixed())
        guard value.isFinite else { throw StateFault("a finite number") }
        return value
    }

    /// A number in eight bytes.
    @inline(__always)
    public mutating func fixed() throws(StateFault) -> UInt64 {
        guard rest >= 8 else { throw StateFault("an end that comes too early") }
        at += 8
        return ByteBlocks.word(bytes.span, at: at - 8)
    }

    /// A hash.
    public mutating func hash() throws(StateFault) -> Hash128 {
        Hash128(high: try fixed(), low: try fixed())
    }

    /// The bytes of a text.
    public mutating func utf8() throws(StateFault) -> ArraySlice<UInt8> {
        let size = try count()
        at += size
        return bytes[at - size..<at]
    }

    /// A text.
    public mutating func text() throws(StateFault) -> String {
        let utf8 = try utf8()
        let text = String(decoding: utf8, as: UTF8.self)
        // Bytes that are no text were replaced by others.
        guard text.utf8.count == utf8.count, text.utf8.elementsEqual(utf8) else {
            throw StateFault("a text")
        }
        return text
    }

    /// A text that may be missing.
    public mutating func optionalText() throws(StateFault) -> String? { try flag() ? try text() : nil }
}
