import Alerting
import Detection
import Foundation
import Testing

@testable import Sinks

/// Names of accounts in every form, and the list of fields that may be sent.
@Suite struct IdentityTests {
    private static let canary = "ann.canary@acme.example"

    /// The name everywhere, also inside other names.
    private static var messages: [Message] {
        var alert = Samples.alert(identity: canary)
        alert.model = "ft:\(canary):m-max"
        alert.tool = canary
        alert.team = "team of \(canary)"
        alert.mcpServer = "https://mcp.acme.example/\(canary)/sse"
        alert.title = "3 accounts took up model \(canary) within a day, first \(canary): a rollout?"
        alert.contributors = [.init(dimension: "model", value: "x\(canary.uppercased())x", share: 1)]
        var other = Samples.alert(identity: "bob.canary@acme.example")
        other.id = "al_0000000000000001"
        other.team = alert.team
        return Message.Purpose.allCases.flatMap { purpose in
            [[alert], [alert, other], []].map { alerts in
                Message(
                    id: "no_1", purpose: purpose,
                    // Of accounts that the message does not carry, only our own sentences may speak.
                    title: [.operational, .test].contains(purpose) && alerts.isEmpty
                        ? "the disk is full" : "\(canary) and others", transitions: alerts, omitted: 2,
                    group: [.init("identity", canary), .init("team", "team-c")])
            }
        } + [Message(alert)]
    }

    @Test(arguments: Samples.kinds, [SinkSettings.IdentityForm.pseudonym, .omitted])
    func `a name that is not told is nowhere`(kind: String, form: SinkSettings.IdentityForm) throws {
        for notification in Self.messages {
            for request in try Samples.requests(kind, notification, { $0.identity = form }) {
                let text =
                    String(decoding: request.bytes, as: UTF8.self).lowercased()
                    + (request.message?.headers.map(\.value).joined() ?? "")
                #expect(!text.contains("ann.canary"), "\(notification.purpose)")
                if notification.transitions.count > 1 { #expect(!text.contains("bob.canary")) }
            }
        }
    }

    @Test(arguments: Samples.kinds)
    func `a pseudonym is the keyed hash of the name, the same in every place`(kind: String) throws {
        // HMAC-SHA256, by `openssl dgst -sha256 -mac HMAC`.
        let pseudonym = IdentityMask.pseudonym(
            Samples.account, key: Secret("a key for pseudonyms, 32 bytes.."))
        #expect(pseudonym == "p:c49066ebc7e4f182")
        let requests = try Samples.requests(kind, Message(Samples.alert())) { $0.identity = .pseudonym }
        let text = String(decoding: requests[0].bytes, as: UTF8.self)
        #expect(text.contains("\(pseudonym) spent $41.20 in the last hour"))
        #expect(!text.contains(Samples.account))
    }

    @Test(arguments: Samples.kinds)
    func `a pseudonym without a key of sixteen bytes is refused`(kind: String) throws {
        for key in [nil, Secret("fifteen bytes..")] {
            var context = Samples.context(kind)
            context.pseudonymKey = key
            var settings = Samples.settings(kind)
            settings.identity = .pseudonym
            #expect(throws: SinkFault.missingPseudonymKey) {
                try SinkRegistry.sink(settings).requests(for: Message(Samples.alert()), context: context)
            }
        }
    }

    @Test func `a mark that combines with a name does not hide it, a short name counts as a word only`()
        throws
    {
        func hidden(_ text: String, _ name: String) throws -> String {
            var settings = SinkSettings(name: "w", kind: "file")
            settings.identity = .omitted
            let notification = Message(Samples.alert(identity: name))
            return try IdentityMask(notification, settings: settings, key: nil).hide(text)
        }
        #expect(try hidden("by anna\u{301}x", "anna") == "by an account\u{301}x")
        #expect(try hidden("by \u{301}bob", "\u{301}bob") == "by an account")
        #expect(try hidden("al spent, also AL's", "al") == "an account spent, also an account's")
    }

    @Test(arguments: Samples.kinds)
    func `only allowed fields are told, in the sentence as well`(kind: String) throws {
        let secret = ["svc-0062", "team-c", "m-max", "41.2", "2.3", "0.93", "51213", "c3a1"]
        for notification in [Message(Samples.alert()), Samples.group(2)] {
            let requests = try Samples.requests(kind, notification) { $0.fields = ["kind", "tool"] }
            let text = requests.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
            for word in secret where text.contains(word) { Issue.record("\(word) in \(text)") }
            #expect(text.lowercased().contains("spike") || notification.transitions.count > 1)
        }
        let requests = try Samples.requests(kind, Message(Samples.alert())) {
            $0.fields = ["identity", "observed"]
        }
        let text = String(decoding: requests[0].bytes, as: UTF8.self)
        #expect(text.contains("svc-0062"))
        #expect(text.contains("41.2"))
        #expect(!text.contains("m-max"))
    }

    @Test func `every key of an alert's object may be named as a field, and no other`() throws {
        let json = try JSONSerialization.jsonObject(with: Data(Samples.alert().json.utf8))
        let keys = try #require(json as? [String: Any]).keys
        #expect(Set(SinkKind.fields) == Set(keys))
        #expect(SinkKind.fields.count == keys.count)
    }
}
