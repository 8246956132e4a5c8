/// What a reader delivers, in the order in which it was written.
public enum LogRecord: Sendable {
    /// Events; their columns are in the batch that was passed.
    case events(EventsRecord)
    /// Something that decides about what follows: configuration, roster, prices. It stands between two
    /// sequences.
    case control(ControlRecord)
    /// A quiet minute of a live log has passed; wall clock in ms UTC.
    case tick(received: Int64)
    /// Everything before it was durable when it was written.
    case durable
}

/// About a block of events.
public struct EventsRecord: Sendable {
    /// Sequence of the first event in the batch.
    public let firstSequence: UInt64
    /// Events in the batch.
    public let count: Int
    /// Wall clock at the commit, ms UTC; nil in history.
    public let received: Int64?
    /// From where on the duplicate window reads after a restart.
    public let duplicates: DuplicateHorizon
}

/// A control record.
public struct ControlRecord: Sendable {
    /// What it is about, for example `configuration`.
    public let name: String
    /// Its content; the log does not look into it.
    public let payload: [UInt8]
    /// The sequence of the event that follows it.
    public let sequence: UInt64
    /// Wall clock at the commit, ms UTC; nil where none was given.
    public let received: Int64?
}
