// Decoding of canonical NDJSON: `decode [FILE] [--events N] [--prices]`.
//
// Without a file it makes its own corpus, the same for the same N on every machine. Prints lines of
// `name value`: events a second of CPU, nanoseconds and bytes an event, and a hash over all columns,
// which must not change when the code gets faster. Reading the file is not timed. `--no-hash` leaves the
// hash out, for a profiler.

import Connectors
import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// CPU time of this process in nanoseconds.
func cpuNanoseconds() -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Lines like those of a fleet of coding tools: about 300 bytes each.
struct Corpus {
    private var random = SplitMix64(seed: 1)
    private var ts = Timestamp(milliseconds: 1_785_542_400_000)
    private let names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "niaj", "peggy"]
    private let tools = ["claude-code", "cursor", "cline", "windsurf", "api"]
    private let models = ["claude-opus-4-5", "claude-haiku-4-5-20260401", "gpt-5.1-codex", "gemini-3-pro"]
    private let servers = ["null", "null", "null", "\"github\"", "\"jira\"", "\"postgres\""]

    mutating func append(lines: Int, to out: inout [UInt8]) {
        for _ in 0..<lines {
            ts.rawValue += Int64(random.below(2_000))
            let person = random.below(50_000)
            let cost = String(1_000_000 + random.below(90_000)).dropFirst()
            let id = Hash128(high: random.next(), low: random.next()).hex
            let line =
                "{\"ts\":\"\(ts)\",\"identity\":\"\(names[person % 10]).\(person)@example.com\","
                + "\"team\":\"team-\(person % 200)\",\"tool\":\"\(tools[random.below(5)])\","
                + "\"model\":\"\(models[random.below(4)])\",\"mcp_server\":\(servers[random.below(6)]),"
                + "\"input_tokens\":\(random.below(4_000)),\"output_tokens\":\(random.below(3_000)),"
                + "\"cache_read_tokens\":\(random.below(90_000)),\"cache_write_tokens\":0,"
                + "\"cost_usd\":0.\(cost),\"request_id\":\"\(id)\"}\n"
            out.append(contentsOf: line.utf8)
        }
    }
}

/// Feeds pieces to a decoder and times only that.
struct Run {
    private var decoder: NDJSONDecoder
    private var symbols = Symbols()
    private var batch = EventBatch()
    private var pending: [UInt8] = []
    private var hash = Hash128(parts: [])
    private(set) var bytes = 0
    private(set) var nanoseconds: UInt64 = 0
    var events: Int { decoder.accepted }
    var rejected = 0
    var hashes = true
    var resultHash: String { hash.hex }

    init(prices: Bool) {
        decoder = NDJSONDecoder(options: DecoderOptions(prices: prices ? .bundled : nil))
        batch.reserveCapacity(Limits.eventsPerBlock)
    }

    mutating func feed(_ piece: ArraySlice<UInt8>, isFinal: Bool) {
        // Out of `self`, so that its bytes can be borrowed while the decoder changes.
        var input: [UInt8] = []
        swap(&input, &pending)
        input.append(contentsOf: piece)
        bytes += piece.count
        var at = 0
        while true {
            let start = cpuNanoseconds()
            let progress = decoder.decode(
                input.span.extracting(at...), isFinal: isFinal, into: &batch, symbols: &symbols,
                limit: Limits.eventsPerBlock)
            nanoseconds += cpuNanoseconds() - start
            at += progress.consumed
            rejected += decoder.rejections.count
            decoder.rejections.removeAll()
            if progress.stop == .batchFull || isFinal { mixIn() }
            if progress.stop == .needsInput { break }
        }
        input.removeFirst(at)
        pending = input
    }

    /// Ends the run without the bytes that are left.
    mutating func finish() { mixIn() }

    /// Hashes every column of the batch into the result, then empties it.
    private mutating func mixIn() {
        defer { batch.removeAll() }
        if !hashes { return }
        var words: [UInt8] = Array(hash.hex.utf8)
        func add(_ value: UInt64) {
            for k in 0..<8 { words.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * k))) }
        }
        for row in 0..<batch.count {
            for value in [
                batch.ts[row], batch.inputTokens[row], batch.outputTokens[row], batch.cacheReadTokens[row],
                batch.cacheWriteTokens[row], batch.cost[row], batch.tsEnd[row], batch.reasoningTokens[row],
                batch.requests[row],
            ] { add(UInt64(bitPattern: value)) }
            for value in [
                batch.identity[row], batch.team[row], batch.tool[row], batch.model[row], batch.mcpServer[row],
                batch.project[row], batch.mcpTool[row], batch.source[row], batch.shape[row],
            ] { add(UInt64(value)) }
            words.append(contentsOf: batch.requestID.bytes[batch.requestID.range(of: row)])
            words.append(contentsOf: batch.sessionID.bytes[batch.sessionID.range(of: row)])
            words.append(contentsOf: batch.origin.bytes[batch.origin.range(of: row)])
        }
        hash = Hash128(words.span)
    }
}

var path: String?
var events = 1_000_000
var usesPrices = false
var hashes = true
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--events": events = arguments.popFirst().flatMap { Int($0) } ?? events
    case "--smoke": events = 20_000
    case "--prices": usesPrices = true
    case "--no-hash": hashes = false
    default: path = argument
    }
}

var run = Run(prices: usesPrices)
run.hashes = hashes
if let path {
    let file = unsafe open(path, O_RDONLY)
    guard file >= 0 else {
        print("cannot open \(path)")
        exit(66)
    }
    var buffer = [UInt8](repeating: 0, count: 2 << 20)
    while run.events < events {
        // Whole pieces only: the last line of the last one may be cut, and is then left out.
        let n = unsafe buffer.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        if n <= 0 { break }
        run.feed(buffer[..<n], isFinal: false)
    }
    if run.events < events { run.feed([], isFinal: true) } else { run.finish() }
    close(file)
} else {
    var corpus = Corpus()
    var made = 0
    while made < events {
        let lines = min(8_192, events - made)
        var piece: [UInt8] = []
        corpus.append(lines: lines, to: &piece)
        made += lines
        run.feed(piece[...], isFinal: made == events)
    }
}
let perEvent = Double(run.nanoseconds) / Double(max(run.events, 1))
print("events \(run.events)")
print("rejected \(run.rejected)")
print("events_per_second \(Int(1e9 / max(perEvent, 1e-3)))")
print("ns_per_event \((perEvent * 10).rounded() / 10)")
print("bytes_per_event \((Double(run.bytes) / Double(max(run.events, 1)) * 10).rounded() / 10)")
print("result_hash \(run.resultHash)")
