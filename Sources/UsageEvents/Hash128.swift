/// The one keyless 128-bit hash of the product: MurmurHash3 x64 128, seed 0 (Austin Appleby, 2011, public
/// domain).
///
/// It names things that must be the same on every machine and in every process: duplicate keys, alert ids,
/// configuration fingerprints. By the birthday bound 10^9 keys collide with probability below 1e-20.
/// It is no defence against somebody who chooses the input; nothing here relies on it for secrecy.
public struct Hash128: Hashable, Sendable {
    /// The first 64 bits.
    public var high: UInt64
    /// The last 64 bits.
    public var low: UInt64

    /// Wraps the two halves of a hash.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Hashes bytes.
    public init(_ bytes: Span<UInt8>) {
        var h1: UInt64 = 0
        var h2: UInt64 = 0
        let count = bytes.count
        var i = 0
        while i <= count - 16 {
            Self.mixFirst(&h1, ByteBlocks.wholeWord(bytes, at: i))
            h1 = h1.rotated(27) &+ h2
            h1 = h1 &* 5 &+ 0x52dc_e729
            Self.mixSecond(&h2, ByteBlocks.wholeWord(bytes, at: i + 8))
            h2 = h2.rotated(31) &+ h1
            h2 = h2 &* 5 &+ 0x3849_5ab5
            i += 16
        }
        let rest = count - i
        if rest > 8 { Self.mixSecond(&h2, ByteBlocks.word(bytes, at: i + 8)) }
        if rest > 0 { Self.mixFirst(&h1, ByteBlocks.word(bytes, at: i)) }
        h1 ^= UInt64(count)
        h2 ^= UInt64(count)
        h1 = h1 &+ h2
        h2 = h2 &+ h1
        h1 = Self.finish(h1)
        h2 = Self.finish(h2)
        h1 = h1 &+ h2
        h2 = h2 &+ h1
        high = h1
        low = h2
    }

    /// Hashes the parts of a key; each part is preceded by its length, so that no two lists of parts agree by
    /// chance.
    public init(parts: [[UInt8]]) {
        var joined: [UInt8] = []
        for part in parts {
            var length = UInt32(truncatingIfNeeded: part.count)
            for _ in 0..<4 {
                joined.append(UInt8(truncatingIfNeeded: length))
                length >>= 8
            }
            joined.append(contentsOf: part)
        }
        self.init(joined.span)
    }

    /// The 32 hexadecimal digits.
    public var hex: String { Self.hex([high, low]) }

    /// The 16 hexadecimal digits of the first half.
    public var shortHex: String { Self.hex([high]) }

    private static func hex(_ words: [UInt64]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for word in words {
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                digits.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    @inline(__always)
    private static func mixFirst(_ h: inout UInt64, _ k: UInt64) {
        h ^= (k &* 0x87c3_7b91_1142_53d5).rotated(31) &* 0x4cf5_ad43_2745_937f
    }

    @inline(__always)
    private static func mixSecond(_ h: inout UInt64, _ k: UInt64) {
        h ^= (k &* 0x4cf5_ad43_2745_937f).rotated(33) &* 0x87c3_7b91_1142_53d5
    }

    @inline(__always)
    private static func finish(_ k: UInt64) -> UInt64 {
        var k = k
        k ^= k >> 33
        k = k &* 0xff51_afd7_ed55_8ccd
        k ^= k >> 33
        k = k &* 0xc4ce_b9fe_1a85_ec53
        k ^= k >> 33
        return k
    }
}

extension UInt64 {
    @inline(__always)
    fileprivate func rotated(_ n: UInt64) -> UInt64 { (self << n) | (self >> (64 - n)) }
}
