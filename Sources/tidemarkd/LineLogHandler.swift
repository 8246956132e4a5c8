import Logging
import Service

/// One line a message on standard error: a level as journald reads it, and the text; time and host are the
/// journal's to add. On a terminal or in a file the level is a word.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let isJournal = ProcessEnvironment.value("JOURNAL_STREAM") != nil

    init(level: Logger.Level) { logLevel = level }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level = event.level
        let prefix = isJournal ? "<\(Self.priority(level))>" : "tidemarkd: \(Self.word(level))"
        StandardStreams.error(prefix + event.message.description)
    }

    /// Priorities of syslog (RFC 5424, section 6.2.1).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func word(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug, .info, .notice: ""
        case .warning: "warning: "
        case .error: "error: "
        case .critical: "critical: "
        }
    }
}
