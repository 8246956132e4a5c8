// Writes a deterministic corpus of canonical events to standard output: `generate 10000000 > events.ndjson`.
import BenchmarkKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

var corpus = Corpus(events: BenchmarkSize().events)
var lines: [UInt8] = []
while corpus.write(into: &lines, limit: 4_096) > 0 {
    var done = 0
    while done < lines.count {
        let n = unsafe lines.withUnsafeBytes { bytes in
            unsafe write(1, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        }
        guard n > 0 else { exit(1) }
        done += n
    }
    lines.removeAll(keepingCapacity: true)
}
