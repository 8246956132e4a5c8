internal import Alerting
internal import Detection
internal import UsageEvents

/// syslog as RFC 5424 has it, one message an alert: by TLS or TCP with its length before it (RFC 6587), or as
/// a datagram.
struct SyslogSink: Sink {
    let settings: SinkSettings

    /// Bytes of a datagram that everybody has to take (RFC 5426), and of a message by TCP that most take.
    static let datagramBytesMax = 2_048
    static let streamBytesMax = 8_192
    /// Facility `local0`.
    static let facility = 16
    /// The enterprise number that is set aside for examples.
    static let dataName = "tidemark@32473"

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        let message = try OutgoingMessage(notification, settings: settings, context: context)
        let url = try context.url()
        let isDatagram = url.withText { $0.lowercased().hasPrefix("udp:") }
        let bytesMax = isDatagram ? Self.datagramBytesMax : Self.streamBytesMax
        var frames = message.alerts.map { alert in
            fitted(message, bytesMax: bytesMax, alertsMax: 1) { text, _ in
                self.line(alert, message, context, text)
            }
        }
        if frames.isEmpty || message.omitted > 0 {
            frames.append(line(message, context))
        }
        if isDatagram { return frames.map { .stream(url: url, bytes: $0) } }
        return [.stream(url: url, bytes: frames.flatMap { Array("\($0.count) ".utf8) + $0 })]
    }

    private func line(
        _ alert: OutgoingAlert, _ message: OutgoingMessage, _ context: SinkContext, _ text: Int
    ) -> [UInt8] {
        let t = alert.transition
        let severity = alert.isFiring && !message.isTest ? Self.severity(alert.severity) : 6
        let data: [(String, String?)] = [
            ("id", alert.id), ("seq", String(t.seq)), ("state", t.state.rawValue),
            ("severity", alert.severity.word), ("identity", t.identity), ("team", t.team), ("tool", t.tool),
            ("model", t.model), ("mcp_server", t.mcpServer), ("observed", alert.observed),
            ("usual", alert.usual), ("test", message.isTest ? "true" : nil),
        ]
        return line(severity, t.at, context, id: t.kind.word, data, alert.title, text)
    }

    private func line(_ message: OutgoingMessage, _ context: SinkContext) -> [UInt8] {
        let data: [(String, String?)] = [
            ("id", message.id), ("omitted", String(message.omitted)),
            ("test", message.isTest ? "true" : nil),
        ]
        let severity = Self.severity(message.severity)
        return line(severity, message.time, context, id: message.purpose.rawValue, data, message.title, 512)
    }

    private func line(
        _ severity: Int, _ time: Timestamp, _ context: SinkContext, id: String, _ data: [(String, String?)],
        _ text: String, _ max: Int
    ) -> [UInt8] {
        let host = String(
            decoding: context.hostName.utf8.filter { $0 > 0x20 && $0 < 0x7f }.prefix(255), as: UTF8.self)
        let pairs = data.compactMap { name, value in value.map { " \(name)=\"\(Self.value($0, max))\"" } }
        let head = "<\(Self.facility * 8 + severity)>1 \(time) \(host.isEmpty ? "-" : host) tidemark - \(id) "
        // The mark at the beginning says that the text is UTF-8.
        return Array((head + "[\(Self.dataName)\(pairs.joined())] \u{feff}").utf8)
            + Array(ClippedText(shown(text), to: max).text.utf8)
    }

    /// A value between quotes.
    private static func value(_ text: String, _ max: Int) -> String {
        ClippedText(shown(text), to: max) { scalar in
            scalar == "\"" || scalar == "\\" || scalar == "]" ? "\\" + String(scalar) : String(scalar)
        }.text
    }

    /// Notice for low, then up to critical.
    private static func severity(_ severity: Severity) -> Int { 6 - severity.rawValue }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        if case .written = answer { return .delivered }
        return HTTPVerdict().verdict(on: answer, to: request)
    }
}
