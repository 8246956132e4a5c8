import Alerting
import EventLog
import Pipeline
import UsageEvents

extension Session {
    /// All transitions of the alert whose id begins with a text, in the journal's order.
    func alert(named start: String) throws -> [AlertTransition] {
        var found: [AlertTransition] = []
        var journal = JournalLines(disk, log: log)
        let prefix = Array("{\"id\":\"\(start)".utf8)
        _ = try journal.read { line in
            // Ids stand first in a line, so others need not be parsed.
            guard line.starts(with: prefix), let alert = AlertTransition(json: line) else { return }
            found.append(alert)
        }
        var ids: [String] = []
        for alert in found where !ids.contains(alert.id) { ids.append(alert.id) }
        guard let first = ids.first else {
            throw Failure(
                "no alert of \(shownLog) has an id that begins with \(start);"
                    + " `tidemark tail --all` lists them",
                code: ExitStatus.noInput)
        }
        guard ids.count == 1 || ids.contains(start) else {
            let some = ids.prefix(4).joined(separator: ", ") + (ids.count > 4 ? ", ..." : "")
            throw Failure(
                "\(ids.count) alerts have ids that begin with \(start): \(some); type more of it",
                code: ExitStatus.usage)
        }
        let id = ids.contains(start) ? start : first
        return found.filter { $0.id == id }
    }

    /// The alerts that fire now, by the last word of the journal.
    func firingAlerts() throws -> [AlertTransition] {
        var last: [String: AlertTransition] = [:]
        var journal = JournalLines(disk, log: log)
        _ = try journal.read { line in
            guard let alert = AlertTransition(json: line) else { return }
            last[alert.id] = alert.state == .firing ? alert : nil
        }
        return last.values.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    /// Writes a decision of the person at this machine, and waits a few seconds for others who do.
    func decide(_ action: OperatorRecord.Action, comment: String, before: String?, after: String?) throws {
        let record = OperatorRecord(
            at: Timestamp(rawValue: wallClock()), who: Platform.userAtHost, action: action, comment: comment,
            before: before, after: after)
        var tries = 0
        do throws(IOFailure) {
            try OperatorStore.append(record, to: disk, log: log) {
                Platform.sleep(milliseconds: 10)
                tries += 1
                return tries < 500
            }
        } catch {
            guard error.cause == .busy else { throw error }
            throw Failure(
                "another process holds \(escaped(log))/operator/LOCK; try again", code: ExitStatus.locked)
        }
    }
}
