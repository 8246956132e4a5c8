public import EventLog
import UsageEvents

extension RunConfiguration {
    /// Makes a configuration the log's: appends it as a control record, durable when this returns, and
    /// brings the journal up to the new epoch. Returns false where the log has it already.
    public static func load<D: Disk>(
        _ settings: TidemarkConfiguration, into directory: String, _ disk: D, observer: IngestObserver
    ) throws -> Bool {
        var writer = try LogWriter(disk, directory: directory)
        let present = try AccountHistory.configuration(disk, directory: directory)
        guard present.settings.canonicalText != settings.canonicalText else {
            try writer.close()
            return false
        }
        try writer.appendControl(
            controlName, payload: Array(settings.canonicalText.utf8), received: nil)
        _ = try writer.commit()
        try writer.close()
        // A run without inputs folds the log again: it closes what is gone under the new configuration, and
        // adds what is new.
        let feed = FeedOptions(sources: [], prices: PriceTable())
        let ingest = try Ingest(disk, options: IngestOptions(log: directory, feed: feed), observer: observer)
        _ = try ingest.run(observer)
        return true
    }
}
