import Alerting
import Foundation
import Testing

@testable import Sinks

/// A secret is seen nowhere but on the wire.
@Suite struct SecretTests {
    private static let canary = "canary0123456789canary0123456789"

    @Test func `a secret shows only that it is one, and which`() {
        let secret = Secret(Self.canary)
        let name = "***89889b1e"
        var dumped = ""
        dump(["in a list": secret], to: &dumped)
        let texts = [
            "\(secret)", secret.debugDescription, String(describing: secret), String(reflecting: secret),
            String(reflecting: [secret]), String(describing: Optional(secret)), dumped,
        ]
        for text in texts {
            #expect(!text.contains("canary"))
            #expect(text.contains(name), "\(text)")
        }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(!(secret is any Encodable))
        #expect(secret.withText { $0 } == Self.canary)
        #expect(secret.withBytes { $0 } == Array(Self.canary.utf8))
    }

    @Test(arguments: Samples.kinds)
    func `no secret is in what a dry run, a dump or a verdict shows`(kind: String) throws {
        var context = Samples.context(kind)
        context.urls = [Secret("https://user:canary@hooks.acme.example:8443/canary?sig=canary#canary")]
        context.pseudonymKey = Secret(Self.canary)
        if kind != "webhook" { context.secrets = [Secret(Self.canary)] }
        var settings = Samples.settings(kind)
        settings.identity = .pseudonym
        let sink = try SinkRegistry.sink(settings)
        var dumped = ""
        dump(context, to: &dumped)
        for request in try sink.requests(for: Message(Samples.alert()), context: context) {
            dumped += request.description + "\(context)"
            let echo = request.message.map {
                $0.body + Array("\n\($0.headers) \($0.url.withText { $0 }) \(Self.canary)".utf8)
            }
            for status in [200, 400, 410, 500] {
                let answer = HTTPAnswer(status: status, receivedAt: 0, body: echo ?? [])
                dumped +=
                    "\(sink.verdict(on: .http(answer), to: request))"
            }
            if ["file", "exec"].contains(kind) { continue }
            let url = context.urls[0].withText { $0 }
            dumped += "\(sink.verdict(on: .failure(.network, detail: "cannot reach \(url)"), to: request))"
        }
        #expect(!dumped.contains("canary"), "\(dumped)")
    }

    @Test(arguments: [
        ("https://hooks.acme.example/services/T0/B0/x", "https://hooks.acme.example/***"),
        ("https://ann:pw@hooks.acme.example:8443?sig=x", "https://hooks.acme.example:8443/***"),
        ("https://hooks.acme.example", "https://hooks.acme.example"),
        ("https://a@b@hooks.acme.example/", "https://hooks.acme.example/***"),
        ("tls://logs.acme.example:6514", "tls://logs.acme.example:6514"),
        ("https:\\\\hooks.acme.example\\x", "***"), ("secret", "***"), ("", "***"),
    ])
    func `an address is shown without user, path and query`(url: String, expected: String) {
        #expect(shownAddress(Secret(url)).replacing(#/\*\*\*[0-9a-f]{8}/#, with: "***") == expected)
    }

    @Test func `routing keys and tokens of the wrong form are refused, unseen`() throws {
        for kind in ["pagerduty", "ocsf", "cloudevents", "alertmanager", "alertmanager_webhook"] {
            for bad in ["short key\n", "", "canary\r\nhost: x", "0123456789abcdef0123456789abcde\""] {
                if kind != "pagerduty", !bad.contains("\n"), !bad.isEmpty { continue }
                var context = Samples.context(kind)
                context.secrets = [Secret(bad)]
                let sink = try SinkRegistry.sink(Samples.settings(kind))
                let fault = #expect(throws: SinkFault.self) {
                    try sink.requests(for: Message(Samples.alert()), context: context)
                }
                #expect(fault?.description.contains("canary") == false)
            }
        }
    }
}
