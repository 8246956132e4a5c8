import Alerting
public import UsageEvents

/// Which message of a sink is attempted next, and when: a pure value, so that years of outages are tested in
/// milliseconds.
///
/// - Messages that speak of the same alert keep their order: the later one waits until the earlier one is
///   delivered or given up. Otherwise a message that keeps failing holds up nobody.
/// - After `failuresMax` failures in a row the endpoint as a whole is left alone: one message a time is
///   tried, after 5 s, then twice as long up to 5 min, until one gets through.
public struct DeliveryQueue: Sendable {
    /// Failures in a row after which the endpoint is taken to be down.
    public static let failuresMax = 5
    private static let firstPause: Int64 = 5_000
    private static let longestPause: Int64 = 300_000

    /// Deliveries at a time.
    public let limit: Int
    /// Messages that are being attempted.
    public private(set) var inFlight: Set<String> = []
    private var failures = 0
    /// Nothing is attempted before; nil while the endpoint works.
    public private(set) var pausedUntil: Timestamp?

    /// A queue that allows so many deliveries at a time.
    public init(limit: Int) { self.limit = max(1, limit) }

    /// The messages to attempt now, in order, which are then in flight.
    public mutating func next(of waiting: WaitingMessages, now: Timestamp) -> [WaitingMessage] {
        let room = (pausedUntil == nil ? limit : 1) - inFlight.count
        if let pausedUntil, now < pausedUntil { return [] }
        guard room > 0 else { return [] }
        var picked: [WaitingMessage] = []
        var blocked: Set<String> = []
        for message in waiting {
            let alerts = message.notification.transitions
            let isFree = !alerts.contains { blocked.contains($0.id) }
            if isFree, message.nextAt <= now, inFlight.insert(message.notification.id).inserted {
                picked.append(message)
                if picked.count == room { break }
            }
            for alert in alerts { blocked.insert(alert.id) }
        }
        return picked
    }

    /// When `next` should be asked again, if nothing else happens; nil where nothing waits but what is in
    /// flight.
    public func due(_ waiting: WaitingMessages) -> Timestamp? {
        var first: Timestamp?
        for message in waiting where !inFlight.contains(message.notification.id) {
            first = first.map { min($0, message.nextAt) } ?? message.nextAt
        }
        guard let first else { return nil }
        return pausedUntil.map { max($0, first) } ?? first
    }

    /// An attempt ended: well, with a refusal that says nothing about the endpoint, or with a failure of it.
    public mutating func settle(_ id: String, endpointFailed: Bool, now: Timestamp) {
        inFlight.remove(id)
        guard endpointFailed else {
            failures = 0
            pausedUntil = nil
            return
        }
        failures += 1
        guard failures >= Self.failuresMax else { return }
        let doublings = min(failures - Self.failuresMax, 6)
        let pause = min(Self.firstPause << Int64(doublings), Self.longestPause)
        pausedUntil = Timestamp(rawValue: now.rawValue + pause)
    }
}
