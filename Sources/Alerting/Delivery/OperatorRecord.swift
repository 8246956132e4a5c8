public import UsageEvents

/// One line of the operator store: who did what, when, and what was before and after. The audit, and the
/// source of all silences and acks.
public struct OperatorRecord: Hashable, Sendable {
    /// What was done.
    public enum Action: Hashable, Sendable {
        /// A silence begins, or will.
        case silence(Silence)
        /// A silence ends now.
        case expire(silence: String)
        /// An alert is known.
        case acknowledge(Ack)
        /// Anything else that somebody must be able to look up: `sink_disabled`, `sink_retried`, `reloaded`
        /// ...; the word, and what it was done to.
        case note(String, subject: String)
    }

    /// When, by the wall clock of who did it.
    public var at: Timestamp
    /// `user@host`.
    public var who: String
    /// What.
    public var action: Action
    /// Why, in the words of who did it; empty where nothing was said.
    public var comment: String
    /// Hash of what was changed as it was; nil where it was not there.
    public var before: String?
    /// Hash of what was changed as it is; nil where it is gone.
    public var after: String?

    /// Bytes of the longest line that is read.
    public static let bytesMax = 64 << 10

    /// A record.
    public init(
        at: Timestamp, who: String, action: Action, comment: String = "", before: String? = nil,
        after: String? = nil
    ) {
        self.at = at
        self.who = who
        self.action = action
        self.comment = comment
        self.before = before
        self.after = after
    }

    /// The word of the action: `silenced`, `silence_expired`, `acknowledged`, or the note's.
    public var word: String {
        switch action {
        case .silence: "silenced"
        case .expire: "silence_expired"
        case .acknowledge: "acknowledged"
        case .note(let word, _): word
        }
    }

    /// What it was done to: the id of a silence or an alert, the name of a sink.
    public var subject: String {
        switch action {
        case .silence(let silence): silence.id
        case .expire(let id): id
        case .acknowledge(let ack): ack.alert
        case .note(_, let subject): subject
        }
    }

    /// As a JSON object, without a line end.
    public var json: [UInt8] {
        var json = JSONObjectWriter(after: [])
        json.time("at", at)
        json.string("who", who)
        json.string("action", word)
        json.string("subject", subject)
        json.string("comment", comment)
        json.string("before", before)
        json.string("after", after)
        switch action {
        case .silence(let silence): json.object("silence") { silence.write(into: &$0) }
        case .acknowledge(let ack):
            json.string("severity", ack.severity.word)
            json.string("verdict", ack.verdict?.rawValue)
        case .expire, .note: break
        }
        return json.finish()
    }

    /// Reads a line without its end; nil where it is no record.
    public init?(json line: some Collection<UInt8>) {
        guard line.count <= Self.bytesMax, let tree = JSONTree(line),
            let at = tree["at"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let who = tree["who"]?.text, let word = tree["action"]?.text, let subject = tree["subject"]?.text
        else { return nil }
        switch word {
        case "silenced":
            guard let silence = tree["silence"].flatMap(Silence.init(tree:)), silence.id == subject else {
                return nil
            }
            action = .silence(silence)
        case "silence_expired": action = .expire(silence: subject)
        case "acknowledged":
            guard let severity = tree["severity"]?.text.flatMap(Severity.init(word:)) else { return nil }
            action = .acknowledge(
                Ack(
                    alert: subject, severity: severity,
                    verdict: tree["verdict"]?.text.flatMap(Ack.Verdict.init(rawValue:))))
        default: action = .note(word, subject: subject)
        }
        self.at = at
        self.who = who
        comment = tree["comment"]?.text ?? ""
        before = tree["before"]?.text
        after = tree["after"]?.text
    }
}
