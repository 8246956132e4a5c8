import Detection
import EventLog
import UsageEvents

/// When a run makes a snapshot. Work is counted in events; a record counts as `recordWork` of them besides,
/// because a block of one event costs that much to read.
struct SnapshotPolicy: Sendable {
    /// Work since the last one below which there is none: reading it again takes some ten milliseconds.
    var workMin = Limits.snapshotWorkMin
    /// The same for each account: to write what is known of one costs as much as to read an event or two.
    var workPerAccount = 1
    /// Work after which there is one at once; less waits for `seconds` since the last, or the run's end.
    var workMax = Limits.snapshotWorkMax
    /// Seconds of wall time between two, below `workMax`.
    var seconds = 60.0

    /// What a record costs beside its events.
    static let recordWork = 16
}

/// The snapshots of one run of ingestion: where it begins, and those that it makes.
struct Snapshots<D: Disk> {
    private let disk: D
    private let log: String
    private let store: SnapshotStore<D>
    private let policy: SnapshotPolicy
    /// The newest one that fits the log.
    private var good: String?
    private var work = 0
    private var last = monotonicSeconds()

    init(_ disk: D, log: String, policy: SnapshotPolicy) {
        self.disk = disk
        self.log = log
        self.policy = policy
        store = SnapshotStore(disk, log: log)
    }

    /// Where a run begins.
    struct Beginning: ~Copyable {
        var fold: LogFold<D>
        /// Nil at the beginning of the log.
        var duplicates: DuplicateWindow?
    }

    /// The newest snapshot that the log and the journal agree with, else the beginning of the log. What is
    /// passed over is told.
    mutating func begin(
        _ id: LogID, _ journal: inout Journal<D>, notice: (String) -> Void
    ) throws -> Beginning {
        var refused: [(name: String, why: SnapshotRefusal)] = []
        for name in store.names() {
            do {
                let snapshot = try store.read(name)
                guard snapshot.head.log == id else { throw SnapshotRefusal.otherLog }
                let fold = try LogFold(disk, directory: log, resuming: snapshot)
                var duplicates = try Self.window(snapshot)
                guard journal.resume(snapshot.head.journal) else { throw SnapshotRefusal.otherJournal }
                try duplicates.readOn(disk, directory: log, from: snapshot.head.mark.nextSequence)
                good = name
                Self.tell(refused, instead: "the one before it", notice)
                return Beginning(fold: fold, duplicates: duplicates)
            } catch let refusal as SnapshotRefusal {
                refused.append((name, refusal))
            }
        }
        Self.tell(refused, instead: "the whole log", notice)
        let fold = try LogFold(disk, directory: log)
        if let why = fold.origin.notice { notice(why) }
        // A journal that does not begin with what had been told there is compared from its first line on.
        _ = journal.resume(fold.journal)
        return Beginning(fold: fold, duplicates: nil)
    }

    private static func window(_ snapshot: Snapshot) throws -> DuplicateWindow {
        do throws(StateFault) {
            var reader = StateReader(snapshot.duplicates)
            return try DuplicateWindow(&reader)
        } catch { throw SnapshotRefusal.broken(error.what) }
    }

    private static func tell(
        _ refused: [(name: String, why: SnapshotRefusal)], instead: String, _ notice: (String) -> Void
    ) {
        guard !refused.isEmpty else { return }
        let reasons = refused.map { "snapshot \($0.name) is not used: \($0.why)" }
        notice(reasons.joined(separator: "; ") + "; \(instead) is read instead")
    }

    /// A record was taken that has so many events.
    mutating func add(events: Int) { work += events + SnapshotPolicy.recordWork }

    /// Whether it is time for a snapshot of so many accounts.
    func isDue(accounts: Int, atEnd: Bool) -> Bool {
        if work == 0 || work < max(policy.workMin, accounts * policy.workPerAccount) { return false }
        return atEnd || work >= policy.workMax || monotonicSeconds() - last >= policy.seconds
    }

    /// Makes a snapshot. Where that fails the run goes on without, and the next attempt waits as long as if
    /// there were one.
    mutating func make(_ snapshot: () throws -> Snapshot, notice: (String) -> Void) {
        work = 0
        do {
            good = try store.write(try snapshot(), keeping: good)
        } catch {
            notice("no snapshot was written (\(error)); the next start reads more of the log")
        }
        last = monotonicSeconds()
    }
}
