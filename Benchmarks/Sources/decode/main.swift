// Decoding of canonical NDJSON into columns, and writing it again: `decode [FILE] [EVENTS] [--smoke]`.
//
// The input comes in pieces of 2 MiB; reading or making it is not measured. The hash covers every column of
// every batch: it must not change when the code gets faster.

import BenchmarkKit
import Connectors
import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Feeds pieces to a decoder, writes each full batch, and measures the two apart.
struct Run {
    private var decoder = NDJSONDecoder(options: DecoderOptions(prices: .bundled))
    private var symbols = Symbols()
    private var batch = EventBatch()
    private let writer = CanonicalEventWriter()
    private var written: [UInt8] = []
    private var pending: [UInt8] = []
    private(set) var hash = ResultHash()
    private(set) var decoding: [Measurement] = []
    private(set) var writing: [Measurement] = []
    private(set) var bytesRead = 0
    private(set) var bytesWritten = 0
    private(set) var rejected = 0
    var events: Int { decoder.accepted }

    init() { batch.reserveCapacity(Limits.eventsPerBlock) }

    mutating func feed(_ piece: ArraySlice<UInt8>, isFinal: Bool) {
        // Out of `self`, so that its bytes can be lent while the decoder changes.
        var input: [UInt8] = []
        swap(&input, &pending)
        input.append(contentsOf: piece)
        bytesRead += piece.count
        var at = 0
        while true {
            let (progress, cost) = Measurement.of {
                decoder.decode(
                    input.span.extracting(at...), isFinal: isFinal, into: &batch, symbols: &symbols,
                    limit: Limits.eventsPerBlock)
            }
            decoding.append(cost)
            at += progress.consumed
            rejected += decoder.rejections.count
            decoder.rejections.removeAll()
            if progress.stop == .batchFull || (isFinal && progress.stop == .needsInput) { take() }
            if progress.stop == .needsInput { break }
        }
        input.removeFirst(at)
        pending = input
    }

    /// Ends the run without the bytes that are left.
    mutating func finish() { take() }

    private mutating func take() {
        let ((), cost) = Measurement.of {
            written.removeAll(keepingCapacity: true)
            writer.write(batch, rows: 0..<batch.count, symbols: symbols, into: &written)
        }
        writing.append(cost)
        bytesWritten += written.count
        for row in 0..<batch.count {
            for value in [
                batch.ts[row], batch.inputTokens[row], batch.outputTokens[row], batch.cacheReadTokens[row],
                batch.cacheWriteTokens[row], batch.cost[row], batch.tsEnd[row], batch.reasoningTokens[row],
                batch.requests[row],
            ] { hash.add(UInt64(bitPattern: value)) }
            for value in [
                batch.identity[row], batch.team[row], batch.tool[row], batch.model[row], batch.mcpServer[row],
                batch.project[row], batch.mcpTool[row], batch.source[row], batch.shape[row],
            ] { hash.add(UInt64(value)) }
            for column in [batch.requestID, batch.sessionID, batch.origin] {
                hash.add(Array(column.bytes[column.range(of: row)]))
            }
        }
        batch.removeAll()
    }
}

/// The sum of several measurements, at least one.
func total(_ parts: [Measurement]) -> Measurement {
    var sum = parts[0]
    for part in parts.dropFirst() {
        sum.cpu += part.cpu
        sum.wall += part.wall
        sum.allocations += part.allocations
    }
    return sum
}

let size = BenchmarkSize()
var run = Run()
if let path = size.file {
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else {
        print("cannot open \(path)")
        exit(66)
    }
    var buffer = [UInt8](repeating: 0, count: 2 << 20)
    while run.events < size.events {
        let n = unsafe buffer.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        if n <= 0 { break }
        run.feed(buffer[..<n], isFinal: false)
    }
    close(file)
    // The last line of the last piece may be cut; at the end of the file it is a line.
    if run.events < size.events { run.feed([], isFinal: true) } else { run.finish() }
} else {
    var corpus = Corpus(events: size.events)
    var piece: [UInt8] = []
    while true {
        piece.removeAll(keepingCapacity: true)
        let lines = corpus.write(into: &piece, limit: 8_192)
        run.feed(piece[...], isFinal: lines == 0)
        if lines == 0 { break }
    }
}
total(run.decoding).report("decode", events: run.events, bytes: run.bytesRead, hash: run.hash.value)
total(run.writing).report("write", events: run.events, bytes: run.bytesWritten, hash: run.hash.value)
if run.rejected > 0 { print("rejected \(run.rejected)") }
