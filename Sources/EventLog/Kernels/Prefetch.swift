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
