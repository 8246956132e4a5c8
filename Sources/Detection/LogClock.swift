import UsageEvents

/// The clock of phase *judge*: the wall clock that live blocks and ticks carry; without any, the
/// third-largest account clock (the smallest, if there are fewer than three accounts), so that no one
/// account with a wrong clock moves it.
///
/// It never goes back, but for two moments: when the second or third account appears, and when the first
/// wall clock does. Else the first account of a log could set it ahead for as long as its own clock is.
@usableFromInline
struct LogClock: Sendable {
    /// The three largest account clocks, in no order; those that are missing are `Int64.max`.
    var accounts = SIMD4<UInt32>(repeating: .max)
    var clocks = SIMD4<Int64>(repeating: .max)
    var count = 0
    var received = Int64.min

    /// `Int64.min` before anything was observed.
    @usableFromInline var now = Int64.min

    mutating func observe(account: UInt32, clock: Int64) {
        // Nearly always there are three that are ahead.
        if count == 3, received == .min, clock <= now { return }
        if let row = row(of: account) {
            clocks[row] = max(clocks[row], clock)
        } else if count < 3 {
            accounts[count] = account
            clocks[count] = clock
            count += 1
        } else {
            let lowest = clocks.min()
            guard lowest < clock else { return }
            for row in 0..<3 where clocks[row] == lowest {
                accounts[row] = account
                clocks[row] = clock
                break
            }
        }
        if received == .min { now = clocks.min() }
    }

    private func row(of account: UInt32) -> Int? {
        for row in 0..<count where accounts[row] == account { return row }
        return nil
    }

    mutating func observe(received: Int64) {
        self.received = max(self.received, received)
        now = self.received
    }
}
