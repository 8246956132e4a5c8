import UsageEvents

/// The clock of phase *judge*: the wall clock that live blocks and ticks carry; without any, the
/// third-largest account clock (the smallest, if there are fewer than three accounts), so that no one
/// account with a wrong clock moves it.
///
/// It never goes back, but for two moments: when the second or third account appears, and when the first
/// wall clock does. Else the first account of a log could set it ahead for as long as its own clock is.
struct LogClock: Sendable {
    private var top: [(account: UInt32, clock: Int64)] = []
    private var received = Int64.min

    /// `Int64.min` before anything was observed.
    private(set) var now = Int64.min

    mutating func observe(account: UInt32, clock: Int64) {
        if let row = top.firstIndex(where: { $0.account == account }) {
            top[row].clock = max(top[row].clock, clock)
        } else if top.count < 3 {
            top.append((account, clock))
        } else if let row = top.indices.min(by: { top[$0].clock < top[$1].clock }), top[row].clock < clock {
            top[row] = (account, clock)
        }
        guard received == .min else { return }
        now = top[0].clock
        for entry in top.dropFirst() { now = min(now, entry.clock) }
    }

    mutating func observe(received: Int64) {
        self.received = max(self.received, received)
        now = self.received
    }
}
