internal import Alerting
internal import UsageEvents

/// CloudEvents 1.0 by HTTP in structured mode: the whole event is the body.
struct CloudEventsSink: Sink {
    let settings: SinkSettings

    /// Bytes of an event: what the specification asks every receiver to take.
    static let bodyBytesMax = 65_536
    /// Alerts in one event.
    static let alertsMax = 64

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let objects = message.objects(Self.alertsMax)
        let body = fitted(message, bytesMax: Self.bodyBytesMax, alertsMax: Self.alertsMax) { text, alerts in
            // An attribute must not be empty.
            let name = message.onlyAlert?.transition.identity ?? ""
            let subject = name.isEmpty ? nil : ClippedText(shown(name), to: min(text, 256)).text
            return JSONTree.compact([
                "specversion": "1.0", "id": .string(message.id),
                "source": .string("/tidemark/" + Self.pathSegment(context.hostName)),
                "type": .string("io.\(message.type).v1"), "subject": .text(subject),
                "time": .string(message.time.description), "datacontenttype": "application/json",
                "partitionkey": .text(subject),
                "data": message.data(objects.prefix(alerts)).clipped(to: text),
            ]).bytes
        }
        let type = "application/cloudevents+json; charset=UTF-8"
        return [.http(try context.post(body, to: try context.url(), type: type, isBearer: true))]
    }

    /// A part of a path (RFC 3986): everything but letters, digits and `-._~` as `%` and two digits.
    private static func pathSegment(_ text: String) -> String {
        text.utf8.prefix(255).reduce(into: "") { out, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar))
            out += isPlain ? String(scalar) : "%" + hexDigits([byte]).uppercased()
        }
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        HTTPVerdict(refused: [415]).verdict(on: answer, to: request)
    }
}
