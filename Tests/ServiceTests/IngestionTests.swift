import EventLog
import Foundation
import Logging
import Pipeline
import Testing
import UsageEvents

@testable import Service

/// Ingestion in the process that forwards: real files into a real log.
struct IngestionTests {
    @Test func `what is in a followed file and what is added to it is durable, once, also after a restart`()
        async throws
    {
        let folder = try TemporaryFolder()
        try folder.write("events.ndjson", Self.lines(0..<40))
        try await Self.follow(folder) {
            try await Self.until { try Self.events(folder) == 40 }
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path + "/events.ndjson"))
            try file.seekToEnd()
            try file.write(contentsOf: Data(Self.lines(40..<100).utf8))
            try file.close()
            try await Self.until { try Self.events(folder) == 100 }
        }
        try await Self.follow(folder) {
            // The whole file is read again; a line that is only in the file by then proves that it was.
            try folder.write("events.ndjson", Self.lines(0..<101))
            try await Self.until { try Self.events(folder) == 101 }
        }
        #expect(try Self.events(folder) == 101)
    }

    @Test func `a second writer is refused while the first goes on`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("events.ndjson", Self.lines(0..<10))
        try await Self.follow(folder) {
            let second = Self.ingestion(folder)
            await #expect {
                try await second.open()
            } throws: { error in
                if case LogError.locked = error { true } else { false }
            }
            try await Self.until { try Self.events(folder) == 10 }
        }
    }

    /// Lets ingestion run during `body`, and waits for its end.
    private static func follow(_ folder: TemporaryFolder, _ body: () async throws -> Void) async throws {
        let ingestion = ingestion(folder)
        try await ingestion.open()
        let running = Task { try await ingestion.run() }
        do { try await body() } catch {
            ingestion.stop()
            try await running.value
            throw error
        }
        ingestion.stop()
        try await running.value
    }

    private static func ingestion(_ folder: TemporaryFolder) -> Ingestion {
        var feed = FeedOptions(sources: [folder.path + "/events.ndjson"], prices: .bundled)
        feed.follows = true
        feed.isLive = true
        return Ingestion(
            IngestOptions(log: folder.path + "/log", feed: feed),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func lines(_ numbers: Range<Int>) -> String {
        numbers.map { n in
            let second = n < 10 ? "0\(n)" : "\(n % 60 < 10 ? "0" : "")\(n % 60)"
            return
                #"{"ts":"2026-04-01T14:\#(n < 60 ? "00" : "01"):\#(second)Z","identity":"dana@acme.example","#
                + #""tool":"api","model":"claude-sonnet-4-6","input_tokens":100,"request_id":"r-\#(n)"}"#
                + "\n"
        }.joined()
    }

    private static func events(_ folder: TemporaryFolder) throws -> Int {
        var reader = try LogReader(PosixDisk(), directory: folder.path + "/log", from: 0)
        var batch = EventBatch()
        var symbols = Symbols()
        var count = 0
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .all) {
            if case .events = record { count += batch.count }
        }
        return count
    }

    private static func until(_ condition: () throws -> Bool) async throws {
        for _ in 0..<6_000 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it did not come to that")
    }
}
