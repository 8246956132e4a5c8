internal import CIntrinsics

/// Input bytes that may be read a little past the line that is being scanned, without a bounds check for
/// each byte.
///
/// Proof. The scanner looks only at lines whose LF stands at least `padding` bytes before the end of the
/// input, and an index moves past a byte only when that byte has been seen to be something else than LF:
/// every loop below stops at control characters, and every comparison that lets an index move on is with
/// text that holds none. So each index is at most that of the line's LF, and a read of at most 32 bytes
/// from there is inside the input. An LF is searched for only where one of those lines ends behind, and the
/// line behind it is one of them. Debug builds check every read.
@safe struct PaddedBytes {
    /// Bytes after a line's LF that must be there.
    static let padding = 64

    private let base: UnsafeRawPointer
    private let count: Int

    /// `bytes` must stay where it is for as long as this value is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        // Without bytes nothing is ever read: there is no line.
        unsafe base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
        count = bytes.count
    }

    @inline(__always)
    subscript(i: Int) -> UInt8 {
        assert(i >= 0 && i < count)
        return unsafe base.load(fromByteOffset: i, as: UInt8.self)
    }

    /// Eight bytes, the first one in the low bits.
    @inline(__always)
    func word(_ i: Int) -> UInt64 {
        assert(i >= 0 && i + 8 <= count)
        return unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: i, as: UInt64.self))
    }

    /// Calls `body` with a part of the bytes.
    @inline(__always)
    func with<Result>(_ start: Int, _ length: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        assert(start >= 0 && length >= 0 && start + length <= count)
        let part = unsafe UnsafeBufferPointer(
            start: (base + start).assumingMemoryBound(to: UInt8.self), count: length)
        return unsafe body(part.span)
    }

    /// Copies a part of the bytes to the front of `target`, which has at least so many.
    @inline(__always)
    func copy(_ start: Int, _ length: Int, to target: UnsafeMutableRawBufferPointer) {
        assert(start >= 0 && length >= 0 && start + length <= count)
        precondition(length <= target.count)
        var i = 0
        // Ids mostly have 32 or 36 bytes: two steps of sixteen, and one that ends with the last byte.
        while i &+ 16 <= length {
            unsafe target.storeBytes(
                of: base.loadUnaligned(fromByteOffset: start &+ i, as: SIMD16<UInt8>.self),
                toByteOffset: i, as: SIMD16<UInt8>.self)
            i &+= 16
        }
        while i < length {
            unsafe target[i] = self[start &+ i]
            i &+= 1
        }
    }

    /// Where the first LF stands from `start` on; there must be one.
    @inline(__always)
    func lineFeed(from start: Int) -> Int {
        var i = start
        while true {
            assert(i >= 0 && i + 32 <= count)
            let found = unsafe tidemark_line_feeds(base + i)
            if found != 0 { return i &+ found.trailingZeroBitCount }
            i &+= 32
        }
    }

    // MARK: - Strings

    /// Sixteen bytes as two words.
    @inline(__always)
    func words(_ i: Int) -> SIMD2<UInt64> {
        assert(i >= 0 && i + 16 <= count)
        return unsafe base.loadUnaligned(fromByteOffset: i, as: SIMD2<UInt64>.self)
    }

    /// How many of the 32 bytes at `i` stand before the first that ends plain text: a quote, a backslash, a
    /// control character, or what is past ASCII; 32 where none does.
    @inline(__always)
    func plainCount(_ i: Int) -> Int {
        assert(i >= 0 && i + 32 <= count)
        return (UInt64(unsafe tidemark_text_ends(base + i)) | 1 << 32).trailingZeroBitCount
    }

    /// Bits that keep the low `n` bytes of a word, for n from 0 to 7.
    @inline(__always)
    static func lowBytes(_ n: Int) -> UInt64 { (1 << UInt64(truncatingIfNeeded: n &* 8)) &- 1 }

    /// The end of the string without escapes whose text begins at `start`: where its closing quote
    /// stands; -1 where that is not so.
    @inline(__always)
    func endOfString(_ start: Int) -> Int {
        var i = start
        while true {
            let plain = plainCount(i)
            i &+= plain
            if plain == 32 { continue }
            return self[i] == UInt8(ascii: "\"") ? i : endOfOddString(i)
        }
    }

    /// The same, byte by byte, from the first byte that was not plain.
    @inline(never)
    func endOfOddString(_ start: Int) -> Int {
        var i = start
        while true {
            let byte = self[i]
            if byte == UInt8(ascii: "\"") { return i }
            if byte < 0x20 || byte == UInt8(ascii: "\\") { return -1 }
            if byte < 0x80 {
                i += 1
            } else {
                let length = UTF8Sequence.length(byte, self[i + 1], self[i + 2], self[i + 3])
                if length == 0 { return -1 }
                i += length
            }
        }
    }

    // MARK: - Digits

    /// A run of up to eight digits.
    struct Digits {
        /// Their value.
        var value: UInt64
        /// How many there are.
        var count: Int
    }

    /// The digits that begin at `i`, at most eight of them.
    @inline(__always)
    func digits(_ i: Int) -> Digits {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let nibbles = word(i) ^ (ones &* 0x30)
        // A byte above 9 sets its high bit; a carry only reaches the bytes above it.
        let others = ((nibbles &+ (ones &* 0x76)) | nibbles) & (ones &* 0x80)
        let count = others.trailingZeroBitCount &>> 3
        if count == 0 { return Digits(value: 0, count: 0) }
        // The first digit weighs most and must come last: shift zeros in before it.
        let aligned = nibbles &<< UInt64(truncatingIfNeeded: (8 &- count) &* 8)
        return Digits(value: Self.number(aligned), count: count)
    }

    /// The digits that begin at `i`, at most eight of them, as if zeros made up for what is missing to eight.
    @inline(__always)
    func decimals(_ i: Int) -> Digits {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let nibbles = word(i) ^ (ones &* 0x30)
        let others = ((nibbles &+ (ones &* 0x76)) | nibbles) & (ones &* 0x80)
        // All bits below the byte of the lowest mark; all there are without a mark.
        let digits = nibbles & ((others & (0 &- others)) &>> 7 &- 1)
        return Digits(value: Self.number(digits), count: others.trailingZeroBitCount &>> 3)
    }

    /// The number of eight digits, the first one in the low byte.
    @inline(__always)
    private static func number(_ digits: UInt64) -> UInt64 {
        let tens = (digits &* 10) &+ (digits &>> 8)
        let pairs: UInt64 = 0x0000_00ff_0000_00ff
        let high = (tens & pairs) &* (100 &+ (1_000_000 &<< 32))
        let low = ((tens &>> 16) & pairs) &* (1 &+ (10_000 &<< 32))
        return (high &+ low) &>> 32
    }
}
