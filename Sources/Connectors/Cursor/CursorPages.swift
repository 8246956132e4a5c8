import UsageEvents

/// Usage events of Cursor's Admin API: saved pages of `filtered-usage-events`, or bare events.
///
/// An event has no id. Its key is a hash of what stays the same when it is rated again, and a number among
/// those that are equal in one list. The number goes on from page to page where what stands in front of the
/// list says that the page follows the one before it: the same total and page size, the next page number.
/// Otherwise it begins again, so that a page that is read twice gives the same keys. Two calls that cannot
/// be told apart therefore count once if they stand in two files, or if a page says nothing of itself.
struct CursorPages: DocumentReader {
    static let listKeys = [Array("usageEvents".utf8), Array("usageEventsDisplay".utf8)]

    private enum Key: String, CaseIterable, Sendable {
        case timestamp, userEmail, model, kind, kindLabel, maxMode, isHeadless, isTokenBasedCall
        case isChargeable, tokenUsage, chargedCents, cursorTokenFee, totalUsageEventsCount, pagination
        case serviceAccountID = "serviceAccountId"
        case conversationID = "conversationId"
        case cloudAgentID = "cloudAgentId"
    }

    private enum UsageKey: String, CaseIterable, Sendable {
        case inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, totalCents
    }

    private enum PageKey: String, CaseIterable, Sendable {
        case totalUsageEventsCount, pagination, period
    }

    private enum PaginationKey: String, CaseIterable, Sendable {
        case currentPage, pageSize
    }

    /// What stands in front of the list of a page.
    private struct Page: Sendable {
        var total: [UInt8] = []
        var period: [UInt8] = []
        var pageSize: Int64?
        var number: Int64?

        func follows(_ page: Page) -> Bool {
            guard let number, let before = page.number, let pageSize, !total.isEmpty else { return false }
            return number == before + 1 && pageSize == page.pageSize && total == page.total
                && period == page.period
        }
    }

    /// Money of the parts of an event.
    private struct Cents {
        var charged: (amount: NanoUSD, isRounded: Bool)?
        var total: (amount: NanoUSD, isRounded: Bool)?
        var fee: (amount: NanoUSD, isRounded: Bool)?
    }

    private static let keys = JSONKeys<Key>()
    private static let usageKeys = JSONKeys<UsageKey>()
    private static let pageKeys = JSONKeys<PageKey>()
    private static let paginationKeys = JSONKeys<PaginationKey>()

    private var context: CursorContext
    private var page = Page()
    private var isInFront = false
    private var pageBefore: Page?

    init(_ options: DecoderOptions) { context = CursorContext(options) }

    // MARK: - Pages

    mutating func beginDocument() {
        page = Page()
        isInFront = true
    }

    mutating func note(_ key: Span<UInt8>, _ value: Span<UInt8>) {
        guard isInFront, let key = Self.pageKeys.find(key) else { return }
        switch key {
        case .totalUsageEventsCount: page.total = [UInt8](copying: value)
        case .period: page.period = [UInt8](copying: value)
        case .pagination: notePagination(value)
        }
    }

    /// What cannot be read says nothing.
    private mutating func notePagination(_ value: Span<UInt8>) {
        do throws(Refusal) {
            var cursor = JSONCursor()
            try cursor.enterObject(value)
            while let key = try cursor.nextKey(value) {
                switch Self.paginationKeys.find(key, in: value) {
                case .currentPage:
                    page.number = try cursor.tokens(value, .requestID, key: "currentPage")
                case .pageSize:
                    page.pageSize = try cursor.tokens(value, .requestID, key: "pageSize")
                case nil: try cursor.skip(value)
                }
            }
        } catch {
            page.number = nil
        }
    }

    mutating func beginList() {
        isInFront = false
        if let pageBefore, page.follows(pageBefore) {} else { context.restart() }
        pageBefore = page
    }

    // MARK: - Events

    mutating func read(_ record: Span<UInt8>, into intake: inout RecordIntake) throws(Refusal) {
        var usage = CursorUsage()
        intake.draft.begin()
        var cents = Cents()
        var isTokenBased: Bool?
        var isEmptyPage = true
        var cursor = JSONCursor()
        try cursor.enterObject(record)
        while let name = try cursor.nextKey(record) {
            let key = Self.keys.find(name, in: record)
            if key != .totalUsageEventsCount, key != .pagination { isEmptyPage = false }
            switch key {
            case .timestamp: usage.ts = try time(&cursor, record)
            case .userEmail:
                try cursor.withLabel(record, .identity, key: "userEmail") { (text) throws(Refusal) in
                    try usage.setUser(text, &intake.draft)
                }
            case .serviceAccountID:
                try cursor.withLabel(record, .identity, key: "serviceAccountId") { (text) throws(Refusal) in
                    try usage.setService(text, &intake.draft)
                }
            case .conversationID:
                try cursor.set(.sessionID, record, key: "conversationId", &intake.draft)
            case .cloudAgentID:
                try cursor.set(CursorUsage.cloudAgent, record, key: "cloudAgentId", &intake.draft)
            case .model: try cursor.set(.model, record, key: "model", &intake.draft)
            case .kind, .kindLabel:
                try cursor.withLabel(record, .costBasis, key: "kind") { (text) throws(Refusal) in
                    try LabelTexts.check(.costBasis, text)
                    if !text.isEmpty { usage.isFreeKind = context.isFree(kind: text) }
                }
            case .maxMode:
                usage.isMaxMode = try cursor.flag(record, key: "maxMode")
            case .isHeadless:
                usage.isHeadless = try cursor.flag(record, key: "isHeadless")
            case .isTokenBasedCall:
                isTokenBased = try cursor.optionalFlag(record, key: "isTokenBasedCall")
            case .isChargeable:
                usage.isChargeable = try cursor.optionalFlag(record, key: "isChargeable")
            case .tokenUsage: usage.tokens = try tokens(&cents, &cursor, record)
            case .chargedCents:
                cents.charged = try cursor.dollars(record, key: "chargedCents", decimals: 7)
            case .cursorTokenFee:
                cents.fee = try cursor.dollars(record, key: "cursorTokenFee", decimals: 7)
            case .totalUsageEventsCount, .pagination, nil: try cursor.skip(record)
            }
        }
        try cursor.end(record)
        if isEmptyPage {
            // A page behind the last one has no list.
            let type = Array("page without events".utf8)
            intake.ignored.count(type.span)
            return
        }
        if isTokenBased == false { usage.tokens = nil }
        take(cents, &usage, &intake.draft)
        try usage.finish(&intake.draft, &context)
        try intake.stageDraft()
    }

    /// Epoch milliseconds, as the text that the API writes or as a number.
    private func time(_ cursor: inout JSONCursor, _ record: Span<UInt8>) throws(Refusal) -> Timestamp? {
        let range: Range<Int>
        if try cursor.kind(record) == .number {
            range = try cursor.number(record)
        } else if let text = try cursor.rawText(record, .ts, key: "timestamp") {
            range = text.range
        } else {
            return nil
        }
        let digits = record.extracting(range)
        guard NumberText.isPlain(digits), case .value(let ts, inexact: false) = ExactNumber(digits, scale: 0)
        else {
            throw Refusal(
                reason: .invalidTime, field: .ts,
                detail: "timestamp is no whole number of epoch milliseconds, one is wanted")
        }
        return Timestamp(rawValue: ts)
    }

    /// Counts that are left out are 0.
    private func tokens(
        _ cents: inout Cents, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> CursorUsage.Tokens? {
        guard try cursor.entersObject(record, key: "tokenUsage") else { return nil }
        var tokens = CursorUsage.Tokens()
        while let name = try cursor.nextKey(record) {
            guard let key = Self.usageKeys.find(name, in: record) else {
                try cursor.skip(record)
                continue
            }
            switch key {
            case .inputTokens: tokens.input = try count(.inputTokens, key, &cursor, record)
            case .outputTokens: tokens.output = try count(.outputTokens, key, &cursor, record)
            case .cacheWriteTokens: tokens.cacheWrite = try count(.cacheWriteTokens, key, &cursor, record)
            case .cacheReadTokens: tokens.cacheRead = try count(.cacheReadTokens, key, &cursor, record)
            case .totalCents:
                cents.total = try cursor.dollars(record, key: key.rawValue, decimals: 7)
            }
        }
        return tokens
    }

    private func count(
        _ field: Field, _ key: UsageKey, _ cursor: inout JSONCursor, _ record: Span<UInt8>
    ) throws(Refusal) -> Int64 {
        try cursor.tokens(record, field, key: key.rawValue) ?? 0
    }

    /// `chargedCents` is the cost of the model and Cursor's fee; where it is missing, those two are added.
    private func take(_ cents: Cents, _ usage: inout CursorUsage, _ draft: inout EventDraft) {
        if let charged = cents.charged {
            usage.cost = charged.amount
            draft.isCostRounded = charged.isRounded
        } else if let total = cents.total {
            // Each is below a million dollars either way.
            usage.cost = NanoUSD(rawValue: total.amount.rawValue + (cents.fee?.amount.rawValue ?? 0))
            draft.isCostRounded = total.isRounded || (cents.fee?.isRounded ?? false)
        }
    }
}
