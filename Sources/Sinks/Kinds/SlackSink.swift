internal import Alerting

/// Slack, by an incoming webhook: blocks for people, and a text for notifications.
struct SlackSink: Sink {
    let settings: SinkSettings

    /// What Slack takes: characters of one text of each kind. The total over all blocks is not documented; it
    /// was seen to fail at 13,200.
    static let headerMax = 150
    static let sectionMax = 3_000
    static let fieldMax = 2_000
    static let bodyBytesMax = 12_000
    /// Lines of a message about many.
    static let alertsMax = 10

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let body = fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, alerts in
            let blocks =
                message.onlyAlert.map { self.blocks($0, message, text) }
                ?? self.blocks(message, alertsMax: alerts, text)
            let fallback = message.severity.word.uppercased() + ": " + message.title
            return
                ([
                    "text": .string(mrkdwn(fallback, to: min(text, 300))), "mrkdwn": false,
                    "blocks": .array(blocks),
                ] as JSONTree).bytes
        }
        return [.http(try context.post(body, to: try context.url()))]
    }

    private func blocks(_ alert: OutgoingAlert, _ message: OutgoingMessage, _ text: Int) -> [JSONTree] {
        let state = alert.isFiring ? "" : "Resolved: "
        let test = message.isTest ? "[test] " : ""
        var out = [
            header("\(test)\(state)\(alert.kindName), \(alert.severity.word)"),
            section(mrkdwn(message.title, to: min(text, Self.sectionMax))),
        ]
        let fields = alert.facts.map { fact in
            block("*\(fact.name)*\n" + mrkdwn(fact.value, to: min(text, Self.fieldMax - 20)))
        }
        if !fields.isEmpty { out.append(["type": "section", "fields": .array(fields)]) }
        out.append(footer("`tidemark explain \(alert.id)`"))
        return out
    }

    private func blocks(_ message: OutgoingMessage, alertsMax: Int, _ text: Int) -> [JSONTree] {
        var out = [header(message.title)]
        var lines = message.alerts.prefix(alertsMax).map { alert in
            let state = alert.isFiring ? alert.severity.word : "resolved"
            return "• *\(state)* " + mrkdwn(alert.title, to: min(text, 270))
        }
        let more = message.omitted + message.alerts.count - lines.count
        if more > 0 { lines.append(lines.isEmpty ? "\(more) alerts" : "and \(more) more") }
        if !lines.isEmpty { out.append(section(lines.joined(separator: "\n"))) }
        out.append(footer("`tidemark tail`"))
        return out
    }

    private func header(_ title: String) -> JSONTree {
        [
            "type": "header",
            "text": [
                "type": "plain_text", "text": .string(mrkdwn(title, to: Self.headerMax)), "emoji": false,
            ],
        ]
    }

    private func section(_ mrkdwn: String) -> JSONTree { ["type": "section", "text": block(mrkdwn)] }

    private func footer(_ command: String) -> JSONTree {
        let link = settings.externalURL.map { " · <\(mrkdwn($0, to: 1_000))|Tidemark>" } ?? ""
        return ["type": "context", "elements": [block(command + link)]]
    }

    /// `verbatim`: names of channels and people, and addresses, are not made into links.
    private func block(_ mrkdwn: String) -> JSONTree {
        ["type": "mrkdwn", "text": .string(mrkdwn), "verbatim": true]
    }

    /// Text of events: the three characters that begin or end everything Slack would act on are escaped. That
    /// is all that Slack knows, so a name with stars in it may turn out bold. A text must not be empty.
    private func mrkdwn(_ text: String, to max: Int) -> String {
        ClippedText(shown(text.isEmpty ? "?" : text), to: max, in: .utf16, escape: Self.escape).text
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        default: String(scalar)
        }
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [400, 403, 404], successBody: "ok").verdict(on: answer, to: request)
    }
}
