import Alerting
import Detection
public import EventLog
import UsageEvents

/// Somebody said that what an alert tells of is to be expected: a control record of the log, obeyed at its
/// place in the sequence.
///
/// It names the alert alone, which says the rest: so nothing of an account is in the record. An alert that is
/// not open there, because it was over or is not raised under another configuration, is passed over.
public struct Acceptance: Sendable {
    /// The name of the control record.
    static let controlName = "accepted"

    /// The alert's id.
    public let alert: String

    /// Accepts an alert.
    public init(alert: String) { self.alert = alert }

    /// Reads a record's content; nil where it is none that this version knows.
    init?(payload: [UInt8]) {
        let text = String(decoding: payload, as: UTF8.self)
        let id = text.dropFirst("alert=".count)
        guard text.hasPrefix("alert="), (1...32).contains(id.utf8.count),
            id.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        else { return nil }
        alert = String(id)
    }

    /// The record's content.
    var payload: [UInt8] { Array("alert=\(alert)".utf8) }
}

extension Acceptance {
    /// What became of an acceptance.
    public enum Outcome: Sendable {
        /// The alert is over.
        case accepted
        /// It was over already.
        case notOpen
        /// The process that holds the log will take it within seconds.
        case left
    }

    /// Writes it into a log, or leaves it to the process that holds the log's lock.
    public func submit<D: Disk>(
        to disk: D, log: String, observer: IngestObserver
    ) throws -> Outcome {
        let feed = FeedOptions(sources: [], prices: PriceTable())
        let ingest: Ingest<D>
        do {
            ingest = try Ingest(disk, options: IngestOptions(log: log, feed: feed), observer: observer)
        } catch LogError.locked {
            try Inbox.leave(self, in: disk, log: log)
            return .left
        }
        let isAccepted = try ingest.take(self, observer)
        _ = try ingest.run(observer)
        return isAccepted ? .accepted : .notOpen
    }
}

extension Engine {
    /// Closes an accepted alert; returns the level that the scorer of its account has to adopt.
    mutating func accept(
        _ acceptance: Acceptance, names: ModelFolding, symbols: borrowing Symbols,
        into transitions: inout [AlertTransition]
    ) -> AcceptedLevel? {
        guard let now = judge.now, let found = book.accept(acceptance.alert, now: now, into: &transitions)
        else { return nil }
        guard let metric = found.metric else {
            judge.approve(found, names: names, symbols: symbols)
            return nil
        }
        return AcceptedLevel(account: found.account, metric: metric, observed: found.observed)
    }

    /// The same for an engine that scores by itself.
    mutating func accept(
        _ acceptance: Acceptance, symbols: borrowing Symbols, into transitions: inout [AlertTransition]
    ) {
        let level = accept(acceptance, names: scorer.names, symbols: symbols, into: &transitions)
        if let level { scorer.adopt(level) }
    }
}
