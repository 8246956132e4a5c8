import Pipeline
import UsageEvents

extension BeyondLimits {
    /// Says which bounds a run met, and what that means; nothing where it met none.
    func report(_ session: Session) {
        guard !isEmpty else { return }
        session.message(
            StyledText("  more was named than detection remembers; no event is left out:", .warning))
        var table = Table([.right, .left], indent: 4)
        for row in rows { table.row([StyledText(groupedDigits(row.count)), StyledText(row.meaning)]) }
        for line in table.lines(session.messageStyle) { session.message(line) }
        if accounts + models + mcpServers > 0 {
            let hint = "    find who makes up names: tidemark report --by identity, or --by model"
            session.message(StyledText(hint, .faint))
        }
    }

    /// The same for programs; nothing where no bound was met.
    func write(into json: inout JSONText) {
        guard !isEmpty else { return }
        json.object("beyond_limits") { json in
            for row in rows { json.number(row.name, row.count) }
        }
    }
}
