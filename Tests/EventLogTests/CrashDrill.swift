import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

/// Feeds numbered events to a log on a simulated disk, lets it crash again and again, sends again what was
/// not acknowledged, and compares: `acknowledged <= recovered <= sent`, in order, each once, unchanged.
struct CrashDrill {
    /// What a planted fault or the weather is.
    var faults = SimulatedDisk.Faults()
    /// How many events are sent in all.
    var total = 60
    /// Power cuts on the way; each strikes at a call drawn from the seed.
    var crashes = 3
    /// Whether damage may be reported instead of recovered from (a disk that tears to noise).
    var mayRefuse = false

    private static func event(_ number: Int) -> UsageEvent {
        var event = UsageEvent(
            ts: Timestamp(rawValue: 1_772_000_000_000 + Int64(number) * 977), identity: "a\(number % 7)")
        event.requestID = "request-\(number)"
        event.inputTokens = Int64(number)
        event.source = "feed"
        return event
    }

    /// Runs once; returns what went wrong, in words.
    func run(seed: UInt64) -> [String] {
        var random = SplitMix64(seed: seed)
        let disk = SimulatedDisk(seed: seed)
        var acknowledged = 0
        var violations: [String] = []
        for crash in 0...crashes {
            var plan = faults
            if crash < crashes { plan.crashAt = disk.calls + 1 + random.below(70) }
            disk.faults = plan
            do throws(LogError) {
                try feed(disk, &random, &acknowledged, &violations)
            } catch {
                if !disk.hasCrashed {
                    switch error {
                    case .damaged where mayRefuse, .notALog where mayRefuse: return violations
                    default: break
                    }
                    violations.append("seed \(seed), crash \(crash): \(error)")
                    return violations
                }
            }
            disk.crash()
        }
        do throws(LogError) {
            let found = try LogVerifier.verify(disk, directory: "/log")
            if found.isDamaged { violations.append("seed \(seed): verify says \(found.problems)") }
            if found.events != UInt64(total) {
                violations.append("seed \(seed): \(found.events) events at the end")
            }
        } catch {
            violations.append("seed \(seed): verify: \(error)")
        }
        return violations
    }

    /// Opens the log, checks what is in it, and sends everything from a little before the first missing event
    /// on.
    private func feed(
        _ disk: SimulatedDisk, _ random: inout SplitMix64, _ acknowledged: inout Int,
        _ violations: inout [String]
    ) throws(LogError) {
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 1_500
        var writer = try LogWriter(disk, directory: "/log", options: options)
        let recovered = try check(disk, acknowledged, &violations)
        var window = try DuplicateWindow.restore(
            disk, directory: "/log", horizon: writer.recovery.duplicates)
        var symbols = Symbols()
        // Whoever sends again does not know exactly where: the window drops what is there.
        var next = max(0, recovered - random.below(5))
        while next < total {
            var batch = EventBatch()
            let count = min(1 + random.below(6), total - next)
            for number in next..<next + count { batch.append(Self.event(number), symbols: &symbols) }
            if let mask = try window.admit(batch, symbols: symbols, firstSequence: writer.nextSequence) {
                batch.keep(mask)
            }
            _ = try writer.append(batch, symbols: symbols, received: nil, duplicates: window.horizon)
            if random.below(8) == 0 { try writer.appendTick(received: Int64(next)) }
            next += count
            if random.below(3) > 0 {
                try writer.commit()
                acknowledged = next
            }
            if random.below(16) == 0 {
                try writer.markDurable()
                acknowledged = next
            }
        }
        try writer.close()
        acknowledged = total
    }

    /// Reads the whole log and compares; returns how many events there are.
    private func check(
        _ disk: SimulatedDisk, _ acknowledged: Int, _ violations: inout [String]
    ) throws(LogError) -> Int {
        var reader = try LogReader(disk, directory: "/log")
        var batch = EventBatch()
        var symbols = Symbols()
        var number = 0
        while let record = try reader.next(into: &batch, symbols: &symbols) {
            guard case .events = record else { continue }
            for row in 0..<batch.count {
                if batch.event(at: row, symbols: symbols) != Self.event(number) {
                    violations.append("event \(number) is \(batch.requestID[row] ?? "?")")
                }
                number += 1
            }
        }
        if number < acknowledged { violations.append("\(acknowledged) acknowledged, \(number) recovered") }
        if number > total { violations.append("\(number) recovered, \(total) sent") }
        return number
    }
}
