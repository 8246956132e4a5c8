internal import Alerting

/// A program that is started for each message and reads it from its standard input: for everything that no
/// other sink can do.
struct ExecSink: Sink {
    let settings: SinkSettings

    /// The code by which a program says that this message will never do (`EX_DATAERR` of `sysexits.h`); every
    /// other than 0 means that it may be tried again.
    static let refusedCode: Int32 = 65

    func requests(for notification: Notification, context: SinkContext) throws(SinkFault) -> [OutboundRequest]
    {
        [.process(input: try OutgoingMessage(notification, settings: settings, context: context).lines)]
    }

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        guard case .exit(let code) = answer else { return HTTPVerdict().verdict(on: answer, to: request) }
        switch code {
        case 0: return .delivered
        case Self.refusedCode: return .refused(reason: "the command refused it (exit code \(code))")
        case 129...: return .retry(after: nil, reason: "the command was ended by signal \(code - 128)")
        default: return .retry(after: nil, reason: "the command failed (exit code \(code))")
        }
    }
}
