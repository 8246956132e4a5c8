import Testing
import TidemarkTestKit
import UsageEvents

@testable import Connectors

/// A made year of transcripts adds up to what its maker says.
@Suite struct TranscriptYearTests {
    private static func read(
        messages: Int, seed: UInt64, reversed: Bool = false
    ) -> (expected: TranscriptYear.Expected, events: [UsageEvent], runs: [TranscriptRun], files: [[UInt8]]) {
        var year = TranscriptYear(messages: messages, seed: seed)
        var files: [[UInt8]] = []
        let expected = year.write { _, bytes in files.append(bytes) }
        let runs = (reversed ? files.reversed() : files).map { TranscriptRun(.claudeCode, $0) }
        return (expected, LargestCopies.of(runs.flatMap(\.events)), runs, files)
    }

    @Test(arguments: [(900, 1), (300, 2), (60, 3)] as [(Int, UInt64)])
    func `every message counts once, to the last token and nano-dollar`(messages: Int, seed: UInt64) {
        for reversed in [false, true] {
            let (expected, events, runs, _) = Self.read(messages: messages, seed: seed, reversed: reversed)
            #expect(runs.allSatisfy { $0.rejections.isEmpty && $0.unfinishedLines == 0 })
            let sums = HandWorked.requests(events, reasoning: false).map {
                $0.filter { $0 != TranscriptRun.identity }
            }
            #expect(
                sums
                    == expected.sums.map { sum in
                        [
                            String(Timestamp(rawValue: sum.day * Timestamp.day).description.prefix(10)),
                            sum.model, String(sum.requests), String(sum.input), String(sum.output),
                            String(sum.cacheRead), String(sum.cacheWrite), sum.cost.description,
                        ]
                    })
            #expect(expected.sums.reduce(0) { $0 + $1.requests } == Int64(messages))
            let uses = events.filter { $0.mcpServer != nil }
            for server in expected.serverUses {
                #expect(Int64(uses.count { $0.mcpServer == server.server }) == server.uses)
            }
            #expect(Int64(uses.count) == expected.serverUses.reduce(0) { $0 + $1.uses })
        }
    }

    @Test func `nothing that people or models wrote reaches an event or a message`() {
        let (_, _, runs, files) = Self.read(messages: 400, seed: 4)
        #expect(runs.allSatisfy { $0.texts.allSatisfy { !$0.contains("CANARY") } })
        #expect(files.contains { String(decoding: $0, as: UTF8.self).contains("CANARY") })
    }

    @Test func `the same seed makes the same files, another one others`() {
        let (expected, _, _, files) = Self.read(messages: 200, seed: 5)
        #expect(files == Self.read(messages: 200, seed: 5).files)
        #expect(files != Self.read(messages: 200, seed: 6).files)
        #expect(expected.files == files.count && expected.bytes == files.reduce(0) { $0 + $1.count })
    }

    @Test func `on the day of the loop a session runs for three hours without a pause`() {
        let begin = TranscriptYear.runawayDay * Timestamp.day + 14 * Timestamp.hour
        let loop = Self.read(messages: 800, seed: 1).events.filter { event in
            event.ts.rawValue >= begin && event.ts.rawValue < begin + 3 * Timestamp.hour + Timestamp.minute
        }
        let sessions = Dictionary(grouping: loop.filter { $0.mcpServer == nil }, by: \.sessionID)
        #expect(sessions.values.contains { $0.count == 800 / 80 })
    }
}
