import Detection
import Testing
import UsageEvents

@testable import Alerting

/// A life of a sink: alerts of a few teams come, grow and end, people silence and acknowledge, time passes,
/// and the process restarts; then everything that waits is let out.
private struct PolicyLife {
    var desk: PolicyDesk
    var random: SplitMix64
    let restarts: Bool
    var journal: [AlertTransition] = []
    var open: [AlertTransition] = []
    /// The policy as it was written down: all of it, and what has changed since.
    private var state: [UInt8] = []
    private var changes: [[UInt8]] = []
    private var writes = 0

    static let settings: PolicySettings = {
        var settings = PolicySettings()
        settings.groupAbove = 3
        settings.messagesPerTeamHour = 6
        return settings
    }()

    init(seed: UInt64, restarts: Bool) {
        desk = PolicyDesk(Self.settings)
        random = SplitMix64(seed: seed)
        self.restarts = restarts
    }

    private mutating func below(_ n: Int) -> Int { random.below(n) }

    mutating func run(steps: Int) throws {
        let isBusy = below(2) == 0
        for _ in 0..<steps {
            switch below(100) {
            case 0: try silence()
            case 1: if let alert = open.randomElement(using: &random) { desk.acknowledge(alert) }
            case 2..<45: raise()
            case 45..<70: change()
            case 70..<75: restart()
            default: desk.wait(minutes: Double(below(isBusy ? 4 : 90)))
            }
        }
        desk.wait(minutes: 60 * 24 * 3)
        while !open.isEmpty { end(0) }
        desk.wait(minutes: 60 * 24 * 30)
    }

    private mutating func silence() throws {
        let matchers = ["team=a", "team=~a|b", "kind=token_spike", "severity!=critical"]
        _ = try desk.silence(matchers[below(4)], minutes: Double(1 + below(300)))
    }

    private mutating func raise() {
        let alert = AlertTransition.sample(
            journal.count + 1, kind: below(2) == 0 ? .spendSpike : .tokenSpike,
            severity: Severity.allCases[below(5)], team: [nil, "a", "b"][below(3)],
            historical: below(20) == 0, at: desk.now)
        open.append(alert)
        take(alert)
    }

    private mutating func change() {
        guard !open.isEmpty else { return }
        let i = below(open.count)
        guard below(2) == 0 else { return end(i) }
        open[i].seq += 1
        open[i].severity = Severity(rawValue: min(open[i].severity.rawValue + below(2), 4)) ?? .high
        open[i].page = open[i].severity >= .medium
        take(open[i])
    }

    private mutating func end(_ i: Int) {
        var alert = open.remove(at: i)
        alert.seq += 1
        alert.state = .resolved
        take(alert)
    }

    private mutating func take(_ alert: AlertTransition) {
        journal.append(alert)
        desk.take(alert)
    }

    private mutating func restart() {
        guard restarts else { return }
        writes += 1
        if writes % 8 == 1 {
            state = desk.policy.takeState()
            changes = []
        } else {
            changes.append(desk.policy.takeChanges())
        }
        let rules = desk.policy.rules
        guard writes % 2 == 0 else { return }
        guard var again = NotificationPolicy(decoding: state, changes: changes, rules: rules) else {
            Issue.record("the state cannot be read back")
            return
        }
        #expect(again.encode() == desk.policy.encode())
        again.operators = desk.policy.operators
        desk.policy = again
    }
}

@Suite struct PolicyPropertyTests {

    private func life(_ seed: UInt64, restarts: Bool = true) throws -> PolicyLife {
        var life = PolicyLife(seed: seed, restarts: restarts)
        try life.run(steps: 300)
        return life
    }

    @Test(arguments: UInt64(1)...24)
    func `any life of a sink keeps the promises`(seed: UInt64) throws {
        let life = try life(seed)
        everyTransitionIsDecided(life)
        nothingIsToldTwice(life)
        noTeamGetsTooMuch(life)
    }

    /// Every transition has a decision, and what waits is told or counted.
    private func everyTransitionIsDecided(_ life: PolicyLife) {
        let firsts = Dictionary(
            grouping: life.desk.told.filter { $0.alert != nil }, by: { "\($0.alert ?? "")_\($0.seq ?? 0)" })
        for transition in life.journal { #expect(firsts["\(transition.id)_\(transition.seq)"] != nil) }
        let sent = Set(life.desk.messages.map(\.id))
        let carried = Set(life.desk.messages.flatMap { $0.transitions.map(\.id) })
        for (alert, decisions) in Dictionary(grouping: life.desk.told, by: \.alert) {
            guard let alert, let last = decisions.last(where: { $0.reason != .neverSent }) else { continue }
            switch last.action {
            case .send, .suppress: break
            case .hold, .merge:
                // Its message went, or it was told by another, or it was over before there was one to send.
                let isOver = decisions.last?.reason == .neverSent || decisions.last?.reason == .resolved
                #expect(
                    sent.contains(last.message ?? "") || carried.contains(alert) || isOver,
                    "\(alert): \(decisions.map(\.words))")
            }
        }
        #expect(life.desk.policy.nextWake == nil)
    }

    /// Nothing is told twice, and no end comes without its beginning or stays away.
    private func nothingIsToldTwice(_ life: PolicyLife) {
        var open: Set<String> = []
        var told: Set<String> = []
        var names: Set<String> = []
        for message in life.desk.messages {
            #expect(names.insert(message.id).inserted, "\(message.id) was sent twice")
            #expect(message.id.utf8.count <= 64)
            guard message.purpose != .digest else { continue }
            for transition in message.transitions {
                let isNew = told.insert("\(transition.id)_\(transition.seq)").inserted
                // Reminders repeat on purpose, and so does the end of a silence that hid one.
                if message.purpose != .reminder, message.purpose != .unsilenced {
                    #expect(isNew, "\(transition.id)_\(transition.seq) was told twice")
                }
                if transition.state == .firing {
                    open.insert(transition.id)
                } else {
                    #expect(open.remove(transition.id) != nil, "\(transition.id) ended before it began")
                }
            }
        }
        #expect(open.isEmpty, "the ends of \(open.sorted()) were never told")
    }

    /// No team gets more than its messages an hour and one summary.
    private func noTeamGetsTooMuch(_ life: PolicyLife) {
        var counts: [String: Int] = [:]
        for (at, message) in zip(life.desk.times, life.desk.told.map(\.notification)) {
            guard let message, [.alert, .reminder, .group, .capped].contains(message.purpose) else {
                continue
            }
            let team = message.transitions.first?.team ?? message.group.first { $0.name == "team" }?.value
            counts["\(team ?? "") \(at.floored(to: Timestamp.hour))", default: 0] += 1
        }
        for (hour, count) in counts {
            #expect(count <= PolicyLife.settings.messagesPerTeamHour + 1, "\(hour): \(count)")
        }
    }

    @Test(arguments: UInt64(101)...106)
    func `restarts change nothing`(seed: UInt64) throws {
        let with = try life(seed)
        let without = try life(seed, restarts: false)
        #expect(with.desk.told.map(\.words) == without.desk.told.map(\.words))
        #expect(with.desk.messages.map(\.id) == without.desk.messages.map(\.id))
        #expect(with.desk.messages.map(\.title) == without.desk.messages.map(\.title))
    }

    /// With a million instead of 200,000 the state has the same size; only the test takes longer.
    @Test func `however many alerts wait, they are a few messages and a small state`() throws {
        let count = 200_000
        var desk = PolicyDesk()
        var alerts = (0..<50).map {
            AlertTransition.sample(severity: $0 % 3 == 0 ? .low : .high, team: "team-\($0)")
        }
        var largest = 0
        for id in 1...count {
            alerts[id % 50].id = "al_\(1_000_000_000_000_000 + id)"
            _ = desk.policy.take(alerts[id % 50], now: desk.now)
            if id % (count / 4) == 0 { largest = max(largest, desk.policy.encode().count) }
        }
        #expect(largest < 4 << 20, "\(largest) bytes")
        desk.wait(minutes: 60 * 3)
        // One group for each team that has pages, and the digest; with the 5 that each of those was sent at
        // once, everything is told.
        #expect(desk.messages.count == 34)
        let told = desk.messages.reduce(0) { $0 + $1.transitions.count + $1.omitted }
        #expect(told + 33 * 5 == count)
    }
}
