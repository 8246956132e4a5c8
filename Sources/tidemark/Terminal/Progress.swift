import Pipeline

/// A line on standard error that says how far a run is: only on a terminal, and only when it takes longer
/// than a second.
final class ProgressBar {
    private static let delaySeconds = 1.0
    private static let intervalSeconds = 0.1

    let isShown: Bool
    private let style: Style
    private let started: Double
    private var lastDrawn = 0.0
    private var isOnScreen = false

    /// A bar that has not been drawn; never drawn where `isShown` is false.
    init(isShown: Bool, style: Style) {
        self.isShown = isShown
        self.style = style
        started = monotonicSeconds()
    }

    /// How far a run is.
    enum Position {
        /// Bytes read; of how many is not known for a pipe.
        case bytes(Int, of: Int?)
        /// Events of a log.
        case events(UInt64, of: UInt64)

        /// 0 to 1, where the end is known.
        var share: Double? {
            switch self {
            case .bytes(let done, let total?) where total > 0: min(Double(done) / Double(total), 1)
            case .events(let done, let total) where total > 0: min(Double(done) / Double(total), 1)
            default: nil
            }
        }
    }

    /// Draws the bar if it is time; `alerts` is nil where none are looked for.
    func update(_ position: Position, events: UInt64, alerts: Int?) {
        guard isShown else { return }
        let now = monotonicSeconds()
        guard now - started >= Self.delaySeconds, now - lastDrawn >= Self.intervalSeconds else { return }
        lastDrawn = now
        let rate = UInt64(Double(events) / max(now - started, 0.001))
        let line = Self.text(position, events: events, rate: rate, alerts: alerts, style: style)
        isOnScreen = true
        send("\r" + line.rendered(style) + "\u{1b}[K")
    }

    /// Takes the bar off the screen, before something else is written or at the end.
    func clear() {
        guard isOnScreen else { return }
        isOnScreen = false
        send("\r\u{1b}[K")
    }

    /// ` 42% ██████████░░░░░░  128 MB of 305 MB · 1.2 M events · 960 k/s · 3 alerts`.
    static func text(
        _ position: Position, events: UInt64, rate: UInt64, alerts: Int?, style: Style
    ) -> StyledText {
        var facts = StyledText()
        switch position {
        case .bytes(let done, let total?): facts.append("\(byteCount(done)) of \(byteCount(total)) · ")
        case .bytes(let done, nil): facts.append("\(byteCount(done)) · ")
        case .events: break
        }
        facts.append("\(shortCount(events)) events · \(shortCount(rate))/s", .faint)
        if let alerts {
            facts.append(" · ", .faint)
            facts.append(counted(alerts, "alert"), alerts > 0 ? .warning : .faint)
        }
        var line = StyledText()
        if let share = position.share {
            let whole = String(Int(share * 100))
            line.append(String(repeating: " ", count: max(0, 3 - whole.utf8.count)) + whole + "% ", .strong)
            // The bar takes what the facts leave; below a handful of cells it says nothing.
            let room = style.width - 1 - line.width - 2 - facts.width
            if room >= 6 {
                let cells = min(24, room)
                let full = Int(share * Double(cells))
                line.append(String(repeating: "█", count: full), .command)
                line.append(String(repeating: "░", count: cells - full), .faint)
                line.append("  ")
            }
        }
        line += facts
        // One line only: a second one could not be taken back.
        return line.wrapped(width: style.width - 1, indent: 0).first ?? line
    }

    private func send(_ text: String) {
        // Whoever closed standard error does not want the bar.
        try? Platform.write(Platform.standardError, Array(text.utf8).span)
    }
}
