// The log itself: append (encode, write, sync), read back for detection, and the duplicate window.
//
// `append [FILE] [EVENTS] [--smoke]`. Decoding the input is not measured. The log is written to a new
// directory under $TMPDIR and removed afterwards. Prints bytes/event for each column, and checks that what
// was read is what was written.

import BenchmarkKit
import Connectors
import EventLog
import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// All events of the input, in batches of a block each.
struct Input {
    var symbols = Symbols()
    var batches: [EventBatch] = []
    private var decoder = NDJSONDecoder()
    private var batch = EventBatch()
    private var pending: [UInt8] = []

    /// Decodes a file, or makes the benchmark's own corpus.
    init(_ size: BenchmarkSize) throws {
        if let file = size.file {
            let disk = PosixDisk()
            let handle = try disk.open(file, .read)
            var piece = [UInt8](repeating: 0, count: 2 << 20)
            var offset = 0
            while true {
                let n = try disk.read(handle, at: offset, count: piece.count, into: &piece)
                if n == 0 { break }
                feed(Array(piece[..<n]), isFinal: false)
                offset += n
                if events >= size.events { break }
            }
        } else {
            var corpus = Corpus(events: size.events)
            var lines: [UInt8] = []
            while corpus.write(into: &lines, limit: 8_192) > 0 {
                feed(lines, isFinal: false)
                lines.removeAll(keepingCapacity: true)
            }
        }
        if !batch.isEmpty { batches.append(batch) }
        batch = EventBatch()
    }

    var events: Int { batches.reduce(batch.count) { $0 + $1.count } }

    private mutating func feed(_ bytes: [UInt8], isFinal: Bool) {
        pending.append(contentsOf: bytes)
        let input = pending
        var at = 0
        while true {
            let progress = decoder.decode(
                input.span.extracting(at...), isFinal: isFinal, into: &batch, symbols: &symbols,
                limit: Limits.eventsPerBlock)
            at += progress.consumed
            if progress.stop == .batchFull {
                batches.append(batch)
                batch.removeAll()
            }
            if progress.stop == .needsInput { break }
        }
        pending.removeFirst(at)
    }
}

/// The numbers of a batch, folded.
func hash(_ batch: EventBatch, into hash: inout ResultHash) {
    for row in 0..<batch.count {
        hash.add(UInt64(bitPattern: batch.ts[row] &+ batch.cost[row] &* 31))
        hash.add(
            UInt64(
                bitPattern: batch.inputTokens[row] &+ batch.outputTokens[row] &* 7
                    &+ batch.cacheReadTokens[row]))
    }
}

func run() throws {
    let size = BenchmarkSize()
    let input = try Input(size)
    let events = input.events
    let directory = "\(environment("TMPDIR") ?? "/tmp")/tidemark-append-\(getpid())"
    let disk = PosixDisk()
    defer { remove(directory) }

    var written = ResultHash()
    for batch in input.batches { hash(batch, into: &written) }

    var writer = try LogWriter(disk, directory: directory)
    let (_, appending) = try Measurement.of {
        for batch in input.batches {
            _ = try writer.append(batch, symbols: input.symbols, received: nil)
            try writer.commit()
        }
    }
    try writer.close()
    let statistics = try LogStatistics(disk, directory: directory)
    appending.report("append", events: events, bytes: statistics.bytes, hash: written.value)

    var read = ResultHash()
    for isHashed in [true, false] {
        var batch = EventBatch()
        let (_, reading) = try Measurement.of {
            var reader = try LogReader(disk, directory: directory)
            var symbols = Symbols()
            while let record = try reader.next(into: &batch, symbols: &symbols, columns: .detection) {
                if isHashed, case .events = record { hash(batch, into: &read) }
            }
        }
        if !isHashed { reading.report("read for detection", events: events, hash: read.value) }
    }
    guard read.value == written.value else {
        print("what was read is not what was written")
        exit(1)
    }

    var window = DuplicateWindow()
    let (_, admitting) = try Measurement.of {
        var next: UInt64 = 0
        for batch in input.batches {
            let mask = try window.admit(batch, symbols: input.symbols, firstSequence: next)
            next += UInt64(mask.map { $0.count { $0 } } ?? batch.count)
        }
    }
    admitting.report("duplicate window", events: events, hash: UInt64(window.keys))

    print("bytes/event by column:")
    let n = Double(max(events, 1))
    for column in statistics.columns {
        print("  \(column.name)  \((Double(column.bytes) / n * 1_000).rounded() / 1_000)")
    }
    print("  events without ids  \((Double(statistics.eventsBytes) / n * 1_000).rounded() / 1_000)")
}

func environment(_ name: String) -> String? {
    guard let text = unsafe getenv(name) else { return nil }
    return unsafe String(cString: text)
}

/// Removes the log that this run made, file by file.
func remove(_ directory: String) {
    let disk = PosixDisk()
    for part in ["segments", "quarantine"] {
        let path = "\(directory)/\(part)"
        for name in (try? disk.list(path)) ?? [] { try? disk.remove("\(path)/\(name)") }
        _ = unsafe rmdir(path)
    }
    try? disk.remove("\(directory)/LOCK")
    _ = unsafe rmdir(directory)
}

try run()
