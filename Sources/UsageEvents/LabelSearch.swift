internal import CIntrinsics

/// A look-up of many labels in a symbol table: the addresses of all that it reads, without a question at each
/// access whether it is there.
///
/// Proof. It is made and used within the closures that lend the memory. The number of slots is a power of
/// two, so that a slot's index is inside. A slot holds 0 or, in its low bits, the number of a symbol, which
/// is below the number of `ends`; these rise, and `LabelText.padding` bytes stand behind the last text. The
/// texts of the input, and the room for the numbers, are checked. A block begins at the end of a text or
/// before it, so it ends within the padding.
@safe struct LabelSearch {
    /// 32 bytes of ones and 32 of zeros: what is read n bytes before the middle keeps n bytes of a block.
    private static let keep = [UInt8](repeating: 0xff, count: 32) + [UInt8](repeating: 0, count: 32)

    private let labels: UnsafePointer<LabelText>
    private let count: Int
    private let slots: UnsafePointer<UInt32>
    private let mask: Int
    private let numberBits: UInt32
    private let numberMask: UInt32
    private let ends: UnsafePointer<UInt32>
    private let texts: UnsafeRawPointer

    /// Calls `body` with a look-up; returns nil where there is nothing to look up, or nowhere.
    @inline(__always)
    private static func with<Result>(
        _ labels: Span<LabelText>, slots: [UInt32], numberBits: UInt32, ends: [UInt32], texts: [UInt8],
        _ body: (LabelSearch) -> Result
    ) -> Result? {
        precondition(slots.count & (slots.count - 1) == 0)
        return unsafe labels.withUnsafeBufferPointer { labels in
            unsafe slots.withUnsafeBufferPointer { slots in
                unsafe ends.withUnsafeBufferPointer { ends in
                    unsafe texts.withUnsafeBytes { texts in
                        guard let first = labels.baseAddress, let slot = slots.baseAddress,
                            let end = ends.baseAddress, let text = texts.baseAddress
                        else { return nil }
                        return body(
                            unsafe LabelSearch(
                                labels: first, count: labels.count, slots: slot, mask: slots.count &- 1,
                                numberBits: numberBits, numberMask: (1 &<< numberBits) &- 1, ends: end,
                                texts: text))
                    }
                }
            }
        }
    }

    /// See `SymbolTable.find`.
    static func find(
        _ labels: Span<LabelText>, from first: Int, in input: Span<UInt8>, slots: [UInt32],
        numberBits: UInt32, ends: [UInt32], texts: [UInt8], into numbers: inout MutableSpan<UInt32>
    ) -> Int {
        precondition(first >= 0 && numbers.count >= labels.count)
        let row = with(labels, slots: slots, numberBits: numberBits, ends: ends, texts: texts) { search in
            unsafe input.withUnsafeBytes { input in
                unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                    unsafe keep.withUnsafeBytes { keep -> Int? in
                        guard let bytes = input.baseAddress, let number = numbers.baseAddress,
                            let bits = keep.baseAddress
                        else { return nil }
                        return unsafe search.run(
                            from: first, in: bytes, limit: input.count &- LabelText.padding, bits, number)
                    }
                }
            }
        }
        return (row ?? nil) ?? first
    }

    @inline(__always)
    private func run(
        from first: Int, in input: UnsafeRawPointer, limit: Int, _ keep: UnsafeRawPointer,
        _ numbers: UnsafeMutablePointer<UInt32>
    ) -> Int {
        var row = first
        while row < count {
            let label = unsafe labels[row]
            let length = Int(label.length)
            let from = Int(label.start)
            precondition(from &+ length <= limit)
            // All ones but for null. Null or not is anybody's guess, so nothing may branch on it.
            let isText = (0 &- length) &>> 63
            var at = Int(truncatingIfNeeded: label.hash) & mask
            var slot = unsafe slots[at]
            let tag = UInt32(truncatingIfNeeded: label.hash &>> 32)
            let wanted = slot ^ ((slot ^ tag) & UInt32(truncatingIfNeeded: isText))
            while (slot ^ wanted) &>> numberBits != 0, slot != 0 {
                at = (at &+ 1) & mask
                unsafe slot = slots[at]
            }
            let symbol = Int(slot & numberMask)
            // An empty slot looks like null, and has no text before it.
            let start = unsafe Int(ends[max(symbol, 1) &- 1])
            var differs = unsafe UInt64(bitPattern: Int64((Int(ends[symbol]) &- start ^ length) & isText))
            var k = 0
            var rest = length
            while rest >= 32 {
                // Texts of other lengths may end anywhere.
                if differs != 0 { return row }
                differs = unsafe difference(start &+ k, input + (from &+ k), keep)
                k &+= 32
                rest &-= 32
            }
            // Of the last block only the bytes of the text count, and none of null.
            differs |= unsafe difference(start &+ k, input + (from &+ k), keep + (32 &- rest))
            if differs != 0 { return row }
            unsafe numbers[row] = UInt32(truncatingIfNeeded: symbol & isText)
            row &+= 1
        }
        return row
    }

    /// Where 32 bytes of the table's texts, from `i` on, and of the input differ, of those that `keep` has.
    @inline(__always)
    private func difference(_ i: Int, _ input: UnsafeRawPointer, _ keep: UnsafeRawPointer) -> UInt64 {
        let low =
            unsafe (texts.loadUnaligned(fromByteOffset: i, as: SIMD2<UInt64>.self)
            ^ input.loadUnaligned(as: SIMD2<UInt64>.self)) & keep.loadUnaligned(as: SIMD2<UInt64>.self)
        let high =
            unsafe (texts.loadUnaligned(fromByteOffset: i &+ 16, as: SIMD2<UInt64>.self)
            ^ input.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self))
            & keep.loadUnaligned(fromByteOffset: 16, as: SIMD2<UInt64>.self)
        let both = low | high
        return both[0] | both[1]
    }

    /// Brings what `find` will look at into the cache: slots, then ends, then texts, of many labels at once.
    ///
    /// Reads a slot and an end as `find` does; what it prefetches is not read.
    static func prefetch(
        _ labels: Span<LabelText>, from first: Int, slots: [UInt32], numberBits: UInt32, ends: [UInt32],
        texts: [UInt8]
    ) {
        precondition(first >= 0)
        _ = with(labels, slots: slots, numberBits: numberBits, ends: ends, texts: texts) { search in
            search.prefetch(from: first)
        }
    }

    @inline(__always)
    private func prefetch(from first: Int) {
        for row in first..<count { unsafe tidemark_prefetch(slots + place(row)) }
        for row in first..<count { unsafe tidemark_prefetch(ends + Int(slots[place(row)] & numberMask)) }
        for row in first..<count {
            let symbol = unsafe Int(slots[place(row)] & numberMask)
            unsafe tidemark_prefetch(texts + Int(ends[max(symbol, 1) &- 1]))
        }
    }

    /// Where the search for a label begins.
    @inline(__always)
    private func place(_ row: Int) -> Int { unsafe Int(truncatingIfNeeded: labels[row].hash) & mask }
}
