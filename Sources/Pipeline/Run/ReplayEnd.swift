import EventLog
import UsageEvents

/// Where a replay may stop that is asked for what lies before a time: nothing behind this place changes it.
struct ReplayEnd {
    private let time: Timestamp
    private let sequence: UInt64

    init<D: Disk>(before time: Timestamp, _ disk: D, directory: String) throws(LogError) {
        self.time = time
        // The first wall clock of a log may set the log's clock back, as far as an event may lie ahead of it.
        let (latest, overflow) = time.rawValue.addingReportingOverflow(Limits.futureMax)
        sequence = try LogReader.end(ofEventsBefore: overflow ? .max : latest, disk, directory: directory)
    }

    /// Whether a fold that stands in front of an event, with the log's clock there, has come so far. No event
    /// behind is from before the time, so no account's clock is; and what ends because nothing more was heard
    /// ends on the log's clock.
    func isReached(_ next: UInt64, now: Timestamp?) -> Bool {
        next >= sequence && now.map { $0 >= time } ?? false
    }
}
