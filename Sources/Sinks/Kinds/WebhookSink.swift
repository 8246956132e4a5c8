internal import Alerting
internal import UsageEvents

/// Any receiver of ours or of Standard Webhooks 1.0.0: `{"type","timestamp","data"}`, signed.
///
/// `data` is the alert as the journal and `--json` have it, or an object with several.
struct WebhookSink: Sink {
    let settings: SinkSettings

    /// Bytes of a body; the specification asks for less than 20 kB.
    static let bodyBytesMax = 19_999
    /// Alerts in one message: as many as fit when texts are of a usual length.
    static let alertsMax = 24

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        if !settings.secrets.isEmpty, context.secrets.isEmpty { throw .missingSecret }
        let objects = message.objects(Self.alertsMax)
        let body = fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, alerts in
            let envelope: JSONTree = [
                "type": .string(message.type), "timestamp": .string(message.time.description),
                "data": message.data(objects.prefix(alerts)).clipped(to: text),
            ]
            return envelope.bytes
        }
        var request = try context.post(body, to: try context.url())
        request.headers += try StandardWebhooks.headers(
            id: message.id, attemptTime: context.attemptTime, body: body, secrets: context.secrets)
        return [.http(request)]
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict().verdict(on: answer, to: request)
    }
}
