internal import CZstd

// All calls of the C library are in this folder. Each passes memory that an array or a span owns for the
// length of the call, with its true length; the contexts are created in `init`, freed once in `deinit`, and
// never leave their owner.

/// Compresses one stream at a time with a context that is reused.
@safe struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer?

    init() {
        unsafe context = ZSTD_createCCtx()
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Appends one frame that holds the bytes; false, with `out` unchanged, where that fails or does not fit
    /// `limit`.
    func compress(_ bytes: Span<UInt8>, level: Int32, limit: Int, into out: inout [UInt8]) -> Bool {
        let start = out.count
        // The bound is the library's worst case; where less room is given it stops early, which is what we
        // want.
        let room = min(limit, ZSTD_compressBound(bytes.count))
        var written = 0
        out.append(addingCapacity: room) { space in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe space.withUnsafeMutableBufferPointer { target, initialized in
                    let n = unsafe ZSTD_compressCCtx(
                        context, target.baseAddress, room, source.baseAddress, source.count, level)
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
