import FoundationEssentials
import TidemarkTestKit
import UsageEvents

/// A made year of Claude Code transcripts under `OUT/projects`, and `OUT/expected.csv` with what they add up
/// to: `generate transcripts --out DIR --messages 200000 --seed 1`.
struct Transcripts {
    private var folder: String?
    private var messages = 200_000
    private var seed: UInt64 = 1

    /// From the command line; nil where it says something else.
    init?(_ arguments: [String]) {
        guard arguments.first == "transcripts" else { return nil }
        for (name, value) in zip(arguments.dropFirst(), arguments.dropFirst(2)) {
            switch name {
            case "--out": folder = value
            case "--messages": messages = Int(value) ?? messages
            case "--seed": seed = UInt64(value) ?? seed
            default: break
            }
        }
    }

    /// Writes all files.
    func write() throws {
        guard let folder else {
            print("usage: generate transcripts --out DIR [--messages 200000] [--seed 1]")
            return
        }
        let files = FileManager.default
        var year = TranscriptYear(messages: messages, seed: seed)
        let expected = try year.write { path, bytes in
            let file = URL(filePath: "\(folder)/projects/\(path)")
            try files.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        var rows = "day,model,requests,input,output,cache_read,cache_write,usd\n"
        for sum in expected.sums {
            let day = Timestamp(rawValue: sum.day * Timestamp.day).description.prefix(10)
            rows +=
                "\(day),\(sum.model),\(sum.requests),\(sum.input),\(sum.output),\(sum.cacheRead),"
                + "\(sum.cacheWrite),\(sum.cost)\n"
        }
        try Data(rows.utf8).write(to: URL(filePath: "\(folder)/expected.csv"))
        print("\(expected.files) files, \(expected.bytes) bytes, \(messages) messages")
    }
}
