/// Room for a line, or a part of it, that is being written: on the stack.
///
/// Proof: `count` starts at 0 and only `reserve` lets it grow, after a check that so many bytes are
/// left; each store below is at `base + count` and no longer than what was reserved just before it.
@safe struct LineBuffer: ~Copyable {
    /// As much as a temporary allocation gets on the stack; most lines fit, longer ones are flushed in parts.
    static let capacity = 1_024

    private let base: UnsafeMutableRawPointer
    private(set) var count = 0

    private init(_ memory: UnsafeMutableRawPointer) { unsafe base = memory }

    /// Calls `body` with an empty buffer; its memory is there until `body` returns, and the buffer
    /// cannot be copied.
    @inline(__always)
    static func withBuffer(_ body: (inout LineBuffer) -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { memory in
            // An allocation that is not empty has an address.
            guard let base = memory.baseAddress else { return }
            var line = unsafe LineBuffer(base)
            body(&line)
        }
    }

    @inline(__always)
    private mutating func reserve(_ n: Int) -> Int {
        let at = count
        precondition(n >= 0 && n <= Self.capacity - at)
        count = at &+ n
        return at
    }

    /// Whether `n` more bytes fit.
    @inline(__always) func hasRoom(_ n: Int) -> Bool { n <= Self.capacity - count }

    /// Appends one byte.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        let at = reserve(1)
        unsafe base.storeBytes(of: byte, toByteOffset: at, as: UInt8.self)
    }

    /// Appends a key of up to 24 bytes: three words are stored, the rest is written over by what follows.
    @inline(__always)
    mutating func append(_ key: KeyText) {
        let at = reserve(24)
        unsafe base.storeBytes(of: key.word0.littleEndian, toByteOffset: at, as: UInt64.self)
        unsafe base.storeBytes(of: key.word1.littleEndian, toByteOffset: at &+ 8, as: UInt64.self)
        unsafe base.storeBytes(of: key.word2.littleEndian, toByteOffset: at &+ 16, as: UInt64.self)
        count = at &+ key.length
    }

    /// Appends bytes as they are.
    @inline(__always)
    mutating func append(_ text: Span<UInt8>) {
        let at = reserve(text.count)
        unsafe text.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + at).copyMemory(from: start, byteCount: source.count)
        }
    }

    /// Appends a whole number.
    @inline(__always)
    mutating func append(digitsOf value: UInt64) {
        var length = 1
        var bound: UInt64 = 10
        while length < 20, value >= bound {
            length &+= 1
            bound = bound &* 10
            // 10^20 does not fit: 20 digits are the most there are.
            if length == 20 { break }
        }
        append(value, width: length)
    }

    /// Appends the last `width` digits of a number, zeros in front.
    @inline(__always)
    mutating func append(_ value: UInt64, width: Int) {
        let at = reserve(width)
        var rest = value
        var i = at &+ width
        while i > at {
            i &-= 1
            let next = rest / 10
            unsafe base.storeBytes(
                of: UInt8(truncatingIfNeeded: 48 &+ rest &- next &* 10), toByteOffset: i, as: UInt8.self)
            rest = next
        }
    }

    /// Appends the line so far to `out` and begins anew.
    mutating func flush(into out: inout [UInt8]) {
        unsafe out.append(contentsOf: UnsafeRawBufferPointer(start: base, count: count))
        count = 0
    }
}

/// A key as it stands in a line, `,"input_tokens":`, as three words. No key is longer than 24 bytes.
struct KeyText: Sendable {
    let word0: UInt64
    let word1: UInt64
    let word2: UInt64
    let length: Int

    init(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(bytes.count <= 24)
        var words: [UInt64] = [0, 0, 0]
        for (i, byte) in bytes.enumerated() { words[i / 8] |= UInt64(byte) << UInt64(8 * (i % 8)) }
        (word0, word1, word2) = (words[0], words[1], words[2])
        length = bytes.count
    }
}
