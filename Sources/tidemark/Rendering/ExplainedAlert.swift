import Alerting
import Detection
import Pipeline
import UsageEvents

/// One alert with its arithmetic, line by line.
struct ExplainedAlert {
    /// The transition that raised it.
    var alert: AlertTransition
    /// Everything that the journal says about it.
    var journal: [AlertTransition]
    /// The account, re-derived from the log.
    var history: AccountHistory

    /// The alert as the log gives it again: with the exact expectation, where the journal has three digits.
    private var derived: AlertTransition? { history.transitions.first { $0.id == alert.id && $0.seq == 0 } }

    func lines(_ style: Style) -> [StyledText] {
        var out = AlertLines.lines(alert, style: style)
        out += ["", StyledText("Why", .heading)]
        out += (alert.expected == nil ? firstUse() : arithmetic()).lines(style)
        if !alert.contributors.isEmpty {
            out += ["", StyledText("Driven by", .heading)]
            out += contributors().lines(style)
        }
        if let plot = plot(style) {
            out += ["", StyledText(plotTitle, .heading)]
            out += plot.lines(style)
        }
        out += ["", StyledText("What became of it", .heading)]
        for transition in journal { out += row(transition).wrapped(width: style.width, indent: 4) }
        out += ["", StyledText("Evidence", .heading)]
        out += evidence().lines(style)
        return out
    }

    // MARK: - Arithmetic

    private var metric: Metric? {
        Metric.allCases.first { $0.kind == alert.kind && $0.window == alert.window }
    }

    private func money(_ value: Double) -> String { amount(value, isMoney: alert.isMoney) + unit }

    private var unit: String { alert.isMoney ? "" : " tokens" }

    private func arithmetic() -> Table {
        var table = Table([.left, .left], indent: 2)
        func row(_ name: String, _ text: StyledText) { table.row([StyledText(name, .faint), text]) }
        let window = alert.window == "1h" ? "60 minutes" : "24 hours"
        row(
            "observed",
            StyledText(amount(alert.observed, isMoney: alert.isMoney) + unit, .strong)
                + StyledText(" in the \(window) before \(alert.at.minuteText) UTC"))
        guard let expected = (derived ?? alert).expected, let metric else { return table }
        let known = learned(metric)
        row("compared with", StyledText(known.basis))
        let range = "\(money(expected.low)) to \(money(expected.high))"
        row("usual", StyledText("\(money(expected.value)), two times in three \(range)"))
        if let text = known.learned { row("learned from", StyledText(text)) }
        let ratio = decimal(Double(alert.observed) / max(expected.value, 1), digits: 1)
        let spread = expected.high / max(expected.value, 1e-9)
        let step = decimal(spread, digits: 2)
        row(
            "score",
            StyledText("\(ratio)x usual = \(decimal(expected.score, digits: 2)) steps of \(step)x")
                + StyledText("  (log \(ratio) / log \(step))", .faint))
        let level = money(power(spread, expected.threshold) * expected.value)
        row("threshold", StyledText("\(decimal(expected.threshold, digits: 2)) steps: from \(level)"))
        row("also at least", StyledText(floors(metric, expected, isNew: known.isNew)))
        if alert.isMoney, let exposed = alert.exposed {
            row("above usual", StyledText(NanoUSD(rawValue: exposed).dollars + " when the alert was raised"))
        }
        return table
    }

    /// Whose history counted, and how much of it there was.
    private func learned(_ metric: Metric) -> (basis: String, learned: String?, isNew: Bool) {
        let own = metric.isHour ? "the busiest hour of each of its days" : "its own days"
        guard let profile = history.profileBefore,
            let level = profile.levels.first(where: { $0.metric == metric })
        else { return (own, nil, false) }
        let hours = counted(profile.hoursLearned, "active hour")
        let days = counted(profile.daysLearned, "day")
        guard case .warmingUp = level.assessment else { return (own, "\(hours) on \(days)", false) }
        let detection = history.configuration.settings.detection.baseline
        let need =
            "\(decimal(detection.hoursNeeded, digits: 0)) on \(decimal(detection.daysNeeded, digits: 0)) days"
        return (
            "\(metric.isHour ? "the hours" : "the days") of everybody here, since the account is new",
            "\(hours) on \(days) of its own; \(need) are needed", true
        )
    }

    private func floors(_ metric: Metric, _ expected: Expectation, isNew: Bool) -> String {
        let detection = history.configuration.settings.detection
        let spike = metric.isSpend ? detection.spendSpike : detection.tokenSpike
        let scale = metric.isSpend ? Double(NanoUSD.dollar) : 1
        let floor = metric.isHour ? spike.hourFloor : spike.dayFloor
        if isNew { return money(floor * scale) }
        let multiple = "\(decimal(spike.ratio, digits: 1))x usual = \(money(spike.ratio * expected.value))"
        return "\(multiple), and \(money(floor * scale))"
    }

    private func firstUse() -> Table {
        var table = Table([.left, .left], indent: 2)
        let novelty = alert.kind == .newModel
        let detection = history.configuration.settings.detection
        let settings = novelty ? detection.newModel : detection.newMCPServer
        let what = novelty ? "model" : "MCP server"
        let value = (novelty ? alert.model : alert.mcpServer) ?? "?"
        table.row([StyledText("first use of", .faint), StyledText("\(what) \(escaped(value))", .strong)])
        table.row([
            StyledText("at", .faint),
            StyledText("\(alert.at.minuteText) UTC, event \(groupedDigits(alert.lastSequence))"),
        ])
        if let tool = alert.tool { table.row([StyledText("with", .faint), StyledText(escaped(tool))]) }
        table.row([
            StyledText("it is news", .faint),
            StyledText(
                "unless \(decimal(settings.teamMates, digits: 0)) team mates use it already; in the first "
                    + "\(decimal(settings.learningDays, digits: 0)) days of a log nothing is"),
        ])
        if let exposed = alert.exposed, exposed > 0 {
            table.row([
                StyledText("cost", .faint), StyledText(NanoUSD(rawValue: exposed).dollars + " in that event"),
            ])
        }
        return table
    }

    private func contributors() -> Table {
        var table = Table([.left, .right, .left], indent: 2)
        for contributor in alert.contributors {
            table.row([
                StyledText(contributor.dimension, .faint), StyledText(percent(contributor.share)),
                StyledText(escaped(contributor.value)),
            ])
        }
        return table
    }

    // MARK: - What followed

    private func row(_ transition: AlertTransition) -> StyledText {
        var line = StyledText("  " + transition.at.minuteText + "  ", .faint)
        if transition.state == .resolved {
            line += StyledText("resolved", .good).padded(to: 10)
        } else {
            line += StyledText(transition.severity.word, .severity(transition.severity)).padded(to: 10)
        }
        line.append(amount(transition.observed, isMoney: transition.isMoney))
        if transition.state == .firing { line.append(transition.isMoney ? "" : " tokens") }
        let how = transition.page ? "page" : "digest line"
        let words =
            switch transition.reason {
            case "first":
                "raised as a \(how)"
                    + (transition.historical ? ", from imported history: recorded, not sent" : "")
            case "grew": "half as much again: updated"
            case "rollout": "more accounts joined: updated"
            case "back_to_normal": "back to normal"
            case "accepted": "accepted as the new normal"
            case "expired": "closed: nothing more was heard"
            case "displaced": "closed: too many alerts were open"
            case "superseded": "closed: not found under a new configuration"
            default: escaped(transition.reason)
            }
        line.append("  " + words, .faint)
        return line
    }

    private func evidence() -> Table {
        var table = Table([.left, .left], indent: 2)
        let (first, last) = (groupedDigits(alert.firstSequence), groupedDigits(alert.lastSequence))
        let range = first == last ? "event \(first)" : "events \(first) to \(last)"
        table.row([StyledText("log range", .faint), StyledText(range + " by sequence number")])
        table.row([
            StyledText("settings", .faint),
            StyledText("configuration \(alert.configuration), engine \(AlertTransition.engineVersion)"),
        ])
        let same = derived.map { $0.json == alert.json } ?? false
        table.row([
            StyledText("derived again", .faint),
            same
                ? StyledText("the same alert, to the byte", .good)
                : StyledText(
                    "the log does not give this alert now: another version or configuration raised it",
                    .warning),
        ])
        return table
    }

    // MARK: - Plot

    private var plotTitle: String { "\(alert.isMoney ? "Dollars" : "Tokens") an hour around it" }

    private func plot(_ style: Style) -> Plot? {
        let bars = Plot.bars(width: style.width)
        let center = alert.at.floored(to: Timestamp.hour)
        let first = center - Int64(bars * 2 / 3)
        let level = history.profileBefore?.levels.first {
            $0.metric == (alert.isMoney ? .spendHour : .tokensHour)
        }
        let isHour = alert.window == "1h"
        return HourPlot(
            hours: history.hours, isMoney: alert.isMoney || alert.expected == nil, firstHour: first,
            count: bars,
            band: isHour ? alert.expected.map { ($0.low, $0.high) } : level?.usual.map { ($0.low, $0.high) },
            threshold: isHour ? level.map { Double($0.threshold) } : nil,
            marked: alert.startsAt.floored(
                to: Timestamp.hour)...max(center, alert.startsAt.floored(to: Timestamp.hour))
        ).plot
    }

    /// `base` to the power of `exponent`, by repeated roots: for a figure of three digits.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        var whole = Int(exponent)
        while whole > 0 {
            result *= base
            whole -= 1
        }
        var root = base
        var fraction = exponent - Double(Int(exponent))
        for _ in 0..<20 {
            root = root.squareRoot()
            fraction *= 2
            if fraction >= 1 {
                result *= root
                fraction -= 1
            }
        }
        return result
    }
}
