/// Writes a state as bytes: the same state gives the same bytes in every process.
///
/// Whole numbers take groups of seven bits, lowest first; those of either sign are folded first, so that
/// small ones are short. Floating-point numbers are their bits. Texts are preceded by their length.
public struct StateWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// Nothing written yet.
    public init() {}

    /// Makes room for bytes that are to come.
    public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    /// A number that is not negative.
    @inline(__always)
    public mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// See `unsigned(_:)`.
    @inline(__always)
    public mutating func unsigned(_ value: UInt32) { unsigned(UInt64(value)) }

    /// How many of something follow, or another number of things; not negative.
    public mutating func count(_ value: Int) { unsigned(UInt64(value)) }

    /// A number of either sign.
    @inline(__always)
    public mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

    /// See `signed(_:)`.
    @inline(__always)
    public mutating func signed(_ value: Int32) { signed(Int64(value)) }

    /// A small number, such as that of a case.
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Yes or no.
    public mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// The bits of a number, four bytes.
    public mutating func float(_ value: Float) {
        let bits = value.bitPattern
        bytes.append(addingCapacity: 4) { space in
            for i: UInt32 in 0..<4 { space.append(UInt8(truncatingIfNeeded: bits >> (8 * i))) }
        }
    }

    /// The bits of a number, eight bytes.
    public mutating func double(_ value: Double) { fixed(value.bitPattern) }

    /// A number in eight bytes, lowest first.
    public mutating func fixed(_ value: UInt64) {
        bytes.append(addingCapacity: 8) { space in
            for i: UInt64 in 0..<8 { space.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
        }
    }

    /// A hash, sixteen bytes.
    public mutating func hash(_ value: Hash128) {
        fixed(value.high)
        fixed(value.low)
    }

    /// A text.
    public mutating func text(_ value: String) {
        count(value.utf8.count)
        bytes.append(contentsOf: value.utf8)
    }

    /// The text of a symbol, empty for null.
    public mutating func text(_ symbol: UInt32, of table: borrowing SymbolTable) {
        let text = table.utf8(of: symbol)
        count(text.count)
        bytes.append(contentsOf: text)
    }

    /// A text that may be missing.
    public mutating func optionalText(_ value: String?) {
        flag(value != nil)
        if let value { text(value) }
    }

    /// The hash of everything written so far.
    public var digest: Hash128 { Hash128(bytes.span) }
}
