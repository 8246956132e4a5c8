import Alerting
public import EventLog
import UsageEvents

/// What goes from a log for good, and what stays known: events by age and size, or one account.
public enum Retention {
    /// Drops what a policy does not keep. What the dropped events had taught is kept with the log first,
    /// durably, so that alerts of the rest stay what they were.
    public static func prune<D: Disk>(
        _ disk: D, directory: String, policy: LogPruner<D>.Policy, isDryRun: Bool = false
    ) throws -> LogPruning {
        try LogPruner.prune(disk, directory: directory, policy: policy, isDryRun: isDryRun) { sequence in
            try keep(disk, directory, before: sequence)
        }
    }

    /// Writes down what the events before a segment have taught: under the configuration in force there, and
    /// under each that comes into force later, which begins with a fold of everything before.
    private static func keep<D: Disk>(_ disk: D, _ directory: String, before sequence: UInt64) throws {
        let path = LogBase.path(inLog: directory, at: sequence)
        guard var own = try known(disk, directory, before: sequence, under: nil) else { return }
        var window = StateWriter()
        try duplicates(disk, directory, before: sequence, own.head.mark).write(into: &window)
        own.duplicates = window.bytes
        let reader = try LogReader(disk, directory: directory, from: sequence)
        var names: Set = [own.head.fingerprint]
        for later in try AccountHistory.configurations(reader)
        where names.insert(later.fingerprint).inserted {
            let path = LogBase.path(inLog: directory, at: sequence, name: later.fingerprint)
            if let known = try known(disk, directory, before: sequence, under: later) {
                try SnapshotFile.write(known, disk, path)
            }
        }
        // Last: the others count with it only.
        try SnapshotFile.write(own, disk, path)
    }

    /// The request ids that were remembered in front of a segment.
    private static func duplicates<D: Disk>(
        _ disk: D, _ directory: String, before sequence: UInt64, _ mark: LogMark
    ) throws -> DuplicateWindow {
        var reader = try LogReader(
            disk, directory: directory, from: mark.lastSequence, beforeSegment: sequence)
        var batch = EventBatch()
        var symbols = Symbols()
        var horizon = DuplicateHorizon()
        while let record = try reader.next(into: &batch, symbols: &symbols, columns: .duplicateKeys) {
            if case .events(let events) = record { horizon = events.duplicates }
        }
        return try .of(disk, log: directory, horizon: horizon, beforeSegment: sequence)
    }

    /// What the events before a segment have taught; nil where there are none.
    private static func known<D: Disk>(
        _ disk: D, _ directory: String, before sequence: UInt64, under override: RunConfiguration?
    ) throws -> Snapshot? {
        var fold = try LogFold(
            disk, directory: directory, override: override, beforeSegment: sequence)
        var journal = fold.journal
        var transitions: [AlertTransition] = []
        var line: [UInt8] = []
        while try fold.step(into: &transitions) {
            for transition in transitions {
                line.removeAll(keepingCapacity: true)
                transition.write(into: &line)
                line.append(UInt8(ascii: "\n"))
                journal.add(line.span)
            }
            transitions.removeAll(keepingCapacity: true)
        }
        let id = fold.id
        let (engine, symbols, configuration, mark) = fold.finish()
        guard let id, mark.events > 0 else { return nil }
        let state = engine.state(symbols: symbols)
        let head = Snapshot.Head(
            log: id, mark: mark, fingerprint: configuration.fingerprint,
            settings: configuration.settings.canonicalText, journal: journal, digest: state.digest)
        return Snapshot(head: head, state: state.bytes, duplicates: [])
    }

    /// Erases one account; see `LogEraser.erase`.
    public static func erase<D: Disk>(
        _ disk: D, directory: String, identity: String
    ) throws -> LogErasure {
        try LogEraser.erase(disk, directory: directory, identity: identity) {
            try forget($0, disk, directory)
        }
    }

    /// Ends an erasure that was interrupted; nil where there is none.
    public static func finishErasure<D: Disk>(_ disk: D, directory: String) throws -> LogErasure? {
        try LogEraser.finish(disk, directory: directory) { try forget($0, disk, directory) }
    }

    /// Whether what was known where a log begins has an account in it.
    public static func knows<D: Disk>(
        _ identity: String, _ disk: D, directory: String
    ) throws -> Bool {
        try LogBase.find(disk, directory: directory)?.files(disk).contains { path in
            guard var reader = try? StateReader(SnapshotFile.read(disk, path).state) else { return false }
            var symbols = Symbols()
            return (try? StateNumbers(&reader, into: &symbols)) != nil
                && symbols.identities.find(identity) != nil
        } ?? false
    }

    /// What is wrong with the files of what was known where a log begins: for each such file the reason, as
    /// the end of a sentence.
    public static func problems<D: Disk>(
        _ disk: D, directory: String
    ) throws -> [(path: String, why: String)] {
        guard let base = try LogBase.find(disk, directory: directory) else { return [] }
        return try base.files(disk).compactMap { path in
            do throws(SnapshotRefusal) {
                _ = try FoldStart(base, SnapshotFile.read(disk, path), nil)
                return nil
            } catch { return (path, "\(error)") }
        }
    }

    /// Takes an account out of what was known where the log begins. What cannot be read goes whole: nobody
    /// could say that the account is not in it.
    private static func forget<D: Disk>(_ account: Mention, _ disk: D, _ directory: String) throws {
        guard let base = try LogBase.find(disk, directory: directory) else { return }
        for path in try base.files(disk) {
            var snapshot: Snapshot
            do throws(SnapshotRefusal) {
                snapshot = try without(account, SnapshotFile.read(disk, path))
            } catch {
                try disk.remove(path)
                try disk.syncDirectory(base.folder)
                continue
            }
            snapshot.head.journal = try snapshot.head.journal.without(account, disk, log: directory)
            try SnapshotFile.write(snapshot, disk, path)
        }
    }

    private static func without(
        _ account: Mention, _ snapshot: Snapshot
    ) throws(SnapshotRefusal) -> Snapshot {
        let configuration = try snapshot.head.configuration(isExact: false)
        var symbols = Symbols.forFold
        var engine: Engine
        do throws(StateFault) {
            engine = try Engine(state: snapshot.state, configuration: configuration, symbols: &symbols)
        } catch { throw .broken(error.what) }
        engine.forget(account, symbols: symbols)
        let state = engine.state(symbols: symbols, namesAll: false)
        var kept = Snapshot(head: snapshot.head, state: state.bytes, duplicates: [])
        kept.head.digest = state.digest
        // It may be made of an event of the account.
        kept.head.mark.hash = Hash128(high: 0, low: 0)
        return kept
    }
}
