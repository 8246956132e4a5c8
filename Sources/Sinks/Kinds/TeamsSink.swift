internal import Alerting
internal import UsageEvents

/// Microsoft Teams, by a workflow that posts what it gets: an Adaptive Card.
struct TeamsSink: Sink {
    let settings: SinkSettings

    /// Bytes of a message: 28 kB is documented, failures were seen from 21 kB on.
    static let bodyBytesMax = 20_000
    /// Lines of a message about many.
    static let alertsMax = 10

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let body = fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, alerts in
            let body =
                message.onlyAlert.map { self.body($0, message, text) }
                ?? self.body(message, alertsMax: alerts, text)
            return self.envelope(body).bytes
        }
        return [.http(try context.post(body, to: try context.url()))]
    }

    private func envelope(_ body: [JSONTree]) -> JSONTree {
        var card: KeyValuePairs<String, JSONTree> {
            [
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
                "version": "1.2", "msteams": ["width": "full"], "body": .array(body),
                "actions": settings.externalURL.map {
                    [["type": "Action.OpenUrl", "title": "Open Tidemark", "url": .string($0)]]
                } ?? .null,
            ]
        }
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": nil,
                    "content": .compact(card),
                ]
            ],
        ]
    }

    private func body(_ alert: OutgoingAlert, _ message: OutgoingMessage, _ text: Int) -> [JSONTree] {
        let state = alert.isFiring ? "" : "Resolved: "
        let test = message.isTest ? "[test] " : ""
        let facts = alert.facts.map { fact -> JSONTree in
            ["title": .string(fact.name), "value": .string(markdown(fact.value, to: text))]
        }
        return [
            heading("\(test)\(state)\(alert.kindName), \(alert.severity.word)", message, text),
            paragraph(markdown(message.title, to: text)),
            ["type": "FactSet", "facts": .array(facts)],
            note("tidemark explain \(alert.id)"),
        ]
    }

    private func body(_ message: OutgoingMessage, alertsMax: Int, _ text: Int) -> [JSONTree] {
        var out = [heading(message.title, message, text)]
        for alert in message.alerts.prefix(alertsMax) {
            let state = alert.isFiring ? alert.severity.word : "resolved"
            out.append(paragraph("**\(state)** " + markdown(alert.title, to: text)))
        }
        let more = message.omitted + message.alerts.count - (out.count - 1)
        if more > 0 { out.append(paragraph(out.count == 1 ? "\(more) alerts" : "and \(more) more")) }
        out.append(note("tidemark tail"))
        return out
    }

    private func heading(_ title: String, _ message: OutgoingMessage, _ text: Int) -> JSONTree {
        let color = !message.isFiring ? "Good" : message.severity >= .medium ? "Attention" : "Warning"
        return [
            "type": "TextBlock", "text": .string(markdown(title, to: text)), "weight": "Bolder",
            "size": "Medium", "wrap": true, "style": "heading", "color": .string(color),
        ]
    }

    private func paragraph(_ markdown: String) -> JSONTree {
        ["type": "TextBlock", "text": .string(markdown), "wrap": true]
    }

    private func note(_ command: String) -> JSONTree {
        [
            "type": "TextBlock", "text": .string(markdown(command, to: 200)), "wrap": true, "isSubtle": true,
            "size": "Small", "fontType": "Monospace",
        ]
    }

    /// Text of events: what Markdown would act on gets a backslash, and so do the braces of `{{DATE()}}`.
    private func markdown(_ text: String, to max: Int) -> String {
        var isFirst = true
        var isNumber = true
        return ClippedText(shown(text), to: max) { scalar in
            defer { isFirst = false }
            let isDigit = ("0"..."9").contains(scalar)
            let startsList =
                isFirst ? scalar == "-" || scalar == "+" : isNumber && (scalar == "." || scalar == ")")
            isNumber = isNumber && isDigit
            return startsList || #"\`*_[]<>~#!|{}&"#.unicodeScalars.contains(scalar)
                ? "\\" + String(scalar) : String(scalar)
        }.text
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [400, 401, 403, 404, 413]).verdict(on: answer, to: request)
    }
}
