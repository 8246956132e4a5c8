import Alerting
import Pipeline
import UsageEvents

/// Everything that happened to alerts, in the order of time: what the journal says, what people decided, what
/// each sink was told or not told, and how every attempt ended.
struct AuditTrail {
    /// One line of it.
    enum Entry {
        case transition(AlertTransition)
        case decision(OperatorRecord)
        case delivery(DeliveryEvent)

        /// When: on the account's clock for a transition, else on the wall clock.
        var at: Timestamp {
            switch self {
            case .transition(let alert): alert.at
            case .decision(let record): record.at
            case .delivery(let event): event.at
            }
        }

        /// The JSON object.
        var json: [UInt8] {
            switch self {
            case .transition(let alert): Array(alert.json.utf8)
            case .decision(let record): record.json
            case .delivery(let event): event.line
            }
        }
    }

    /// In the order of time.
    private(set) var entries: [Entry]

    /// Reads the journal, the operator store and the attempts of all sinks.
    init(_ session: Session) throws {
        var found: [Entry] = []
        var journal = JournalLines(session.disk, log: session.log)
        _ = try journal.read { line in
            if let alert = AlertTransition(json: line) { found.append(.transition(alert)) }
        }
        found += try OperatorStore.read(session.disk, log: session.log).records.map(Entry.decision)
        found += try DeliveryHistory.read(session.disk, log: session.log).map(Entry.delivery)
        // Of the same instant the cause stands before what followed from it, which is the order of the three.
        entries = found.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// Keeps what lies between two times, and of that the last.
    mutating func limit(since: Timestamp?, until: Timestamp?, count: Int?) {
        entries = entries.filter { entry in
            (since.map { entry.at >= $0 } ?? true) && (until.map { entry.at < $0 } ?? true)
        }
        if let count { entries = Array(entries.suffix(count)) }
    }

    /// Columns of the longest usual word.
    private static let width = 15

    /// One entry as lines for people.
    static func lines(_ entry: Entry, _ style: Style) -> [StyledText] {
        text(entry).wrapped(width: style.width, indent: 18)
    }

    private static func text(_ entry: Entry) -> StyledText {
        let head = StyledText(entry.at.minuteText + "  ", .faint)
        switch entry {
        case .transition(let alert):
            let state =
                alert.state == .firing
                ? StyledText(alert.seq == 0 ? "raised" : "update", .severity(alert.severity))
                : StyledText("resolved", .good)
            return head + state.padded(to: width) + StyledText("  " + alert.id, .command)
                + StyledText(" \(alert.seq)  ", .faint) + StyledText(escaped(alert.title))
        case .decision(let record):
            var line = head + StyledText(escaped(record.word), .strong).padded(to: width)
            line += StyledText("  " + escaped(record.subject), .command)
            line += StyledText("  by " + escaped(record.who), .faint)
            if case .silence(let silence) = record.action {
                let matchers = silence.matchers.map(\.text).joined(separator: " ")
                line += StyledText("  \(escaped(matchers)) until \(silence.endsAt.minuteText)")
            }
            if case .acknowledge(let ack) = record.action, let verdict = ack.verdict {
                line += StyledText("  verdict \(verdict.rawValue)")
            }
            return record.comment.isEmpty ? line : line + StyledText("  \"\(escaped(record.comment))\"")
        case .delivery(let event): return head + text(event)
        }
    }

    /// What happened at one sink, without the time; `subject` is an alert that need not be named.
    static func text(_ event: DeliveryEvent, of subject: String? = nil) -> StyledText {
        let role: Role =
            switch event.outcome {
            case "delivered", "sent": .good
            case "retry": .warning
            case "refused", "disabled": .failure
            default: .plain
            }
        var line = StyledText(escaped(event.outcome), role).padded(to: subject == nil ? width : 10)
        line += StyledText("  " + escaped(event.sink), .strong)
        if let alert = event.alert {
            if alert != subject { line += StyledText("  " + escaped(alert), .command) }
            if let seq = event.seq { line += StyledText(" \(seq)", .faint) }
        } else if let message = event.message {
            line += StyledText("  " + escaped(message), .command)
        }
        var notes: [String] = []
        if let attempt = event.attempt { notes.append("attempt \(attempt)") }
        if let status = event.status { notes.append("status \(status)") }
        if let reason = event.reason { notes.append(sentence(reason)) }
        if let silence = event.silence { notes.append(escaped(silence)) }
        return notes.isEmpty ? line : line + StyledText("  " + notes.joined(separator: ", "))
    }

    /// The reason of a decision in words; that of a receiver as it stands.
    private static func sentence(_ word: String) -> String {
        switch Decision.Reason(rawValue: word) {
        case .first: "the first of this alert"
        case .grewALot: "more severe than what was told"
        case .resolved: "over"
        case .reminderDue: "still firing, a reminder was due"
        case .withinRepeatInterval: "no more severe: part of the next reminder"
        case .grouped: "one of many of its team and kind: part of one message"
        case .teamCap: "the team has had its messages of this hour: told when it is over"
        case .silenced: "a silence hides it"
        case .silenceEnded: "a silence that hid something has ended"
        case .acknowledged: "somebody knows"
        case .digest: "part of the daily digest"
        case .historical: "from imported history: part of one summary"
        case .noResolved: "the sink wants no ends"
        case .noDigest: "the sink wants no digest"
        case .notRouted: "no route leads here"
        case .neverSent: "the end of something that was not told"
        case .repeated: "decided before"
        case .tooMany: "more alerts fire than are told one by one: counted"
        case nil: escaped(word)
        }
    }
}
