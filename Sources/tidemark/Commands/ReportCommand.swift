import ArgumentParser
import Pipeline
import UsageEvents

/// `tidemark report`: spend by anything over time.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show spend or tokens over time, by model, team, account or anything else.",
        discussion: """
            Sums up the log, or files, without writing anything. Periods are of UTC, weeks begin on Monday. \
            Tokens are those that were not served from the cache; --metric cache-read shows the others. The \
            groups always add up to the total; JSON and CSV have every sum exactly, a row for each group \
            and period. --identity shows one account only; events of files that name none are taken for its.

            Examples:
              tidemark report                               spend a day, by model
              tidemark report --by team --every week        teams, week by week
              tidemark report --by day --since 14d          the last two weeks, a row a day
              tidemark report --by identity --top 5 --metric tokens
              tidemark report --by mcp_server               which MCP servers are used
              tidemark report --by identity --every month --csv > months.csv
            """)

    /// Groups that are shown as text where nobody says how many.
    private static let defaultTop = 15

    @OptionGroup var common: CommonOptions
    @OptionGroup var usage: UsageOptions

    @Option(
        name: .long,
        help: "By what: \(ReportAxis.words). (default: model)",
        transform: ReportAxis.parse)
    var by: ReportAxis?

    @Option(
        name: .long, help: "The step of time: \(words(UsagePeriod.self)). (default: day)", transform: word)
    var every: UsagePeriod?

    @Option(name: .long, help: "What is counted: \(words(UsageMetric.self)).", transform: word)
    var metric: UsageMetric?

    @Option(name: .long, help: "The largest N groups, the rest as one; 15 as text, all as JSON and CSV.")
    var top: Int?

    private static func words<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    private static func word<Word: CaseIterable & RawRepresentable<String>>(_ text: String) throws -> Word {
        guard let word = Word(rawValue: text) else {
            throw ValidationError("There is no '\(escaped(text))'; there are \(words(Word.self)).")
        }
        return word
    }

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top wants a number from 1 on.") }
        guard case .period(let period)? = by else { return }
        if let every, every != period {
            throw ValidationError("--by \(period.rawValue) is --every \(period.rawValue); give one of them.")
        }
        if top != nil { throw ValidationError("--top is about groups; --by \(period.rawValue) has none.") }
    }

    func run() throws {
        let session = Session(common, json: usage.format != .text)
        let axis = by ?? .dimension(.model)
        let report: UsageReport
        switch axis {
        case .period(let period):
            let time = UsageGrouping([], every: period)
            report = UsageReport(
                axis: axis, every: period, metric: metric, top: nil, result: try usage.sum([time], session))
        case .dimension(let dimension):
            let every = every ?? .day
            // Text shows groups and periods apart: their pairs, which may be many, are summed for records
            // only.
            let groupings =
                usage.format == .text
                ? [UsageGrouping([], every: every), UsageGrouping([dimension])]
                : [UsageGrouping([dimension], every: every)]
            report = UsageReport(
                axis: axis, every: every, metric: metric,
                top: top ?? (usage.format == .text ? Self.defaultTop : nil),
                result: try usage.sum(groupings, session))
        }
        if usage.format == .text {
            for line in report.lines(session.style) { try session.out.line(line.rendered(session.style)) }
        } else {
            try session.out.records(report.records, usage.format, empty: UsageReport.noRecord)
        }
        try session.out.flush()
        if report.isEmpty { usage.explainNothing(report.result, session) }
        try usage.finish(report.result, session)
    }
}

/// By what a report groups: names, or steps of time.
enum ReportAxis {
    case dimension(UsageDimension)
    case period(UsagePeriod)

    /// The words for it.
    static var words: String {
        (UsageDimension.allCases.map(\.rawValue) + UsagePeriod.allCases.map(\.rawValue)).joined(
            separator: ", ")
    }

    /// The word for it.
    var word: String {
        switch self {
        case .dimension(let dimension): dimension.rawValue
        case .period(let period): period.rawValue
        }
    }

    static func parse(_ text: String) throws -> ReportAxis {
        if let dimension = UsageDimension(argument: text[...]) { return .dimension(dimension) }
        if let period = UsagePeriod(rawValue: text) { return .period(period) }
        throw ValidationError("There is no '\(escaped(text))' to group by; there are \(words).")
    }
}
