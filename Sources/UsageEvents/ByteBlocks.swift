/// Bytes that are compared and copied as blocks: what interning and text columns spend their time on.
///
/// With `LabelSearch` the only unsafe code of this module. Each function checks its bounds once, then
/// reads or copies within them without looking at every byte; a loop over a span kept a check a byte and
/// was several times slower.
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
        if i <= text.count &- 8 { return wholeWord(text, at: i) }
        if i >= text.count { return 0 }
        // Of the last eight bytes only those from `i` on are wanted, 1 to 7.
        let before = UInt64(truncatingIfNeeded: i &- text.count &+ 8)
        return text.count >= 8
            ? wholeWord(text, at: text.count &- 8) &>> (8 &* before) : shortWord(text, at: i)
    }

    /// The same of a text of less than eight bytes.
    @inline(never)
    private static func shortWord(_ text: Span<UInt8>, at i: Int) -> UInt64 {
        var word: UInt64 = 0
        for k in i..<text.count { word |= UInt64(text[k]) << UInt64(8 * (k - i)) }
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
