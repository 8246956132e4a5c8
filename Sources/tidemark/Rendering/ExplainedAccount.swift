import Alerting
import Detection
import Pipeline
import UsageEvents

/// What is normal for an account, and how sure that is.
struct ExplainedAccount {
    /// Days that the plot shows.
    private static let plotDays: Int64 = 14
    /// Alerts that are listed.
    private static let alertsMax = 6

    var history: AccountHistory

    func lines(_ style: Style) -> [StyledText] {
        var out: [StyledText] = [title]
        if let span = history.span {
            let what =
                "\(counted(history.events, "event")), \(span.first.minuteText) to \(span.last.minuteText) UTC"
            out.append(StyledText(what, .faint))
        }
        out += ["", StyledText("What is normal", .heading)]
        out += levels(style)
        if let plot = plot(style) {
            out += [
                "",
                StyledText(
                    "The busiest hour in each \(barHours(style)) h, last \(Self.plotDays) days", .heading),
            ]
            out += plot.lines(style)
        }
        out += ["", StyledText("Alerts", .heading)]
        let raised = history.transitions.filter { $0.seq == 0 }
        if raised.isEmpty { out.append("  none so far") }
        for alert in raised.suffix(Self.alertsMax) {
            var line = StyledText("  " + alert.at.minuteText + "  ", .faint)
            line += StyledText(alert.severity.word, .severity(alert.severity)).padded(to: 10)
            line.append(AlertLines.sentenceText(alert))
            line.append("  " + alert.id, .command)
            out += line.wrapped(width: style.width, indent: 4)
        }
        if raised.count > Self.alertsMax {
            out.append(StyledText("  and \(raised.count - Self.alertsMax) before", .faint))
        }
        return out
    }

    private var title: StyledText {
        var title = StyledText(escaped(history.identity), .strong)
        if let team = history.team { title.append(" (" + escaped(team) + ")", .faint) }
        return title
    }

    /// One row a metric: the usual amount, where an alert begins, how much is known.
    private func levels(_ style: Style) -> [StyledText] {
        guard let profile = history.profile else { return ["  nothing is known"] }
        var table = Table([.left, .right, .right, .left], indent: 2)
        table.row([
            StyledText("window", .faint), StyledText("usual", .faint), StyledText("alert from", .faint),
            StyledText("how sure", .faint),
        ])
        for level in profile.levels {
            let isMoney = level.metric.isSpend
            let usual = level.usual.map { amount($0.value, isMoney: isMoney) } ?? "unknown"
            table.row([
                StyledText((isMoney ? "dollars" : "tokens") + (level.metric.isHour ? " in 1 h" : " in 24 h")),
                StyledText(usual, .strong), StyledText(threshold(level)), sureness(level, profile),
            ])
        }
        var out = table.lines(style)
        let text =
            "A busy hour is compared with the busiest hour of each day; days without use teach nothing."
            + " As of \(profile.clock.minuteText) UTC, the account's own clock."
        out += (StyledText("  ") + StyledText(text, .faint)).wrapped(width: style.width, indent: 2)
        return out
    }

    private func threshold(_ level: AccountProfile.Level) -> String {
        if case .warmingUp = level.assessment { return "-" }
        return amount(level.threshold, isMoney: level.metric.isSpend)
    }

    private func sureness(_ level: AccountProfile.Level, _ profile: AccountProfile) -> StyledText {
        let unit = level.metric.isHour ? "hours" : "days"
        let isMoney = level.metric.isSpend
        let range = level.usual.map {
            "\(amount($0.low, isMoney: isMoney)) to \(amount($0.high, isMoney: isMoney))"
        }
        switch level.assessment {
        case .warmingUp(let have, let need):
            return StyledText(
                "warming up: \(decimal(have, digits: 0)) of \(decimal(need, digits: 0)) active \(unit)",
                .warning)
        case .normal:
            let n = level.metric.isHour ? profile.hoursLearned : profile.daysLearned
            return StyledText("\(n) active \(unit), mostly \(range ?? "?")", .faint)
        case .anomalous(let score):
            return StyledText(
                "now \(amount(level.current, isMoney: isMoney)), score \(decimal(score, digits: 1))", .failure
            )
        }
    }

    private func barHours(_ style: Style) -> Int64 {
        let bars = Int64(Plot.bars(width: style.width))
        return max(1, (Self.plotDays * 24 + bars - 1) / bars)
    }

    private func plot(_ style: Style) -> Plot? {
        guard let span = history.span, let profile = history.profile else { return nil }
        let hours = barHours(style)
        let count = (Self.plotDays * 24 + hours - 1) / hours
        let last = span.last.floored(to: Timestamp.hour)
        let isMoney = history.hours.contains { $0.cost > 0 }
        let level = profile.levels.first { $0.metric == (isMoney ? .spendHour : .tokensHour) }
        var threshold: Double?
        if let level, case .warmingUp = level.assessment {
        } else {
            threshold = level.map { Double($0.threshold) }
        }
        return HourPlot(
            hours: history.hours, isMoney: isMoney, firstHour: last - count * hours + 1, count: Int(count),
            hoursPerBar: hours, band: level?.usual.map { ($0.low, $0.high) }, threshold: threshold,
            marked: nil
        ).plot
    }
}
