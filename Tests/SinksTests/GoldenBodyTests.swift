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
