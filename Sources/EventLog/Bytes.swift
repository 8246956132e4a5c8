// Little-endian numbers in byte arrays. One guard, then shifted bytes: the compiler makes one load of them.

extension Array where Element == UInt8 {
    /// Appends a number, lowest byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        var rest = UInt64(truncatingIfNeeded: value)
        for _ in 0..<(value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// Overwrites the bytes of a number.
    mutating func set(littleEndian value: some FixedWidthInteger, at offset: Int) {
        var rest = UInt64(truncatingIfNeeded: value)
        for i in 0..<(value.bitWidth / 8) {
            self[offset + i] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }

    /// Appends a number in groups of seven bits, lowest first; the high bit says that more follow.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension Span where Element == UInt8 {
    /// The number that begins at an offset.
    func littleEndian<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type, at offset: Int) -> T {
        var value: T = 0
        let size = T.bitWidth / 8
        let bytes = extracting(offset..<offset + size)
        for i in 0..<size { value |= T(truncatingIfNeeded: bytes[i]) << T(truncatingIfNeeded: 8 * i) }
        return value
    }

    /// The signed number that begins at an offset.
    func int64(at offset: Int) -> Int64 { Int64(bitPattern: littleEndian(UInt64.self, at: offset)) }

    /// The number in groups of seven bits that begins at `offset`, which moves behind it; nil where it does
    /// not end within the bytes or within 64 bits.
    func varint(at offset: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < count {
            let byte = self[offset]
            offset += 1
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
            if shift > 63 { return nil }
        }
        return nil
    }

    /// Whether every byte is zero.
    var isZero: Bool {
        for i in indices where self[i] != 0 { return false }
        return true
    }
}

/// Maps small numbers of either sign to small numbers: 0, -1, 1, -2 ... to 0, 1, 2, 3 ...
@inline(__always)
func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

/// The inverse of `zigzag`.
@inline(__always)
func unzigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1))) }
