// Writes a deterministic corpus of canonical events to standard output: `generate 10000000 > events.ndjson`;
// or a year of transcripts into a folder: `generate transcripts --out DIR --messages 200000 --seed 1`;
// or a log of very many accounts: `generate accounts --log DIR --accounts 1000000`.
import BenchmarkKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

if let transcripts = Transcripts(Array(CommandLine.arguments.dropFirst())) {
    try transcripts.write()
    exit(0)
}

if let accounts = Accounts(Array(CommandLine.arguments.dropFirst())) {
    try accounts.write()
    exit(0)
}

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
