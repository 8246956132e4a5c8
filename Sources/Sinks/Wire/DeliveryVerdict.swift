/// What is to become of a message.
public enum DeliveryVerdict: Hashable, Sendable {
    /// It is there.
    case delivered
    /// Try again, after this many seconds at least, if the receiver named a number.
    case retry(after: Int64?, reason: String)
    /// Never try this message again: it goes to the dead letters.
    case refused(reason: String)
    /// The receiver is gone for good: nothing more is sent until a person says so.
    case disabled(reason: String)

    /// Better ones first.
    var rank: Int {
        switch self {
        case .delivered: 0
        case .refused: 1
        case .retry: 2
        case .disabled: 3
        }
    }
}
