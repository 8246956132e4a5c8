/// When a message that failed is tried again.
public struct RetrySchedule: Hashable, Sendable {
    /// Seconds between one attempt and the next, at most.
    public let delays: [Int64]

    /// The schedule of Standard Webhooks 1.0.0: ten attempts within 75 hours and 35 minutes at most.
    public static let standard = RetrySchedule(delays: [
        5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600,
    ])

    /// For receivers that have to hear of an alert within minutes or not at all, as Alertmanager's own: twice
    /// as long each time up to five minutes, for an hour.
    public static let alertmanager = RetrySchedule(
        delays: [5, 10, 20, 40, 80, 160] + Array(repeating: 300, count: 11))

    /// Seconds to wait after a number of attempts that failed, or nil when there is no further one: a dead
    /// letter.
    ///
    /// The wait is drawn evenly between nothing and the whole delay ("full jitter", Brooker 2015), so that
    /// those that failed together do not come back together; `random` is 0 up to 1. What the receiver asked
    /// for is a lower bound.
    public func wait(afterAttempts failed: Int, random: Double, askedFor: Int64? = nil) -> Double? {
        guard failed >= 1, failed <= delays.count else { return nil }
        let drawn = Double(delays[failed - 1]) * min(max(random, 0), 1)
        return max(drawn, Double(askedFor ?? 0))
    }
}
