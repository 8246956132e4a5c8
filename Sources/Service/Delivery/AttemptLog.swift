import Alerting
import EventLog
import Pipeline
import UsageEvents

/// What happened to each alert on its way to one sink, as JSON lines that `tail --audit` and `explain` read.
///
/// A record for people, no part of what delivery depends on: it is not synced, and one generation of 16 MiB
/// is kept beside the present one.
struct AttemptLog<D: Disk>: ~Copyable {
    /// Bytes that are written at once, and milliseconds that fewer wait while there is much to do.
    private static var pieceBytes: Int { 1 << 15 }
    private static var waitMilliseconds: Int64 { 200 }

    private let disk: D
    private let path: String
    private let sink: String
    private let bytesMax: Int
    private var pending: [UInt8] = []
    /// When what was noted is written at the latest; nil where nothing is left to write.
    private(set) var dueAt: Timestamp?

    /// Begins a new file behind one that has more than `bytesMax`.
    init(_ disk: D, log: String, sink: String, bytesMax: Int = 16 << 20) {
        self.disk = disk
        self.sink = sink
        self.bytesMax = bytesMax
        path = Outbox<D>.directory(ofSink: sink, inLog: log) + "/attempts.ndjson"
    }

    /// Notes what the policy decided about a transition or a message.
    mutating func add(_ decision: Decision, at: Timestamp) {
        // A message that is sent speaks for itself once it was attempted.
        line(
            at: at, notification: decision.message, alert: decision.alert, seq: decision.seq, attempt: nil,
            outcome: decision.word, reason: decision.reason.rawValue, status: nil, milliseconds: nil,
            silence: decision.silence)
    }

    /// Notes how an attempt ended; one line for each alert that the message carries.
    mutating func add(_ message: WaitingMessage, _ attempt: Attempt, at: Timestamp) {
        let id = message.notification.id
        let transitions = message.notification.transitions
        for i in 0..<max(1, transitions.count) {
            let alert = transitions.isEmpty ? nil : transitions[i]
            line(
                at: at, notification: id, alert: alert?.id, seq: alert?.seq, attempt: message.attempts + 1,
                outcome: attempt.word, reason: attempt.reason, status: attempt.status,
                milliseconds: attempt.milliseconds, silence: nil)
        }
    }

    private mutating func line(
        at: Timestamp, notification: String?, alert: String?, seq: Int?, attempt: Int?, outcome: String,
        reason: String?, status: Int?, milliseconds: Int?, silence: String?
    ) {
        var json = JSONObjectWriter(after: pending)
        json.time("at", at)
        json.string("sink", sink)
        json.string("notification", notification)
        json.string("alert", alert)
        json.raw("seq", seq.map(String.init) ?? "null")
        json.raw("attempt", attempt.map(String.init) ?? "null")
        json.string("outcome", outcome)
        json.string("reason", reason)
        json.raw("status", status.map(String.init) ?? "null")
        json.raw("ms", milliseconds.map(String.init) ?? "null")
        json.string("silence", silence)
        pending = json.finish()
        pending.append(UInt8(ascii: "\n"))
    }

    /// Writes what was noted, once it is much or has waited. What cannot be written is let go of: deliveries
    /// must not wait for their history.
    mutating func flush(at now: Timestamp, isLast: Bool = false) {
        guard !pending.isEmpty else { return }
        let due = dueAt ?? Timestamp(rawValue: now.rawValue + Self.waitMilliseconds)
        guard isLast || pending.count >= Self.pieceBytes || due <= now else {
            dueAt = due
            return
        }
        dueAt = nil
        do throws(IOFailure) {
            let file = try OwnedFile(disk, path, .updateOrCreate)
            let size = try disk.size(file.handle)
            try disk.writeAll(file.handle, at: size, pending.span, path: path)
            if size > bytesMax { try disk.rename(path, to: path + ".1") }
        } catch {}
        pending.removeAll(keepingCapacity: true)
    }
}
