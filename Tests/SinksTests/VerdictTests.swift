import Alerting
import Testing

@testable import Sinks

/// What answers mean, kind by kind, and when a message is tried again.
@Suite struct VerdictTests {
    private func verdict(
        _ kind: String, _ status: Int, body: String = "", retryAfter: String? = nil
    ) throws -> DeliveryVerdict {
        let answer = HTTPAnswer(
            status: status, retryAfter: retryAfter, receivedAt: Samples.attempt, body: Array(body.utf8))
        return try verdict(kind, .http(answer))
    }

    private func verdict(_ kind: String, _ answer: OutboundAnswer) throws -> DeliveryVerdict {
        let sink = try SinkRegistry.sink(Samples.settings(kind))
        let request = try #require(
            sink.requests(for: Message(Samples.alert()), context: Samples.context(kind)).first)
        return sink.verdict(on: answer, to: request)
    }

    /// Statuses by outcome; what is in none of them is tried again.
    private static let table: [(kind: String, delivered: [Int], refused: [Int], disabled: [Int])] = [
        ("webhook", [200, 201, 202, 204, 299], [], [410]),
        ("alertmanager_webhook", [200, 204], [400, 401, 403, 404, 410, 413, 415, 422], []),
        ("alertmanager", [200], [400, 413], []),
        ("slack", [], [400, 403, 404], [410]),
        ("teams", [200, 202], [400, 401, 403, 404, 413], [410]),
        ("pagerduty", [202], [400], []),
        ("ocsf", [200, 201, 204], [400, 413, 415, 422], [410]),
        ("cloudevents", [200, 201, 202, 204], [415], [410]),
    ]

    @Test(arguments: table.map(\.kind))
    func `a status means what the table says`(kind: String) throws {
        let row = try #require(Self.table.first { $0.kind == kind })
        let statuses = [
            200, 201, 202, 204, 299, 301, 302, 307, 400, 401, 403, 404, 408, 410, 413, 415, 422, 429, 500,
            502, 503, 504, 599,
        ]
        for status in statuses {
            switch try verdict(kind, status) {
            case .delivered:
                #expect(row.delivered.contains(status) || (200...299).contains(status), "\(status)")
            case .refused: #expect(row.refused.contains(status), "\(status)")
            case .disabled: #expect(row.disabled.contains(status), "\(status)")
            case .retry:
                #expect(!(row.delivered + row.refused + row.disabled).contains(status), "\(status)")
            }
        }
        for status in [408, 429, 500, 503] + (300...308) {
            guard case .retry = try verdict(kind, status) else {
                Issue.record("\(kind) does not try again after \(status)")
                continue
            }
        }
        for failure in OutboundAnswer.Failure.allCases {
            #expect(
                try verdict(kind, .failure(failure, detail: "gone"))
                    == .retry(after: nil, reason: "\(failure.rawValue): gone"))
        }
    }

    @Test func `Slack has to say ok`() throws {
        #expect(try verdict("slack", 200, body: "ok") == .delivered)
        for body in ["", "OK", "<html>sign in</html>"] {
            guard case .retry = try verdict("slack", 200, body: body) else {
                Issue.record("taken for delivered: \(body)")
                continue
            }
        }
        #expect(
            try verdict("slack", 403, body: "invalid_token") == .refused(reason: "HTTP 403: invalid_token"))
    }

    @Test(arguments: [
        ("120", 120), (" 7 ", 7), ("0", 0), ("3601", 3_600), ("99999999999999999999", 3_600),
        // The attempt was at 14:25:10.
        ("Wed, 01 Apr 2026 14:27:10 GMT", 120), ("Wed, 01 Apr 2026 14:00:00 GMT", 0),
        ("Fri, 01 Apr 2033 14:00:00 GMT", 3_600),
    ])
    func `a receiver may ask for time, an hour at most`(text: String, seconds: Int64) throws {
        let after = Optional(seconds)
        for status in [429, 502, 503, 504] {
            #expect(
                try verdict("webhook", status, retryAfter: text)
                    == .retry(after: after, reason: "HTTP \(status)"))
        }
    }

    @Test(arguments: [
        "", " ", "soon", "-5", "1.5", "+3", "Wed, 31 Feb 2026 14:27:10 GMT", "Wed, 01 Apr 2026 24:00:00 GMT",
        "Wed, 01 Apr 2026 14:27:10 CET", "Wednesday, 01-Apr-26 14:27:10 GMT", "１２",
    ])
    func `what cannot be understood asks for nothing`(text: String) throws {
        #expect(
            try verdict("webhook", 503, retryAfter: text) == .retry(after: nil, reason: "HTTP 503"))
    }

    @Test func `PagerDuty is left alone for a minute when it is asked too much`() throws {
        #expect(try verdict("pagerduty", 429) == .retry(after: 60, reason: "HTTP 429"))
        #expect(try verdict("pagerduty", 429, retryAfter: "300") == .retry(after: 300, reason: "HTTP 429"))
    }

    @Test func `a program says by its code whether to try again`() throws {
        #expect(try verdict("exec", .exit(code: 0)) == .delivered)
        #expect(
            try verdict("exec", .exit(code: 65)) == .refused(reason: "the command refused it (exit code 65)"))
        #expect(
            try verdict("exec", .exit(code: 1))
                == .retry(after: nil, reason: "the command failed (exit code 1)"))
        #expect(
            try verdict("exec", .exit(code: 137))
                == .retry(after: nil, reason: "the command was ended by signal 9"))
        #expect(try verdict("file", .written) == .delivered)
        #expect(try verdict("syslog", .written) == .delivered)
        guard case .retry = try verdict("file", .failure(.local, detail: "disk full")) else {
            Issue.record("a full disk is no reason to give up")
            return
        }
    }

    @Test func `one member of an Alertmanager cluster is enough, elsewhere every request counts`() throws {
        let retry = DeliveryVerdict.retry(after: 5, reason: "HTTP 503")
        let refused = DeliveryVerdict.refused(reason: "HTTP 400")
        let cluster = try SinkRegistry.sink(Samples.settings("alertmanager"))
        #expect(cluster.combined([retry, .delivered, refused]) == .delivered)
        #expect(cluster.combined([refused, retry]) == retry)
        #expect(cluster.combined([refused]) == refused)
        let other = try SinkRegistry.sink(Samples.settings("ocsf"))
        #expect(other.combined([.delivered, refused, retry]) == retry)
        #expect(other.combined([.delivered, refused]) == refused)
        #expect(
            other.combined([.delivered, .disabled(reason: "HTTP 410"), retry])
                == .disabled(reason: "HTTP 410"))
        #expect(other.combined([]) == .delivered)
    }

    @Test func `the standard schedule is ten attempts within 75 hours and 35 minutes`() {
        let schedule = RetrySchedule.standard
        #expect(schedule.delays.reduce(0, +) == 272_105)
        #expect(schedule.wait(afterAttempts: 0, random: 1) == nil)
        #expect(
            (1...9).map { schedule.wait(afterAttempts: $0, random: 1) } == schedule.delays.map { Double($0) })
        #expect(schedule.wait(afterAttempts: 10, random: 1) == nil)
        #expect(RetrySchedule.alertmanager.delays.reduce(0, +) == 3_615)
    }

    @Test func `a wait is anywhere up to the delay, and never less than was asked for`() {
        let schedule = RetrySchedule.standard
        #expect(schedule.wait(afterAttempts: 2, random: 0) == 0)
        #expect(schedule.wait(afterAttempts: 2, random: 0.5) == 150)
        #expect(schedule.wait(afterAttempts: 2, random: 7) == 300)
        #expect(schedule.wait(afterAttempts: 2, random: -.infinity) == 0)
        #expect(schedule.wait(afterAttempts: 2, random: 0.5, askedFor: 200) == 200)
        #expect(schedule.wait(afterAttempts: 2, random: 0.9, askedFor: 200) == 270)
    }
}
