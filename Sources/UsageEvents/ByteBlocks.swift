/// Bytes that are compared and copied as blocks: what interning and text columns spend their time on.
///
/// The only unsafe code of this module. Each function checks its bounds once, then reads or copies
/// within them without looking at every byte; a loop over a span kept a check a byte and was several
/// times slower.
enum ByteBlocks {
    /// Whether `text` stands in `bytes` at `start`.
    @inline(__always)
    static func equal(_ bytes: [UInt8], at start: Int, _ text: Span<UInt8>) -> Bool {
        let count = text.count
        precondition(start >= 0 && count <= bytes.count - start)
        return unsafe bytes.withUnsafeBytes { whole in
            unsafe text.withUnsafeBytes { other in
                // Words at 0, 8, ... and one that ends with the last byte: all within `count`, which
                // both sides have.
                if count < 8 {
                    for i in 0..<count where unsafe whole[start + i] != other[i] { return false }
                    return true
                }
                var i = 0
                var difference: UInt64 = 0
                while i < count - 8 {
                    difference |=
                        unsafe whole.loadUnaligned(fromByteOffset: start + i, as: UInt64.self)
                        ^ other.loadUnaligned(fromByteOffset: i, as: UInt64.self)
                    i += 8
                }
                difference |=
                    unsafe whole.loadUnaligned(fromByteOffset: start + count - 8, as: UInt64.self)
                    ^ other.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
                return difference == 0
            }
        }
    }

    /// Appends `text` to `bytes`.
    @inline(__always)
    static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// The eight bytes at `i`, little-endian; those past the end are 0.
    @inline(__always)
    static func word(_ text: Span<UInt8>, at i: Int) -> UInt64 {
        precondition(i >= 0)
        if i + 8 <= text.count {
            return unsafe text.withUnsafeBytes {
                unsafe UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            }
        }
        var word: UInt64 = 0
        var k = 0
        while i + k < text.count {
            word |= UInt64(text[i + k]) << UInt64(8 * k)
            k += 1
        }
        return word
    }
}
