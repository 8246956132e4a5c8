/// What statuses mean to one kind of receiver: the table of docs/sinks.md.
struct HTTPVerdict {
    /// Statuses after which the same message will never be taken.
    var refused: Set<Int> = []
    /// Whether a status of 410 says that the address is gone for good.
    var disablesWhenGone = true
    /// Whether each further status of 4xx is final.
    var refusesOtherClientErrors = false
    /// Least seconds to wait after a 429.
    var waitWhenLimited: Int64 = 0
    /// What a body must be for a 2xx to count; nil for any.
    var successBody: String?

    /// The longest that a receiver may ask for, in seconds: beyond, it could silence its alerts.
    static let retryAfterMax: Int64 = 3_600

    func verdict(on answer: OutboundAnswer, to request: OutboundRequest) -> DeliveryVerdict {
        switch answer {
        case .http(let answer): verdict(on: answer, request)
        case .failure(let failure, let detail):
            .retry(after: nil, reason: "\(failure.rawValue): " + excerpt(detail, request))
        case .exit, .written: .retry(after: nil, reason: "no answer by HTTP")
        }
    }

    private func verdict(on answer: HTTPAnswer, _ request: OutboundRequest) -> DeliveryVerdict {
        let isTaken = successBody.map { answer.body.elementsEqual($0.utf8) } ?? true
        if (200...299).contains(answer.status), isTaken { return .delivered }
        let said = excerpt(String(decoding: answer.body.prefix(1_024), as: UTF8.self), request)
        let reason = "HTTP \(answer.status)" + (said.isEmpty ? "" : ": " + said)
        switch answer.status {
        case 200...299:
            return .retry(after: nil, reason: "\(reason) (\(successBody ?? "") was to be expected)")
        case 410 where disablesWhenGone: return .disabled(reason: reason)
        case 300...399: return .retry(after: nil, reason: "HTTP \(answer.status): redirects are not followed")
        case _ where refused.contains(answer.status): return .refused(reason: reason)
        case 429:
            let asked = answer.retryAfterSeconds ?? 0
            return .retry(after: max(asked, waitWhenLimited), reason: reason)
        case 400...499 where answer.status != 408 && refusesOtherClientErrors:
            return .refused(reason: reason)
        default: return .retry(after: answer.retryAfterSeconds, reason: reason)
        }
    }

    /// The beginning of what a receiver said, without secrets that it may have echoed.
    private func excerpt(_ text: String, _ request: OutboundRequest) -> String {
        ClippedText(shown(request.conceal(text)), to: 160).text
    }
}

extension HTTPAnswer {
    /// How long the receiver asks to be left alone, in seconds from now: a number, or a date as RFC 9110
    /// writes it. Nil where it says nothing that can be understood.
    var retryAfterSeconds: Int64? {
        guard let text = retryAfter?.utf8.filter({ $0 != 0x20 && $0 != 0x09 }), !text.isEmpty else {
            return nil
        }
        let limit = HTTPVerdict.retryAfterMax
        if text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return min(Int64(String(decoding: text, as: UTF8.self)) ?? limit, limit)
        }
        guard let date = HTTPDate.seconds(retryAfter ?? "") else { return nil }
        return max(0, min(date - receivedAt, limit))
    }
}
