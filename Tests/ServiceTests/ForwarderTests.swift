import Alerting
import EventLog
import Foundation
import Logging
import Pipeline
import Sinks
import Synchronization
import Testing
import UsageEvents

@testable import Service

/// The forwarder as a whole: journal and configuration in, requests to receivers on loopback out.
struct ForwarderTests {
    @Test func `alerts from now on arrive once and in order, also where the receiver fails`() async throws {
        let receiver = try Receiver { n, _ in
            n % 3 == 0 ? .status(503, headers: "retry-after: 0\r\n") : .status(204)
        }
        let desk = try Desk()
        try desk.alerts(0..<3)
        let forwarder = desk.forwarder()
        try await forwarder.apply(desk.configuration([desk.hook("a", receiver)]))
        let running = Task { await forwarder.run() }
        try desk.alerts(3..<9)
        try desk.alerts(3..<9, seq: 1)
        try await desk.until { Set(receiver.ids).count == 12 && desk.waiting("a") == 0 }
        await forwarder.stop()
        await running.value
        #expect(
            !receiver.ids.contains { $0.hasPrefix("al_0000000000000001") },
            "what was there before is not sent")
        for n in 3..<9 {
            let begin = try #require(receiver.ids.firstIndex(of: "\(Desk.id(n))_0"))
            let end = try #require(receiver.ids.lastIndex(of: "\(Desk.id(n))_1"))
            #expect(begin < end)
        }
    }

    @Test func `what waits when the process ends is sent by the next one`() async throws {
        let isUp = Mutex(false)
        let receiver = try Receiver { _, _ in isUp.withLock(\.self) ? .status(204) : .status(500) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<4)
        let left = try await desk.forwarder().once(configuration)
        #expect(left.map(\.left) == [4])
        isUp.withLock { $0 = true }
        desk.clock.withLock { $0 += 600_000 }
        #expect(try await desk.forwarder().once(configuration).map(\.left) == [0])
        #expect(Set(receiver.ids).count == 4)
    }

    @Test func `a single run ends although more waits than is taken at a time and nobody answers`()
        async throws
    {
        let receiver = try Receiver { _, _ in .status(500) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        _ = try await desk.forwarder().once(configuration)
        for seq in 0..<2 { try desk.alerts(0..<900, seq: seq) }
        let left = try await desk.forwarder().once(configuration)
        #expect((left.first?.left ?? 0) >= SinkRunner.waitingMax / 2)
        // An endpoint that is down is not asked a thousand times.
        #expect(receiver.requests.count <= 10)
    }

    @Test func `Alertmanager hears again what fires whenever a process begins to run`() async throws {
        let receiver = try Receiver { _, _ in .status(200) }
        let desk = try Desk()
        var sink = desk.hook("am", receiver)
        sink.kind = "alertmanager"
        sink.secrets = []
        let configuration = desk.configuration([sink])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<2)
        _ = try await desk.forwarder().once(configuration)
        var before = receiver.requests.count
        #expect(try await desk.forwarder().once(configuration).map(\.left) == [0])
        #expect(receiver.requests.count == before + 1, "cron says it again")
        before += 1
        let forwarder = desk.forwarder()
        try await forwarder.apply(configuration)
        let running = Task { await forwarder.run() }
        try await desk.until { receiver.requests.count > before }
        await forwarder.stop()
        await running.value
        let body = String(decoding: receiver.requests[before].body, as: UTF8.self)
        #expect(body.contains(Desk.id(0)) && body.contains(Desk.id(1)))
    }

    @Test func `a receiver that is gone is switched off until a person asks`() async throws {
        let isBack = Mutex(false)
        let receiver = try Receiver { _, _ in isBack.withLock(\.self) ? .status(204) : .status(410) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<3)
        _ = try await desk.forwarder().once(configuration)
        let tries = receiver.requests.count
        #expect(tries == 1)
        _ = try await desk.forwarder().once(configuration)
        #expect(receiver.requests.count == tries)
        #expect(try desk.state("a")?.disabled?.contains("410") == true)
        isBack.withLock { $0 = true }
        try RetryRequest.leave(PosixDisk(), log: desk.log, sink: "a")
        _ = try await desk.forwarder().once(configuration)
        #expect(Set(receiver.ids).count == 3)
        #expect(try desk.state("a")?.disabled == nil)
        let audit = try OperatorStore.read(PosixDisk(), log: desk.log).records.map(\.word)
        #expect(audit == ["sink_disabled", "sink_retried"])
    }

    @Test func `what a receiver refuses is a dead letter, which can be sent again`() async throws {
        let isMended = Mutex(false)
        let receiver = try Receiver { _, _ in
            isMended.withLock(\.self)
                ? .bytes("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok") : .status(400)
        }
        let desk = try Desk()
        var slack = desk.hook("chat", receiver)
        slack.kind = "slack"
        slack.secrets = []
        let configuration = desk.configuration([slack])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<2)
        _ = try await desk.forwarder().once(configuration)
        #expect(try desk.state("chat")?.dead.count == 2)
        isMended.withLock { $0 = true }
        try RetryRequest.leave(PosixDisk(), log: desk.log, sink: "chat")
        _ = try await desk.forwarder().once(configuration)
        #expect(try desk.state("chat")?.dead.count == 0)
        #expect(try desk.state("chat")?.delivered == 2)
    }

    @Test func `a receiver that hangs delays no other one`() async throws {
        let slow = try Receiver { _, _ in .hang }
        let quick = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let forwarder = desk.forwarder()
        try await forwarder.apply(desk.configuration([desk.hook("slow", slow), desk.hook("quick", quick)]))
        let running = Task { await forwarder.run() }
        try desk.alerts(0..<20)
        try await desk.until { Set(quick.ids).count == 20 }
        #expect(try desk.state("slow")?.delivered == 0)
        running.cancel()
        await forwarder.stop()
    }

    @Test func `a configuration with a fault changes nothing, and a good one takes over`() async throws {
        let first = try Receiver { _, _ in .status(204) }
        let second = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let forwarder = desk.forwarder()
        try await forwarder.apply(desk.configuration([desk.hook("a", first)]))
        let running = Task { await forwarder.run() }
        var broken = desk.hook("b", second)
        broken.secrets = [.file(desk.folder.path + "/missing")]
        await #expect(throws: Forwarder.Fault.self) {
            try await forwarder.apply(desk.configuration([desk.hook("a", second), broken]))
        }
        try desk.alerts(0..<2)
        try await desk.until { first.ids.count == 2 }
        try await forwarder.apply(desk.configuration([desk.hook("a", second)]))
        try desk.alerts(2..<4)
        try await desk.until { second.ids.count == 2 }
        #expect(first.ids.count == 2)
        await forwarder.stop()
        await running.value
    }

    @Test func `a sink has a successor as soon as its runner has ended, whoever knows that one still`()
        async throws
    {
        let receiver = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        let host = DeliveryHost(
            log: desk.log, resolver: .system, now: { Timestamp(rawValue: desk.clock.withLock { $0 }) },
            version: "0", name: "test", logger: Logger(label: "test"), noteFailing: { _, _, _ in },
            noteDisabled: { _, _ in })
        func runner() throws -> SinkRunner {
            try SinkRunner(
                configuration.sinks[0],
                rules: NotificationPolicy.Rules(
                    sink: configuration.sinks[0], routes: configuration.routes,
                    settings: configuration.policy), secrets: SinkSecrets(), operators: OperatorState(),
                host: host)
        }
        let first = try runner()
        #expect(throws: IOFailure.self) { _ = try runner() }
        await first.stop()
        _ = await first.run()
        let second = try runner()
        await second.stop()
        _ = await second.run()
        #expect(await first.state.waiting.isEmpty)
    }

    @Test func `a sink that another process has begins when that one ends, the others at once`() async throws
    {
        let receiver = try Receiver { _, _ in .status(204) }
        let other = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let forwarder = desk.forwarder()
        try await forwarder.apply(desk.configuration([desk.hook("a", receiver)]))
        let running = Task { await forwarder.run() }
        var stranger: Outbox? = try Outbox(PosixDisk(), log: desk.log, sink: "b")
        let fault = try await forwarder.reload(
            desk.configuration([desk.hook("a", other), desk.hook("b", receiver)]))
        #expect(fault?.isBusy == true)
        #expect(fault?.description.contains("b: another process") == true)
        try desk.alerts(0..<2)
        try await desk.until { other.ids.count == 2 }
        #expect(receiver.ids.isEmpty)
        stranger?.end()
        stranger = nil
        try await desk.until { desk.messages.withLock { $0.contains("b: begins now") } }
        try desk.alerts(2..<4)
        try await desk.until { receiver.ids.count == 2 && other.ids.count == 4 }
        await forwarder.stop()
        await running.value
    }

    @Test func `two forwarders of one log refuse each other`() async throws {
        let receiver = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        let first = desk.forwarder()
        try await first.apply(configuration)
        let fault = await #expect(throws: Forwarder.Fault.self) {
            try await desk.forwarder().apply(configuration)
        }
        #expect(fault?.isBusy == true)
        let running = Task { await first.run() }
        await first.stop()
        await running.value
    }

    @Test func `a file takes thousands of alerts, each once`() async throws {
        let desk = try Desk()
        var sink = SinkSettings(name: "archive", kind: "file")
        sink.path = desk.folder.path + "/alerts.ndjson"
        var configuration = desk.configuration([sink])
        configuration.policy.messagesPerTeamHour = 10_000
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<1_000)
        try desk.alerts(0..<1_000, seq: 1)
        #expect(try await desk.forwarder().once(configuration).map(\.left) == [0])
        let lines = try desk.folder.text("alerts.ndjson").split(separator: "\n")
        #expect(lines.count == 2_000)
        #expect(Set(lines).count == 2_000)
    }

    @Test func `no secret is in what is logged, listed or written to the log's directory`() async throws {
        let canary = "CANARY-5f1d2c"
        let receiver = try Receiver { _, _ in
            .bytes("HTTP/1.1 500 no\r\ncontent-length: \(canary.utf8.count)\r\n\r\n\(canary)")
        }
        let desk = try Desk()
        try desk.folder.write("url", "http://127.0.0.1:\(receiver.port)/\(canary)?token=\(canary)\n")
        try desk.folder.write("key", "whsec_" + Data("\(canary)\(canary)".utf8).base64EncodedString())
        var sink = desk.hook("a", receiver)
        sink.urls = [.file(desk.folder.path + "/url")]
        sink.secrets = [.file(desk.folder.path + "/key")]
        let configuration = desk.configuration([sink])
        _ = try await desk.forwarder().once(configuration)
        try desk.alerts(0..<2)
        _ = try await desk.forwarder().once(configuration)
        var seen = desk.messages.withLock { $0.joined(separator: "\n") }
        let trial = try SinkTrial(sink, log: desk.log, version: "0")
        seen += trial.requests.joined() + (await trial.run()).text
        let state = try #require(try desk.state("a"))
        let report = SinkReport(settings: sink, state: state, isNew: false)
        seen += report.json + report.lines(withDead: true).joined()
        let files = FileManager.default.enumerator(atPath: desk.log)?.compactMap { $0 as? String } ?? []
        for file in files {
            seen += String(
                decoding: FileManager.default.contents(atPath: desk.log + "/" + file) ?? Data(), as: UTF8.self
            )
        }
        #expect(receiver.requests.count >= 2)
        #expect(receiver.requests[0].head.contains(canary))
        #expect(!seen.contains(canary))
        #expect(!seen.contains(Data("\(canary)\(canary)".utf8).base64EncodedString()))
    }

    @Test func `a secret that others may read is refused, with what to do`() async throws {
        let desk = try Desk()
        try desk.folder.write("key", "whsec_x", mode: 0o644)
        var sink = SinkSettings(name: "a", kind: "webhook")
        sink.urls = [.text("https://hooks.example.com/")]
        sink.secrets = [.file(desk.folder.path + "/key")]
        let fault = await #expect(throws: Forwarder.Fault.self) {
            try await desk.forwarder().apply(desk.configuration([sink]))
        }
        #expect(fault?.description.contains("chmod 600") == true)
    }

    @Test func `silences hold what is sent, and acks end reminders`() async throws {
        let receiver = try Receiver { _, _ in .status(204) }
        let desk = try Desk()
        let configuration = desk.configuration([desk.hook("a", receiver)])
        _ = try await desk.forwarder().once(configuration)
        let now = Timestamp(rawValue: desk.clock.withLock(\.self))
        let silence = Silence(
            matchers: [try Matcher("team=team-1")], startsAt: now,
            endsAt: Timestamp(rawValue: now.rawValue + 3_600_000), createdBy: "ann@acme.example", comment: "")
        try OperatorStore.append(
            OperatorRecord(at: now, who: "ann@acme.example", action: .silence(silence)), to: PosixDisk(),
            log: desk.log)
        try desk.alerts(0..<3)
        _ = try await desk.forwarder().once(configuration)
        #expect(Set(receiver.ids) == ["\(Desk.id(0))_0", "\(Desk.id(2))_0"])
        desk.clock.withLock { $0 += 3_700_000 }
        _ = try await desk.forwarder().once(configuration)
        #expect(receiver.requests.count == 3, "when it ends, what it hid is told")
        #expect(String(decoding: receiver.requests[2].body, as: UTF8.self).contains(Desk.id(1)))
    }
}
