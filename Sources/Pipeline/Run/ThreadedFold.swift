import Alerting
import Detection
import EventLog
import UsageEvents

/// The same fold as `LogFold`, on several threads.
///
/// One thread reads blocks, numbers their labels and judges; every thread decodes blocks and scores parts of
/// the accounts. Scores of an account depend on its own events alone and are judged in the order of their
/// sequences, so the transitions are those of one thread.
struct ThreadedFold<D: Disk>: ~Copyable {
    /// Judge and alert book; its scorer is not used.
    private(set) var engine: Engine
    private(set) var symbols: Symbols
    private(set) var configuration: RunConfiguration
    /// What it began with.
    let origin: FoldOrigin
    private(set) var events: UInt64 = 0
    private(set) var isTorn = false
    /// What was met beyond the bounds; complete at the end.
    var beyond: BeyondLimits {
        var all = engine.beyond
        all.values = line.take { $0.valuesRefused }
        return all
    }
    /// Places where the log lacks events.
    var gaps: [LogGap] { reader.gaps }

    private let disk: D
    private let directory: String
    private let override: RunConfiguration?
    private let threads: Int
    private var reader: LogReader<D>
    private var folding: ModelFolding
    private let line: Monitor<BlockLine>
    /// Ticks by the number of blocks before them.
    private var ticks: [(block: Int, wall: Timestamp)] = []
    /// Ticks and control records read behind the last block.
    private var recordsRead = 0
    private var blocksRead = 0
    private var blocksJudged = 0
    private var pending = Pending.nothing

    /// A place in the log: in front of an event, behind so many of the records that stand there.
    struct Place {
        let sequence: UInt64
        let records: Int
        static var end: Place { Place(sequence: .max, records: 0) }
    }

    /// What waits until all blocks before it have been judged.
    private enum Pending {
        case nothing
        case end
        case control(ControlRecord)
        case damage(LogError)
    }

    /// What the thread that reads and judges may do next.
    private enum Step {
        case judge(BlockLine.Block)
        case mend(BlockLine.Block)
        case read(BlockLine.Block)
        case work(BlockLine.Task)
        case settle
    }

    init(_ disk: D, directory: String, override: RunConfiguration?, threads: Int) throws(LogError) {
        let start = try FoldStart.find(disk, directory: directory, override: override)
        let reader = try LogReader(disk, directory: directory, from: start.sequence)
        self.disk = disk
        self.directory = directory
        self.override = override
        self.threads = threads
        engine = start.engine
        symbols = start.symbols
        configuration = start.configuration
        origin = start.origin
        folding = start.engine.scorer.names
        self.reader = reader
        // Parts of the accounts: at least one a thread.
        var parts = 1
        while parts < threads { parts *= 2 }
        // A block for each thread, one that is being read and one that is being judged.
        line = Monitor(BlockLine(blocks: threads + 2, scorers: start.engine.scorer.dealt(into: parts)))
        engine.scorer = Scorer(configuration: configuration.settings.detection)
    }

    /// Folds everything up to a place, or to the end of the log, or so far that nothing more is wanted;
    /// `emit` takes the transitions of a block.
    mutating func run(
        until end: Place = .end, stopping stop: ReplayEnd? = nil,
        emit: (_ events: UInt64, [AlertTransition]) throws -> Void
    ) throws {
        let line = line
        let workers = Threads(threads - 1) {
            var decoder = RawBlockDecoder()
            while line.take({ $0.next() }).run(&decoder, line) {}
        }
        do {
            try lead(until: end, stopping: stop, emit)
        } catch {
            line.update { $0.stop() }
            workers.join()
            throw error
        }
        line.update { $0.stop() }
        workers.join()
    }

    /// What the thread does that reads and judges.
    private mutating func lead(
        until end: Place, stopping stop: ReplayEnd?, _ emit: (UInt64, [AlertTransition]) throws -> Void
    ) throws {
        var decoder = RawBlockDecoder()
        var transitions: [AlertTransition] = []
        while true {
            let mayRead =
                if case .nothing = pending,
                    !(stop?.isReached(reader.nextSequence, now: engine.now) ?? false)
                {
                    reader.nextSequence < end.sequence
                        || reader.nextSequence == end.sequence && recordsRead < end.records
                } else { false }
            let step = line.take { line -> Step? in
                if let block = line.failed { return .mend(block) }
                if let block = line.scored { return .judge(block) }
                if mayRead, let block = line.room { return .read(block) }
                if let task = line.next() { return .work(task) }
                return line.isEmpty && !mayRead ? .settle : nil
            }
            switch step {
            case .judge(let block):
                judge(block, into: &transitions)
            case .mend(let block):
                guard try mend(block) else { return }
                continue
            case .read(let block):
                read(into: block)
                continue
            case .work(let task):
                _ = task.run(&decoder, line)
                continue
            case .settle:
                applyTicks(into: &transitions)
                switch pending {
                case .nothing, .end:
                    return try emit(events, transitions)
                case .damage(let error):
                    try emit(events, transitions)
                    throw error
                case .control(let control):
                    try obey(control, into: &transitions)
                    pending = .nothing
                }
            }
            try emit(events, transitions)
            transitions.removeAll(keepingCapacity: true)
        }
    }

    private mutating func judge(_ block: BlockLine.Block, into transitions: inout [AlertTransition]) {
        applyTicks(into: &transitions)
        if let record = block.record {
            engine.judge(
                block.found.map(\.signals), received: record.received.map { Timestamp(rawValue: $0) },
                symbols: symbols, into: &transitions)
            engine.countBeyond(block.batch, symbols: symbols)
            events += UInt64(record.count)
        }
        blocksJudged += 1
        line.update { $0.didJudge() }
    }

    /// Takes the next record of the log.
    private mutating func read(into block: BlockLine.Block) {
        do throws(LogError) {
            switch try reader.next(
                raw: &block.raw, into: &block.batch, symbols: &symbols, columns: .detection)
            {
            case .events(let record):
                folding.extend(to: symbols.models)
                block.folding = folding
                block.record = record
                blocksRead += 1
                recordsRead = 0
                let isDecoded = block.raw.isEmpty
                line.update { $0.append(isDecoded: isDecoded) }
            case .tick(let wall):
                ticks.append((blocksRead, Timestamp(rawValue: wall)))
                recordsRead += 1
            case .control(let control):
                pending = .control(control)
                recordsRead += 1
            case .durable:
                break
            case nil:
                isTorn = reader.tail == .torn
                pending = .end
            }
        } catch { pending = .damage(error) }
    }

    /// A check of a block failed: reads it again the ordinary way, which says what is wrong; false where the
    /// log ends before it.
    private mutating func mend(_ block: BlockLine.Block) throws(LogError) -> Bool {
        guard let record = block.record else { return false }
        var again = try LogReader(disk, directory: directory, from: record.firstSequence)
        while let found = try again.next(into: &block.batch, symbols: &symbols, columns: .detection) {
            guard case .events = found else { continue }
            let number = blocksJudged
            line.update { $0.decoded(number, isSound: true) }
            return true
        }
        isTorn = again.tail == .torn
        return false
    }

    private mutating func applyTicks(into transitions: inout [AlertTransition]) {
        while let tick = ticks.first, tick.block <= blocksJudged {
            engine.tick(tick.wall, into: &transitions)
            ticks.removeFirst()
        }
    }

    /// See `LogFold`.
    private mutating func obey(_ control: ControlRecord, into transitions: inout [AlertTransition]) throws {
        switch control.name {
        case RunConfiguration.controlName where override == nil:
            try begin(control, into: &transitions)
        case Acceptance.controlName:
            guard let acceptance = Acceptance(payload: control.payload) else { break }
            folding.extend(to: symbols.models)
            let level = engine.accept(acceptance, names: folding, symbols: symbols, into: &transitions)
            if let level { line.update { $0.adopt(level) } }
        default: break
        }
    }

    /// Begins an epoch.
    private mutating func begin(
        _ control: ControlRecord, into transitions: inout [AlertTransition]
    ) throws {
        let next = try RunConfiguration(RunConfiguration.settings(payload: control.payload))
        defer { configuration = next }
        guard next.fingerprint != configuration.fingerprint else { return }
        var silent = try ThreadedFold(disk, directory: directory, override: next, threads: threads)
        // Without the record itself.
        try silent.run(until: Place(sequence: control.sequence, records: recordsRead - 1)) { _, _ in }
        // Symbols are numbered by first appearance, so those of this fold serve the same events.
        engine.handOver(to: silent.engine, into: &transitions)
        engine = silent.engine
        folding = silent.folding
        let scorers = silent.line.take { $0 }
        line.update { $0.adopt(scorers) }
    }
}
