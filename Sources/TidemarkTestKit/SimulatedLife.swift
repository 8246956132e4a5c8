internal import EventLog
internal import UsageEvents

/// The whole life of a log on a simulated disk, drawn from one seed: batches with duplicates, control
/// records, ticks, refused lines, small segments that are sealed beside the writer and without one; and again
/// and again the power fails or the process dies in the middle of a call, calls fail, the disk is full. After
/// each end the log is compared with what was sent.
///
/// What must hold, every time: everything acknowledged is there, nothing is there that was not sent, nothing
/// twice, in the order of sending; duplicates are found exactly; a reader, `verify` and recovery agree on
/// what is torn and what is damaged; and writing goes on.
public struct SimulatedLife: ~Copyable {
    /// What a life came to.
    public struct Result: Sendable {
        /// Power cuts, each followed by a recovery.
        public var powerCuts = 0
        /// Deaths of the process alone, each followed by a recovery.
        public var deaths = 0
        /// Calls that failed on demand.
        public var failures = 0
        /// Torn tails that recovery moved away.
        public var tornTails = 0
        /// Logs that were refused because the power cut had turned bytes into noise.
        public var refusals = 0
        /// Segments that were sealed.
        public var sealed = 0
        /// Events in the log at the end.
        public var events = 0
        /// What went wrong, in words.
        public var violations: [String] = []

        /// Nothing yet.
        public init() {}

        /// Ends of a process after which the log was opened again.
        public var crashPoints: Int { powerCuts + deaths }

        /// Adds up the results of several lives.
        public static func += (sum: inout Result, other: Result) {
            sum.powerCuts += other.powerCuts
            sum.deaths += other.deaths
            sum.failures += other.failures
            sum.tornTails += other.tornTails
            sum.refusals += other.refusals
            sum.sealed += other.sealed
            sum.events += other.events
            sum.violations += other.violations
        }
    }

    static let directory = "/log"

    let seed: UInt64
    /// Faults that a test planted; the weather of each incarnation comes on top.
    let planted: SimulatedDisk.Faults
    let disk: SimulatedDisk
    var random: SplitMix64
    var result = Result()
    /// What the log must hold, in order, if nothing un-synced was lost.
    var log: [SimulatedRecord] = []
    /// So many of them are safe.
    var acknowledged = 0
    /// Request ids of the events in `log`, with their sources.
    var keys: Set<SimulatedRecord.Key> = []
    /// One past the number of the last event that the sender was told is safe.
    var delivered = 0
    /// Lines refused, and how many of them are safe.
    var refused = 0
    var refusedSafe: Set<Int> = []
    var controls = 0
    var clock: Int64 = 1_772_000_000_000
    let total: Int

    private init(seed: UInt64, planted: SimulatedDisk.Faults) {
        self.seed = seed
        self.planted = planted
        disk = SimulatedDisk(seed: seed)
        random = SplitMix64(seed: seed ^ 0x7469_6465_6d61_726b)
        total = 20 + random.below(40)
    }

    /// Lives once, with so many incarnations that end badly, and one that ends well.
    public static func run(
        seed: UInt64, planted: SimulatedDisk.Faults = SimulatedDisk.Faults()
    ) -> Result {
        var life = SimulatedLife(seed: seed, planted: planted)
        for _ in 0..<3 + life.random.below(8) {
            life.incarnation()
            if !life.result.violations.isEmpty { return life.result }
        }
        life.end()
        return life.result
    }

    mutating func violated(_ what: String) {
        result.violations.append("seed \(seed), crash point \(result.crashPoints): \(what)")
    }

    // MARK: - Incarnations

    /// From opening the log to the end of the process.
    private mutating func incarnation() {
        let weather = plan()
        disk.faults = weather
        let failuresBefore = disk.failures
        do throws(LogError) {
            if random.below(4) == 0 { try seal() }
            try live()
        } catch {
            switch error {
            case .io, .full, .poisoned, .readOnly:
                guard !disk.hasCrashed, disk.failures == failuresBefore else { break }
                violated("without cause: \(error)")
            default: violated("\(error)")
            }
        }
        result.failures += disk.failures - failuresBefore
        if random.below(4) == 0 {
            result.deaths += 1
            disk.kill()
        } else {
            result.powerCuts += 1
            disk.crash()
        }
        examine()
    }

    /// What the next incarnation has to live through.
    private mutating func plan() -> SimulatedDisk.Faults {
        var plan = planted
        plan.shortWrites = random.below(4) == 0
        plan.tearsToNoise = random.below(12) == 0
        plan.flipsBits = random.below(8) == 0
        plan.crashAt = disk.calls + 1 + random.below(random.below(3) == 0 ? 25 : 100)
        switch random.below(6) {
        case 0:
            plan.failAt = disk.calls + 1 + random.below(80)
            plan.failsOn = random.below(2) == 0
            let calls = ["write", "fdatasync", "ftruncate", "open", "fsync", "unlink", "mkdir", "read"]
            plan.failing = random.below(4) == 0 ? nil : calls[random.below(calls.count)]
            plan.errno = random.below(2) == 0 ? IOFailure.deviceError : IOFailure.noSpace
        case 1:
            plan.capacity = disk.bytes + random.below(1_500)
        default: break
        }
        return plan
    }

    /// A last incarnation in good weather, and what must be true of a log that was closed.
    private mutating func end() {
        disk.faults = planted
        do throws(LogError) {
            try live()
        } catch { violated("in good weather: \(error)") }
        result.events = log.count { $0.number != nil }
        let missing = Set(0..<total).subtracting(log.compactMap(\.number))
        if !missing.isEmpty { violated("never arrived: \(missing.sorted())") }
        disk.crash()
        result.powerCuts += 1
        examine()
        guard result.violations.isEmpty else { return }
        if random.below(2) == 0 {
            do throws(LogError) { try seal() } catch { violated("sealing in good weather: \(error)") }
            examine()
        }
        damage()
    }

    /// Seals what can be sealed; before the first incarnation has written anything there is nothing.
    private mutating func seal() throws(LogError) {
        do throws(LogError) {
            var options = LogSealer<SimulatedDisk>.Options()
            options.makesCells = seed % 2 == 0
            result.sealed += try LogSealer.seal(disk, directory: Self.directory, options: options).sealed
        } catch {
            guard case .noSuchLog = error else { throw error }
        }
    }

    // MARK: - Sending

    /// Opens the log and feeds everything that the sender does not know to be safe, and a little more.
    private mutating func live() throws(LogError) {
        var options = LogWriter<SimulatedDisk>.Options()
        options.segmentBytes = 700 + 400 * Int(seed % 7)
        options.logID = LogID(high: seed, low: 1)
        var writer = try LogWriter(disk, directory: Self.directory, options: options)
        opened(writer.recovery, events: writer.nextSequence)
        var window = try DuplicateWindow.restore(
            disk, directory: Self.directory, horizon: writer.recovery.duplicates)
        var rejected = try RejectedLines(disk, directory: Self.directory)
        var pendingLines: [Int] = []
        let patience = 1 + random.below(6)
        var next = max(0, delivered - random.below(6))
        while next < total {
            var step = SimulatedStep.nothing
            switch random.below(12) {
            case 0:
                controls += 1
                step = .control(controls)
            case 1:
                clock += Int64(random.below(90_000))
                step = .tick(clock)
            case 2:
                pendingLines.append(refused)
                rejected.add(SimulatedRecord.refusedLine(refused))
                refused += 1
            case 3: step = random.below(2) == 0 ? .mark : .seal
            default:
                let count = min(1 + random.below(6), total - next)
                let numbers = numbers(next..<next + count)
                next += count
                step = try admit(numbers, &window, writer.nextSequence)
            }
            let commits = disk.faults.capacity != nil || random.below(patience) == 0
            try perform(step, commits, &writer, &rejected, window.horizon)
            guard commits || step.commits else { continue }
            acknowledged = log.count
            delivered = next
            if commits {
                refusedSafe.formUnion(pendingLines)
                pendingLines = []
            }
        }
        try rejected.sync()
        refusedSafe.formUnion(pendingLines)
        try writer.close()
        acknowledged = log.count
        delivered = total
    }

    /// Does one thing to the log. A full disk grows, and the same is done again: a writer that refused for
    /// want of space must have undone it.
    private mutating func perform(
        _ step: SimulatedStep, _ commits: Bool, _ writer: inout LogWriter<SimulatedDisk>,
        _ rejected: inout RejectedLines<SimulatedDisk>, _ horizon: DuplicateHorizon
    ) throws(LogError) {
        while true {
            let before = log.count
            do throws(LogError) {
                if commits { try rejected.sync() }
                try write(step, &writer, horizon)
                if commits { try writer.commit() }
                return
            } catch {
                guard case .full = error, disk.faults.capacity != nil, !disk.hasCrashed else { throw error }
                forget(from: before)
                if log.count(where: { $0.number != nil }) != writer.nextSequence {
                    violated("a full disk left the writer at \(writer.nextSequence)")
                    throw error
                }
                disk.faults.capacity? += 1_200
            }
        }
    }

    private mutating func write(
        _ step: SimulatedStep, _ writer: inout LogWriter<SimulatedDisk>, _ horizon: DuplicateHorizon
    ) throws(LogError) {
        switch step {
        case .nothing: break
        case .mark: try writer.markDurable()
        case .seal: try seal()
        case .control(let number):
            log.append(.control(number))
            try writer.appendControl("note", payload: SimulatedRecord.payload(number))
        case .tick(let received):
            log.append(.tick(received))
            try writer.appendTick(received: received)
        case .events(let batch, let symbols, let numbers, let received):
            // Noted before the call: a block of it may be durable even where the call fails.
            for number in numbers {
                log.append(.event(number, received: received))
                if let key = SimulatedRecord.key(number) { keys.insert(key) }
            }
            _ = try writer.append(batch, symbols: symbols, received: received, duplicates: horizon)
        }
    }

    /// Drops what is not in the log after all.
    mutating func forget(from count: Int) {
        guard count < log.count else { return }
        log.removeLast(log.count - count)
        keys = Set(log.compactMap { $0.number.flatMap(SimulatedRecord.key) })
    }

    /// The next numbers, now and then with some that were sent before.
    private mutating func numbers(_ next: Range<Int>) -> [Int] {
        var numbers = Array(next)
        while random.below(3) == 0 {
            numbers.insert(random.below(next.upperBound), at: random.below(numbers.count + 1))
        }
        return numbers
    }

    /// Asks the window which events are new, and compares its answer with a set.
    private mutating func admit(
        _ numbers: [Int], _ window: inout DuplicateWindow, _ sequence: UInt64
    ) throws(LogError) -> SimulatedStep {
        var symbols = Symbols()
        var batch = EventBatch()
        for number in numbers { batch.append(SimulatedRecord.event(number), symbols: &symbols) }
        var seen = keys
        let isNew = numbers.map { SimulatedRecord.key($0).map { seen.insert($0).inserted } ?? true }
        let mask = try window.admit(batch, symbols: symbols, firstSequence: sequence)
        if (mask ?? isNew.map { _ in true }) != isNew {
            violated("of the events \(numbers) these are new: \(isNew), and the window said \(mask ?? [])")
        }
        if let mask { batch.keep(mask) }
        if random.below(3) > 0 { clock += Int64(random.below(2_000)) }
        return .events(
            batch, symbols, zip(numbers, isNew).filter(\.1).map(\.0),
            received: random.below(2) == 0 ? nil : clock)
    }
}

/// What a life does to its log at a time.
enum SimulatedStep {
    case nothing
    case mark
    case seal
    case control(Int)
    case tick(Int64)
    case events(EventBatch, Symbols, [Int], received: Int64?)

    /// Whether it makes durable what was appended.
    var commits: Bool { if case .mark = self { true } else { false } }
}
