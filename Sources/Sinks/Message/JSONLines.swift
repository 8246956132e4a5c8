internal import Alerting

extension OutgoingMessage {
    /// Bytes of one text of an event in a line.
    private static let textBytesMax = 4_096

    /// The alerts as the journal and `--json` have them, one JSON object a line; what only a sentence says,
    /// or only a number, has a line of its own with the key `purpose`.
    var lines: [UInt8] {
        var out: [UInt8] = []
        for alert in alerts { out += alert.object.clipped(to: Self.textBytesMax).bytes + [0x0a] }
        if alerts.isEmpty || omitted > 0 || isTest {
            let whole = summary([]).clipped(to: Self.textBytesMax)
            if case .object(var members) = whole {
                members.removeAll { $0.key == "alerts" || $0.key == "omitted" }
                members += [("omitted", .whole(omitted)), ("test", .bool(isTest))]
                out += JSONTree.object(members).bytes + [0x0a]
            }
        }
        return out
    }
}
