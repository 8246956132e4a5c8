import Testing
import UsageEvents

@testable import Alerting

@Suite struct OperatorRecordTests {
    private static let now = Timestamp.minute(0)

    private static func silence(_ text: String = "team=~pay.*", minutes: Double = 60) throws -> Silence {
        Silence(
            matchers: [try Matcher(text), try Matcher("severity!=critical")], startsAt: now,
            endsAt: .minute(minutes), createdBy: "ops@acme.example", comment: "load \"test\"\n\u{1b}[31m")
    }

    private static func records() throws -> [OperatorRecord] {
        let silence = try silence()
        let ack = Ack(alert: "al_1", severity: .high, verdict: .noise)
        return [
            OperatorRecord(
                at: now, who: "ops@acme.example", action: .silence(silence), comment: silence.comment,
                after: silence.fingerprint),
            OperatorRecord(at: now, who: "ops@acme.example", action: .expire(silence: silence.id)),
            OperatorRecord(at: now, who: "é", action: .acknowledge(ack), before: "0", after: "1"),
            OperatorRecord(at: now, who: "", action: .note("sink_disabled", subject: "chat")),
        ]
    }

    @Test func `a record reads back as it was written`() throws {
        for record in try Self.records() { #expect(OperatorRecord(json: record.json) == record) }
    }

    @Test func `a silence is Alertmanager's on the outside`() throws {
        let json = try Self.silence().json(at: Self.now)
        #expect(json.contains(#"{"name":"team","value":"pay.*","isRegex":true,"isEqual":true}"#))
        #expect(json.contains(#"{"name":"severity","value":"critical","isRegex":false,"isEqual":false}"#))
        #expect(json.contains(#""startsAt":"2026-05-29T06:00:00.000Z","endsAt":"2026-05-29T07:00:00.000Z""#))
        #expect(json.hasSuffix(#""status":{"state":"active"}}"#))
        #expect(!json.contains("\u{1b}"))
    }

    @Test func `no bytes end the process, and a line with one bit changed is a record or none`() throws {
        var random = SplitMix64(seed: 5)
        for record in try Self.records() {
            for _ in 0..<500 {
                var bytes = record.json
                bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8))
                if let read = OperatorRecord(json: bytes) { #expect(OperatorRecord(json: read.json) == read) }
                _ = OperatorRecord(json: bytes.prefix(random.below(bytes.count)))
            }
        }
        #expect(OperatorRecord(json: [UInt8](repeating: 0x5b, count: 70_000)) == nil)
    }

    @Test func `a damaged state of a policy is refused or read, and never ends the process`() throws {
        var desk = PolicyDesk()
        for id in 1...12 { desk.take(.sample(id)) }
        _ = try desk.silence("team=search", minutes: 60)
        desk.take(.sample(20, team: "search"))
        desk.take(.sample(21, severity: .low))
        let bytes = desk.policy.encode()
        var random = SplitMix64(seed: 6)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[random.below(bytes.count)] = UInt8(random.below(256))
            guard var policy = NotificationPolicy(decoding: damaged, rules: desk.policy.rules) else {
                continue
            }
            _ = policy.wake(now: .minute(100_000))
            _ = policy.take(.sample(1, seq: 3, .resolved), now: .minute(100_000))
            _ = policy.encode()
        }
    }

    @Test func `what people decided is a fold over their records`() throws {
        var state = OperatorState()
        let silence = try Self.silence()
        state.apply(OperatorRecord(at: Self.now, who: "a", action: .silence(silence)))
        let alert = AlertTransition.sample()
        #expect(state.silence(hiding: alert, at: Self.now)?.id == silence.id)
        #expect(state.silence(hiding: .sample(severity: .critical), at: Self.now) == nil)
        #expect(state.silence(hiding: alert, at: .minute(60)) == nil)
        state.apply(OperatorRecord(at: .minute(10), who: "a", action: .expire(silence: silence.id)))
        #expect(state.silence(hiding: alert, at: .minute(10)) == nil)
        #expect(state.silences.map(\.endsAt) == [.minute(10)])
        state.apply(
            OperatorRecord(
                at: Self.now, who: "a", action: .acknowledge(Ack(alert: alert.id, severity: .medium))))
        #expect(!state.isAcknowledged(alert))
        #expect(state.isAcknowledged(.sample(severity: .medium)))
    }

    @Test func `silences and acks that are remembered are bounded`() throws {
        var state = OperatorState()
        for n in 1...2_000 {
            state.apply(
                OperatorRecord(
                    at: Self.now, who: "a", action: .silence(try Self.silence(minutes: Double(n)))))
        }
        #expect(state.silences.count == OperatorState.silencesMax)
        #expect(state.silences.map(\.endsAt).min() == .minute(Double(2_001 - OperatorState.silencesMax)))
        for n in 1...70_000 {
            state.apply(
                OperatorRecord(
                    at: Self.now, who: "a", action: .acknowledge(Ack(alert: "al_\(n)", severity: .low))))
        }
        #expect(state.ack(of: "al_1") == nil)
        #expect(state.ack(of: "al_70000") != nil)
    }
}
