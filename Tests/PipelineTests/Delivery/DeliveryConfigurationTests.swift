import Alerting
import Pipeline
import Testing

@Suite struct DeliveryConfigurationTests {
    private func configuration(_ yaml: String) throws(ConfigurationError) -> DeliveryConfiguration {
        try DeliveryConfiguration(yaml: Array(yaml.utf8), file: "tidemark.yaml")
    }

    /// The lines that a faulty file is answered with.
    private func faults(_ yaml: String) -> [String] {
        do throws(ConfigurationError) {
            _ = try configuration(yaml)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private static let whole = """
        detection:
          spend_spike: {sensitivity: 3.5}
        sinks:
          chat:
            kind: slack
            url_file: /etc/tidemark/slack-url
            identity: pseudonym
          pager:
            kind: pagerduty
            secret_env: PAGERDUTY_KEY
            send_digest: false
            in_flight: 2
            allow_ports: [8443, 9443]
          hook:
            kind: webhook
            url: https://ops:hunter2@hooks.acme.example/services/T0/B0?sig=canary
            secret_file: [/etc/tidemark/new, /etc/tidemark/old]
            fields: [identity, title]
        routes:
          default: chat
          rules:
            - match: ["severity=~high|critical", team!=sandbox]
              sinks: [pager, chat]
              continue: true
              rules:
                - match: kind=new_model
                  sinks: hook
        notifications:
          repeat_hours: 6
          digest_hour_utc: 6
        """

    @Test func `all sections are read, and the others are left alone`() throws {
        let delivery = try configuration(Self.whole)
        #expect(delivery.sinks.map(\.name) == ["chat", "pager", "hook"])
        #expect(delivery.sinks[0].urls == [.file("/etc/tidemark/slack-url")])
        #expect(delivery.sinks[0].identity == .pseudonym)
        #expect(delivery.sinks[1].secrets == [.environment("PAGERDUTY_KEY")])
        #expect(!delivery.sinks[1].sendsDigest)
        #expect(delivery.sinks[1].inFlight == 2)
        #expect(delivery.sinks[1].allowPorts == [8443, 9443])
        #expect(delivery.sinks[2].secrets == [.file("/etc/tidemark/new"), .file("/etc/tidemark/old")])
        #expect(delivery.routes.defaultSinks == ["chat"])
        let rule = try #require(delivery.routes.rules.first)
        #expect(rule.matchers.map(\.text) == ["severity=~high|critical", "team!=sandbox"])
        #expect(rule.sinks == ["pager", "chat"])
        #expect(rule.continues)
        #expect(rule.rules.first?.sinks == ["hook"])
        #expect(delivery.policy.repeatHours == 6)
        #expect(delivery.policy.digestHour == 6)
        #expect(delivery.policy.groupAbove == 5)
    }

    @Test func `who is told decides nothing about what is found`() throws {
        var settings = TidemarkConfiguration()
        try settings.apply(yaml: Array(Self.whole.utf8), file: "tidemark.yaml")
        var plain = TidemarkConfiguration()
        try plain.apply(assignments: ["detection.spend_spike.sensitivity=3.5"])
        #expect(settings == plain)
        #expect(settings.fingerprint() == plain.fingerprint())
        #expect(!settings.canonicalText.contains("chat"))
    }

    @Test func `without routes every sink is told everything`() throws {
        let delivery = try configuration(
            "sinks:\n  a: {kind: file, path: /tmp/a}\n  b: {kind: file, path: /tmp/b}\n")
        #expect(delivery.routes == RouteTree(defaultSinks: ["a", "b"]))
    }

    @Test(arguments: [
        "", "\n", "# nothing\n", "sinks:\n", "sinks: {}\nroutes:\n", "log:\n  segment_bytes: 1048576\n",
    ])
    func `a file that says nothing sends nothing`(yaml: String) throws {
        #expect(try configuration(yaml) == DeliveryConfiguration())
    }

    @Test(arguments: [
        (
            "sinks:\n  chat: {kind: slak, url: https://a.example/}\n",
            "tidemark.yaml:2:16: sinks.chat.kind: no kind slak; there are "
        ),
        (
            "sinks:\n  chat: {kind: slack, url_fil: x}\n",
            "sinks.chat.url_fil: there is no url_fil; did you mean url_file?"
        ),
        ("sinks:\n  chat: {url_file: x}\n", "sinks.chat: needs kind: "),
        ("sinks:\n  chat: {kind: slack}\n", "sinks.chat: slack needs url"),
        ("sinks:\n  \"a/b\": {kind: slack}\n", "a sink's name has letters"),
        ("sinks: [a]\n", "found a list, wanted sinks by name"),
        (
            "sinks:\n  p: {kind: pagerduty, secret: hunter2}\n",
            "a secret does not stand in a file: use secret_file, secret_env or secret_credential"
        ),
        (
            "sinks:\n  f: {kind: file, path: /a, in_flight: 0}\n",
            "is out of range, wanted a whole number from 1 to 64"
        ),
        ("sinks:\n  f: {kind: file, path: /a, allow_http: maybe}\n", "wanted true or false"),
        ("routes:\n  default: [chat]\n", "tidemark.yaml:2:12: routes.default: there is no chat"),
        (
            "sinks:\n  chat: {kind: file, path: /a}\nroutes:\n  rules:\n    - match: team\n",
            "routes.rules[1].match: wanted a matcher such as team=payments"
        ),
        (
            "sinks:\n  chat: {kind: file, path: /a}\nroutes:\n  rules:\n    - sinks: [chta]\n",
            "there is no chta; did you mean chat?"
        ),
        (
            "routes:\n  rules:\n    - match: kind=spend_spik\n",
            "no alert has the kind spend_spik; wanted spend_spike"
        ),
        ("notifications:\n  repeat_hour: 3\n", "there is no repeat_hour; did you mean repeat_hours?"),
        (
            "notifications:\n  repeat_hours: often\n",
            "found \"often\", wanted a whole number from 0 to 8760 (hours)"
        ),
    ])
    func `a fault is named with its line and what is wanted`(yaml: String, expected: String) {
        let found = faults(yaml)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
        #expect(found.allSatisfy { $0.hasPrefix("tidemark.yaml:") })
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func `what is shown reads back, and shows no address and no secret`() throws {
        let delivery = try configuration(Self.whole)
        let shown = delivery.annotatedYAML
        #expect(!shown.contains("canary"))
        #expect(!shown.contains("hunter2"))
        #expect(!shown.contains("T0"))
        #expect(shown.contains("https://hooks.acme.example/..."))
        var again = try configuration(shown)
        for i in again.sinks.indices { again.sinks[i].urls = delivery.sinks[i].urls }
        #expect(again == delivery)
    }

    @Test(arguments: [
        ("https://hooks.acme.example", "https://hooks.acme.example"),
        ("https://hooks.acme.example:8443/a?b#c", "https://hooks.acme.example:8443/..."),
        ("https://u:p@a@h.example?x", "https://h.example/..."), ("no address", "..."), ("", "..."),
    ])
    func `an address is shortened to its host`(address: String, shown: String) {
        #expect(DeliveryConfiguration.shortened(address) == shown)
    }
}
