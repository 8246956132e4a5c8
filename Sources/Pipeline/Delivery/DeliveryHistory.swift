import Alerting
public import EventLog
public import UsageEvents

/// What was decided about alerts and what became of each message: the attempts that the sinks noted.
public struct DeliveryEvent: Sendable {
    /// When.
    public let at: Timestamp
    /// Which sink.
    public let sink: String
    /// The message; nil where none tells of it.
    public let message: String?
    /// The alert; nil where it is about a message of several.
    public let alert: String?
    /// Which transition of the alert.
    public let seq: Int?
    /// `sent`, `held`, `merged` or `suppressed` for a decision; `delivered`, `retry`, `refused` or `disabled`
    /// for an attempt.
    public let outcome: String
    /// Why, in a word for a decision, in the receiver's for an attempt.
    public let reason: String?
    /// Which attempt; nil for a decision.
    public let attempt: Int?
    /// The receiver's status, where it has one.
    public let status: Int?
    /// The silence that hides it.
    public let silence: String?
    /// The line, as it stands in the file.
    public let line: [UInt8]

    /// Reads a line without its end; nil where it is none of these.
    public init?(json line: some Collection<UInt8>) {
        guard let tree = JSONTree(line), let sink = tree["sink"]?.text,
            let at = tree["at"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let outcome = tree["outcome"]?.text
        else { return nil }
        self.at = at
        self.sink = sink
        self.outcome = outcome
        self.line = Array(line)
        message = tree["notification"]?.text
        alert = tree["alert"]?.text
        seq = tree["seq"]?.whole.flatMap { Int(exactly: $0) }
        reason = tree["reason"]?.text
        attempt = tree["attempt"]?.whole.flatMap { Int(exactly: $0) }
        status = tree["status"]?.whole.flatMap { Int(exactly: $0) }
        silence = tree["silence"]?.text
    }
}

/// The attempts of all sinks of a log.
public enum DeliveryHistory {
    /// Bytes of one file that are read at most: twice what a sink keeps in it.
    private static let bytesMax = 32 << 20

    /// Everything that is kept, in the order of time; lines of one sink stay in their order.
    public static func read<D: Disk>(_ disk: D, log: String) throws(IOFailure) -> [DeliveryEvent] {
        let outbox = log + "/outbox"
        let sinks: [String]
        do throws(IOFailure) { sinks = try disk.list(outbox) } catch {
            guard error.cause == .missing else { throw error }
            return []
        }
        var events: [DeliveryEvent] = []
        for sink in sinks {
            for name in ["attempts.ndjson.1", "attempts.ndjson"] {
                for line in try lines(disk, "\(outbox)/\(sink)/\(name)") {
                    if let event = DeliveryEvent(json: line) { events.append(event) }
                }
            }
        }
        return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    private static func lines<D: Disk>(_ disk: D, _ path: String) throws(IOFailure) -> [ArraySlice<UInt8>] {
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .read)
            let size = min(try disk.size(file.handle), bytesMax)
            var buffer: [UInt8] = []
            let n = try disk.readAll(file.handle, at: 0, count: size, into: &buffer)
            return buffer[..<n].split(separator: UInt8(ascii: "\n"))
        } catch {
            guard error.cause == .missing || error.cause == .wrongKind else { throw error }
            return []
        }
    }
}
