internal import Alerting

/// A file to which lines are added: for log shippers, and for looking at.
struct FileSink: Sink {
    let settings: SinkSettings

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        [.file(lines: try OutgoingMessage(notification, settings: settings, context: context).lines)]
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        if case .written = answer { return .delivered }
        return HTTPVerdict().verdict(on: answer, to: request)
    }
}
