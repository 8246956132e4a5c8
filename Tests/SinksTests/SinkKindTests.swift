import Alerting
import Foundation
import Testing
import UsageEvents

@testable import Sinks

/// The table of kinds, and what single kinds say.
@Suite struct SinkKindTests {
    @Test func `every kind has one encoder, in the order of the table`() throws {
        #expect(SinkRegistry.makers.map(\.word) == SinkKind.all.map(\.word))
        #expect(throws: SinkFault.unknownKind("pigeon")) {
            try SinkRegistry.sink(SinkSettings(name: "p", kind: "pigeon"))
        }
        for kind in Samples.kinds {
            #expect(try SinkRegistry.sink(Samples.settings(kind)).settings.kind == kind)
        }
    }

    @Test func `a check names what is missing, what is too much and what has the wrong form`() throws {
        func problems(_ kind: String, _ change: (inout SinkSettings) -> Void) throws -> [String] {
            var settings = SinkSettings(name: "s", kind: kind)
            change(&settings)
            return try #require(SinkKind.named(kind)).problems(with: settings)
        }
        #expect(try problems("slack") { _ in } == ["slack needs url"])
        #expect(try problems("slack") { $0.urls = [.file("u")] } == [])
        #expect(try problems("slack") { $0.urls = [.file("u"), .file("v")] } == ["slack takes one url"])
        #expect(try problems("alertmanager") { $0.urls = [.file("u"), .file("v")] } == [])
        #expect(try problems("pagerduty") { _ in } == ["pagerduty needs secret"])
        #expect(
            try problems("file") { $0.secrets = [.file("s")] } == [
                "file has no use for secret", "file needs path",
            ])
        #expect(try problems("exec") { $0.command = ["/bin/true"] } == [])
        #expect(try problems("webhook") { $0.urls = [.text("ftp://x")] }.count == 1)
        #expect(try problems("webhook") { $0.urls = [.text("https:x")] }.count == 1)
        #expect(
            try problems("webhook") { $0.urls = [.text("http://x.example")] }
                == ["a url of s is plain http: use https, or say allow_http: true"])
        #expect(
            try problems("webhook") {
                $0.urls = [.text("http://x.example")]; $0.allowHTTP = true
            } == [])
        #expect(try problems("syslog") { $0.urls = [.text("tls://x.example:6514")] } == [])
        #expect(
            try problems("slack") {
                $0.urls = [.file("u")]; $0.fields = ["kind", "prompt"]
            }
                == ["fields of s names prompt, which an alert does not have"])
    }

    @Test(arguments: Samples.kinds)
    func `a test is marked as one`(kind: String) throws {
        var context = Samples.context(kind)
        context.isTest = true
        let sink = try SinkRegistry.sink(Samples.settings(kind))
        for notification in [
            Message(Samples.alert()),
            Message(id: "test_1", purpose: .test, title: "a test", transitions: []),
        ] {
            for request in try sink.requests(for: notification, context: context) {
                let text = String(decoding: request.bytes, as: UTF8.self)
                #expect(
                    text.contains("[test] ") || text.contains("\\\\[test\\\\] ")
                )
            }
        }
    }

    @Test(arguments: Samples.kinds)
    func `a sink without its address or secret says so`(kind: String) throws {
        let bare = SinkContext(attemptTime: 0, productVersion: "0.2.0", hostName: "")
        let sink = try SinkRegistry.sink(Samples.settings(kind))
        let table = try #require(SinkKind.named(kind))
        let needs = table.url == .one || table.url == .several || table.secret == .one || kind == "webhook"
        let fault: SinkFault? =
            switch Result(catching: { try sink.requests(for: Message(Samples.alert()), context: bare) })
            {
            case .success: nil
            case .failure(let error): error as? SinkFault
            }
        #expect((fault != nil) == needs)
    }

    @Test func `an alert is sent to every Alertmanager, lives four rounds, and ends once`() throws {
        let settings = Samples.settings("alertmanager")
        var context = Samples.context("alertmanager")
        context.urls = ["http://am-1:9093", "http://am-2:9093/", "http://am-3:9093/am/api/v2/alerts"].map {
            Secret($0)
        }
        let sink = try SinkRegistry.sink(settings)
        let firing = try sink.requests(for: Message(Samples.alert()), context: context)
        #expect(
            firing.compactMap { $0.message?.url.withText { $0 } } == [
                "http://am-1:9093/api/v2/alerts", "http://am-2:9093/api/v2/alerts",
                "http://am-3:9093/am/api/v2/alerts",
            ])
        #expect(value(try firing[0].json(), "0.endsAt") as? String == "2026-04-01T14:29:10.000Z")
        let resolved = try sink.requests(
            for: Message(Samples.alert(seq: 1, state: .resolved)), context: context)
        #expect(value(try resolved[0].json(), "0.endsAt") as? String == "2026-04-01T14:25:09.000Z")
        // A clock of an account that is ahead would begin it after its end.
        var ahead = Samples.alert(seq: 1, state: .resolved)
        ahead.startsAt.rawValue += 86_400_000
        let json = try sink.requests(for: Message(ahead), context: context)[0].json()
        #expect(value(json, "0.startsAt") as? String == "2026-04-01T14:25:08.000Z")
    }

    @Test func `an incident of PagerDuty is opened, updated and closed by one key`() throws {
        func keys(_ notification: Message) throws -> [String] {
            try Samples.requests("pagerduty", notification).map {
                let json = try $0.json()
                return "\(value(json, "event_action") ?? "") \(value(json, "dedup_key") ?? "")"
            }
        }
        #expect(try keys(Message(Samples.alert())) == ["trigger al_9f1c0c4e5b7a2d10"])
        var reminder = Message(Samples.alert())
        reminder.purpose = .reminder
        reminder.id = "re_1"
        #expect(try keys(reminder) == ["trigger al_9f1c0c4e5b7a2d10"])
        #expect(
            try keys(Message(Samples.alert(seq: 1, state: .resolved))) == ["resolve al_9f1c0c4e5b7a2d10"]
        )
        #expect(try keys(Samples.group(12)) == ["trigger gr_5d0c_1"])
    }

    @Test func `a webhook's data is the object that the journal has`() throws {
        let alert = Samples.alert()
        let body = try #require(Samples.requests("webhook", Message(alert))[0].message).body
        let text = String(decoding: body, as: UTF8.self)
        #expect(
            text
                == #"{"type":"tidemark.alert.firing","timestamp":"\#(alert.at)","data":\#(alert.json)}"#)
        let line = try Samples.requests("file", Message(alert))[0].bytes
        #expect(String(decoding: line, as: UTF8.self) == alert.json + "\n")
    }

    @Test func `a CloudEvent names its sender by a path`() throws {
        var context = Samples.context("cloudevents")
        context.hostName = "höst one/é?#"
        let request = try SinkRegistry.sink(Samples.settings("cloudevents"))
            .requests(for: Message(Samples.alert()), context: context)[0]
        #expect(value(try request.json(), "source") as? String == "/tidemark/h%C3%B6st%20one%2F%C3%A9%3F%23")
    }
}
