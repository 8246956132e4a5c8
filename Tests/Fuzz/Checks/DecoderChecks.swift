import FoundationEssentials
import TidemarkTestKit
import UsageEvents

@testable import Connectors

extension FuzzTarget {
    /// What reads the usage data of others.
    static let decoders: [FuzzTarget] =
        [
            FuzzTarget(name: "ndjson", seeds: { Seeds.lines() }, check: checkCanonical)
        ]
        + [EventFormat.claudeCode, .codex, .gemini, .cursor, .litellm, .table].map { format in
            FuzzTarget(
                name: format.name, seeds: { try Seeds.fixtures(format.name) },
                check: { try checkFormat(format, mapping: nil, $0) })
        } + [
            FuzzTarget(
                name: "mapped-table", seeds: { try Seeds.fixtures("table") + Seeds.fixtures("litellm") },
                check: { try checkFormat(.table, mapping: mapping, $0) })
        ]

    private static let mapping = try? ColumnMapping(
        "ts=startTime,identity=user,model=model,input_tokens=prompt_tokens*10,cost_usd=spend/100,tool='x',"
            + "session_id=metadata.session")

    private static let options = DecoderOptions(
        defaultIdentity: "Me@Host", defaultSource: "test", prices: .bundled, timestampMax: 1_785_690_000_000)

    /// The scanner and the general parser agree, in pieces of any size; what is written is read alike.
    private static func checkCanonical(_ bytes: [UInt8]) throws {
        func run(_ bytes: [UInt8], usesScanner: Bool, pieceBytes: Int = .max) throws -> DecoderRun {
            try DecoderRun(
                NDJSONDecoder(options: options, usesScanner: usesScanner), bytes, pieceBytes: pieceBytes)
        }
        let fast = try run(bytes, usesScanner: true)
        try promiseEqual(fast, try run(bytes, usesScanner: false), "scanner and general parser")
        for size in DecoderRun.pieces(of: bytes) {
            try promiseEqual(fast, try run(bytes, usesScanner: true, pieceBytes: size), "pieces of \(size)")
        }
        let again = try run(fast.canonical, usesScanner: true)
        try promiseEqual(fast.events, again.events, "what was written and read")
        try promiseEqual(fast.canonical, again.canonical, "what was written twice")
    }

    /// Whole and in pieces the same comes out; messages are printable.
    private static func checkFormat(_ format: EventFormat, mapping: ColumnMapping?, _ bytes: [UInt8]) throws {
        var options = options
        options.mapping = mapping
        let head = InputHead(path: "-", bytes: bytes)
        _ = ConnectorRegistry.recognise(head)
        let whole = try DecoderRun(format.makeDecoder(options, head), bytes)
        for rejection in whole.rejections {
            try promise(
                rejection.detail.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f },
                "not printable: \(rejection.detail.debugDescription)")
        }
        for size in DecoderRun.pieces(of: bytes) {
            let pieces = try DecoderRun(format.makeDecoder(options, head), bytes, pieceBytes: size, limit: 1)
            try promiseEqual(whole, pieces, "pieces of \(size)")
        }
        for event in whole.events {
            try promise(event.isWithinLimits, "beyond the limits: \(event)")
        }
    }
}

/// All that a decoder made of an input.
private struct DecoderRun: Equatable {
    var events: [UsageEvent] = []
    /// The events as canonical lines.
    var canonical: [UInt8] = []
    var rejections: [Rejection] = []
    /// `key=count`, in order of appearance.
    var counts: [String] = []
    var linesRead = 0
    var unfinishedLines = 0
    var costsRounded = 0
    var costsEstimated = 0
    /// Bytes that were left for later.
    var left = 0

    /// Sizes of pieces to cut an input into: single bytes where that is not slow, since a line is looked at
    /// anew with every piece.
    static func pieces(of bytes: [UInt8]) -> [Int] { bytes.count <= 256 ? [1, 7] : [61] }

    init(
        _ start: any EventDecoder, _ bytes: [UInt8], pieceBytes: Int = .max, limit: Int = 1_000
    ) throws {
        var decoder = start
        var batch = EventBatch()
        var symbols = Symbols()
        let writer = CanonicalEventWriter()
        var start = 0
        var end = min(pieceBytes, bytes.count)
        while true {
            let progress = decoder.decode(
                bytes.span.extracting(start..<end), isFinal: end == bytes.count, into: &batch,
                symbols: &symbols, limit: limit)
            start += progress.consumed
            for row in 0..<batch.count { events.append(batch.event(at: row, symbols: symbols)) }
            writer.write(batch, rows: 0..<batch.count, symbols: symbols, into: &canonical)
            batch.removeAll()
            rejections += decoder.rejections
            decoder.rejections.removeAll()
            if progress.stop != .needsInput { continue }
            if end == bytes.count { break }
            end = end > bytes.count - pieceBytes ? bytes.count : end + pieceBytes
        }
        try promiseEqual(decoder.accepted, events.count, "accepted and delivered")
        let unknown = decoder.unknownKeys
        let ignored = decoder.ignored
        counts = (unknown.all + ignored.all).map { "\($0.name)=\($0.count)" }
        counts.append("\(unknown.others) \(ignored.others)")
        linesRead = decoder.linesRead
        unfinishedLines = decoder.unfinishedLines
        costsRounded = decoder.costsRounded
        costsEstimated = decoder.costsEstimated
        left = bytes.count - start
    }
}

extension UsageEvent {
    /// Whether every amount is one that the rest of the program may add up without a thought.
    fileprivate var isWithinLimits: Bool {
        let tokens = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens]
        let labels = [
            identity, team, project, tool, model, mcpServer, mcpTool, requestID, sessionID, origin, source,
        ]
        return tokens.allSatisfy { $0.magnitude <= UInt64(Limits.tokensPerEventMax) }
            && cost.rawValue.magnitude <= UInt64(NanoUSD.eventMax)
            && requests.magnitude <= UInt64(Limits.requestsPerEventMax)
            && ts.rawValue >= 0 && !identity.isEmpty
            && labels.allSatisfy { ($0?.utf8.count ?? 0) <= Limits.labelBytesMax }
    }
}
