import Alerting
import Testing

@testable import Sinks

/// Standard Webhooks: signatures of known answer, and what a request carries.
@Suite struct SignatureTests {
    @Test func `the example of the reference library has its signature`() throws {
        let signature = try StandardWebhooks.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", attemptTime: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8),
            secret: Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `an example of our own has its signature, with the prefix or without`() throws {
        for secret in [Samples.webhookSecret, String(Samples.webhookSecret.dropFirst(6))] {
            let signature = try StandardWebhooks.signature(
                id: "evt_01", attemptTime: 1_795_316_400,
                body: Array(
                    #"{"type":"alert.fired","timestamp":"2026-11-22T03:00:00Z","data":{"id":"al_1"}}"#.utf8),
                secret: Secret(secret))
            #expect(signature == "v1,3BgcegcTBKaJ4j5XaWztVVYqDnEGUd/lFDSfOixN2Ec=")
        }
    }

    @Test func `while secrets are rotated there is a signature for each, newest first`() throws {
        let other = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        var context = Samples.context("webhook")
        context.secrets.insert(other, at: 0)
        let sink = try SinkRegistry.sink(Samples.settings("webhook"))
        let message = try #require(
            sink.requests(for: Message(Samples.alert()), context: context).first?.message)
        let expected = try context.secrets.map {
            try StandardWebhooks.signature(
                id: "al_9f1c0c4e5b7a2d10_0", attemptTime: Samples.attempt, body: message.body, secret: $0)
        }
        #expect(message.headers.last == .init("webhook-signature", expected.joined(separator: " ")))
        #expect(message.headers.contains(.init("webhook-id", "al_9f1c0c4e5b7a2d10_0")))
        #expect(message.headers.contains(.init("webhook-timestamp", String(Samples.attempt))))
    }

    @Test func `another attempt keeps id and body, and has its own time and signature`() throws {
        let sink = try SinkRegistry.sink(Samples.settings("webhook"))
        let requests = try [0, 5].map { later in
            try #require(
                sink.requests(
                    for: Message(Samples.alert()),
                    context: Samples.context("webhook", at: Samples.attempt + later)
                ).first?.message)
        }
        #expect(requests[0].body == requests[1].body)
        #expect(requests[0].headers[2] == requests[1].headers[2])
        #expect(requests[0].headers[2].name == "webhook-id")
        #expect(requests[0].headers[3] != requests[1].headers[3])
        #expect(requests[0].headers[4] != requests[1].headers[4])
    }

    @Test(arguments: [
        "", "whsec_", "whsec_c2hvcnQ=", "not base64 at all!", "whsec_" + String(repeating: "A", count: 88),
    ])
    func `a secret that is no secret is refused without being shown`(secret: String) throws {
        var context = Samples.context("webhook")
        context.secrets = [Secret(secret)]
        let sink = try SinkRegistry.sink(Samples.settings("webhook"))
        let fault = #expect(throws: SinkFault.self) {
            try sink.requests(for: Message(Samples.alert()), context: context)
        }
        #expect(fault?.description.contains("24 to 64 random bytes") == true)
    }

    @Test func `a secret of the settings that could not be read is missed, none in the settings is not`()
        throws
    {
        var context = Samples.context("webhook")
        context.secrets = []
        #expect(throws: SinkFault.missingSecret) {
            try SinkRegistry.sink(Samples.settings("webhook"))
                .requests(for: Message(Samples.alert()), context: context)
        }
        let unsigned = try SinkRegistry.sink(SinkSettings(name: "w", kind: "webhook"))
            .requests(for: Message(Samples.alert()), context: context)
        #expect(unsigned.first?.message?.headers.contains { $0.name == "webhook-signature" } == false)
    }

    @Test func `base64 comes back, and what is none does not`() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ 7) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
        #expect(Base64.encode(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
        for bad in ["A", "AB=", "A===", "AB==CD", "A B=", "AB-_", "AB=="] where bad != "AA==" {
            #expect(Base64.decode(bad.utf8) == nil, "\(bad)")
        }
    }
}
