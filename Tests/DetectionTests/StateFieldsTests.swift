import Testing

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
                "rules share now states rings hours watches used folding lateEvents"
            ),
            (AccountNow(), "clock slot watch pending room models servers"),
            (
                AccountState(rules),
                "sums triggers hourTotals hourFirstSequence ringMask ringIndex open thresholds hours "
                    + "hoursLearned day daySpend dayTokens peakSpend peakTokens dayTotals dayPeak levelSpend "
                    + "openAsNewcomer levelTokens priceCost priceTokens"
            ),
            (FourTotals(), "spendHour tokensHour spendDay tokensDay"),
            (Totals(), "cost tokens"),
            (Level(), "sum days"),
            (HourCell(), "hour older newer totals firstSequence"),
            (HourList(), "newest oldest"),
            (HourPool(), "cells free"),
            (Watch(), "parts since"),
            (WatchPool(), "watches free"),
            (PairSet(), "slots count"),
            (CountTable(), "slots used"),
            (ModelFolding(), "groups byName"),
            (Facet(), "tool model mcpServer project basis"),
            (Part(facet: Facet(), totals: Totals()), "facet totals"),
            (Judge(configuration: configuration), "configuration clock priors novelty"),
            (LogClock(), "accounts clocks count received now"),
            (NoveltyBook(), "users teams members news logSince"),
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
