import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// All events of a log, in order, with the other records in words.
struct WholeLog {
    var events: [UsageEvent] = []
    var records: [String] = []

    init(_ disk: SimulatedDisk, _ directory: String, columns: ColumnSet = .all, from: UInt64 = 0) throws {
        var reader = try LogReader(disk, directory: directory, from: from)
        var batch = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: columns) {
            switch record {
            case .events(let block):
                #expect(block.count == batch.count)
                records.append("events \(block.firstSequence)+\(block.count)")
                for row in 0..<batch.count { events.append(batch.event(at: row, symbols: symbols)) }
            case .control(let control): records.append("control \(control.name) \(control.payload.count)")
            case .tick(let received): records.append("tick \(received)")
            case .durable: records.append("durable")
            }
        }
    }
}

@Suite struct RoundTripTests {
    @Test(arguments: RandomBatches.Style.allCases)
    func `what goes in comes out, whatever it is`(_ style: RandomBatches.Style) throws {
        for seed: UInt64 in 0..<6 {
            var generator = RandomBatches(seed: seed)
            let disk = SimulatedDisk(seed: seed)
            var sent: [UsageEvent] = []
            var options = LogWriter<SimulatedDisk>.Options()
            options.segmentBytes = 20_000
            var writer = try LogWriter(disk, directory: "/log", options: options)
            for count in [1, 2, 3, 63, 64, 65, 300, 1, 700] {
                let batch = generator.batch(count, style)
                #expect(
                    try writer.append(batch, symbols: generator.symbols, received: nil) == UInt64(sent.count))
                for row in 0..<count { sent.append(batch.event(at: row, symbols: generator.symbols)) }
                try writer.commit()
            }
            #expect(writer.durableSequence == UInt64(sent.count))
            try writer.close()
            let log = try WholeLog(disk, "/log")
            #expect(log.events == sent)
            let found = try LogVerifier.verify(disk, directory: "/log")
            #expect(found.isSound)
            #expect(found.events == UInt64(sent.count))
        }
    }
}
