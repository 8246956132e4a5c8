import Alerting
import Foundation
import Testing

@testable import Sinks

/// Each kind's request for a plain alert, as it stands in `Fixtures/sinks`. With `TIDEMARK_WRITE_FIXTURES=1`
/// the files are made anew: look at the difference.
@Suite struct GoldenBodyTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/sinks")

    private static let cases: [(name: String, notification: Message)] = [
        ("firing", Message(Samples.alert())),
        ("resolved", Message(Samples.alert(seq: 1, state: .resolved))),
        ("group", Samples.group(2, omitted: 10)),
    ]

    @Test(arguments: Samples.kinds)
    func `a plain alert, its end and a group are sent as in the fixtures`(kind: String) throws {
        for (name, notification) in Self.cases {
            let requests = try Samples.requests(kind, notification)
            let text = requests.map(\.description).joined(separator: "\n") + "\n"
            let file = Self.folder.appending(path: "\(kind).\(name).txt")
            if ProcessInfo.processInfo.environment["TIDEMARK_WRITE_FIXTURES"] == "1" {
                try Data(text.utf8).write(to: file)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(kind) \(name)")
            for case .http(let message) in requests {
                _ = try JSONSerialization.jsonObject(with: Data(message.body))
            }
        }
    }

    @Test(arguments: Samples.kinds)
    func `the same message gives the same bytes each time`(kind: String) throws {
        for notification in Samples.messages("ann") {
            let first = try Samples.requests(kind, notification).map(\.description)
            #expect(try Samples.requests(kind, notification).map(\.description) == first)
        }
    }
}

struct PlainBodyTests {
    @Test(arguments: LimitTests.nasty.map(\.name) + ["usual", "longer than a text may be"])
    func `the short way to a webhook's body leads to the same bytes as the long one`(name: String) throws {
        let text =
            LimitTests.nasty.first { $0.name == name }?.text
            ?? (name == "usual" ? "svc-0062" : String(repeating: "x", count: 1_025))
        var settings = SinkSettings(name: "hook", kind: "webhook")
        var taken = 0
        for fields in [[], ["identity", "team"]] {
            settings.fields = fields
            for message in Samples.messages(text) + Samples.messages(String(text.prefix(300))) {
                let outgoing = try OutgoingMessage(
                    message, settings: settings,
                    context: SinkContext(
                        attemptTime: Samples.attempt, productVersion: "0.1.0", hostName: "h"))
                guard let plain = WebhookSink.plainBody(outgoing) else { continue }
                taken += 1
                #expect(plain == WebhookSink.body(outgoing))
            }
        }
        #expect(taken > 0 || !["usual", "empty"].contains(name))
    }
}
