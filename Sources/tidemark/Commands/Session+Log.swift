import EventLog
import Pipeline
import UsageEvents

extension Session {
    /// Throws where there is no log, with how to begin; a follower may wait for one.
    func requireLog(orFollowing follows: Bool = false) throws {
        do {
            _ = try LogReader(disk, directory: log)
        } catch LogError.noSuchLog where follows {
            return
        }
    }

    /// The log's clock, for times that are given relative to it; the wall clock where a follower waits for
    /// a log.
    func clock(orFollowing follows: Bool = false) throws -> Timestamp {
        do {
            if let now = try LogText.now(disk, directory: log) { return now }
        } catch LogError.noSuchLog where follows {}
        return Timestamp(rawValue: wallClock())
    }

    /// The configuration that the log holds; empty where there is no log or it has none.
    func logConfiguration() throws -> String {
        do {
            return try AccountHistory.configuration(disk, directory: log).settings.canonicalText
        } catch LogError.noSuchLog {
            return ""
        }
    }
}
