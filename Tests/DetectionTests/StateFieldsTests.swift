import Testing
import UsageEvents

@testable import Detection

/// The fields of everything that a snapshot holds. Whoever adds, removes or renames one changes the codec
/// beside the type (`…+State.swift`), raises `SnapshotFile.version`, and then this list.
@Suite struct StateFieldsTests {
    private func fields(_ value: Any) -> String {
        Mirror(reflecting: value).children.map { $0.label ?? "?" }.joined(separator: " ")
    }

    @Test func `every stored field is known to the codec`() {
        let configuration = DetectionConfiguration()
        let rules = Rules(configuration)
        let expected: [(Any, String)] = [
            // A snapshot is of a scorer of all accounts: its share is not in it.
            (
                Scorer(configuration: configuration),
                "rules share now states cells watches used folding lateEvents"
            ),
            (AccountNow(), "slot inSlot ringAndWatch past total limit known"),
            (
                AccountState(rules),
                "thresholds hourFirstSequence dayTotals dayPeak priceCost priceTokens "
                    + "watch hoursLearned day daySpend dayTokens peakSpend peakTokens "
                    + "sumSpend sumTokens daysSpend daysTokens open openAsNewcomer"
            ),
            (FourTotals(), "spendHour tokensHour spendDay tokensDay"),
            (Totals(), "cost tokens"),
            (Level(), "sum days"),
            (HourCell(hour: 0, totals: Totals(), firstSequence: 0), "hour totals firstSequence"),
            (SlotCell(slot: 0, totals: Totals()), "slot totals"),
            (KnownValues(), "low high"),
            (PastBlocks(), "memory pieces limit pages roomy freePages"),
            (Watch(), "parts since triggers"),
            (WatchPool(), "watches free"),
            (PairSet(), "slots count"),
            (UsedTable(), "pairs counts valuesMax refused"),
            (CountTable(), "slots used"),
            (ModelFolding(aliases: ModelAliases()), "groups byName aliases"),
            (Facet(), "tool model mcpServer project basis"),
            (Part(facet: Facet(), totals: Totals()), "facet totals"),
            (Judge(configuration: configuration), "configuration clock priors novelty"),
            (LogClock(), "accounts clocks count received now"),
            (NoveltyBook(), "users teamUsesMax uncounted teams members news logSince"),
            (NoveltyBook.Team(), "since members"),
            (
                Expectation(value: 0, low: 0, high: 0, score: 0, threshold: 0),
                "value low high score threshold"
            ),
            (Contributor(dimension: "", value: "", share: 0), "dimension value share"),
        ]
        for (value, names) in expected { #expect(fields(value) == names, "\(type(of: value))") }
    }
}
