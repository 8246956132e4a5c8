internal import CIntrinsics

// What lies where in the memory, which only makes a difference to the time that it takes.
extension Array {
    /// Has the memory bring the element at `i` into the cache, while the program goes on.
    ///
    /// `unsafe` because it takes an address. The instruction reads nothing that the program sees, and does
    /// nothing where there is no memory.
    @inline(__always)
    func prefetch(_ i: Int) {
        unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe tidemark_prefetch(base + i)
        }
    }

    /// The first element that stands at the start of a line of the cache, for elements of 16 bytes.
    ///
    /// `unsafe` because it looks at an address; nothing is read there.
    var firstOfLine: Int {
        unsafe withUnsafeBytes { bytes in
            Int(truncatingIfNeeded: (0 &- UInt(bitPattern: bytes.baseAddress)) % 64 / 16)
        }
    }
}

extension Array where Element == SIMD4<UInt32> {
    /// Which of the eight numbers from the element at `i` on are zero, in the low eight bits, and which agree
    /// with a tag but for the bits that `ignored` has, in the next eight.
    ///
    /// `unsafe` because it passes an address: of two elements, which the precondition has found in the array.
    @inline(__always)
    func look(_ i: Int, _ tag: UInt32, ignoring ignored: UInt32) -> UInt32 {
        precondition(i >= 0 && i &+ 1 < count)
        return unsafe withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return unsafe tidemark_look(base + i, tag, ignored)
        }
    }
}
