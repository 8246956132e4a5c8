internal import CZstd
internal import UsageEvents

/// Why a compressed input cannot be read on.
public enum ZstdInputError: Error, Hashable, Sendable {
    /// The input ends inside a frame.
    case truncated
    /// The bytes are not zstd, or were changed; the library's words, and how many input bytes were good.
    case corrupt(reason: String, offset: Int)
    /// A frame wants more memory than `Limits.zstdWindowLogMax` allows.
    case windowTooLarge
    /// It unpacks to far more than any real input does.
    case bomb(ratio: Int)
}

extension ZstdInputError: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .truncated:
            "the compressed data ends too early: it was cut off; fetch or copy the file again"
        case .corrupt(let reason, let offset):
            "the compressed data is damaged near byte \(offset) (\(reason)); fetch or copy the file again"
        case .windowTooLarge:
            "it was compressed with a window above \(1 << (Limits.zstdWindowLogMax - 20)) MiB;"
                + " unpack it with `zstd -d --long=31` and pass the result"
        case .bomb(let ratio):
            "it unpacks to more than \(ratio) times its size, which no usage data does;"
                + " refused as a decompression bomb"
        }
    }
}

/// Unpacks a zstd file piece by piece: any number of frames, skippable ones included, in bounded memory.
@safe public struct ZstdInput: ~Copyable {
    /// Bytes of input used so far.
    public private(set) var consumed = 0
    /// Bytes of output so far.
    public private(set) var produced = 0

    private let context: OpaquePointer?
    private var isBetweenFrames = true
    /// Bytes that one call of `decompress` adds at most: one zstd block.
    public static let pieceBytes = 128 << 10
    /// Output below this is never called a bomb: a small file of zeros is no danger.
    private static let harmlessBytes = 64 << 20

    /// Begins a file.
    public init() {
        unsafe context = ZSTD_createDCtx()
        unsafe _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Limits.zstdWindowLogMax)
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Whether a file that begins with these bytes is compressed with zstd, a skippable frame in front
    /// included.
    public static func isZstd(_ prefix: Span<UInt8>) -> Bool {
        guard prefix.count >= 4 else { return false }
        let magic = prefix.littleEndian(UInt32.self, at: 0)
        return magic == 0xfd2f_b528 || magic & 0xffff_fff0 == 0x184d_2a50
    }

    /// Appends up to `pieceBytes` of output, moves `offset` over the input that was used, and returns whether
    /// there may be more output without more input: call it again until it returns false.
    public mutating func decompress(
        _ input: Span<UInt8>, at offset: inout Int, into out: inout [UInt8]
    ) throws(ZstdInputError) -> Bool {
        var result = 0
        var used = 0
        var made = 0
        let rest = input.extracting(offset..<input.count)
        // As in ZstdCodec: the memory is owned by the span and the array for the length of the call.
        out.append(addingCapacity: Self.pieceBytes) { space in
            unsafe rest.withUnsafeBufferPointer { source in
                unsafe space.withUnsafeMutableBufferPointer { target, initialized in
                    var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                    var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: Self.pieceBytes, pos: 0)
                    // The result is about the last frame of the call; stop between frames, so that none is
                    // missed.
                    result = unsafe ZSTD_decompressStream(context, &to, &from)
                    used = unsafe from.pos
                    made = unsafe to.pos
                    initialized = made
                }
            }
        }
        offset += used
        consumed += used
        produced += made
        if ZSTD_isError(result) != 0 {
            let reason = unsafe String(cString: ZSTD_getErrorName(result))
            // The library tells this one apart by name only.
            if reason.contains("too much memory") { throw .windowTooLarge }
            throw .corrupt(reason: reason, offset: consumed)
        }
        if produced > Self.harmlessBytes, produced / max(consumed, 1) > Limits.decompressionRatioMax {
            throw .bomb(ratio: Limits.decompressionRatioMax)
        }
        if used > 0 || made > 0 { isBetweenFrames = result == 0 }
        return offset < input.count || made == Self.pieceBytes
    }

    /// Checks at the end of the input that the last frame was whole.
    public func finish() throws(ZstdInputError) {
        if !isBetweenFrames { throw .truncated }
    }
}

/// Compresses whole files, for tests and for the bundled examples.
public enum ZstdFile {
    /// One frame; nil where the library fails.
    public static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8]? {
        var out: [UInt8] = []
        let zstd = ZstdCompressor(level: level)
        guard zstd.compress(bytes.span, .text, limit: .max, into: &out) else { return nil }
        return out
    }
}
