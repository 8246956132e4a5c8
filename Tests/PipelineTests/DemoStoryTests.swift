import Alerting
import Connectors
import Detection
import Pipeline
import Testing
import UsageEvents

/// What the engine says about the demo's corpus: the story, all of it, and nothing else.
@Suite struct DemoStoryTests {
    /// All transitions of the corpus under the default configuration, duplicates dropped, in batches of some
    /// size.
    private static func transitions(batchSize: Int) -> [AlertTransition] {
        let bytes = DemoCorpus.bytes()
        var decoder = NDJSONDecoder(options: DecoderOptions(prices: .bundled))
        var engine = RunConfiguration(TidemarkConfiguration()).engine
        var symbols = Symbols()
        var batch = EventBatch()
        var seen: Set<String> = []
        var out: [AlertTransition] = []
        var at = 0
        var sequence: UInt64 = 0
        while at < bytes.count {
            batch.removeAll()
            let progress = decoder.decode(
                bytes.span.extracting(at...), isFinal: true, into: &batch, symbols: &symbols, limit: batchSize
            )
            at += progress.consumed
            let isFirst = (0..<batch.count).map { row in
                batch.requestID[row].map { seen.insert($0).inserted } ?? true
            }
            batch.keep(isFirst)
            engine.observe(batch, firstSequence: sequence, received: nil, symbols: symbols, into: &out)
            sequence += UInt64(batch.count)
        }
        #expect(decoder.rejections.isEmpty)
        #expect(decoder.accepted - Int(sequence) > 20, "some lines of the corpus are duplicates")
        return out
    }

    @Test func `each incident is told, the busy day is not, and nothing else is said`() {
        let firing = Self.transitions(batchSize: 65_536).filter { $0.state == .firing && $0.seq == 0 }
        for incident in DemoCorpus.story where !incident.mustStaySilent {
            let told = firing.contains {
                incident.expected.contains($0.kind.word) && $0.identity == incident.identity
                    && $0.at >= incident.start
                    && $0.at < incident.end
            }
            #expect(told, "nothing tells of the \(incident.name)")
        }
        for alert in firing {
            let isTrue = DemoCorpus.story.contains {
                $0.isTold(byKind: alert.kind.word, identity: alert.identity, at: alert.at)
            }
            #expect(isTrue, "\(alert.at) \(alert.title)")
        }
    }

    @Test func `spikes are told within the first half hour`() {
        let firing = Self.transitions(batchSize: 1_000).filter { $0.state == .firing && $0.seq == 0 }
        for incident in DemoCorpus.story where incident.expected.contains("spend_spike") {
            let first = firing.first {
                $0.identity == incident.identity && $0.at >= incident.start && $0.at < incident.end
            }
            let limit = incident.start.rawValue + 30 * Timestamp.minute
            #expect((first?.at.rawValue ?? .max) <= limit, "\(incident.name)")
        }
    }
}
