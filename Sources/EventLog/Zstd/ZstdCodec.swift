internal import CZstd

// All calls of the C library are in this folder. Each passes memory that an array or a span owns for the
// length of the call, with its true length; the contexts are created in `init`, freed once in `deinit`, and
// never leave their owner.

/// Compresses one stream at a time with contexts that are reused.
@safe struct ZstdCompressor: ~Copyable {
    /// What the bytes are like.
    enum Content {
        /// Words that come again.
        case text
        /// One byte of each number of a column: short matches are chance, which costs time and gains
        /// nothing over coding the bytes one by one.
        case planes
        /// The same where nothing comes again but by chance: hardly a match is looked for.
        case singles
    }

    private let text: OpaquePointer?
    private let planes: OpaquePointer?
    private let singles: OpaquePointer?

    init(level: Int32 = 1) {
        unsafe text = ZSTD_createCCtx()
        unsafe _ = ZSTD_CCtx_setParameter(text, ZSTD_c_compressionLevel, level)
        // Matches of seven bytes or more, found through a table of 256 places.
        unsafe planes = Self.planeContext(level, hashLog: 8, step: 32)
        unsafe singles = Self.planeContext(level, hashLog: 6, step: 1 << 17)
    }

    private static func planeContext(_ level: Int32, hashLog: Int32, step: Int32) -> OpaquePointer? {
        let context = unsafe ZSTD_createCCtx()
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, 7)
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, hashLog)
        // Larger steps between the places where a match is looked for. By itself the library would then leave
        // out the coding of single bytes, which is all that noise gains from; the first parameter, which the
        // library calls the compression mode of literals, keeps it. A library without it goes on as before.
        if unsafe ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_experimentalParam5, 1)) == 0 {
            unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_targetLength, step)
        }
        return unsafe context
    }

    deinit {
        unsafe _ = ZSTD_freeCCtx(text)
        unsafe _ = ZSTD_freeCCtx(planes)
        unsafe _ = ZSTD_freeCCtx(singles)
    }

    /// Appends one frame that holds the bytes; false, with `out` unchanged, where that fails or does not fit
    /// `limit`.
    func compress(_ bytes: Span<UInt8>, _ content: Content, limit: Int, into out: inout [UInt8]) -> Bool {
        let context =
            switch content {
            case .text: unsafe text
            case .planes: unsafe planes
            case .singles: unsafe singles
            }
        let start = out.count
        // The bound is the library's worst case; where less room is given it stops early, which is what we
        // want.
        let room = min(limit, ZSTD_compressBound(bytes.count))
        var written = 0
        out.append(addingCapacity: room) { space in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe space.withUnsafeMutableBufferPointer { target, initialized in
                    let n = unsafe ZSTD_compress2(
                        context, target.baseAddress, room, source.baseAddress, source.count)
                    if ZSTD_isError(n) == 0 {
                        written = n
                        initialized = n
                    }
                }
            }
        }
        if written == 0 { out.removeLast(out.count - start) }
        return written != 0
    }
}

/// Decompresses one frame at a time with a context that is reused.
@safe struct ZstdDecompressor: ~Copyable {
    private let context: OpaquePointer?

    init() {
        unsafe context = ZSTD_createDCtx()
    }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// Fills the front of `out` with exactly `count` bytes of one frame; false where the frame says or does
    /// otherwise.
    func decompress(_ bytes: Span<UInt8>, count: Int, into out: inout [UInt8]) -> Bool {
        if out.count < count { out = [UInt8](repeating: 0, count: count + count / 4) }
        return unsafe bytes.withUnsafeBufferPointer { source in
            unsafe out.withUnsafeMutableBufferPointer { target in
                // One frame and nothing behind it: the library would go on with the next frame otherwise.
                guard unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count) == source.count
                else {
                    return false
                }
                let n = unsafe ZSTD_decompressDCtx(
                    context, target.baseAddress, count, source.baseAddress, source.count)
                return n == count
            }
        }
    }
}
