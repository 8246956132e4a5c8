internal import Alerting
internal import UsageEvents

/// Prometheus Alertmanager, by `POST /api/v2/alerts`. Its members gossip what was sent, not what fires, so
/// every one gets every alert, and is told again while it fires.
struct AlertmanagerSink: Sink {
    let settings: SinkSettings

    var schedule: RetrySchedule { .alertmanager }

    /// How long a firing alert lasts that is not told again: four times as long as it should take.
    static let lifeSeconds = 4 * (SinkKind.named("alertmanager")?.resendSeconds ?? 60)

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        if context.urls.isEmpty { throw .missingURL }
        let now = context.attemptTime
        var alerts = message.alerts.map { alert in
            entry(
                AlertmanagerAlert(alert, isTest: message.isTest),
                from: floorDivide(alert.transition.startsAt.rawValue, 1_000),
                // In the receiver's past even if its clock is a little behind.
                to: alert.isFiring ? now + Self.lifeSeconds : now - 1)
        }
        if alerts.isEmpty || message.omitted > 0 {
            alerts.append(entry(AlertmanagerAlert(message), from: now, to: now + Self.lifeSeconds))
        }
        let body = JSONTree.array(alerts).bytes
        var out: [OutboundRequest] = []
        for url in context.urls {
            var request = try context.post(body, to: api(url), isBearer: true)
            request.concealed.append(url)
            out.append(.http(request))
        }
        return out
    }

    private func entry(_ alert: AlertmanagerAlert, from: Int64, to: Int64) -> JSONTree {
        .compact([
            "labels": .map(alert.labels), "annotations": .map(alert.annotations),
            // An end before its beginning would be refused; a wrong clock of an account could make one.
            "startsAt": .string(Timestamp(rawValue: min(from, to - 1) * 1_000).description),
            "endsAt": .string(Timestamp(rawValue: to * 1_000).description),
            "generatorURL": .text(settings.externalURL),
        ])
    }

    /// The address of the API, where only that of the server was given.
    private func api(_ url: Secret) -> Secret {
        url.withText { text in
            let path = "/api/v2/alerts"
            let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
            return trimmed.hasSuffix(path) ? Secret(trimmed) : Secret(trimmed + path)
        }
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [400, 413], disablesWhenGone: false).verdict(on: answer, to: request)
    }

    /// One member is enough: the others are told with the next round. A member that may yet take it counts
    /// more than one that refused.
    func combined(_ verdicts: [DeliveryVerdict]) -> DeliveryVerdict {
        if verdicts.contains(.delivered) { return .delivered }
        return verdicts.first { if case .retry = $0 { true } else { false } } ?? verdicts.first ?? .delivered
    }
}
