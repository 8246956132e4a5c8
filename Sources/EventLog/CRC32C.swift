internal import CZstd

/// The Castagnoli CRC (polynomial 0x1edc6f41, reflected), as in RFC 3720: finds every single-bit, double-bit
/// and burst error up to 32 bits in a block. It is no defence against somebody who can write to the file.
///
/// By the processor's instruction where it has one. Else sixteen tables take sixteen bytes a step ("slicing",
/// Kounavis and Berry, 2005).
public struct CRC32C: Sendable {
    private var state: UInt32 = ~0

    /// Begins a checksum.
    public init() {}

    /// Goes on behind bytes that have this checksum.
    public init(after value: UInt32) { state = ~value }

    /// The checksum of what was fed so far.
    public var value: UInt32 { ~state }

    /// The checksum of bytes.
    public static func of(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = CRC32C()
        crc.feed(bytes)
        return crc.value
    }

    /// Takes the eight bytes of a number, lowest first.
    mutating func feed(_ number: UInt64) {
        var rest = number
        for _ in 0..<8 {
            step(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private mutating func step(_ byte: UInt8) {
        state = Self.tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
    }

    /// Takes more bytes.
    public mutating func feed(_ bytes: Span<UInt8>) {
        guard Self.hasInstruction else { return feedByTables(bytes) }
        // The function reads exactly the bytes that it is given, which the span lends.
        state = unsafe bytes.withUnsafeBytes { raw in
            unsafe tidemark_crc32c(state, raw.baseAddress, raw.count)
        }
    }

    private static let hasInstruction = tidemark_has_crc32c() != 0

    /// Takes more bytes without the instruction.
    ///
    /// `unsafe` because the table look-ups are the whole work: each index is a table number 0 to 15 times 256
    /// plus one byte, hence below the 4,096 entries that `tables` has, and each load lies within the 16 bytes
    /// that the loop's condition has counted off.
    mutating func feedByTables(_ bytes: Span<UInt8>) {
        let tables = Self.tables
        var crc = state
        unsafe tables.withUnsafeBufferPointer { t in
            unsafe bytes.withUnsafeBufferPointer { p in
                var i = 0
                let raw = UnsafeRawBufferPointer(p)
                while i + 16 <= raw.count {
                    let a =
                        unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
                        ^ UInt64(crc)
                    let b = unsafe UInt64(
                        littleEndian: raw.loadUnaligned(fromByteOffset: i + 8, as: UInt64.self))
                    let x0 = unsafe t[Int(3_840 + (a & 255))] ^ t[Int(3_584 + (a >> 8 & 255))]
                    let x1 = unsafe t[Int(3_328 + (a >> 16 & 255))] ^ t[Int(3_072 + (a >> 24 & 255))]
                    let x2 = unsafe t[Int(2_816 + (a >> 32 & 255))] ^ t[Int(2_560 + (a >> 40 & 255))]
                    let x3 = unsafe t[Int(2_304 + (a >> 48 & 255))] ^ t[Int(2_048 + (a >> 56))]
                    let y0 = unsafe t[Int(1_792 + (b & 255))] ^ t[Int(1_536 + (b >> 8 & 255))]
                    let y1 = unsafe t[Int(1_280 + (b >> 16 & 255))] ^ t[Int(1_024 + (b >> 24 & 255))]
                    let y2 = unsafe t[Int(768 + (b >> 32 & 255))] ^ t[Int(512 + (b >> 40 & 255))]
                    let y3 = unsafe t[Int(256 + (b >> 48 & 255))] ^ t[Int(b >> 56)]
                    crc = (x0 ^ x1) ^ (x2 ^ x3) ^ ((y0 ^ y1) ^ (y2 ^ y3))
                    i += 16
                }
                while i < raw.count {
                    crc = unsafe t[Int(UInt8(truncatingIfNeeded: crc) ^ raw[i])] ^ (crc >> 8)
                    i += 1
                }
            }
        }
        state = crc
    }

    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 4_096)
        for n in 0..<256 {
            var c = UInt32(n)
            for _ in 0..<8 { c = c & 1 == 1 ? (c >> 1) ^ 0x82f6_3b78 : c >> 1 }
            tables[n] = c
        }
        for n in 256..<4_096 { tables[n] = (tables[n - 256] >> 8) ^ tables[Int(tables[n - 256] & 255)] }
        return tables
    }()
}
