import Alerting
import Detection
import UsageEvents

/// Alerts as lines for people: the same in `ingest --print`, `replay`, `tail`, `explain` and `demo`.
///
/// A new alert takes three lines: when, how bad, what kind, who; one sentence; the evidence in short.
/// Whatever follows it (an update, its end) takes one.
enum AlertLines {
    /// Columns of `critical` and `resolved`.
    private static let wordWidth = 8
    /// Columns of `new_mcp_server`.
    private static let kindWidth = 14
    /// Where further lines of an alert begin.
    static let indent = 4

    /// The lines of one transition.
    static func lines(_ alert: AlertTransition, style: Style) -> [StyledText] {
        if alert.state == .resolved { return resolved(alert, style) }
        return alert.seq == 0 ? firing(alert, style) : update(alert, style)
    }

    /// An alert that is shown without what came before: all that is known of it.
    static func alone(_ alert: AlertTransition, style: Style) -> [String] {
        firing(alert, style).map { $0.rendered(style) }
    }

    /// The lines as text.
    static func text(_ alert: AlertTransition, style: Style) -> [String] {
        lines(alert, style: style).map { $0.rendered(style) }
    }

    // MARK: - A new alert

    private static func firing(_ alert: AlertTransition, _ style: Style) -> [StyledText] {
        var head = start(alert, word: alert.severity.word.uppercased(), .severity(alert.severity))
        head += subject(alert)
        var sentence = StyledText(sentenceText(alert))
        if let expected = alert.expected {
            let low = amount(expected.low, isMoney: alert.isMoney)
            let high = amount(expected.high, isMoney: alert.isMoney)
            sentence.append(" (\(low) to \(high))", .faint)
        }
        let blanks = StyledText(String(repeating: " ", count: indent))
        return head.wrapped(width: style.width, indent: indent)
            + (blanks + sentence).wrapped(width: style.width, indent: indent)
            + packed(blanks, facts(alert), style)
    }

    /// Time, severity or state, kind: the columns that all lines share.
    private static func start(_ alert: AlertTransition, word: String, _ role: Role) -> StyledText {
        var line = StyledText(alert.at.minuteText, .faint)
        line.append("  ")
        line += StyledText(word, role).padded(to: wordWidth)
        line.append("  ")
        line += StyledText(alert.kind.word).padded(to: kindWidth)
        line.append("  ")
        return line
    }

    /// Who: the account and its team.
    private static func subject(_ alert: AlertTransition) -> StyledText {
        guard let identity = alert.identity else {
            return StyledText("team " + escaped(alert.team ?? "?"), .strong)
        }
        var text = StyledText(escaped(identity), .strong)
        if let team = alert.team { text.append(" (" + escaped(team) + ")", .faint) }
        return text
    }

    /// The title without the account, which the line above names.
    static func sentenceText(_ alert: AlertTransition) -> String {
        guard let identity = alert.identity, alert.title.hasPrefix(identity + " ") else {
            return escaped(alert.title)
        }
        return escaped(String(alert.title.dropFirst(identity.count + 1)))
    }

    /// Since when, driven by what, how much it cost, and the id to type.
    private static func facts(_ alert: AlertTransition) -> [StyledText] {
        var facts: [StyledText] = []
        if alert.expected != nil {
            facts.append(StyledText("since " + alert.startsAt.text(near: alert.at), .faint))
        }
        facts += drivers(alert).map { StyledText($0, .faint) }
        if let exposed = alert.exposed, exposed > 0 {
            let dollars = NanoUSD(rawValue: exposed).dollars
            facts.append(StyledText(alert.expected == nil ? dollars + " so far" : "+" + dollars, .faint))
        }
        if alert.retroactive { facts.append(StyledText("found late", .warning)) }
        if !alert.page { facts.append(StyledText("digest", .faint)) }
        facts.append(StyledText(alert.id, .command))
        return facts
    }

    /// The largest contributor of each dimension; its share where it is not all there was.
    static func drivers(_ alert: AlertTransition) -> [String] {
        guard alert.expected != nil else {
            return [alert.tool].compactMap { $0 }.map { "with " + escaped($0) }
        }
        var seen: [String] = []
        return alert.contributors.compactMap { contributor in
            guard !seen.contains(contributor.dimension) else { return nil }
            seen.append(contributor.dimension)
            let name = escaped(contributor.value)
            return contributor.share >= 0.995 ? name : percent(contributor.share) + " " + name
        }
    }

    // MARK: - What follows

    private static func update(_ alert: AlertTransition, _ style: Style) -> [StyledText] {
        let head = start(alert, word: alert.reason == "grew" ? "grew" : "update", .severity(alert.severity))
        var tail = [subject(alert)]
        if let expected = alert.expected {
            let now = amount(alert.observed, isMoney: alert.isMoney) + (alert.isMoney ? "" : " tokens")
            let times = Double(alert.observed) / max(expected.value, 1)
            tail.append(
                StyledText(
                    "now \(now) in \(windowText(alert)), \(decimal(times, digits: times < 10 ? 1 : 0))x"))
        } else {
            tail.append(StyledText(sentenceText(alert)))
        }
        tail.append(StyledText(alert.severity.word, .severity(alert.severity)))
        tail.append(StyledText(alert.id, .command))
        return packed(head, tail, style)
    }

    private static func resolved(_ alert: AlertTransition, _ style: Style) -> [StyledText] {
        let head = start(alert, word: "resolved", .good)
        let lasted = duration(milliseconds: alert.at.rawValue - alert.startsAt.rawValue)
        let words =
            switch alert.reason {
            case "back_to_normal": "back to normal after \(lasted)"
            case "accepted": "accepted as the new normal after \(lasted)"
            case "expired": "closed after \(lasted)"
            case "displaced": "closed after \(lasted): too many alerts were open"
            case "superseded": "closed: not found under the new configuration"
            default: escaped(alert.reason)
            }
        return packed(head, [subject(alert), StyledText(words), StyledText(alert.id, .command)], style)
    }

    /// `1 h` or `24 h`.
    static func windowText(_ alert: AlertTransition) -> String { alert.window == "1h" ? "1 h" : "24 h" }

    // MARK: - Lines

    /// Parts with dots between them; where a line is full, the next part begins a new one without a dot.
    static func packed(_ head: StyledText, _ parts: [StyledText], _ style: Style) -> [StyledText] {
        var lines: [StyledText] = []
        var line = head
        var isFirst = true
        for part in parts {
            if isFirst {
                line += part
                isFirst = false
            } else if line.width + 3 + part.width <= style.width {
                line += StyledText(" · ", .faint) + part
            } else {
                lines += line.wrapped(width: style.width, indent: indent)
                line = StyledText(String(repeating: " ", count: indent)) + part
            }
        }
        return lines + line.wrapped(width: style.width, indent: indent)
    }
}
