internal import CZstd

/// Packs a stream of bytes into one zstd frame, piece by piece and in bounded memory: about 1 MB. The frame
/// ends with a checksum of what went in.
@safe public struct ZstdOutput: ~Copyable {
    private let context: OpaquePointer?
    /// Bytes that one call of the library adds at most.
    private static let pieceBytes = 128 << 10

    /// The library refused: it is out of memory.
    public struct Failed: Error {}

    /// Begins a frame.
    public init(level: Int32 = 3) {
        unsafe context = ZSTD_createCCtx()
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Takes bytes, and appends what has become of them so far.
    public mutating func compress(_ bytes: Span<UInt8>, into out: inout [UInt8]) throws(Failed) {
        var used = 0
        while used < bytes.count {
            let rest = bytes.extracting(used..<bytes.count)
            used += try step(rest, ZSTD_e_continue, into: &out).used
        }
    }

    /// Ends the frame.
    public mutating func finish(into out: inout [UInt8]) throws(Failed) {
        while try step(Span(), ZSTD_e_end, into: &out).left > 0 {}
    }

    /// One call; returns how many bytes it took and how many it still holds.
    private mutating func step(
        _ bytes: Span<UInt8>, _ directive: ZSTD_EndDirective, into out: inout [UInt8]
    ) throws(Failed) -> (used: Int, left: Int) {
        var left = 0
        var used = 0
        // As in ZstdCodec: the memory is owned by the span and the array for the length of the call.
        out.append(addingCapacity: Self.pieceBytes) { space in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe space.withUnsafeMutableBufferPointer { target, initialized in
                    var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                    var to = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: Self.pieceBytes, pos: 0)
                    left = unsafe ZSTD_compressStream2(context, &to, &from, directive)
                    used = unsafe from.pos
                    initialized = unsafe to.pos
                }
            }
        }
        guard ZSTD_isError(left) == 0 else { throw Failed() }
        return (used, left)
    }
}
