public import Alerting
public import EventLog
import UsageEvents

/// How a run of ingestion behaves.
public struct IngestOptions: Sendable {
    /// The log's directory.
    public var log: String
    /// What is read.
    public var feed: FeedOptions
    /// Whether the engine runs; otherwise events are only appended.
    public var detects = true
    /// Whether the run waits for space on a full disk rather than end.
    public var waitsForSpace = false
    /// The log's own file sizes.
    public var segmentBytes = Limits.segmentBytes
    /// Settings from the environment that override the log's own; they are written into the log before the
    /// first event.
    public var environment: [String: String] = [:]
    /// When snapshots are made.
    var snapshots = SnapshotPolicy()

    /// Options for a log and its inputs.
    public init(log: String, feed: FeedOptions) {
        self.log = log
        self.feed = feed
    }
}

/// What a run of ingestion tells while it runs.
public struct IngestObserver {
    /// Transitions whose events are durable and that are in the journal.
    public var transitions: ([AlertTransition]) -> Void = { _ in }
    /// So many input lines of this run have a fate that survives a crash.
    public var durable: (_ lines: Int) -> Void = { _ in }
    /// Where the run is: bytes read of those expected, events so far, transitions so far.
    public var progress: (_ bytes: Int, _ expected: Int?, _ events: Int, _ alerts: Int) -> Void = {
        _, _, _, _ in
    }
    /// Something that the user should know: one sentence.
    public var notice: (String) -> Void = { _ in }

    /// An observer that ignores everything.
    public init() {}
}

/// What a run of ingestion did.
public struct IngestSummary: Sendable {
    /// Lines and what became of them.
    public var counts = FeedCounts()
    /// Events appended.
    public var accepted = 0
    /// Events behind every window of their account.
    public var late: UInt64 = 0
    /// Alerts that fired for the first time.
    public var alerts = 0
    /// What detection met beyond its bounds in this run.
    public var beyond = BeyondLimits()
    /// The time that the events of this run span.
    public var span = EventSpan()
    /// Bytes that the log grew by.
    public var bytesWritten = 0
    /// Seconds from the first read to the last commit.
    public var seconds = 0.0
    /// The first lines that were refused, at most five.
    public var refused: [RefusedLine] = []
    /// Inputs that failed.
    public var problems: [InputError] = []
    /// The signal that ended the run early, if any.
    public var interruptedBy: Int32?
    /// Where the journal was moved, if it said something else than the log does.
    public var journalMoved: String?
}

/// Decode, drop duplicates, append durably, run the engine, journal its alerts.
public final class Ingest<D: Disk> {
    private let options: IngestOptions
    private let disk: D
    private var writer: LogWriter<D>
    private var duplicates: DuplicateWindow
    private var rejected: RejectedLines<D>
    /// Nil where events are only appended.
    private var engine: Engine?
    private var journal: Journal<D>?
    private var snapshots: Snapshots<D>
    /// Where the engine stands, and under which configuration.
    private var mark = LogMark()
    private var configuration = RunConfiguration(TidemarkConfiguration())
    /// The names of what is being read.
    private var symbols = Symbols()
    /// The names that the engine knows.
    private var labels = FoldedLabels()
    private var batch = EventBatch()
    private var transitions: [AlertTransition] = []
    private var summary = IngestSummary()
    private var lateBefore: UInt64 = 0

    /// What the log's recovery found.
    public var recovery: RecoveryReport { writer.recovery }

    /// Takes the lock, recovers the log, and brings its duplicate window, the engine and the journal to its
    /// end: from the newest snapshot that fits, else from the beginning.
    public init(_ disk: D, options: IngestOptions, observer: IngestObserver) throws {
        var writing = LogWriter<D>.Options()
        writing.segmentBytes = options.segmentBytes
        self.options = options
        self.disk = disk
        writer = try LogWriter(disk, directory: options.log, options: writing)
        duplicates = DuplicateWindow()
        rejected = try RejectedLines(disk, directory: options.log)
        snapshots = Snapshots(disk, log: options.log, policy: options.snapshots)
        if try !options.detects || !beginDetection(disk, observer) {
            duplicates = try DuplicateWindow.of(
                disk, log: options.log, horizon: writer.recovery.duplicates)
        }
    }

    /// Brings engine and journal to the end of the log; returns whether a snapshot gave the duplicate window
    /// too.
    private func beginDetection(_ disk: D, _ observer: IngestObserver) throws -> Bool {
        var journal = try Journal(disk, log: options.log)
        let beginning = try snapshots.begin(writer.id, &journal, notice: observer.notice)
        let window = beginning.duplicates
        var fold = beginning.fold
        var before = fold.events
        while try fold.step(into: &transitions) {
            snapshots.add(events: Int(fold.events - before))
            before = fold.events
            try journal.record(transitions)
            transitions.removeAll(keepingCapacity: true)
        }
        var settings = fold.configuration.settings
        try settings.apply(environment: options.environment)
        let wanted = RunConfiguration(settings)
        if wanted.fingerprint != fold.configuration.fingerprint {
            try writer.appendControl(
                RunConfiguration.controlName, payload: Array(settings.canonicalText.utf8))
            try writer.commit()
            observer.notice(
                "the environment changes the configuration; the log now has it too, as \(wanted.fingerprint)"
            )
            while try fold.step(into: &transitions) {}
            try journal.record(transitions)
            transitions.removeAll(keepingCapacity: true)
        }
        try journal.endCatchUp()
        summary.journalMoved = journal.moved
        let state = fold.finish()
        labels = FoldedLabels(state.symbols)
        configuration = state.configuration
        mark = state.mark
        lateBefore = state.engine.lateEvents
        engine = state.engine
        self.journal = consume journal
        if let window { duplicates = window }
        return window != nil
    }

    /// Reads all inputs to their end, or until a signal.
    public func run(_ observer: IngestObserver) throws -> IngestSummary {
        let began = monotonicSeconds()
        let feed = EventFeed(options.feed)
        var idleSince: Double?
        try takeInbox(observer)
        reading: while true {
            if isInboxDue() { try takeInbox(observer) }
            if symbols.isLarge { forgetNames(feed) }
            switch feed.next(into: &batch, symbols: &symbols) {
            case .finished: break reading
            case .idle:
                try rest(since: &idleSince, observer)
                if options.feed.interruption() != nil { break reading }
            case .recall: try recall(feed)
            case .batch:
                idleSince = nil
                take(feed.refused)
                feed.refused.removeAll(keepingCapacity: true)
                try commitBatch(observer, isLive: feed.isLive)
                if feed.counts.lines > linesTold {
                    linesTold = feed.counts.lines
                    observer.durable(linesTold)
                }
                observer.progress(feed.counts.bytes, feed.bytesExpected, summary.accepted, summary.alerts)
                makeSnapshot(observer)
            }
        }
        feed.finish()
        try takeInbox(observer)
        summary.counts = feed.counts
        summary.counts.duplicates = duplicatesDropped
        summary.problems = feed.problems
        summary.interruptedBy = options.feed.interruption()
        summary.seconds = monotonicSeconds() - began
        return try close(observer)
    }

    /// Says of each bound once that it was met, while a run goes on that may never end.
    private func warnOfBounds(_ observer: IngestObserver) {
        guard options.feed.follows, let beyond = engine?.beyond, !beyond.isEmpty else { return }
        for row in beyond.rows where !boundsTold.contains(row.name) {
            boundsTold.append(row.name)
            observer.notice("more was named than detection remembers: \(row.meaning)")
        }
    }

    /// Begins new tables of names: each batch is read and written with those that it needs.
    private func forgetNames(_ feed: EventFeed) {
        symbols = Symbols()
        labels.forgetNumbers()
        feed.forgetNumbers()
    }

    /// Makes a snapshot where one is due: of durable events only, all of which the journal has.
    private func makeSnapshot(_ observer: IngestObserver, atEnd: Bool = false) {
        guard let engine, snapshots.isDue(accounts: labels.symbols.identities.count, atEnd: atEnd) else {
            return
        }
        snapshots.make(
            {
                try journal?.sync()
                let state = engine.state(symbols: labels.symbols)
                var window = StateWriter()
                duplicates.write(into: &window)
                let head = Snapshot.Head(
                    log: writer.id, mark: mark, fingerprint: configuration.fingerprint,
                    settings: configuration.settings.canonicalText, journal: journal?.mark ?? JournalMark(),
                    digest: state.digest)
                return Snapshot(head: head, state: state.bytes, duplicates: window.bytes)
            }, notice: observer.notice)
    }

    private var duplicatesDropped = 0
    private var boundsTold: [String] = []
    private var linesTold = 0
    private var inboxLooked = 0.0

    /// Whether a follower should look for what others have left: once a second.
    private func isInboxDue() -> Bool {
        guard options.feed.follows else { return false }
        let now = monotonicSeconds()
        defer { if now - inboxLooked >= 1 { inboxLooked = now } }
        return now - inboxLooked >= 1
    }

    /// Shows a feed what the log has of events that may be said again.
    private func recall(_ feed: EventFeed) throws {
        var reader = try LogReader(disk, directory: options.log, from: 0)
        reader.forgetsNames = true
        var logged = EventBatch()
        var symbols = Symbols()
        while let record = try reader.next(into: &logged, symbols: &symbols, columns: .revisions) {
            if case .events = record { feed.recall(logged, symbols: symbols) }
        }
    }

    /// Drops duplicates, appends, commits, observes, journals, tells: in this order.
    private func commitBatch(_ observer: IngestObserver, isLive: Bool) throws {
        let received = isLive ? wallClock() : nil
        if !batch.isEmpty {
            if let fresh = try duplicates.admit(batch, symbols: symbols, firstSequence: writer.nextSequence) {
                let before = batch.count
                batch.keep(fresh)
                duplicatesDropped += before - batch.count
            }
        }
        try untilThereIsSpace(observer) { () throws(LogError) in
            // Refused lines first: were they last, a full disk there would make the next attempt append the
            // batch twice.
            try rejected.sync()
            if !batch.isEmpty {
                _ = try writer.append(
                    batch, symbols: symbols, received: received, duplicates: duplicates.horizon)
            }
            try writer.commit()
        }
        guard !batch.isEmpty else { return }
        let first = writer.nextSequence - UInt64(batch.count)
        summary.accepted += batch.count
        summary.span.add(batch)
        let wall = received == nil ? nil : writer.received
        guard engine != nil else { return }
        let folded = labels.fold(batch, from: symbols)
        engine?.observe(
            folded, firstSequence: first, received: wall.map(Timestamp.init(rawValue:)),
            symbols: labels.symbols, into: &transitions)
        mark.take(folded, firstSequence: first, received: wall, symbols: labels.symbols)
        snapshots.add(events: batch.count)
        warnOfBounds(observer)
        try tell(observer)
    }

    /// Appends what somebody accepted, and obeys it as every later fold will; false, with nothing written,
    /// where no such alert is open.
    func take(_ acceptance: Acceptance, _ observer: IngestObserver) throws -> Bool {
        guard engine?.openAlerts.contains(where: { $0.id == acceptance.alert }) ?? true else { return false }
        try append([acceptance], observer)
        return true
    }

    private func append(_ acceptances: [Acceptance], _ observer: IngestObserver) throws {
        for acceptance in acceptances {
            try untilThereIsSpace(observer) { () throws(LogError) in
                try writer.appendControl(Acceptance.controlName, payload: acceptance.payload)
                try writer.commit()
            }
            mark.take(control: Acceptance.controlName, payload: acceptance.payload)
            engine?.accept(acceptance, symbols: labels.symbols, into: &transitions)
            snapshots.add(events: 0)
        }
        try tell(observer)
    }

    /// Takes what others have left for the process that holds the log.
    private func takeInbox(_ observer: IngestObserver) throws {
        let acceptances = try Inbox.waiting(in: disk, log: options.log)
        guard !acceptances.isEmpty else { return }
        try append(acceptances, observer)
        try Inbox.remove(acceptances, in: disk, log: options.log)
    }

    private func tell(_ observer: IngestObserver) throws {
        guard !transitions.isEmpty else { return }
        try journal?.record(transitions)
        summary.alerts += transitions.count { $0.state == .firing && $0.seq == 0 }
        observer.transitions(transitions)
        transitions.removeAll(keepingCapacity: true)
    }

    /// A follower waits on a full disk and goes on by itself; a one-shot run ends.
    private func untilThereIsSpace(
        _ observer: IngestObserver, _ body: () throws(LogError) -> Void
    ) throws {
        var isTold = false
        while true {
            do throws(LogError) {
                try body()
                if isTold { observer.notice("there is space again; going on") }
                return
            } catch {
                guard case .full = error, options.waitsForSpace, options.feed.interruption() == nil else {
                    throw error
                }
                if !isTold { observer.notice("\(error) Waiting for space.") }
                isTold = true
                pause(milliseconds: 1_000)
            }
        }
    }

    /// Nothing to read: after a second the end is marked durable, after a minute of a live log a tick lets
    /// time pass.
    private func rest(since: inout Double?, _ observer: IngestObserver) throws {
        let now = monotonicSeconds()
        guard let began = since else {
            since = now
            return
        }
        if now - began > 1 { try writer.markDurable() }
        guard options.feed.isLive, now - began > 60 else { return }
        since = now
        let wall = wallClock()
        try writer.appendTick(received: wall)
        try writer.commit()
        let received = writer.received ?? wall
        engine?.tick(Timestamp(rawValue: received), into: &transitions)
        mark.take(tick: received)
        snapshots.add(events: 0)
        try tell(observer)
    }

    private func take(_ refused: [RefusedLine]) {
        summary.refused += refused.prefix(max(0, 5 - summary.refused.count))
        for line in refused {
            rejected.add(
                RejectedLine(
                    file: line.input, line: line.line, reason: line.reason, field: line.field,
                    detail: line.detail,
                    text: line.bytes))
        }
    }

    private func close(_ observer: IngestObserver) throws -> IngestSummary {
        makeSnapshot(observer, atEnd: true)
        summary.late = (engine?.lateEvents ?? lateBefore) - lateBefore
        summary.beyond = engine?.beyond ?? BeyondLimits()
        summary.bytesWritten = writer.bytesWritten
        let result = summary
        try journal?.close()
        try rejected.sync()
        try writer.markDurable()
        return result
    }
}
