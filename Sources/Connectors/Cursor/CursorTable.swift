import UsageEvents

/// The CSV that the dashboard of Cursor exports: a row a usage event, newest first.
///
/// Columns come and go between generations, so they are found by name. What the cells mean:
/// - `Input (w/ Cache Write)` is what was written to the prompt cache, `Input (w/o Cache Write)` the fresh
///   input: `Total Tokens` is the sum of those two, `Cache Read` and `Output Tokens` in every export seen.
///   Where that sum does not tie out, but would if the first contained the second, the row is read so. Where
///   there is no total, they are apart.
/// - The oldest exports have one count, `Tokens` or `Total Tokens`, of all kinds together: it stands as
///   input, since nothing says more.
/// - `Cost` is an amount, rounded to cents by Cursor, or a word: `Included`, `Free`, `-`, `NaN`, nothing.
///   The first two say that the plan covers the call. An old export has `Cost to you` as well: what is
///   above 0 there was billed; where it is 0, `Cost` is what the call would have cost.
/// - `User` is missing from the export of one person, whom `--identity` then names.
///
/// The same calls read from the Admin API have other keys (the CSV gives neither conversation nor client)
/// and other amounts (fractions of cents): a log should be fed from one of the two.
struct CursorTable: RowReader {
    static let keepsRejected = false

    private struct Columns: Sendable {
        var date = 0
        var user: Int?
        var cloudAgent: Int?
        var kind: Int?
        var model: Int?
        var maxMode: Int?
        var cacheWrite: Int?
        var input: Int?
        var cacheRead: Int?
        var output: Int?
        var total: Int?
        var cost: Int?
        var costToYou: Int?
    }

    /// What a cell of money says.
    private enum Amount {
        case none
        /// `Included` or `Free`.
        case covered
        case dollars(NanoUSD, isRounded: Bool)
    }

    private var columns = Columns()
    private var context: CursorContext

    init(_ options: DecoderOptions) { context = CursorContext(options) }

    /// Whether the first line of an input is the header of such an export.
    static func recognises(_ head: InputHead) -> Bool {
        guard let header = TableHeader(head) else { return false }
        return header.has("Date") && header.has("Model")
            && (header.has("Max Mode") || header.has("Cache Read"))
            && (header.has("Total Tokens") || header.has("Tokens"))
    }

    mutating func begin(_ header: TableHeader) throws(Refusal) {
        guard let date = try header.column("Date") else {
            throw Refusal(
                reason: .missingField, field: .ts,
                detail: "the header has no column Date: is it an export of Cursor's usage page?")
        }
        columns = Columns(date: date)
        columns.user = try header.column("User")
        columns.cloudAgent = try header.column("Cloud Agent ID")
        columns.kind = try header.column("Kind")
        columns.model = try header.column("Model")
        columns.maxMode = try header.column("Max Mode")
        columns.cacheWrite = try header.column("Input (w/ Cache Write)")
        columns.input = try header.column("Input (w/o Cache Write)")
        columns.cacheRead = try header.column("Cache Read")
        columns.output = try header.column("Output Tokens", "Output")
        columns.total = try header.column("Total Tokens", "Tokens")
        columns.cost = try header.column("Cost", "Cost ($)")
        columns.costToYou = try header.column("Cost to you")
        if columns.user == nil, context.identity.isEmpty {
            throw Refusal(
                reason: .missingField, field: .identity,
                detail: "the export is of one person and has no column User: "
                    + "type --identity with the e-mail of that person")
        }
        context.restart()
    }

    mutating func read(
        _ cells: TableCells, in row: Span<UInt8>, into intake: inout RecordIntake
    ) throws(Refusal) {
        var usage = CursorUsage()
        intake.draft.begin()
        usage.ts = try cells.withText(of: columns.date, in: row) { (text) throws(Refusal) in
            if text.isEmpty { return nil }
            guard let ts = TimeText.parse(text) else {
                throw Refusal(
                    reason: .invalidTime, field: .ts,
                    detail: "Date is \(NumberText.quote(text)), "
                        + "a time such as 2026-04-01T14:25:00.000Z is wanted")
            }
            return ts
        }
        try set(.identity, columns.user, cells, row, &intake.draft)
        try set(CursorUsage.cloudAgent, columns.cloudAgent, cells, row, &intake.draft)
        if let kind = columns.kind {
            usage.isFreeKind = try cells.withText(of: kind, in: row) { (text) throws(Refusal) in
                try LabelTexts.check(.costBasis, text)
                return context.isFree(kind: text)
            }
        }
        try set(.model, columns.model, cells, row, &intake.draft)
        usage.isMaxMode = isYes(columns.maxMode, cells, row)
        usage.tokens = try tokens(cells, row)
        try takeCost(&usage, &intake.draft, cells, row)
        try usage.finish(&intake.draft, &context)
        try intake.stageDraft()
    }

    private func set(
        _ field: Field, _ column: Int?, _ cells: TableCells, _ row: Span<UInt8>, _ draft: inout EventDraft
    ) throws(Refusal) {
        guard let column else { return }
        try cells.withText(of: column, in: row) { (text) throws(Refusal) in try draft.set(field, text) }
    }

    private func isYes(_ column: Int?, _ cells: TableCells, _ row: Span<UInt8>) -> Bool {
        guard let column else { return false }
        return cells.withText(of: column, in: row) { text in
            text.count > 0 && (text[0] | 0x20 == UInt8(ascii: "y") || text[0] | 0x20 == UInt8(ascii: "t"))
        }
    }

    // MARK: - Tokens

    private func count(
        _ field: Field, _ column: Int?, _ cells: TableCells, _ row: Span<UInt8>
    ) throws(Refusal) -> Int64? {
        guard let column else { return nil }
        return try cells.withText(of: column, in: row) { (text) throws(Refusal) in
            try text.isNothing
                ? nil : NumberText.count(text, field: field, max: Limits.tokensPerEventMax)
        }
    }

    private func tokens(
        _ cells: TableCells, _ row: Span<UInt8>
    ) throws(Refusal) -> CursorUsage.Tokens? {
        let total = try count(.inputTokens, columns.total, cells, row)
        guard columns.input != nil || columns.output != nil else {
            return total.map { CursorUsage.Tokens(input: $0) }
        }
        var tokens = CursorUsage.Tokens()
        tokens.input = try count(.inputTokens, columns.input, cells, row) ?? 0
        tokens.cacheWrite = try count(.cacheWriteTokens, columns.cacheWrite, cells, row) ?? 0
        tokens.cacheRead = try count(.cacheReadTokens, columns.cacheRead, cells, row) ?? 0
        tokens.output = try count(.outputTokens, columns.output, cells, row) ?? 0
        if let total, total == tokens.cacheWrite + tokens.cacheRead + tokens.output, tokens.input > 0,
            tokens.cacheWrite >= tokens.input
        {
            tokens.cacheWrite -= tokens.input
        }
        return tokens
    }

    // MARK: - Money

    private func takeCost(
        _ usage: inout CursorUsage, _ draft: inout EventDraft, _ cells: TableCells, _ row: Span<UInt8>
    ) throws(Refusal) {
        let cost = try amount(columns.cost, cells, row)
        if columns.costToYou != nil {
            if case .dollars(let mine, let isRounded) = try amount(columns.costToYou, cells, row),
                mine.rawValue != 0
            {
                usage.cost = mine
                draft.isCostRounded = isRounded
                return
            }
            usage.isChargeable = false
        }
        switch cost {
        case .none: break
        case .covered: usage.isChargeable = false
        case .dollars(let dollars, let isRounded):
            usage.cost = dollars
            draft.isCostRounded = isRounded
        }
    }

    private func amount(
        _ column: Int?, _ cells: TableCells, _ row: Span<UInt8>
    ) throws(Refusal) -> Amount {
        guard let column else { return .none }
        return try cells.withText(of: column, in: row) { (text) throws(Refusal) in
            if text.isNothing { return .none }
            let first = text[0] | 0x20
            if first == UInt8(ascii: "i") || first == UInt8(ascii: "f") { return .covered }
            let money = try NumberText.money(text)
            return .dollars(money.amount, isRounded: money.isRounded)
        }
    }
}

extension Span where Element == UInt8 {
    /// Whether a cell says that there is no number: it is empty, `-` or `NaN`.
    fileprivate var isNothing: Bool {
        switch count {
        case 0: true
        case 1: self[0] == UInt8(ascii: "-")
        case 3:
            self[0] | 0x20 == UInt8(ascii: "n") && self[1] | 0x20 == UInt8(ascii: "a")
                && self[2] | 0x20 == UInt8(ascii: "n")
        default: false
        }
    }
}
