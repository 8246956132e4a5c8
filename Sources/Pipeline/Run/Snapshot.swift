import Alerting
import EventLog
import UsageEvents

/// What a run has learned from a log up to one place: with it and the events behind, a start need not read
/// the log from its beginning. It holds nothing that the log does not say; any of it may be thrown away.
///
/// `docs/log-format.md` describes the file.
struct Snapshot: Sendable {
    /// What can be read without the rest.
    struct Head: Sendable, Hashable {
        /// The log that it is of.
        var log: LogID
        /// Up to where.
        var mark: LogMark
        /// The configuration in force there: its name, and its canonical text.
        var fingerprint: String
        var settings: String
        /// How far the journal had come.
        var journal: JournalMark
        /// Version of the detectors.
        var engine = AlertTransition.engineVersion
        /// Hash of the state.
        var digest: Hash128
    }

    var head: Head
    /// See `Engine.state`.
    var state: [UInt8]
    /// See `DuplicateWindow.write`; empty in the state of a log's beginning.
    var duplicates: [UInt8]
}

/// Why a snapshot is not used.
enum SnapshotRefusal: Error, Hashable, Sendable {
    /// It is cut off, or was changed.
    case broken(String)
    /// A later version of the program wrote it.
    case version(String)
    /// Its detectors are other ones.
    case otherEngine(String)
    /// The configuration that it names is not what this program makes of its text.
    case otherConfiguration
    /// It is of another log.
    case otherLog
    /// The log has something else, or nothing, where it was made.
    case notInLog
    /// The journal does not begin with what had been told then.
    case otherJournal
    /// It could not be read.
    case unreadable(IOFailure)
}

extension SnapshotRefusal: CustomStringConvertible {
    /// The reason, as the end of a sentence.
    var description: String {
        switch self {
        case .broken(let what): "it is damaged (\(what))"
        case .version(let version): "it has format \(version), which this program does not read"
        case .otherEngine(let version): "its detectors are of version \(version)"
        case .otherConfiguration: "it was made under another configuration"
        case .otherLog: "it is of another log"
        case .notInLog: "the log does not have the events that it was made of"
        case .otherJournal: "the journal says something else"
        case .unreadable(let failure): "\(failure)"
        }
    }
}

extension Snapshot.Head {
    func write(into w: inout StateWriter) {
        w.fixed(log.high)
        w.fixed(log.low)
        w.unsigned(mark.events)
        w.unsigned(mark.lastSequence)
        w.unsigned(mark.records)
        w.hash(mark.hash)
        w.text(engine)
        w.text(fingerprint)
        w.text(settings)
        w.count(journal.lines)
        w.count(journal.bytes)
        w.unsigned(journal.checksum)
        w.hash(digest)
    }

    init(_ r: inout StateReader) throws(StateFault) {
        log = LogID(high: try r.fixed(), low: try r.fixed())
        mark = LogMark(
            events: try r.unsigned(), lastSequence: try r.unsigned(), records: try r.unsigned(),
            hash: try r.hash())
        try r.check(mark.events > 0 && mark.lastSequence < UInt64.max / 2, "a place in the log")
        engine = try r.text()
        fingerprint = try r.text()
        settings = try r.text()
        journal = JournalMark(
            lines: try r.number(), bytes: try r.number(), checksum: try r.unsigned32())
        digest = try r.hash()
        try r.end()
    }

    /// The configuration that it was made under.
    ///
    /// - Parameter isExact: whether this program has to give it the same name.
    func configuration(isExact: Bool = true) throws(SnapshotRefusal) -> RunConfiguration {
        guard engine == AlertTransition.engineVersion else { throw .otherEngine(engine) }
        let configuration: RunConfiguration
        do throws(ConfigurationError) {
            configuration = RunConfiguration(try RunConfiguration.settings(payload: Array(settings.utf8)))
        } catch { throw .otherConfiguration }
        guard !isExact || configuration.fingerprint == fingerprint else { throw .otherConfiguration }
        return configuration
    }
}
