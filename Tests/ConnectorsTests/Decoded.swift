import Testing
import UsageEvents

@testable import Connectors

/// All that a decoder made of an input.
struct Decoded {
    var events: [UsageEvent] = []
    var rejections: [Rejection] = []
    var batches: [Int] = []
    /// A few columns as they were, to compare symbol numbers too.
    var columns: [[UInt32]] = []
    /// The events as canonical lines.
    var canonical: [UInt8] = []
    var linesRead = 0
    var unknown: [String] = []
    var costsRounded = 0
    var costsEstimated = 0

    init(
        _ text: [UInt8], options: DecoderOptions = DecoderOptions(), usesScanner: Bool = true,
        pieceBytes: Int = .max,
        limit: Int = 1_000_000
    ) {
        var decoder = NDJSONDecoder(options: options, usesScanner: usesScanner)
        var symbols = Symbols()
        var batch = EventBatch()
        let writer = CanonicalEventWriter()
        var start = 0
        var end = min(pieceBytes, text.count)
        while true {
            let progress = decoder.decode(
                text.span.extracting(start..<end), isFinal: end == text.count, into: &batch,
                symbols: &symbols,
                limit: limit)
            start += progress.consumed
            rejections += decoder.rejections
            decoder.rejections.removeAll()
            if progress.stop == .batchFull || (progress.stop == .needsInput && end == text.count) {
                batches.append(batch.count)
                for row in 0..<batch.count { events.append(batch.event(at: row, symbols: symbols)) }
                for row in 0..<batch.count {
                    writer.write(batch, row: row, symbols: symbols, into: &canonical)
                }
                columns.append(batch.identity + batch.model + batch.team + batch.shape)
                batch.removeAll()
            }
            if progress.stop != .needsInput { continue }
            if end == text.count { break }
            end = end > text.count - pieceBytes ? text.count : end + pieceBytes
        }
        linesRead = decoder.linesRead
        unknown = decoder.unknownKeys.all.map { "\($0.name)=\($0.count)" } + ["\(decoder.unknownKeys.others)"]
        costsRounded = decoder.costsRounded
        costsEstimated = decoder.costsEstimated
        #expect(decoder.accepted == events.count)
    }
}
