public import UsageEvents

/// What people have decided, as it is now: a fold over the records of the operator store.
public struct OperatorState: Hashable, Sendable {
    /// Silences that are kept; the one that ended first goes first.
    public static let silencesMax = 1_024
    /// Acks that are kept; the oldest goes first.
    public static let acksMax = 65_536

    /// Every silence that is remembered, those that are over too, in the order in which they were made.
    public private(set) var silences: [Silence] = []
    private var acks: [String: Ack] = [:]
    private var ackOrder: [String] = []

    /// Nothing was decided.
    public init() {}

    /// Takes what a record says.
    public mutating func apply(_ record: OperatorRecord) {
        switch record.action {
        case .silence(let silence):
            guard !silences.contains(where: { $0.id == silence.id }) else { return }
            silences.append(silence)
            if silences.count > Self.silencesMax,
                let first = silences.indices.min(by: { silences[$0].endsAt < silences[$1].endsAt })
            {
                silences.remove(at: first)
            }
        case .expire(let id):
            guard let i = silences.firstIndex(where: { $0.id == id }) else { return }
            silences[i].endsAt = min(silences[i].endsAt, record.at)
        case .acknowledge(let ack):
            if acks.updateValue(ack, forKey: ack.alert) == nil { ackOrder.append(ack.alert) }
            if ackOrder.count > Self.acksMax {
                for old in ackOrder.prefix(Self.acksMax / 4) { acks[old] = nil }
                ackOrder.removeFirst(Self.acksMax / 4)
            }
        case .note: break
        }
    }

    /// The silence that hides an alert now: of several the one that lasts longest, then the first by id.
    public func silence(hiding alert: AlertTransition, at now: Timestamp) -> Silence? {
        guard !silences.isEmpty else { return nil }
        return silences.filter { $0.isActive(at: now) && $0.covers(alert) }
            .min { ($1.endsAt, $0.id) < ($0.endsAt, $1.id) }
    }

    /// Whether a silence of this id holds now.
    public func isActive(silence id: String, at now: Timestamp) -> Bool {
        silences.contains { $0.id == id && $0.isActive(at: now) }
    }

    /// Whether somebody knows of an alert in the state that it is in.
    public func isAcknowledged(_ alert: AlertTransition) -> Bool { acks[alert.id]?.covers(alert) ?? false }

    /// What was said of an alert.
    public func ack(of alert: String) -> Ack? { acks[alert] }
}
