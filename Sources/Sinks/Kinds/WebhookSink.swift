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
        let body = Self.plainBody(message) ?? Self.body(message)
        var request = try context.post(body, to: try context.url())
        request.headers += try StandardWebhooks.headers(
            id: message.id, attemptTime: context.attemptTime, body: body, secrets: context.secrets)
        return [.http(request)]
    }

    static func body(_ message: OutgoingMessage) -> [UInt8] {
        let objects = message.objects(alertsMax)
        return fitted(message, bytesMax: bodyBytesMax, alertsMax: alertsMax) { text, alerts in
            let envelope: JSONTree = [
                "type": .string(message.type), "timestamp": .string(message.time.description),
                "data": message.data(objects.prefix(alerts)).clipped(to: text),
            ]
            return envelope.bytes
        }
    }

    /// The same for the most usual message by far, one alert of a usual size.
    static func plainBody(_ message: OutgoingMessage) -> [UInt8]? {
        guard let data = message.onlyAlert?.text(uncutTo: OutgoingAlert.labelBytesMax) else { return nil }
        var json = JSONObjectWriter(after: [])
        json.string("type", message.type)
        json.time("timestamp", message.time)
        json.raw("data", String(decoding: data, as: UTF8.self))
        let body = json.finish()
        return body.count <= bodyBytesMax ? body : nil
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict().verdict(on: answer, to: request)
    }
}
