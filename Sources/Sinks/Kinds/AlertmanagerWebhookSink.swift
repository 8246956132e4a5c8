internal import Alerting
internal import UsageEvents

/// What Alertmanager itself posts to its webhook receivers, version 4: for the many programs that read it.
struct AlertmanagerWebhookSink: Sink {
    let settings: SinkSettings

    var schedule: RetrySchedule { .alertmanager }

    /// Alerts in one message; the rest is counted in `truncatedAlerts`.
    static let alertsMax = 100
    /// Bytes of a body: what common receivers take without being told to.
    static let bodyBytesMax = 500_000

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let body = fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, count in
            self.body(message, alertsMax: count).clipped(to: text).bytes
        }
        return [.http(try context.post(body, to: try context.url(), isBearer: true))]
    }

    private func body(_ message: OutgoingMessage, alertsMax: Int) -> JSONTree {
        var all = message.alerts.prefix(alertsMax).map { alert in
            (
                alert: AlertmanagerAlert(alert, isTest: message.isTest), isFiring: alert.isFiring,
                from: alert.transition.startsAt, at: alert.transition.at,
                fingerprint: String(alert.id.drop { $0 != "_" }.dropFirst())
            )
        }
        if all.isEmpty {
            let print = Hash128(parts: [Array(message.id.utf8)]).shortHex
            all = [(AlertmanagerAlert(message), true, message.time, message.time, print)]
        }
        let shared = Self.common(all.map(\.alert.labels))
        let group =
            message.group.isEmpty
            ? shared.filter { $0.0 == "alertname" || $0.0 == "team" }
            : message.group.map { ($0.name, $0.value) }
        let key = group.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: ",")
        return [
            "version": "4", "groupKey": .string("{}:{\(key)}"),
            "truncatedAlerts": .whole(
                message.omitted + message.alerts.count - min(alertsMax, message.alerts.count)),
            "status": message.isFiring ? "firing" : "resolved", "receiver": .string(settings.name),
            "groupLabels": .map(group), "commonLabels": .map(shared),
            "commonAnnotations": .map(Self.common(all.map(\.alert.annotations))),
            "externalURL": .string(settings.externalURL ?? ""),
            "alerts": .array(
                all.map { entry in
                    [
                        "status": entry.isFiring ? "firing" : "resolved",
                        "labels": .map(entry.alert.labels), "annotations": .map(entry.alert.annotations),
                        "startsAt": .string(entry.from.description),
                        "endsAt": .string(entry.isFiring ? "0001-01-01T00:00:00Z" : entry.at.description),
                        "generatorURL": .string(settings.externalURL ?? ""),
                        "fingerprint": .string(entry.fingerprint),
                    ]
                }),
        ]
    }

    /// The pairs that all have.
    private static func common(_ all: [[(String, String)]]) -> [(String, String)] {
        (all.first ?? []).filter { pair in all.allSatisfy { $0.contains { $0 == pair } } }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + shown(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(disablesWhenGone: false, refusesOtherClientErrors: true).verdict(on: answer, to: request)
    }
}
