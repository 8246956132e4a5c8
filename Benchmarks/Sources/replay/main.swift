// The whole replay of a log on disk: read, check, decompress, decode, score, judge.
import Alerting
import BenchmarkKit
import EventLog
import Pipeline
import UsageEvents

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let size = BenchmarkSize()
let directory = size.file ?? "/tmp/tidemark-benchmark-\(getpid())"
if size.file == nil {
    let events = "\(directory).ndjson"
    var corpus = Corpus(events: size.events)
    var lines: [UInt8] = []
    let file = unsafe open(events, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    while corpus.write(into: &lines, limit: 4_096) > 0 {
        guard unsafe write(file, lines, lines.count) == lines.count else { exit(74) }
        lines.removeAll(keepingCapacity: true)
    }
    close(file)
    var options = IngestOptions(log: directory, feed: FeedOptions(sources: [events], prices: .bundled))
    options.detects = false
    let ingest = try Ingest(PosixDisk(), options: options, observer: IngestObserver())
    _ = try ingest.run(IngestObserver())
    unsafe unlink(events)
}
for _ in 0..<2 {
    var hash = ResultHash()
    let (summary, measurement) = try Measurement.of {
        try Replay.log(PosixDisk(), directory: directory, override: nil) { transitions in
            for transition in transitions { hash.add(Array(transition.json.utf8)) }
        }
    }
    measurement.report("replay", events: Int(summary.events), hash: hash.value)
}
if size.file == nil {
    let segments = try PosixDisk().list(directory + "/segments")
    for name in segments { unsafe unlink("\(directory)/segments/\(name)") }
    for name in ["segments", "rejected", "quarantine"] { unsafe rmdir("\(directory)/\(name)") }
    unsafe unlink("\(directory)/LOCK")
    unsafe rmdir(directory)
}
