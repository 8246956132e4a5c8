import Alerting
public import EventLog
import UsageEvents

/// What a fold of a log begins with.
public enum FoldOrigin: Sendable, Hashable {
    /// Nothing: it sees everything that is to be known.
    case nothing
    /// What was known where retention has cut the log off, in front of the event with this number.
    case base(UInt64)
    /// The same, but learned under a configuration of this name, not under the fold's own: what was usual is
    /// as that one learned it.
    case learned(UInt64, under: String)
    /// Nothing, although there are events that were dropped: what was known of them cannot be used.
    case lost(UInt64, why: String)

    /// What a user should know about it, as a sentence; nil where the fold is what that of all events would
    /// be.
    public var notice: String? {
        switch self {
        case .nothing, .base: nil
        case .learned(let sequence, let name):
            "What was usual before event \(sequence) is kept as configuration \(name) learned it: those "
                + "events were dropped by retention."
        case .lost(let sequence, let why):
            "What was known before event \(sequence), of events that retention dropped, is not used: \(why). "
                + "Accounts, models and servers begin as unknown there."
        }
    }

    /// The first event that is left, where retention has dropped those before and what they taught is kept.
    public var firstKept: UInt64? {
        switch self {
        case .base(let sequence), .learned(let sequence, _): sequence
        case .nothing, .lost: nil
        }
    }
}

/// Where a fold of a log begins: at its first event, with nothing known, or where retention has cut it off,
/// with what was known there.
struct FoldStart {
    var engine: Engine
    var symbols = Symbols.forFold
    var configuration: RunConfiguration
    var mark = LogMark()
    /// How far the journal had come.
    var journal = JournalMark()
    var origin = FoldOrigin.nothing
    /// The sequence from which on to read.
    var sequence: UInt64 = 0

    private init(_ configuration: RunConfiguration, _ origin: FoldOrigin) {
        self.configuration = configuration
        engine = configuration.engine
        self.origin = origin
    }

    /// Where the fold of a log begins under its own configuration, or under another one.
    static func find<D: Disk>(
        _ disk: D, directory: String, override: RunConfiguration? = nil
    ) throws(LogError) -> FoldStart {
        let first = override ?? RunConfiguration(TidemarkConfiguration())
        guard let base = try LogBase.find(disk, directory: directory) else {
            return FoldStart(first, .nothing)
        }
        do throws(SnapshotRefusal) {
            let own = try SnapshotFile.read(disk, base.path)
            if let override, override.fingerprint != own.head.fingerprint {
                let path = LogBase.path(inLog: directory, at: base.sequence, name: override.fingerprint)
                do throws(SnapshotRefusal) {
                    return try FoldStart(base, SnapshotFile.read(disk, path), override)
                } catch {}
            }
            return try FoldStart(base, own, override)
        } catch {
            return FoldStart(first, .lost(base.sequence, why: "\(error)"))
        }
    }

    init(
        _ base: LogBase, _ snapshot: Snapshot, _ override: RunConfiguration?
    ) throws(SnapshotRefusal) {
        let head = snapshot.head
        guard head.log == base.log else { throw .otherLog }
        guard head.mark.nextSequence <= base.sequence else { throw .notInLog }
        // Its events are gone: where the settings have got another name since, they still say the same.
        let own = try head.configuration(isExact: false)
        configuration = override ?? own
        do throws(StateFault) {
            engine = try Engine(state: snapshot.state, configuration: configuration, symbols: &symbols)
        } catch { throw .broken(error.what) }
        let isSame = configuration.fingerprint == head.fingerprint
        origin = isSame ? .base(base.sequence) : .learned(base.sequence, under: head.fingerprint)
        mark = head.mark
        journal = head.journal
        sequence = base.sequence
    }
}

extension DuplicateWindow {
    /// The window of a log, up to a segment or to the end, where the last block carries `horizon`. Of events
    /// that retention dropped it knows what was kept.
    static func of<D: Disk>(
        _ disk: D, log: String, horizon: DuplicateHorizon, beforeSegment end: UInt64? = nil
    ) throws(LogError) -> DuplicateWindow {
        if let base = try LogBase.find(disk, directory: log), horizon.from < base.sequence,
            var window = kept(disk, base)
        {
            try window.readOn(disk, directory: log, from: base.sequence, beforeSegment: end)
            return window
        }
        return try restore(disk, directory: log, horizon: horizon, beforeSegment: end)
    }

    /// What was kept; nil where that cannot be read, and after an erasure.
    private static func kept<D: Disk>(_ disk: D, _ base: LogBase) -> DuplicateWindow? {
        guard let bytes = try? SnapshotFile.read(disk, base.path).duplicates else { return nil }
        var reader = StateReader(bytes)
        return try? DuplicateWindow(&reader)
    }
}

extension JournalMark {
    /// How far the journal of a log had come where the log begins: nothing of it, unless retention has cut it
    /// off.
    public static func atStart<D: Disk>(_ disk: D, log: String) throws(LogError) -> JournalMark {
        guard let base = try LogBase.find(disk, directory: log) else { return JournalMark() }
        do throws(SnapshotRefusal) { return try SnapshotFile.head(disk, base.path).journal } catch {
            return JournalMark()
        }
    }

    /// Whether a journal with these lines, without their ends, begins so.
    public func isBeginning(of journal: [ArraySlice<UInt8>]) -> Bool {
        guard journal.count >= lines else { return false }
        return isOf(Array(journal[..<lines].joined(separator: [10]) + (lines > 0 ? [10] : [])).span)
    }
}
