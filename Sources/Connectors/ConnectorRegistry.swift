/// Every format that is read, in the order in which an input is tried; the canonical one stands last, since
/// it is what everything unknown is taken for.
public enum ConnectorRegistry {
    /// One line a format.
    public static let formats: [EventFormat] = [
        .claudeCode,
        .codex,
        .gemini,
        .cursor,
        .litellm,
        .table,
        .canonical,
    ]

    /// The format of a name.
    public static func format(named name: String) -> EventFormat? { formats.first { $0.name == name } }

    /// The format of an input.
    public static func recognise(_ head: InputHead) -> EventFormat {
        formats.first { $0.recognises(head) } ?? .canonical
    }
}

extension EventFormat {
    /// Canonical events, one JSON object a line.
    public static let canonical = EventFormat(
        name: "ndjson", summary: "canonical events, one JSON object a line", arrival: .asWritten,
        recognises: { _ in true },
        makeDecoder: { options, _ in NDJSONDecoder(options: options) })
}
