import Alerting
import Sinks

/// How one attempt to deliver a message ended.
struct Attempt: Sendable {
    let verdict: DeliveryVerdict
    /// The status of the answer, where there was one.
    let status: Int?
    let milliseconds: Int

    /// The word of the audit.
    var word: String {
        switch verdict {
        case .delivered: "delivered"
        case .retry: "retry"
        case .refused: "refused"
        case .disabled: "disabled"
        }
    }

    /// Why, where it did not go well.
    var reason: String? {
        switch verdict {
        case .delivered: nil
        case .retry(_, let reason), .refused(let reason), .disabled(let reason): reason
        }
    }

    /// Carries a message to its sink once.
    static func make(
        _ notification: Notification, by sink: any Sink, over transport: Transport, context: SinkContext
    ) async -> Attempt {
        let clock = ContinuousClock()
        let began = clock.now
        var verdicts: [DeliveryVerdict] = []
        var status: Int?
        do throws(SinkFault) {
            for request in try sink.requests(for: notification, context: context) {
                let answer = await transport.perform(request)
                if case .http(let answer) = answer { status = answer.status }
                verdicts.append(sink.verdict(on: answer, to: request))
            }
        } catch {
            // A setting that is missing may be there after the next reload: the message is not given up.
            verdicts = [.retry(after: nil, reason: error.description)]
        }
        let spent = began.duration(to: clock.now).components
        return Attempt(
            verdict: sink.combined(verdicts), status: status,
            milliseconds: Int(spent.seconds * 1_000 + spent.attoseconds / 1_000_000_000_000_000))
    }
}

extension Attempt {
    /// Carries several messages to a file with one write; all fare alike.
    static func makeTogether(
        _ notifications: [Notification], by sink: any Sink, over transport: Transport, context: SinkContext
    ) async -> [Attempt] {
        var lines: [UInt8] = []
        do throws(SinkFault) {
            for notification in notifications {
                for case .file(let line) in try sink.requests(for: notification, context: context) {
                    lines += line
                }
            }
        } catch {
            let attempt = Attempt(
                verdict: .retry(after: nil, reason: error.description), status: nil, milliseconds: 0)
            return notifications.map { _ in attempt }
        }
        let request = OutboundRequest.file(lines: lines)
        let answer = await transport.perform(request)
        let attempt = Attempt(verdict: sink.verdict(on: answer, to: request), status: nil, milliseconds: 0)
        return notifications.map { _ in attempt }
    }
}
