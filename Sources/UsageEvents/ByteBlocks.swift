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

    /// Bytes behind a text that let it be read in chunks of 16, the last of which ends behind it.
    static let padding = 16

    /// Whether the first `length` bytes of `text` stand in `bytes` at `start`; both have at least `padding`
    /// more behind them.
    @inline(__always)
    static func equal(_ bytes: [UInt8], at start: Int, padded text: Span<UInt8>, length: Int) -> Bool {
        // Lengths of arrays and spans are far below what could overflow here.
        precondition(
            start >= 0 && length >= 0 && length <= bytes.count &- padding &- start
                && length <= text.count &- padding)
        return unsafe bytes.withUnsafeBytes { whole in
            unsafe text.withUnsafeBytes { other in
                // Each chunk begins at the end of the text or before it, so it ends within the padding.
                func difference(_ i: Int) -> SIMD2<UInt64> {
                    unsafe whole.loadUnaligned(fromByteOffset: start &+ i, as: SIMD2<UInt64>.self)
                        ^ other.loadUnaligned(fromByteOffset: i, as: SIMD2<UInt64>.self)
                }
                var i = 0
                while i &+ 16 <= length {
                    let found = difference(i)
                    if found[0] | found[1] != 0 { return false }
                    i &+= 16
                }
                // Of the last one only the first 0 to 15 bytes count.
                let found = difference(i)
                let bits = UInt64(truncatingIfNeeded: 8 &* (length &- i))
                let below = (1 &<< (bits & 63)) &- 1
                let isLow = bits < 64
                return found[0] & (isLow ? below : .max) | (isLow ? 0 : found[1] & below) == 0
            }
        }
    }

    /// Appends `text` to `bytes`.
    @inline(__always)
    static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// The eight bytes at `i`, little-endian.
    @inline(__always)
    static func wholeWord(_ text: Span<UInt8>, at i: Int) -> UInt64 {
        precondition(i >= 0 && i <= text.count &- 8)
        return unsafe text.withUnsafeBytes {
            unsafe UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        }
    }

    /// The eight bytes at `i`, little-endian; those past the end are 0.
    @inline(__always)
    static func word(_ text: Span<UInt8>, at i: Int) -> UInt64 {
        i <= text.count &- 8 ? wholeWord(text, at: i) : lastWord(text, at: i)
    }

    @inline(never)
    private static func lastWord(_ text: Span<UInt8>, at i: Int) -> UInt64 {
        precondition(i >= 0)
        var word: UInt64 = 0
        var k = 0
        while i + k < text.count {
            word |= UInt64(text[i + k]) << UInt64(8 * k)
            k += 1
        }
        return word
    }
}

extension Array where Element == UInt8 {
    /// Appends bytes.
    public mutating func append(copying bytes: Span<UInt8>) { ByteBlocks.append(bytes, to: &self) }
}

extension String {
    /// The text of bytes; nil where they are not UTF-8.
    public init?(utf8 bytes: Span<UInt8>) {
        var isASCII = true
        for i in 0..<bytes.count where bytes[i] >= 0x80 { isASCII = false }
        // The buffers are valid for the length of the closures, and the text is a copy. What is ASCII needs
        // no check, which would take longer than the copy.
        if isASCII {
            self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
            return
        }
        let text = unsafe bytes.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
        guard let text else { return nil }
        self = text
    }

    /// Lends the UTF-8 of the text; it is copied only where the text is not kept so.
    @inlinable @inline(__always)
    public func withUTF8Span<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        // The buffer is valid for the length of the closure, and the span does not leave it.
        let result = unsafe utf8.withContiguousStorageIfAvailable { buffer in
            body(unsafe Span(_unsafeElements: buffer))
        }
        if let result { return result }
        let copy = Array(utf8)
        return body(copy.span)
    }
}
