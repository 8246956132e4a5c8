internal import Alerting
internal import Detection

/// Labels and annotations as the world of Prometheus knows them.
struct AlertmanagerAlert {
    /// What names the alert to Alertmanager: the same for each transition of one alert unless its severity
    /// grew, so no amount, count or time is among them, and no dominant tool or model, which may change.
    let labels: [(String, String)]
    let annotations: [(String, String)]

    /// Bytes of one label's or annotation's text.
    private static let textBytesMax = 1_024

    init(_ alert: OutgoingAlert, isTest: Bool) {
        let t = alert.transition
        labels = Self.present([
            ("alertname", Self.name(t.kind.word)), ("alert_id", alert.id), ("identity", t.identity),
            ("kind", t.kind.word), ("severity", alert.severity.word), ("source", "tidemark"),
            ("team", t.team), ("test", isTest ? "true" : nil),
        ])
        annotations = Self.present(
            [
                ("summary", alert.title),
                (
                    "description",
                    alert.facts.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
                ),
                ("tool", t.tool), ("model", t.model), ("mcp_server", t.mcpServer),
                ("explain", "tidemark explain \(alert.id)"),
            ])
    }

    /// What stands for a message without alerts.
    init(_ message: OutgoingMessage) {
        labels = Self.present(
            [
                ("alertname", "Tidemark" + Self.name(message.purpose.rawValue)),
                ("severity", message.severity.word), ("source", "tidemark"),
                ("test", message.isTest ? "true" : nil),
            ] + message.group.map { ($0.name, $0.value) }
        ).reduce(into: []) { out, label in
            if !out.contains(where: { $0.0 == label.0 }) { out.append(label) }
        }
        annotations = Self.present([
            ("summary", message.title), ("omitted", message.omitted > 0 ? String(message.omitted) : nil),
        ])
    }

    /// `spend_spike` becomes `SpendSpike`.
    static func name(_ word: String) -> String {
        word.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func present(_ pairs: [(String, String?)]) -> [(String, String)] {
        pairs.compactMap { name, text in
            guard let text, !text.isEmpty else { return nil }
            return (labelName(name), ClippedText(shown(text), to: textBytesMax).text)
        }
    }

    /// Letters, digits and `_`, and no digit first.
    private static func labelName(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar -> Character in
            let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isWord ? Character(scalar) : "_"
        }
        return kept.first.map { $0.isNumber } == false ? String(kept) : "_" + String(kept)
    }
}
