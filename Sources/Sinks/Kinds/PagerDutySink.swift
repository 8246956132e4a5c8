internal import Alerting
internal import Detection
internal import UsageEvents

/// PagerDuty, by Events API v2. An alert's id is its `dedup_key`, so a reminder updates the open incident and
/// a resolved alert closes it. A message about many is one incident, which a person closes.
struct PagerDutySink: Sink {
    let settings: SinkSettings

    /// Where events go unless `url` says otherwise; the European one is `events.eu.pagerduty.com`.
    static let defaultURL = Secret("https://events.pagerduty.com/v2/enqueue")
    /// Characters of a summary.
    static let summaryMax = 1_024
    /// Bytes of an event; 512 kB is documented, and nobody reads that much.
    static let bodyBytesMax = 64_000
    /// Alerts told in the details of a message about many.
    static let alertsMax = 50
    /// Length of a routing key.
    static let routingKeyCount = 32

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        guard let key = context.secrets.first else { throw .missingSecret }
        let routingKey = key.withText { $0 }
        guard routingKey.utf8.count == Self.routingKeyCount,
            routingKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c })
        else { throw .unusableSecret(needed: "a routing key of 32 characters") }
        var bodies: [[UInt8]] = []
        if message.isFiring || message.isTest {
            let objects = message.objects(Self.alertsMax)
            bodies = [
                fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, alerts in
                    self.trigger(message, routingKey, text, objects.prefix(alerts)).bytes
                }
            ]
        } else {
            bodies = message.alerts.map { alert in
                let event: JSONTree = [
                    "routing_key": .string(routingKey), "event_action": "resolve",
                    "dedup_key": .string(alert.id),
                ]
                return event.bytes
            }
        }
        var out: [OutboundRequest] = []
        for body in bodies {
            var request = try context.post(body, to: context.urls.first ?? Self.defaultURL)
            request.concealed.append(key)
            out.append(.http(request))
        }
        return out
    }

    private func trigger(
        _ message: OutgoingMessage, _ routingKey: String, _ text: Int, _ objects: ArraySlice<JSONTree>
    ) -> JSONTree {
        let alert = message.onlyAlert
        func clip(_ value: String?, _ max: Int = 255) -> JSONTree {
            .text(value.map { ClippedText(shown($0), to: min(text, max), in: .utf16).text })
        }
        let t = alert?.transition
        return .compact([
            "routing_key": .string(routingKey), "event_action": "trigger",
            "dedup_key": .string(message.isTest ? message.id : alert?.id ?? message.id),
            "payload": .compact([
                "summary": clip(message.title, Self.summaryMax),
                "source": clip(t?.identity ?? t?.team ?? "tidemark"),
                "severity": .string(Self.severity(message)),
                "timestamp": .string(message.time.description),
                "component": clip(t?.tool), "group": clip(t?.team),
                "class": .string(t?.kind.word ?? message.purpose.rawValue),
                "custom_details": message.data(objects).clipped(to: text),
            ]),
            "client": "Tidemark", "client_url": .text(settings.externalURL),
        ])
    }

    private static func severity(_ message: OutgoingMessage) -> String {
        switch message.severity {
        case .info, .low: "info"
        case .medium: "warning"
        case .high: "error"
        case .critical: "critical"
        }
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [400], disablesWhenGone: false, waitWhenLimited: 60)
            .verdict(on: answer, to: request)
    }
}
