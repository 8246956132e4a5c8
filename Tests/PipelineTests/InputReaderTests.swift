import EventLog
import Foundation
import Testing
import UsageEvents

@testable import Pipeline

/// Inputs as they are met on disk: compressed, cut, of other kinds.
@Suite struct InputReaderTests {
    private func run(_ bytes: [UInt8], name: String = "input") throws -> (
        FeedCounts, [InputError], events: Int
    ) {
        let directory = try TemporaryDirectory()
        let feed = EventFeed(FeedOptions(sources: [try directory.write(name, bytes)], prices: PriceTable()))
        var batch = EventBatch()
        var symbols = Symbols()
        var events = 0
        while true {
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished:
                feed.finish()
                return (feed.counts, feed.problems, events)
            case .idle, .recall: continue
            case .batch: events += batch.count
            }
            feed.refused.removeAll()
        }
    }

    private static let line = Array(
        #"{"ts":"2026-04-01T14:25:00.000Z","identity":"a@example.com","input_tokens":5}"#.utf8 + [10])

    @Test func `a line longer than a piece of decompressed input ends, and the lines around it count`() throws
    {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20) + [10]
        let bytes = Self.line + long + Self.line
        for input in [bytes, try #require(ZstdFile.compress(bytes))] {
            let (counts, problems, events) = try run(input)
            #expect(events == 2)
            #expect(counts.rejectedLines == 1)
            #expect(counts.lines == 3)
            #expect(problems.isEmpty)
        }
    }

    @Test func `compressed input gives the same events as plain input, in frames too`() throws {
        let bytes = Array(repeating: Self.line, count: 40_000).flatMap { $0 }
        let first = try #require(ZstdFile.compress(Array(bytes[..<1_000_003])))
        let second = try #require(ZstdFile.compress(Array(bytes[1_000_003...])))
        #expect(try run(bytes).events == 40_000)
        #expect(try run(first + second).events == 40_000)
    }

    @Test func `a compressed input that is cut gives what it held and says so`() throws {
        let bytes = Array(repeating: Self.line, count: 40_000).flatMap { $0 }
        let whole = try #require(ZstdFile.compress(bytes))
        let (_, problems, events) = try run(Array(whole[..<(whole.count - 3)]))
        #expect(events <= 40_000)
        guard case .truncated = problems.first else {
            Issue.record("expected a truncated input, found \(problems)")
            return
        }
    }

    @Test func `a decompression bomb is refused in bounded memory`() throws {
        let bomb = try #require(ZstdFile.compress([UInt8](repeating: 0, count: 300 << 20), level: 19))
        let (_, problems, events) = try run(bomb)
        #expect(events == 0)
        guard case .corrupt(_, let why) = problems.first else {
            Issue.record("expected a refusal, found \(problems)")
            return
        }
        #expect(why.contains("bomb"))
    }

    @Test(
        arguments: [[0x1f, 0x8b, 8, 0, 10, 10], [0xff, 0xfe, 0x7b, 0, 10, 0], [0, 0, 0xfe, 0xff, 10]]
            as [[UInt8]])
    func `an input of another kind is refused with what to type, and none of it is read as lines`(
        bytes: [UInt8]
    ) throws {
        let (counts, problems, events) = try run(bytes)
        #expect(events == 0 && counts.rejectedLines == 0)
        #expect(problems.count == 1)
        #expect(problems.first?.description.contains("| tidemark ingest -") == true)
    }

    @Test func `an empty input is no error`() throws {
        let (counts, problems, events) = try run([])
        #expect(events == 0 && counts.lines == 0 && problems.isEmpty)
    }

    @Test func `what is missing or a directory is named`() throws {
        let directory = try TemporaryDirectory()
        let feed = EventFeed(
            FeedOptions(sources: [directory.path + "/none", directory.path], prices: PriceTable()))
        var batch = EventBatch()
        var symbols = Symbols()
        while case .batch = feed.next(into: &batch, symbols: &symbols) {}
        #expect(
            feed.problems == [
                .missing(name: directory.path + "/none"),
                .empty(name: directory.path, suffixes: SourceList.suffixes),
            ])
    }

    @Test func `a named pipe is opened once, so that its writer is heard to the end`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pipe"
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let bytes = Data(Array(repeating: Self.line, count: 20_000).flatMap { $0 })
        let writer = Thread {
            let handle = FileHandle(forWritingAtPath: path)
            try? handle?.write(contentsOf: bytes)
            try? handle?.close()
        }
        writer.start()
        let feed = EventFeed(FeedOptions(sources: [path], prices: PriceTable()))
        var batch = EventBatch()
        var symbols = Symbols()
        var events = 0
        reading: while true {
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished: break reading
            case .idle, .recall: continue
            case .batch: events += batch.count
            }
        }
        #expect(events == 20_000)
        #expect(feed.problems.isEmpty)
    }
}
