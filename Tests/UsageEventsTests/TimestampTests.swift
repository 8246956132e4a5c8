import Foundation
import Testing
import TidemarkTestKit
import UsageEvents

/// Times against Foundation's calendar, and against plain counting.
@Suite struct TimestampTests {
    private func parse(_ text: String) -> Int64? { Timestamp(rfc3339: text.utf8)?.rawValue }

    @Test func `every day from 1970 to 2400 has the number that counting gives it`() {
        var expected: Int64 = 0
        for year in 1970...2400 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated()
            {
                for day in 1...length {
                    let number = CivilDate.daysSinceEpoch(
                        year: Int64(year), month: Int64(month + 1), day: Int64(day))
                    let date = CivilDate(daysSinceEpoch: expected)
                    if number != expected || date.year != year || date.month != month + 1 || date.day != day {
                        Issue.record("\(year)-\(month + 1)-\(day): \(String(describing: number)), \(date)")
                        return
                    }
                    expected += 1
                }
                #expect(
                    CivilDate.daysSinceEpoch(
                        year: Int64(year), month: Int64(month + 1), day: Int64(length + 1)) == nil)
            }
        }
        #expect(CivilDate.daysSinceEpoch(year: 1969, month: 12, day: 31) == nil)
        #expect(CivilDate.daysSinceEpoch(year: 10_000, month: 1, day: 1) == nil)
    }

    @Test func `random instants are written as Foundation writes them, and read back`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var random = SplitMix64(seed: 5)
        for _ in 0..<2_000 {
            let ms = Int64(random.below(253_402_300_800_000))
            let text = Timestamp(milliseconds: ms).description
            // A quarter of a millisecond more, since the double nearest to a millisecond may lie below it.
            let date = Date(timeIntervalSince1970: (Double(ms) + 0.25) / 1_000)
            #expect(text == date.formatted(style))
            #expect(parse(text) == ms)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0), ("1970-01-01 00:00:00.5Z", 500),
            ("1970-01-01T00:00:00.0009999Z", 0), ("1970-01-01T01:30:00+01:30", 0),
            ("1969-12-31T23:00:00-01:00", nil),
            ("1970-01-01T00:00:00-00:01", 60_000), ("1970-01-01T00:00:00+00:01", -60_000),
            ("1970-01-01T00:00:60Z", 59_999), ("2024-02-29T12:00:00.123Z", 1_709_208_000_123),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64?)])
    func `RFC 3339 is read in all its spellings`(text: String, ms: Int64?) { #expect(parse(text) == ms) }

    @Test(arguments: [
        "", "2026", "2026-08-01", "2026-08-01T00:00:00", "2026-08-01T00:00Z", "2026-8-1T00:00:00Z",
        "2026-08-01T24:00:00Z", "2026-08-01T00:60:00Z", "2026-08-01T00:00:61Z", "2026-08-01T00:00:00.Z",
        "2026-08-01T00:00:00+24:00", "2026-08-01T00:00:00+00:60", "2026-08-01T00:00:00+0000",
        "2026-08-01T00:00:00ZZ",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-08-01_00:00:00Z",
        "2026-08-01T00:00:00,5Z", "+2026-08-01T00:00:00Z", "२०२६-08-01T00:00:00Z",
    ])
    func `anything else is refused`(text: String) { #expect(parse(text) == nil) }

    @Test func `windows before 1970 are as long as those after`() {
        #expect([-7, -6, -1, 0, 5, 6].map { floorDivide($0, 6) } == [-2, -1, -1, 0, 0, 1])
        #expect(Timestamp(milliseconds: -1).floored(to: Timestamp.hour) == -1)
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }
}
