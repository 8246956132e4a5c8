public import Alerting
public import EventLog
public import UsageEvents

/// The fold of a whole log: every record in order, through an engine, into transitions.
///
/// Live ingestion, `replay` and the repair of a journal are this one fold. Where the log changes its
/// configuration, the engine is built anew by a silent replay of everything before: alerts that do not exist
/// under the new one are closed as `superseded`, and those that are new are recorded. That is an epoch;
/// equality of replay and journal holds across it.
public struct LogFold<D: Disk>: ~Copyable {
    /// The engine as of the last record.
    public private(set) var engine: Engine
    /// The symbols of the events read so far.
    public var symbols: Symbols
    /// Configuration in force.
    public private(set) var configuration: RunConfiguration
    /// Where it stands.
    private(set) var mark: LogMark
    /// What it began with.
    public let origin: FoldOrigin
    /// How far the journal had come there.
    let journal: JournalMark

    private let disk: D
    private let directory: String
    private let override: RunConfiguration?
    private var reader: LogReader<D>
    private var batch = EventBatch()
    /// Events in front of the place where it began.
    private let before: UInt64

    /// A fold over the log in a directory; one that retention has cut off begins with what was known there.
    ///
    /// - Parameter override: settings to use instead of the log's own; nil follows the log.
    public init(_ disk: D, directory: String, override: RunConfiguration? = nil) throws(LogError) {
        try self.init(disk, directory: directory, override: override, beforeSegment: nil)
    }

    /// The same, up to the segment with a first sequence.
    init(
        _ disk: D, directory: String, override: RunConfiguration? = nil, beforeSegment end: UInt64?
    ) throws(LogError) {
        let start = try FoldStart.find(disk, directory: directory, override: override)
        let reader = try LogReader(
            disk, directory: directory, from: start.sequence, beforeSegment: end)
        self.disk = disk
        self.directory = directory
        self.override = override
        self.reader = reader
        engine = start.engine
        symbols = start.symbols
        configuration = start.configuration
        mark = start.mark
        origin = start.origin
        journal = start.journal
        before = start.mark.events
    }

    /// A fold that goes on from a snapshot; throws `SnapshotRefusal` where the log is not as it was then.
    init(_ disk: D, directory: String, resuming snapshot: Snapshot) throws {
        let head = snapshot.head
        let configuration = try head.configuration()
        var symbols = Symbols.forFold
        let engine: Engine
        do throws(StateFault) {
            engine = try Engine(state: snapshot.state, configuration: configuration, symbols: &symbols)
        } catch { throw SnapshotRefusal.broken(error.what) }
        let reader = try head.mark.reader(disk, directory: directory, log: head.log, symbols: symbols)
        self.disk = disk
        self.directory = directory
        override = nil
        self.configuration = configuration
        self.reader = reader
        self.engine = engine
        self.symbols = symbols
        mark = head.mark
        origin = .nothing
        journal = head.journal
        before = head.mark.events
    }

    /// Events read.
    public var events: UInt64 { mark.events - before }

    /// What was met beyond the bounds.
    public var beyond: BeyondLimits { engine.beyond }

    /// The name of the log; nil before the first record.
    var id: LogID? { reader.id }

    /// Sequence of the next event.
    public var nextSequence: UInt64 { reader.nextSequence }

    /// Whether the log ended in a block that is not whole.
    public var isTorn: Bool { reader.tail == .torn }

    /// Places where the log lacks events.
    public var gaps: [LogGap] { reader.gaps }

    /// Takes the next record; false at the end (a later call may find more).
    public mutating func step(into transitions: inout [AlertTransition]) throws -> Bool {
        guard let record = try reader.next(into: &batch, symbols: &symbols, columns: .detection) else {
            return false
        }
        switch record {
        case .events(let block):
            let wall = block.received.map { Timestamp(rawValue: $0) }
            engine.observe(
                batch, firstSequence: block.firstSequence, received: wall, symbols: symbols,
                into: &transitions)
            mark.take(batch, firstSequence: block.firstSequence, received: block.received, symbols: symbols)
        case .tick(let wall):
            mark.take(tick: wall)
            engine.tick(Timestamp(rawValue: wall), into: &transitions)
        case .control(let control):
            let recordsBefore = mark.records
            mark.take(control)
            try take(control, behind: recordsBefore, &transitions)
        case .durable:
            break
        }
        return true
    }

    /// Obeys a control record, which stands behind so many others in front of the same event.
    private mutating func take(
        _ control: ControlRecord, behind records: UInt64, _ transitions: inout [AlertTransition]
    ) throws {
        switch control.name {
        case RunConfiguration.controlName where override == nil:
            let settings = try RunConfiguration.settings(payload: control.payload)
            try begin(RunConfiguration(settings), at: control, behind: records, &transitions)
        case Acceptance.controlName:
            guard let acceptance = Acceptance(payload: control.payload) else { break }
            engine.accept(acceptance, symbols: symbols, into: &transitions)
        default: break
        }
    }

    /// Begins an epoch.
    private mutating func begin(
        _ next: RunConfiguration, at control: ControlRecord, behind records: UInt64,
        _ transitions: inout [AlertTransition]
    ) throws {
        guard next.fingerprint != configuration.fingerprint else {
            configuration = next
            return
        }
        var silent = try LogFold(disk, directory: directory, override: next)
        var ignored: [AlertTransition] = []
        while silent.nextSequence < control.sequence
            || silent.nextSequence == control.sequence && silent.mark.records < records
        {
            ignored.removeAll(keepingCapacity: true)
            guard try silent.step(into: &ignored) else { break }
        }
        engine.handOver(to: silent.engine, into: &transitions)
        engine = silent.engine
        // Symbols are numbered by first appearance, so those of the silent fold serve the same events.
        symbols = silent.symbols
        configuration = next
    }

    /// Gives up the reader and keeps what was learned, to go on with events that the caller appends itself.
    consuming func finish() -> (
        engine: Engine, symbols: Symbols, configuration: RunConfiguration, mark: LogMark
    ) {
        (engine, symbols, configuration, mark)
    }
}
