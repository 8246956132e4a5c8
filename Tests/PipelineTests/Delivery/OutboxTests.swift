import Alerting
import EventLog
import Testing
import TidemarkTestKit
import UsageEvents

@testable import Pipeline

struct OutboxTests {
    @Test func `what was committed is there after the process has died, and nothing else`() throws {
        let disk = Self.disk()
        do {
            var outbox = try Outbox(disk, log: "/log", sink: "oncall")
            outbox.append(Self.plan(["a", "b", "c"], bytes: 30))
            outbox.append(.attempted(id: "a_0", at: Self.at(1), next: Self.at(6), reason: "status 503"))
            outbox.append(.delivered(id: "b_0", at: Self.at(2)))
            outbox.append(.refused(id: "c_0", at: Self.at(3), reason: "status 400"))
            try outbox.commit()
            outbox.append(.delivered(id: "a_0", at: Self.at(4)))
        }
        disk.crash()
        let state = try Outbox(disk, log: "/log", sink: "oncall").state
        #expect(state.waiting.map(\.notification.id) == ["a_0"])
        #expect(Array(state.waiting).first?.attempts == 1)
        // The delivery of another message let it go at once.
        #expect(Array(state.waiting).first?.nextAt == Self.at(2))
        #expect(state.dead.map(\.reason) == ["status 400"])
        #expect(state.delivered == 1)
        #expect(state.cursor?.bytes == 30)
        #expect(state.lastFailure == nil)
    }

    @Test func `records read back as they were written`() throws {
        var state = OutboxState()
        state.apply(Self.plan(["a", "b"], bytes: 7))
        state.apply(.refused(id: "a_0", at: Self.at(3), reason: "no \"room\"\n\u{1b}[31m"))
        state.apply(.disabled(at: Self.at(4), reason: "status 410"))
        state.apply(
            .plan(
                OutboxPlan(
                    cursor: JournalCursor(), policy: .whole([]), messages: [Self.message("full")],
                    at: Self.at(5))))
        for record: OutboxRecord in [
            .state(state), Self.plan(["x"], bytes: 9), .enabled(at: Self.at(1)), .requeued(at: Self.at(2)),
            .attempted(id: "q", at: Self.at(1), next: Self.at(2), reason: "r"),
        ] {
            let json = record.json
            #expect(OutboxRecord(json: json)?.json == json)
        }
    }

    @Test func `two processes never send for one sink`() throws {
        let disk = Self.disk()
        let first = try Outbox(disk, log: "/log", sink: "oncall")
        var cause: IOFailure.Cause?
        do throws(IOFailure) { _ = try Outbox(disk, log: "/log", sink: "oncall") } catch {
            cause = error.cause
        }
        #expect(cause == .busy)
        _ = try Outbox(disk, log: "/log", sink: "other")
        _ = first.state
    }

    @Test func `the file stays small however much was delivered`() throws {
        let disk = Self.disk()
        var outbox = try Outbox(disk, log: "/log", sink: "oncall")
        for n in 0..<3_000 {
            outbox.append(Self.plan(["m\(n)"], bytes: n))
            outbox.append(.delivered(id: "m\(n)_0", at: Self.at(n)))
            try outbox.commit()
        }
        #expect(disk.contents("/log/outbox/oncall/queue.ndjson").map { $0.count < 5 << 20 } == true)
        let state = try #require(try Outbox.state(disk, log: "/log", sink: "oncall"))
        #expect(state.delivered == 3_000)
        #expect(state.waiting.isEmpty)
    }

    @Test func `dead letters that are sent again wait again`() {
        var state = OutboxState()
        state.apply(Self.plan(["a", "b"], bytes: 1))
        state.apply(.refused(id: "a_0", at: Self.at(1), reason: "status 400"))
        state.apply(.requeued(at: Self.at(2)))
        #expect(state.dead.isEmpty)
        #expect(state.waiting.map(\.notification.id) == ["b_0", "a_0"])
    }

    @Test func `of dead letters the newest are kept, and how many there were`() {
        var state = OutboxState()
        let count = OutboxState.deadMax + 5
        for n in 0..<count {
            state.apply(Self.plan(["m\(n)"], bytes: n))
            state.apply(.refused(id: "m\(n)_0", at: Self.at(n), reason: "status 400"))
        }
        #expect(state.dead.count == OutboxState.deadMax && state.deadForgotten == 5)
        #expect(state.dead.first?.notification.id == "m5_0")
        #expect(state.dead.last?.notification.id == "m\(count - 1)_0")
    }

    @Test func `after an outage nothing waits for the rest of its pause`() {
        var state = OutboxState()
        state.apply(Self.plan(["a", "b"], bytes: 1))
        state.apply(.attempted(id: "a_0", at: Self.at(1), next: Self.at(9_000), reason: "status 503"))
        state.apply(.delivered(id: "b_0", at: Self.at(60)))
        #expect(state.waiting.map(\.nextAt) == [Self.at(60)])
        #expect(state.failingSince == nil)
    }

    @Test func `an account that is erased leaves what waits, what was given up and what the policy knows`()
        throws
    {
        let disk = Self.disk()
        func about(_ name: String, _ alert: String) -> Notification {
            var message = Self.message(alert)
            message.transitions[0].identity = name
            message.transitions[0].title = "\(name) spent much"
            message.title = message.transitions[0].title
            return message
        }
        var both = about("ann@acme.example", "al_1")
        both.transitions += about("ben@acme.example", "al_2").transitions
        both.id = "group_1"
        var sink = SinkSettings(name: "oncall", kind: "webhook")
        sink.sendsHistory = true
        let rules = NotificationPolicy.Rules(
            sink: sink, routes: RouteTree(defaultSinks: ["oncall"]), settings: PolicySettings())
        var policy = NotificationPolicy(rules)
        for (name, alert) in [("Ann@acme.example", "al_3"), ("ben@acme.example", "al_4")] {
            _ = policy.take(about(name, alert).transitions[0], now: Self.at(0))
        }
        #expect(String(decoding: policy.encode(), as: UTF8.self).contains("Ann@acme.example"))
        do {
            var outbox = try Outbox(disk, log: "/log", sink: "oncall")
            outbox.append(
                .plan(
                    OutboxPlan(
                        cursor: JournalCursor(), policy: .whole(policy.encode()),
                        messages: [
                            about("ann@acme.example", "al_5"), both, about("ben@acme.example", "al_6"),
                        ],
                        at: Self.at(0))))
            outbox.append(
                .plan(
                    OutboxPlan(
                        cursor: JournalCursor(), policy: .whole(policy.encode()),
                        messages: [about("ann@acme.example", "al_7")], at: Self.at(0))))
            outbox.append(.refused(id: "al_7_0", at: Self.at(1), reason: "status 400"))
            try outbox.commit()
            #expect(throws: IOFailure.self) {
                try OutboxErasure.erase(disk, log: "/log", identity: "ann@acme.example")
            }
        }
        try OutboxErasure.erase(disk, log: "/log", identity: "ann@acme.example")
        let text = try #require(disk.contents("/log/outbox/oncall/queue.ndjson"))
        #expect(!String(decoding: text, as: UTF8.self).lowercased().contains("ann@"))
        let state = try #require(try Outbox.state(disk, log: "/log", sink: "oncall"))
        #expect(
            state.waiting.map(\.notification.title) == [
                "ben@acme.example spent much", "ben@acme.example spent much",
            ])
        #expect(state.dead.isEmpty)
        #expect(String(decoding: state.policy, as: UTF8.self).contains("al_4"))
    }

    @Test func `every flipped bit of an outbox is noticed, and no message is lost`() throws {
        let disk = Self.disk()
        do {
            var outbox = try Outbox(disk, log: "/log", sink: "oncall")
            outbox.append(Self.plan(["a"], bytes: 10))
            try outbox.commit()
            outbox.append(.delivered(id: "a_0", at: Self.at(1)))
            outbox.append(Self.plan(["b"], bytes: 20))
            try outbox.commit()
        }
        disk.kill()
        let path = "/log/outbox/oncall/queue.ndjson"
        let sound = try #require(disk.contents(path))
        let lines = sound.split(separator: UInt8(ascii: "\n")).count
        for bit in 0..<sound.count * 8 {
            var bytes = sound
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let copy = disk.copy()
            copy.place(path, bytes)
            let outbox = try Outbox(copy, log: "/log", sink: "oncall")
            // Either the message still waits, or the cursor stands before it and it is decided on again.
            let waits = outbox.state.waiting.contains { $0.notification.id == "b_0" }
            #expect(waits || (outbox.state.cursor?.bytes ?? 0) < 20)
            let kept = try copy.list("/log/outbox/oncall").contains { $0.hasPrefix("damaged-") }
            // The end of the last line may look torn; every other place is set aside.
            #expect(outbox.damaged > 0 && kept || bit / 8 == sound.count - 1, "bit \(bit) of \(lines) lines")
        }
    }

    /// One life: plans, deliveries to a receiver that remembers, and a crash somewhere; then a look at what
    /// is left.
    @Test(arguments: 0..<20)
    func `a crash at any call loses no message and repeats only what was in flight`(seed: Int) throws {
        var calls = 1
        while true {
            let disk = Self.disk()
            let before = disk.calls
            disk.faults.crashAt = before + calls
            disk.faults.shortWrites = seed % 2 == 0
            disk.faults.tearsToNoise = seed % 3 == 0
            disk.faults.flipsBits = seed % 5 == 0
            var random = SplitMix64(seed: UInt64(seed * 7_919 + calls))
            var world = Life()
            do throws(IOFailure) { try world.live(disk, &random) } catch {}
            guard disk.hasCrashed else { return }
            disk.crash()
            let state = try Outbox(disk, log: "/log", sink: "oncall").state
            let waiting = Set(state.waiting.map(\.notification.id))
            for id in world.committed where !world.received.contains(id) {
                #expect(waiting.contains(id), "\(id) lost at call \(calls) of seed \(seed)")
            }
            #expect(waiting.isDisjoint(with: world.settled), "repeated after it was recorded, call \(calls)")
            #expect((state.cursor?.bytes ?? 0) >= world.cursor)
            calls += 1
        }
    }

    private struct Life {
        /// Messages of plans that are durable.
        var committed: Set<String> = []
        /// What the receiver has got.
        var received: Set<String> = []
        /// Messages whose delivery is durably recorded.
        var settled: Set<String> = []
        var cursor = 0

        mutating func live(_ disk: SimulatedDisk, _ random: inout SplitMix64) throws(IOFailure) {
            for run in 0..<2 {
                var outbox = try Outbox(disk, log: "/log", sink: "oncall")
                for step in 1...4 {
                    let names = (0..<Int(random.next() % 3)).map { "r\(run)s\(step)n\($0)" }
                    let bytes = cursor + 100
                    outbox.append(OutboxTests.plan(names, bytes: bytes))
                    try outbox.commit()
                    committed.formUnion(names.map { "\($0)_0" })
                    cursor = bytes
                    var recorded: [String] = []
                    for message in outbox.state.waiting where random.next() % 2 == 0 {
                        let id = message.notification.id
                        received.insert(id)
                        outbox.append(.delivered(id: id, at: OutboxTests.at(step)))
                        recorded.append(id)
                    }
                    try outbox.commit()
                    settled.formUnion(recorded)
                }
            }
        }
    }

    // MARK: -

    static func at(_ seconds: Int) -> Timestamp {
        Timestamp(rawValue: 1_780_000_000_000 + Int64(seconds) * 1_000)
    }

    static func disk() -> SimulatedDisk {
        let disk = SimulatedDisk(seed: 5)
        do throws(IOFailure) {
            try disk.makeDirectory("/log")
            try disk.syncDirectory("/")
        } catch {}
        return disk
    }

    static func message(_ alert: String, seq: Int = 0) -> Notification {
        var notification = Notification.test(at: at(0))
        notification.transitions[0].id = alert
        notification.transitions[0].seq = seq
        notification.id = "\(alert)_\(seq)"
        return notification
    }

    /// A message that carries no alert, to keep files small where every bit of them is flipped.
    static func brief(_ name: String) -> Notification {
        Notification(id: "\(name)_0", purpose: .operational, title: name, transitions: [])
    }

    static func plan(_ alerts: [String], bytes: Int) -> OutboxRecord {
        var cursor = JournalCursor()
        cursor.bytes = bytes
        return .plan(
            OutboxPlan(
                cursor: cursor, policy: .whole(Array("{}".utf8)), messages: alerts.map(brief), at: at(0)))
    }
}
