extension Array where Element == UInt8 {
    /// Appends bytes in one copy.
    ///
    /// `unsafe` because the standard library offers no such call for a span; the pointer is the span's own,
    /// with its true length, and is not used after the call.
    mutating func append(span bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { source in unsafe append(contentsOf: source) }
    }
}
