public import UsageEvents

/// A wish not to be told of some alerts for a while. Changes what is sent, never what is found; what it hid
/// is told when it ends.
public struct Silence: Hashable, Sendable {
    /// Its name: `si_` and sixteen hexadecimal digits.
    public let id: String
    /// All of them must match; there is at least one.
    public let matchers: [Matcher]
    /// Since when.
    public let startsAt: Timestamp
    /// Until when; an instant before `startsAt` is one that never began.
    public var endsAt: Timestamp
    /// Who asked for it: `user@host`.
    public let createdBy: String
    /// Why.
    public let comment: String

    /// Bounds of one silence: more is a mistake, or hostile.
    public static let matchersMax = 16

    /// A silence, named by its content.
    public init(
        matchers: [Matcher], startsAt: Timestamp, endsAt: Timestamp, createdBy: String, comment: String
    ) {
        precondition(!matchers.isEmpty && matchers.count <= Self.matchersMax)
        let parts = [startsAt.description, endsAt.description, createdBy, comment] + matchers.map(\.text)
        id = "si_" + Hash128(parts: parts.map { Array($0.utf8) }).shortHex
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.createdBy = createdBy
        self.comment = comment
    }

    /// Whether it holds at an instant.
    public func isActive(at now: Timestamp) -> Bool { startsAt <= now && now < endsAt }

    /// Whether it speaks of an alert.
    public func covers(_ alert: AlertTransition) -> Bool { matchers.allSatisfy { $0.matches(alert) } }

    /// Whether it speaks of an alert whatever the alert is.
    public var coversEverything: Bool {
        matchers.allSatisfy { $0.isRegex && $0.isEqual && [".*", ".+"].contains($0.value) }
    }

    /// As JSON, in the shape of Alertmanager's API.
    public func json(at now: Timestamp) -> String {
        var json = JSONObjectWriter(after: [])
        write(into: &json)
        json.object("status") { inner in
            inner.string("state", isActive(at: now) ? "active" : now < startsAt ? "pending" : "expired")
        }
        return String(decoding: json.finish(), as: UTF8.self)
    }

    /// A hash of all of it, for the audit.
    public var fingerprint: String {
        var json = JSONObjectWriter(after: [])
        write(into: &json)
        return Hash128(json.finish().span).shortHex
    }

    func write(into json: inout JSONObjectWriter) {
        json.string("id", id)
        json.array("matchers", matchers) { inner, matcher in
            inner.string("name", matcher.label.rawValue)
            inner.string("value", matcher.value)
            inner.raw("isRegex", matcher.isRegex ? "true" : "false")
            inner.raw("isEqual", matcher.isEqual ? "true" : "false")
        }
        json.time("startsAt", startsAt)
        json.time("endsAt", endsAt)
        json.string("createdBy", createdBy)
        json.string("comment", comment)
    }

    /// Reads what `json` wrote; nil for anything that is no silence.
    init?(tree: JSONTree) {
        guard let id = tree["id"]?.text, id.utf8.count <= 64,
            let startsAt = tree["startsAt"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let endsAt = tree["endsAt"]?.text.flatMap({ Timestamp(rfc3339: $0.utf8) }),
            let elements = tree["matchers"]?.elements, (1...Self.matchersMax).contains(elements.count)
        else { return nil }
        var matchers: [Matcher] = []
        for element in elements {
            guard let label = element["name"]?.text.flatMap(Matcher.Label.init(rawValue:)),
                let value = element["value"]?.text
            else { return nil }
            do throws(Matcher.Fault) {
                matchers.append(
                    try Matcher(
                        label, value, isRegex: element["isRegex"]?.flag ?? false,
                        isEqual: element["isEqual"]?.flag ?? true))
            } catch {
                return nil
            }
        }
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.endsAt = endsAt
        createdBy = tree["createdBy"]?.text ?? ""
        comment = tree["comment"]?.text ?? ""
    }
}
