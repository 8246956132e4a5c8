// The engine alone: decoded batches in memory through score, judge and alert book.
import Alerting
import BenchmarkKit
import Connectors
import Pipeline
import UsageEvents

let size = BenchmarkSize()
var corpus = Corpus(events: size.events)
var symbols = Symbols()
var batches: [EventBatch] = []
var lines: [UInt8] = []
var decoder = NDJSONDecoder()
while corpus.write(into: &lines, limit: Limits.eventsPerBlock) > 0 {
    var batch = EventBatch()
    _ = decoder.decode(
        lines.span, isFinal: true, into: &batch, symbols: &symbols, limit: Limits.eventsPerBlock)
    batches.append(batch)
    lines.removeAll(keepingCapacity: true)
}
let configuration = RunConfiguration(TidemarkConfiguration())
for _ in 0..<2 {
    var engine = configuration.engine
    var transitions: [AlertTransition] = []
    var hash = ResultHash()
    let (events, measurement) = Measurement.of {
        var sequence: UInt64 = 0
        for batch in batches {
            engine.observe(
                batch, firstSequence: sequence, received: nil, symbols: symbols, into: &transitions)
            sequence += UInt64(batch.count)
        }
        return Int(sequence)
    }
    for transition in transitions { hash.add(Array(transition.id.utf8)) }
    measurement.report("observe", events: events, hash: hash.value)
}
