public import EventLog
import UsageEvents

/// Makes the logs that are kept in `Fixtures/log`: small, with every kind of record, column and encoding.
///
/// What is kept is what a writer of its time wrote, and it must be readable for good. A later writer may
/// make other bytes of the same events, so nothing compares bytes.
public enum GoldenLog {
    /// Writes it; a few kB in two segments. Seeds and name are fixed.
    public static func write<D: Disk>(_ disk: D, directory: String) throws(LogError) {
        var options = LogWriter<D>.Options()
        options.segmentBytes = 3_000
        options.logID = LogID(high: 0x676f_6c64_656e, low: 1)
        var writer = try LogWriter(disk, directory: directory, options: options)
        var generator = RandomBatches(seed: 1)
        // History: rows enough for rates of cost, most of which explain the cost and some of which do not.
        try writer.appendControl("configuration", payload: Array("detection: {}\n".utf8))
        var priced = generator.batch(72, .plausible)
        for row in 0..<priced.count where row % 6 == 0 { priced.cost[row] += 1_234_567 }
        _ = try writer.append(priced, symbols: generator.symbols, received: nil)
        try writer.commit()
        // Live: every column anywhere within its limits; then rows that are all alike.
        let wall: Int64 = 1_772_100_000_000
        let unusual = generator.batch(10, .adversarial)
        let second = try writer.append(unusual, symbols: generator.symbols, received: wall)
        try writer.commit()
        let alike = generator.batch(3, .constant)
        _ = try writer.append(alike, symbols: generator.symbols, received: wall + 1_000)
        try writer.appendTick(received: wall + 61_000)
        // Whole seconds, and a duplicate window that no longer reaches back to the beginning.
        var seconds = generator.batch(4, .plausible)
        for row in 0..<seconds.count { seconds.ts[row] = wall + Int64(row) * 2_000 }
        let horizon = DuplicateHorizon(from: 5, sources: [.init(name: "gateway", from: second)])
        _ = try writer.append(
            seconds, symbols: generator.symbols, received: wall + 62_000, duplicates: horizon)
        try writer.close()
    }

    /// Writes another whose events add up, and seals it with sums by day: two segments, of which only the
    /// first has cells.
    public static func writeSums<D: Disk>(_ disk: D, directory: String) throws(LogError) {
        var options = LogWriter<D>.Options()
        options.segmentBytes = 3_000
        options.logID = LogID(high: 0x676f_6c64_656e, low: 2)
        var writer = try LogWriter(disk, directory: directory, options: options)
        // Two days and a half; corrections, running totals, configurations, accounts that change teams.
        var usage = RandomUsage(seed: 1, step: 3_000_000)
        var first = usage.batch(140)
        // Sums that do not fit into 64 bits are in several cells.
        for row in 0..<4 {
            var event = UsageEvent(
                ts: Timestamp(rawValue: usage.clock + Int64(row)), identity: "person-3@acme.example")
            event.inputTokens = row < 3 ? .max : .min
            event.shape.insert(.inputTokens)
            first.append(event, symbols: &usage.symbols)
        }
        _ = try writer.append(first, symbols: usage.symbols, received: nil)
        try writer.commit()
        // A month and more between two events: no two have the same day.
        var sparse = RandomUsage(seed: 2, from: usage.clock, step: 60 * 86_400_000)
        _ = try writer.append(sparse.batch(5), symbols: sparse.symbols, received: nil)
        try writer.close()
        var sealing = LogSealer<D>.Options()
        sealing.makesCells = true
        _ = try LogSealer.seal(disk, directory: directory, options: sealing)
    }

    /// Seals it: a live block of several wall clocks with a tick between them, request ids beside the
    /// segments.
    public static func seal<D: Disk>(_ disk: D, directory: String) throws(LogError) {
        _ = try LogSealer.seal(disk, directory: directory)
    }
}
