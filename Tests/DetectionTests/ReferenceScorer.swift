import Statistics
import UsageEvents

@testable import Detection

/// Phase *score* from its definition, for one account: it keeps every event and sums each window from
/// scratch at each event.
///
/// Signals come out as text, so that two scorers may number symbols differently and a difference is readable.
struct ReferenceScorer {
    /// An event that some window counts.
    private struct Counted {
        var ts: Int64
        var sequence: UInt64
        var cost: Int64
        var tokens: Int64
        var isRequest: Bool
        var facet: String
        var slot: Int64 { floorDivide(ts, 5 * Timestamp.minute) }
        var hour: Int64 { floorDivide(ts, Timestamp.hour) }

        func amount(_ metric: Metric) -> Int64 { metric.isSpend ? cost : tokens }
    }

    private struct Level {
        var logs: [Float] = []
        var mean: Double { Double(logs.reduce(0, +)) / Double(logs.count) }
    }

    private let configuration: DetectionConfiguration
    private(set) var signals: [String] = []
    private(set) var lateEvents = 0

    private var clock: Int64?
    private var counted: [Counted] = []
    private var usedModels: Set<String> = []
    private var usedServers: Set<String> = []
    /// Hours up to this one have been learned.
    private var learnedHour = Int64.min
    private var hoursLearned = 0
    private var moments: [Metric: ForgettingMoments] = [:]
    private var levels: [Bool: Level] = [:]
    private var day: (number: Int64, cost: Int64, tokens: Int64, peakCost: Int64, peakTokens: Int64)?
    private var thresholds: [Metric: Int64] = [:]
    private var triggers: [Metric: Int64] = [:]
    private var open: Set<Metric> = []
    private var openAsNewcomer: Set<Metric> = []
    private var priceCost = 0.0
    private var priceTokens = 0.0
    /// What drives the totals since the watch began, and the hour of the clock then.
    private var watched: (parts: [String: (cost: Int64, tokens: Int64)], since: Int64)?

    init(configuration: DetectionConfiguration) {
        self.configuration = configuration
        for metric in Metric.allCases {
            moments[metric] = ForgettingMoments()
            thresholds[metric] = floor(metric)
            triggers[metric] = watchLevel(metric)
        }
        levels = [true: Level(), false: Level()]
    }

    // MARK: - Windows, from their definitions

    private var slot: Int64 { floorDivide(clock ?? 0, 5 * Timestamp.minute) }
    private var hour: Int64 { floorDivide(clock ?? 0, Timestamp.hour) }

    /// The rolling hour: single requests in the clock's slot and the eleven before it. The rolling day: the
    /// clock's hour and the
    /// 23 before it.
    private func sum(_ metric: Metric) -> Int64 {
        counted.reduce(0) { sum, e in
            let counts = metric.isHour ? e.isRequest && e.slot > slot - 12 : e.hour > hour - 24
            return counts ? sum + e.amount(metric) : sum
        }
    }

    // MARK: - Events

    mutating func observe(_ event: UsageEvent, sequence: UInt64) {
        let ts = event.ts.rawValue
        let late = clock.map { ts < $0 } ?? false
        if !late { roll(to: ts, sequence) }
        firstUses(event, sequence, late)
        if event.shape.grain == .config || event.shape.grain == .snapshot { return }
        let facet = [event.tool ?? "", event.model ?? "", event.mcpServer ?? "", event.project ?? ""]
            .joined(separator: "/")
        let counted = Counted(
            ts: ts, sequence: sequence, cost: event.cost.rawValue,
            tokens: event.inputTokens + event.outputTokens + event.cacheWriteTokens,
            isRequest: event.shape.grain == .request, facet: facet)
        guard counted.hour > hour - 25 else {
            lateEvents += 1
            if let today = day, today.number == floorDivide(ts, Timestamp.day) {
                day?.cost += counted.cost
                day?.tokens += counted.tokens
            }
            return
        }
        self.counted.append(counted)
        note(counted)
        if late || !counted.isRequest, !(counted.isRequest && counted.slot > slot - 12) {
            check(counted, late)
        }
        if Metric.allCases.contains(where: { sum($0) >= triggers[$0] ?? .max }) { trigger(counted, late) }
    }

    private mutating func note(_ event: Counted) {
        guard watched != nil else { return }
        watched?.parts[event.facet, default: (0, 0)].cost += event.cost
        watched?.parts[event.facet, default: (0, 0)].tokens += event.tokens
    }

    private mutating func firstUses(_ event: UsageEvent, _ sequence: UInt64, _ late: Bool) {
        let tokens = event.inputTokens + event.outputTokens + event.cacheWriteTokens
        var ratio = 0.0
        if tokens > 0, event.cost.rawValue > 0, priceTokens > 0, priceCost > 0 {
            ratio = Double(event.cost.rawValue) / Double(tokens) / (priceCost / priceTokens)
        }
        if let model = event.model, usedModels.insert(model).inserted {
            emit(sequence, "first new_model \(model) ratio \(ratio) late \(late)")
        }
        if let server = event.mcpServer, usedServers.insert(server).inserted {
            emit(sequence, "first new_mcp_server \(server) ratio \(ratio) late \(late)")
        }
    }

    private mutating func emit(_ sequence: UInt64, _ text: String) {
        signals.append("\(sequence) at \(clock ?? 0) \(text)")
    }

    // MARK: - Excursions

    private mutating func trigger(_ event: Counted, _ late: Bool) {
        if watched == nil {
            watched = ([:], hour)
            note(event)
            for metric in Metric.allCases where !open.contains(metric) {
                triggers[metric] = thresholds[metric]
            }
        }
        for metric in Metric.allCases where sum(metric) >= triggers[metric] ?? .max {
            raise(metric, sum(metric), hour: nil, event, late)
        }
    }

    /// The clock hour in which a late event or a bucket lies.
    private mutating func check(_ event: Counted, _ late: Bool) {
        for metric in [Metric.spendHour, .tokensHour] {
            let observed = counted.filter { $0.hour == event.hour }.reduce(0) { $0 + $1.amount(metric) }
            guard observed >= (open.contains(metric) ? triggers : thresholds)[metric] ?? .max else {
                continue
            }
            if watched == nil { trigger(event, late) }
            raise(metric, observed, hour: event.hour, event, late)
        }
    }

    private mutating func raise(
        _ metric: Metric, _ observed: Int64, hour at: Int64?, _ event: Counted, _ late: Bool
    ) {
        let known = known(metric)
        let isWarm = known.have >= known.need
        let phase = open.contains(metric) && !(isWarm && openAsNewcomer.contains(metric)) ? "grew" : "began"
        open.insert(metric)
        if isWarm { openAsNewcomer.remove(metric) } else { openAsNewcomer.insert(metric) }
        triggers[metric] = observed + observed / 2
        let (startsAt, since) = start(metric, observed, at)
        let first = counted.filter { $0.hour >= since && $0.hour <= (at ?? hour) }.map(\.sequence).min()
        let parts = (watched?.parts ?? [:]).map { "\($0.key) \($0.value.cost) \($0.value.tokens)" }.sorted()
        var expected = "-"
        if known.have >= known.need {
            let spike = metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
            let score = (Deterministic.log2(Double(max(observed, 1))) - known.mean) / known.spread
            expected =
                "\(Deterministic.exp2(known.mean)) \(Deterministic.exp2(known.mean - known.spread)) "
                + "\(Deterministic.exp2(known.mean + known.spread)) \(score) "
                + "\(metric.isHour ? spike.sensitivity : spike.daySensitivity)"
        }
        emit(
            event.sequence,
            "\(phase) \(metric) \(observed) since \(startsAt) first \(min(first ?? .max, event.sequence)) "
                + "retroactive \(late) have \(known.have)/\(known.need) expected \(expected) parts \(parts)")
    }

    /// The shortest last part of the window that holds nine tenths of it; and the hour whose first event is
    /// the first.
    private func start(_ metric: Metric, _ observed: Int64, _ at: Int64?) -> (Int64, Int64) {
        let enough = observed - observed / 10
        if let at { return (at * Timestamp.hour, at) }
        var sum: Int64 = 0
        if metric.isHour {
            for back in 0..<12 {
                sum += counted.filter { $0.isRequest && $0.slot == slot - Int64(back) }.reduce(0) {
                    $0 + $1.amount(metric)
                }
                if sum >= enough { return ((slot - Int64(back)) * 5 * Timestamp.minute, hour - 1) }
            }
            return ((slot - 11) * 5 * Timestamp.minute, hour - 1)
        }
        var since = hour
        for candidate in stride(from: hour, to: hour - 24, by: -1) {
            let inHour = counted.filter { $0.hour == candidate }
            guard candidate == hour || !inHour.isEmpty else { continue }
            since = candidate
            sum += inHour.reduce(0) { $0 + $1.amount(metric) }
            if sum >= enough { break }
        }
        return (since * Timestamp.hour, since)
    }

    /// What all parts of a signal sum to.
    static func whole(of line: String) -> (Int64, Int64) {
        guard let parts = line.firstRange(of: " parts [") else { return (0, 0) }
        var sum = (Int64(0), Int64(0))
        for part in line[parts.upperBound...].dropLast().split(separator: ",") {
            let words = part.filter { $0 != "\"" }.split(separator: " ")
            sum.0 += Int64(words[1]) ?? 0
            sum.1 += Int64(words[2]) ?? 0
        }
        return sum
    }

    // MARK: - Time

    private mutating func roll(to ts: Int64, _ sequence: UInt64) {
        let before = (slot: slot, hour: hour, isFirst: clock == nil)
        clock = ts
        guard before.isFirst || slot != before.slot else { return }
        if !before.isFirst, hour != before.hour { learn(upTo: hour - 25, sequence) }
        guard let watch = watched else { return }
        var isLow = true
        for metric in Metric.allCases {
            guard let threshold = thresholds[metric], threshold != .max else { continue }
            if sum(metric) >= threshold / 4 { isLow = false }
            guard open.contains(metric), sum(metric) < threshold / 2 else { continue }
            close(metric)
            emit(sequence, "ended \(metric) backToNormal")
        }
        if before.isFirst || hour != before.hour {
            for metric in Metric.allCases where open.contains(metric) { emit(sequence, "lasts \(metric)") }
        }
        guard isLow || (open.isEmpty && hour - watch.since >= 24) else { return }
        watched = nil
        for metric in Metric.allCases { triggers[metric] = watchLevel(metric) }
    }

    private func watchLevel(_ metric: Metric) -> Int64 {
        guard let threshold = thresholds[metric], threshold != .max else { return .max }
        return max(1, threshold / 2)
    }

    private mutating func close(_ metric: Metric) {
        open.remove(metric)
        openAsNewcomer.remove(metric)
        triggers[metric] = thresholds[metric]
    }

    // MARK: - Learning

    private mutating func learn(upTo last: Int64, _ sequence: UInt64) {
        let due = Set(counted.map(\.hour).filter { $0 <= last && $0 > learnedHour })
        for hour in due.sorted() {
            let events = counted.filter { $0.hour == hour }
            let cost = events.reduce(0) { $0 + $1.cost }
            let tokens = events.reduce(0) { $0 + $1.tokens }
            let number = floorDivide(hour, 24)
            if number != day?.number {
                if let today = day {
                    learnDay(today.cost, today.tokens, today.peakCost, today.peakTokens, sequence)
                }
                day = (number, 0, 0, 0, 0)
            }
            if let d = day {
                day = (
                    number, d.cost + cost, d.tokens + tokens, max(d.peakCost, cost), max(d.peakTokens, tokens)
                )
            }
            if cost > 0, tokens > 0 {
                priceCost = priceCost * 0.99 + Double(cost)
                priceTokens = priceTokens * 0.99 + Double(tokens)
            }
            hoursLearned += 1
            if Double(hoursLearned) == configuration.baseline.hoursNeeded { setThresholds() }
            emit(sequence, "hourClosed \(cost) \(tokens)")
        }
        learnedHour = last
        counted.removeAll { $0.hour <= last }
    }

    private mutating func learnDay(
        _ cost: Int64, _ tokens: Int64, _ peakCost: Int64, _ peakTokens: Int64, _ sequence: UInt64
    ) {
        emit(sequence, "dayClosed \(cost) \(tokens)")
        let spendStep = step(cost, .spendDay)
        let tokenStep = step(tokens, .tokensDay)
        for (step, metrics) in [
            (spendStep, [Metric.spendHour, .spendDay]), (tokenStep, [.tokensHour, .tokensDay]),
        ] {
            guard let step else { continue }
            for metric in metrics { moments[metric]?.shift(by: step) }
            for metric in metrics where open.contains(metric) {
                close(metric)
                emit(sequence, "ended \(metric) accepted")
            }
        }
        learn(cost, .spendDay)
        learn(tokens, .tokensDay)
        learn(peakCost, .spendHour)
        learn(peakTokens, .tokensHour)
        setThresholds()
    }

    private mutating func learn(_ total: Int64, _ metric: Metric) {
        guard total > 0, var learned = moments[metric] else { return }
        var x = Deterministic.log2(Double(total))
        if Double(learned.count) >= configuration.baseline.daysNeeded {
            let reach = 3 * spread(learned)
            x = max(Double(learned.mean) - reach, min(Double(learned.mean) + reach, x))
        }
        learned.learn(x, memory: configuration.baseline.dayMemory)
        moments[metric] = learned
    }

    private mutating func step(_ total: Int64, _ metric: Metric) -> Double? {
        guard let learned = moments[metric], var level = levels[metric.isSpend], total > 0,
            Double(learned.count) >= configuration.baseline.daysNeeded
        else { return nil }
        let spike = metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
        let x = Deterministic.log2(Double(total))
        defer { levels[metric.isSpend] = level }
        guard x > Double(learned.mean) + spike.daySensitivity * spread(learned) else {
            level.logs = []
            return nil
        }
        if !level.logs.isEmpty, abs(x - level.mean) > 1 { level.logs = [] }
        level.logs.append(Float(x))
        guard Double(level.logs.count) >= configuration.baseline.adoptDays else { return nil }
        defer { level.logs = [] }
        return level.mean - Double(learned.mean)
    }

    private func spread(_ learned: ForgettingMoments) -> Double {
        let b = configuration.baseline
        return learned.spread(prior: b.daySpread, priorCount: b.spreadWeight, memory: b.dayMemory)
    }

    private func known(_ metric: Metric) -> (mean: Double, spread: Double, have: Double, need: Double) {
        let b = configuration.baseline
        let learned = moments[metric] ?? ForgettingMoments()
        guard metric.isHour else {
            return (Double(learned.mean), spread(learned), Double(learned.count), b.daysNeeded)
        }
        let have =
            min(Double(hoursLearned) / b.hoursNeeded, Double(learned.count) / b.daysNeeded) * b.hoursNeeded
        return (Double(learned.mean), spread(learned), have, b.hoursNeeded)
    }

    private func floor(_ metric: Metric) -> Int64 {
        let spike = metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
        guard spike.enabled else { return .max }
        return Int64((metric.isHour ? spike.hourFloor : spike.dayFloor) * (metric.isSpend ? 1e9 : 1))
    }

    private mutating func setThresholds() {
        for metric in Metric.allCases {
            let spike = metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
            let known = known(metric)
            guard spike.enabled, known.have >= known.need else { continue }
            let k = metric.isHour ? spike.sensitivity : spike.daySensitivity
            let level = Deterministic.exp2(min(known.mean + k * known.spread, 59))
            let usual = min(Deterministic.exp2(known.mean) * spike.ratio, 0x1p59)
            thresholds[metric] = max(Int64(max(level, usual)), floor(metric))
            if openAsNewcomer.contains(metric) {
                triggers[metric] = thresholds[metric]
            } else if !open.contains(metric) {
                triggers[metric] = watched == nil ? watchLevel(metric) : thresholds[metric]
            }
        }
    }
}
