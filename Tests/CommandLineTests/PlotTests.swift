import Testing

@testable import tidemark

/// The plot, as golden text.
@Suite struct PlotTests {
    private func plot(_ values: [Double], band: ClosedRange<Double>? = 2...4, threshold: Double? = 10) -> Plot
    {
        Plot(
            values: values, band: band, threshold: threshold, ticks: [(0, "04-01"), (8, "04-02")],
            marked: nil,
            format: { "$" + decimal($0, digits: 2) })
    }

    @Test func `bars, band and threshold share one scale`() {
        let lines = plot([0, 1, 2, 4, 3, 16, 12, 8, 2, 1, 0, 0]).lines(.plain).map { $0.rendered(.plain) }
        #expect(
            lines == [
                "   $16 │     █",
                "       │     █",
                "       │     ██",
                "   $10 │╌╌╌╌╌██╌╌╌╌╌",
                "       │     ███",
                "       │     ███",
                "       │░░░█▄███░░░░",
                "     0 │ ▄███████▄",
                "       └────────────",
                "        04-01",
                "        ░ usual $2 to $4   ╌ alert from $10",
            ])
    }

    @Test func `an amount that is not nothing is never drawn as nothing`() {
        let bottom = plot([0.0001, 100], band: nil, threshold: nil).lines(.plain)[Plot.rows - 1].rendered(
            .plain)
        #expect(bottom == "     0 │▁█")
    }

    @Test(arguments: [40, 80, 120])
    func `a plot is no wider than the terminal`(width: Int) {
        let style = Style(color: false, unicode: true, width: width)
        for line in plot([Double](repeating: 3, count: Plot.bars(width: width))).lines(style) {
            #expect(line.width <= width)
        }
    }

    @Test func `without Unicode a plot is ASCII`() {
        let style = Style(color: false, unicode: false, width: 60)
        for line in plot([0, 1, 5, 20, 3]).lines(style) {
            #expect(line.rendered(style).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f })
        }
    }
}
