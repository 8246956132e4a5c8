import Testing
import UsageEvents

@testable import tidemark

/// Numbers, times and styles.
@Suite struct FormatsTests {
    @Test(
        arguments: [
            (0, "0"), (9_999, "9,999"), (48_200, "48.2 k"), (999_499, "999 k"), (1_000_000, "1 M"),
            (1_234_567, "1.2 M"),
        ] as [(UInt64, String)])
    func `counts are short`(n: UInt64, wanted: String) { #expect(shortCount(n) == wanted) }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (9_675_336, "9.7 MB"), (305_000_000, "305 MB"),
    ])
    func `bytes are in decimal units`(n: Int, wanted: String) { #expect(byteCount(n) == wanted) }

    @Test(arguments: [
        (0.0, 0, "0"), (7.0, 1, "7"), (5.72, 1, "5.7"), (38.3, 0, "38"), (1_234.5, 1, "1,234.5"),
        (-0.04, 1, "0"),
        (-2.55, 1, "-2.6"), (11.929, 3, "11.929"),
    ])
    func `decimals are rounded and trimmed`(value: Double, digits: Int, wanted: String) {
        #expect(decimal(value, digits: digits) == wanted)
    }

    @Test(arguments: [(0.0, "0%"), (0.001, "<1%"), (0.93, "93%"), (0.999, ">99%"), (1.0, "100%")])
    func `a share is never rounded to nothing or to everything`(share: Double, wanted: String) {
        #expect(percent(share) == wanted)
    }

    @Test(
        arguments: [
            (0, "0 s"), (59_400, "59 s"), (60_000, "1 min"), (7_500_000, "2 h 5 min"), (7_200_000, "2 h"),
            (273_600_000, "3 d 4 h"), (172_800_000, "2 d"),
        ] as [(Int64, String)])
    func `durations have two units at most`(ms: Int64, wanted: String) {
        #expect(duration(milliseconds: ms) == wanted)
    }

    @Test(arguments: [
        ("7d", TimeBound.before(7 * Timestamp.day)), ("24h", .before(24 * Timestamp.hour)),
        ("90m", .before(90 * Timestamp.minute)), ("30s", .before(30 * Timestamp.second)),
        ("2w", .before(14 * Timestamp.day)),
        ("2026-04-01", .absolute(Timestamp(rawValue: 1_775_001_600_000))),
        ("2026-04-01T14:25", .absolute(Timestamp(rawValue: 1_775_053_500_000))),
        ("2026-04-01 14:25", .absolute(Timestamp(rawValue: 1_775_053_500_000))),
        ("2026-04-01T16:25:00.5+02:00", .absolute(Timestamp(rawValue: 1_775_053_500_500))),
    ])
    func `times are absolute or relative to the log's clock`(text: String, wanted: TimeBound) {
        #expect(TimeBound(text) == wanted)
    }

    @Test(arguments: [
        "", "d", "7", "7x", "-7d", "1.5h", "yesterday", "2026-02-30", "2026-04-01T25:00", "99999999999d",
    ])
    func `anything else is no time`(text: String) { #expect(TimeBound(text) == nil) }

    @Test func `relative times count back from the log's last event`() {
        let now = Timestamp(rawValue: 1_775_053_500_000)
        #expect(TimeBound("1d")?.resolved(now: now).description == "2026-03-31T14:25:00.000Z")
    }

    private func style(
        _ choice: ColorChoice, terminal: Bool, columns: Int? = nil, _ environment: [String: String] = [:]
    ) -> Style {
        Style(isTerminal: terminal, columns: columns, choice: choice) { environment[$0] }
    }

    @Test func `colour is for terminals, unless the user says otherwise`() {
        #expect(style(.auto, terminal: true).color)
        #expect(!style(.auto, terminal: false).color)
        #expect(!style(.auto, terminal: true, ["NO_COLOR": "1"]).color)
        #expect(style(.auto, terminal: true, ["NO_COLOR": ""]).color)
        #expect(!style(.auto, terminal: true, ["TERM": "dumb"]).color)
        #expect(style(.always, terminal: false, ["NO_COLOR": "1"]).color)
        #expect(!style(.never, terminal: true).color)
    }

    @Test func `Unicode depends on the locale, silence is taken for UTF-8`() {
        #expect(style(.auto, terminal: true).unicode)
        #expect(style(.auto, terminal: true, ["LANG": "de_DE.utf8"]).unicode)
        #expect(!style(.auto, terminal: true, ["LANG": "C"]).unicode)
        #expect(!style(.auto, terminal: true, ["LANG": "en_US.UTF-8", "LC_ALL": "POSIX"]).unicode)
        #expect(!style(.auto, terminal: true, ["LANG": "en_US.UTF-8", "TERM": "dumb"]).unicode)
    }

    @Test func `a pipe is 80 columns wide, a terminal 40 to 120`() {
        #expect(style(.auto, terminal: false).width == 80)
        #expect(style(.auto, terminal: true, columns: 20).width == 40)
        #expect(style(.auto, terminal: true, columns: 100).width == 100)
        #expect(style(.auto, terminal: true, columns: 300).width == 120)
    }

    @Test func `options before a command go behind it`() {
        #expect(Tidemark.commandFirst(["-L", "x", "tail", "-f"]) == ["tail", "-L", "x", "-f"])
        #expect(
            Tidemark.commandFirst(["--log=x", "--color", "never", "log", "stat", "--json"])
                == ["log", "stat", "--log=x", "--color", "never", "--json"])
        #expect(Tidemark.commandFirst(["-L", "x"]) == ["-L", "x"])
        #expect(Tidemark.commandFirst(["-L", "x", "--json"]) == ["-L", "x", "--json"])
        #expect(Tidemark.commandFirst(["tail", "-L", "x"]) == ["tail", "-L", "x"])
        #expect(Tidemark.commandFirst([]) == [])
    }

    @Test func `the progress bar is one line that fits`() {
        let line = ProgressBar.text(
            .bytes(128_000_000, of: 305_000_000), events: 1_234_567, rate: 960_000, alerts: 3, style: .plain)
        #expect(
            line.rendered(.plain)
                == " 41% ████████░░░░░░░░░░░░  128 MB of 305 MB · 1.2 M events · 960 k/s · 3 alerts")
        #expect(line.width < 80)
        let narrow = Style(color: false, unicode: true, width: 40)
        #expect(
            ProgressBar.text(.bytes(1, of: 305_000_000), events: 1, rate: 1, alerts: 0, style: narrow).width
                < 40)
        let pipe = ProgressBar.text(
            .bytes(5_000_000, of: nil), events: 20_000, rate: 9_000, alerts: 1, style: .plain)
        #expect(pipe.rendered(.plain) == "5 MB · 20 k events · 9,000/s · 1 alert")
    }

    @Test func `a summary's JSON escapes what it quotes`() {
        let json = JSONText.object { json in
            json.string("a", "x\"y\\\n\u{85}")
            json.number("b", 1.5, digits: 3)
            json.array("c", ["1", "2"])
            json.string("d", nil)
        }
        #expect(json == #"{"a":"x\"y\\\u000a\u0085","b":1.5,"c":[1,2],"d":null}"#)
    }
}
