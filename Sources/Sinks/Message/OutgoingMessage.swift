internal import Alerting
internal import UsageEvents

/// A message as a sink may tell it: the input of every encoder. Made once an attempt; nothing behind it sees
/// a name or a field that the settings do not allow.
struct OutgoingMessage {
    /// The same on every attempt.
    let id: String
    let purpose: Notification.Purpose
    let isTest: Bool
    /// One sentence; texts of events in it are not escaped.
    let title: String
    let alerts: [OutgoingAlert]
    let omitted: Int
    let group: [Notification.Label]
    /// When it happened; the time of the attempt for a message without alerts.
    let time: Timestamp
    let isFiring: Bool

    init(_ notification: Notification, settings: SinkSettings, context: SinkContext) throws(SinkFault) {
        let mask = try IdentityMask(notification, settings: settings, key: context.pseudonymKey)
        id = Self.word(notification.id)
        purpose = notification.purpose
        isTest = context.isTest || notification.purpose == .test
        alerts = notification.transitions.map { [isTest] in
            OutgoingAlert($0, mask: mask, fields: settings.fields, isTest: isTest)
        }
        omitted = max(0, notification.omitted)
        group = notification.group.compactMap { label in
            guard settings.fields.isEmpty || settings.fields.contains(label.name) else { return nil }
            let value = label.name == "identity" ? mask.identity(label.value) : mask.hide(label.value)
            return value.map {
                Notification.Label(label.name, ClippedText($0, to: OutgoingAlert.labelBytesMax).text)
            }
        }
        time = notification.transitions.map(\.at).max() ?? Timestamp(rawValue: context.attemptTime &* 1_000)
        isFiring = notification.transitions.isEmpty || notification.isFiring
        let isWhole = !mask.hides && settings.fields.isEmpty
        let sentence =
            switch purpose {
            case .operational, .test: mask.hide(notification.title)
            case _ where isWhole: notification.title
            case .alert where alerts.count == 1, .reminder where alerts.count == 1:
                settings.fields.isEmpty && notification.transitions[0].identity != nil
                    ? mask.hide(notification.title) : alerts[0].plainTitle
            // What a sentence about many says of whom, nobody here can know: it is said anew.
            default: Self.plainTitle(purpose, alerts.count + omitted, group)
            }
        title = ClippedText((isTest ? "[test] " : "") + sentence, to: OutgoingAlert.titleBytesMax).text
    }

    /// `tidemark.alert.firing`, `tidemark.alert.resolved`, `tidemark.reminder` ...
    var type: String {
        if isTest { return "tidemark.test" }
        if purpose == .alert { return "tidemark.alert." + (isFiring ? "firing" : "resolved") }
        return "tidemark." + purpose.rawValue
    }

    /// The alert of a message about one.
    var onlyAlert: OutgoingAlert? {
        alerts.count == 1 && omitted == 0 && [.alert, .reminder, .test].contains(purpose) ? alerts[0] : nil
    }

    /// The greatest of its alerts; a message about Tidemark itself is worth a look today.
    var severity: Severity {
        if isTest { return .info }
        return alerts.map(\.severity).max() ?? (purpose == .operational ? .medium : .low)
    }

    /// The objects of its first alerts: made once, however often they are cut afterwards.
    func objects(_ alertsMax: Int) -> [JSONTree] { alerts.prefix(alertsMax).map(\.object) }

    /// The data of a message as JSON: the alert's own object, or an object with those of several.
    func data(_ objects: ArraySlice<JSONTree>) -> JSONTree {
        if onlyAlert != nil, let object = objects.first { return object }
        return summary(Array(objects))
    }

    /// The message itself, with the objects of some of its alerts.
    func summary(_ objects: [JSONTree]) -> JSONTree {
        [
            "id": .string(id), "purpose": .string(purpose.rawValue), "title": .string(title),
            "group": .map(group.map { ($0.name, $0.value) }),
            "alerts": .array(objects), "omitted": .whole(omitted + alerts.count - objects.count),
        ]
    }

    /// Ids are ours; whatever else came in one could break a header or a signature.
    private static func word(_ text: String) -> String {
        let kept = text.utf8.filter {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || $0 == 0x5f || $0 == 0x2d
        }
        return String(decoding: kept.prefix(64), as: UTF8.self)
    }

    private static func plainTitle(
        _ purpose: Notification.Purpose, _ count: Int, _ group: [Notification.Label]
    ) -> String {
        let what = count == 1 ? "1 alert" : "\(groupedDigits(UInt64(count))) alerts"
        let of = group.isEmpty ? "" : " of " + group.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        switch purpose {
        case .digest: return "Digest: \(what)\(of)"
        case .historical: return "From imported history: \(what)\(of)"
        case .capped: return "Held back by the cap: \(what)\(of)"
        case .unsilenced: return "Hidden by a silence: \(what)\(of)"
        default: return what + of
        }
    }
}

/// The first form of a message that is small enough: texts become shorter first, then alerts fewer.
///
/// `render` gets the bytes that a text of an event may have, and the number of alerts.
func fitted(
    _ message: OutgoingMessage, bytesMax: Int, alertsMax: Int, render: (_ text: Int, _ alerts: Int) -> [UInt8]
) -> [UInt8] {
    var count = min(message.alerts.count, alertsMax)
    while true {
        for width in [1_024, 256, 128, 64, 32] {
            let bytes = render(width, count)
            if bytes.count <= bytesMax || (count <= 1 && width == 32) { return bytes }
        }
        count /= 2
    }
}
