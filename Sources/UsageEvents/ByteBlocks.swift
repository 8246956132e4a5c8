internal import CIntrinsics

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

    /// Bytes behind a text that let it be read in blocks of 32, the last of which ends behind it.
    static let padding = LabelText.padding

    /// 32 bytes of ones and 32 of zeros: what is read n bytes before the middle keeps n bytes of a block.
    private static let keep = [UInt8](repeating: 0xff, count: 32) + [UInt8](repeating: 0, count: 32)

    /// Looks up labels in a symbol table; see `SymbolTable.find`.
    ///
    /// The number of slots is a power of two, so that a slot's index is inside. A slot holds 0 or, in its low
    /// bits, the number of a symbol, which is below the number of `ends`; these rise, and `padding` bytes
    /// stand behind the last text. The texts of the input, and the room for the numbers, are checked. A block
    /// begins at the end of a text or before it, so it ends within the padding.
    static func find(
        _ labels: Span<LabelText>, from first: Int, in input: Span<UInt8>, slots: [UInt32],
        numberBits: UInt32, ends: [UInt32], texts: [UInt8], into numbers: inout MutableSpan<UInt32>
    ) -> Int {
        precondition(first >= 0 && numbers.count >= labels.count && slots.count & (slots.count - 1) == 0)
        let count = labels.count
        let mask = slots.count &- 1
        let numberMask: UInt32 = (1 &<< numberBits) &- 1
        let limit = input.count &- padding
        return unsafe labels.withUnsafeBufferPointer { labels in
            unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                unsafe slots.withUnsafeBufferPointer { slots in
                    unsafe ends.withUnsafeBufferPointer { ends in
                        unsafe texts.withUnsafeBytes { texts in
                            unsafe input.withUnsafeBytes { input in
                                unsafe keep.withUnsafeBytes { keep in
                                    var row = first
                                    while row < count {
                                        let label = unsafe labels[row]
                                        let length = Int(label.length)
                                        let from = Int(label.start)
                                        precondition(from &+ length <= limit)
                                        var at = Int(truncatingIfNeeded: label.hash) & mask
                                        var slot = unsafe slots[at]
                                        let tag = UInt32(truncatingIfNeeded: label.hash &>> 32)
                                        // Null or not is anybody's guess: no branch on it.
                                        let wanted = length == 0 ? slot : tag
                                        while (slot ^ wanted) &>> numberBits != 0, slot != 0 {
                                            at = (at &+ 1) & mask
                                            unsafe slot = slots[at]
                                        }
                                        let symbol = Int(slot & numberMask)
                                        // An empty slot looks like null, and has no text before it.
                                        let start = unsafe Int(ends[max(symbol, 1) &- 1])
                                        var differs = unsafe UInt64(
                                            bitPattern: Int64(Int(ends[symbol]) &- start ^ length))
                                        var k = 0
                                        var rest = length
                                        while rest >= 32 {
                                            // Texts of other lengths may end anywhere.
                                            if differs != 0 { return row }
                                            let found = unsafe difference(
                                                texts, start &+ k, input, from &+ k, keep, 0)
                                            differs = found[0] | found[1]
                                            k &+= 32
                                            rest &-= 32
                                        }
                                        // Of the last block only the bytes of the text count.
                                        let found = unsafe difference(
                                            texts, start &+ k, input, from &+ k, keep, 32 &- rest)
                                        differs |= found[0] | found[1]
                                        if differs & (length == 0 ? 0 : .max) != 0 { return row }
                                        unsafe numbers[row] =
                                            length == 0 ? 0 : UInt32(truncatingIfNeeded: symbol)
                                        row &+= 1
                                    }
                                    return row
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Brings what `find` will look at into the cache: slots, then ends, then texts, of many labels at once.
    ///
    /// Reads a slot and two ends as `find` does; what it prefetches is not read.
    static func prefetch(
        _ labels: Span<LabelText>, from first: Int, slots: [UInt32], numberBits: UInt32, ends: [UInt32],
        texts: [UInt8]
    ) {
        precondition(first >= 0 && slots.count & (slots.count - 1) == 0)
        let count = labels.count
        let mask = slots.count &- 1
        let numberMask: UInt32 = (1 &<< numberBits) &- 1
        unsafe labels.withUnsafeBufferPointer { labels in
            unsafe slots.withUnsafeBufferPointer { slots in
                unsafe ends.withUnsafeBufferPointer { ends in
                    unsafe texts.withUnsafeBytes { texts in
                        guard let slots = slots.baseAddress, let ends = ends.baseAddress,
                            let texts = texts.baseAddress
                        else { return }
                        for row in first..<count {
                            unsafe tidemark_prefetch(
                                slots + (Int(truncatingIfNeeded: labels[row].hash) & mask))
                        }
                        for row in first..<count {
                            let slot = unsafe slots[Int(truncatingIfNeeded: labels[row].hash) & mask]
                            unsafe tidemark_prefetch(ends + Int(slot & numberMask))
                        }
                        for row in first..<count {
                            let slot = unsafe slots[Int(truncatingIfNeeded: labels[row].hash) & mask]
                            let text = unsafe texts + Int(ends[max(Int(slot & numberMask), 1) &- 1])
                            unsafe tidemark_prefetch(text)
                        }
                    }
                }
            }
        }
    }

    /// Where the bits of two blocks of 32 bytes differ, of those that `keep` has from `k` on.
    @inline(__always)
    private static func difference(
        _ a: UnsafeRawBufferPointer, _ i: Int, _ b: UnsafeRawBufferPointer, _ j: Int,
        _ keep: UnsafeRawBufferPointer, _ k: Int
    ) -> SIMD2<UInt64> {
        let low =
            unsafe (a.loadUnaligned(fromByteOffset: i, as: SIMD2<UInt64>.self)
            ^ b.loadUnaligned(fromByteOffset: j, as: SIMD2<UInt64>.self))
            & keep.loadUnaligned(fromByteOffset: k, as: SIMD2<UInt64>.self)
        let high =
            unsafe (a.loadUnaligned(fromByteOffset: i &+ 16, as: SIMD2<UInt64>.self)
            ^ b.loadUnaligned(fromByteOffset: j &+ 16, as: SIMD2<UInt64>.self))
            & keep.loadUnaligned(fromByteOffset: k &+ 16, as: SIMD2<UInt64>.self)
        return low | high
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
