import Pipeline
import UsageEvents

/// The hours of an account as a plot: one bar an hour, or a few hours.
struct HourPlot {
    var hours: [AccountHistory.Hour]
    var isMoney: Bool
    /// Number of the first hour since the epoch.
    var firstHour: Int64
    /// Bars.
    var count: Int
    /// Hours in a bar; the largest is drawn.
    var hoursPerBar: Int64 = 1
    var band: (low: Double, high: Double)?
    var threshold: Double?
    /// Hours to point out.
    var marked: ClosedRange<Int64>?

    /// The plot; nil where there is nothing to draw.
    var plot: Plot? {
        var values = [Double](repeating: 0, count: count)
        for hour in hours {
            let index = (hour.start.floored(to: Timestamp.hour) - firstHour) / hoursPerBar
            guard index >= 0, index < count, hour.start.floored(to: Timestamp.hour) >= firstHour else {
                continue
            }
            values[Int(index)] = max(values[Int(index)], Double(max(0, isMoney ? hour.cost : hour.tokens)))
        }
        guard values.contains(where: { $0 > 0 }) else { return nil }
        let isMoney = isMoney
        return Plot(
            values: values, band: band.flatMap { $0.low < $0.high ? $0.low...$0.high : nil },
            threshold: threshold,
            ticks: ticks, marked: markedBars, format: { amount($0, isMoney: isMoney) })
    }

    private var markedBars: ClosedRange<Int>? {
        guard let marked else { return nil }
        let low = max(0, (marked.lowerBound - firstHour) / hoursPerBar)
        let high = min(Int64(count - 1), (marked.upperBound - firstHour) / hoursPerBar)
        return low <= high ? Int(low)...Int(high) : nil
    }

    /// Days, or noon and midnight where there is room.
    private var ticks: [(index: Int, text: String)] {
        var ticks: [(index: Int, text: String)] = []
        for index in 0..<count {
            let hour = firstHour + Int64(index) * hoursPerBar
            let day = floorDivide(hour, 24)
            guard day * 24 > hour - hoursPerBar, day * 24 <= hour else { continue }
            ticks.append((index, String(Timestamp(rawValue: day * Timestamp.day).dayText.dropFirst(5))))
        }
        return ticks
    }
}
