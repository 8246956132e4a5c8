import Alerting
import Pipeline
import UsageEvents

/// Who was told of one alert, and why or why not.
struct ExplainedDelivery {
    /// The alert as it is now.
    var alert: AlertTransition
    /// What every sink did about it, and what became of the messages that tell of it.
    var events: [DeliveryEvent]
    /// What people decided.
    var operators: OperatorState
    /// Where alerts are sent, if the configuration was given.
    var delivery: DeliveryConfiguration?
    /// The wall clock.
    var now: Timestamp

    /// Of all that happened at the sinks, what concerns an alert: lines about it, and about messages that it
    /// became part of.
    static func events(of alert: AlertTransition, in all: [DeliveryEvent]) -> [DeliveryEvent] {
        let messages = Set(all.filter { $0.alert == alert.id }.compactMap(\.message))
        return all.filter { event in
            event.alert == alert.id || (event.alert == nil && event.message.map(messages.contains) ?? false)
        }
    }

    /// Lines under a heading; none where nothing is known.
    func lines(_ style: Style) -> [StyledText] {
        var out: [StyledText] = []
        for event in events {
            let line = StyledText("  \(event.at.minuteText)  ", .faint) + AuditTrail.text(event, of: alert.id)
            out += line.wrapped(width: style.width, indent: 4)
        }
        if let silence = operators.silence(hiding: alert, at: now) {
            out += note(
                "hidden by \(silence.id) until \(silence.endsAt.minuteText) UTC: \(escaped(silence.comment))",
                style)
        }
        if let ack = operators.ack(of: alert.id) {
            let verdict = ack.verdict.map { ", verdict \($0.rawValue)" } ?? ""
            out += note(
                "known as \(ack.severity.word)\(verdict): no reminders until it is worse or over", style)
        }
        if let delivery {
            let sinks = delivery.routes.sinks(for: alert)
            out += note(
                sinks.isEmpty
                    ? "goes nowhere: no route leads to a sink" : "goes to \(sinks.joined(separator: ", "))",
                style)
        }
        guard !out.isEmpty else { return [] }
        return ["", StyledText("Who was told", .heading)] + out
    }

    private func note(_ text: String, _ style: Style) -> [StyledText] {
        StyledText("  " + text).wrapped(width: style.width, indent: 4)
    }
}
