import Alerting
import Testing

@testable import tidemark

/// How alerts look, as golden text.
@Suite struct AlertLinesTests {
    private func text(_ json: String, _ style: Style = .plain) throws -> String {
        AlertLines.text(try SampleAlerts.read(json), style: style).joined(separator: "\n")
    }

    @Test func `a new spike takes three lines of 80 columns`() throws {
        #expect(
            try text(SampleAlerts.spike) == """
                2026-04-01 14:25  HIGH      spend_spike     svc-0062 (team-c)
                    spent $41.20 in the last hour, 18x its usual $2.30 ($0.90 to $6.80)
                    since 14:05 · 93% m-max · api · +$38.90 · al_9f1c0c4e5b7a2d10
                """)
    }

    @Test func `tokens have no dollars, a digest line and late data say so`() throws {
        #expect(
            try text(SampleAlerts.tokens) == """
                2026-04-02 01:10  LOW       token_spike     ana@example.com
                    used 16.8M tokens in the last 24 hours, 5.7x its usual 2.9M tokens (1.7M to
                    5.1M)
                    since 04-01 22:00 · 60% m-mid · found late · digest · al_00000000000000aa
                """)
    }

    @Test func `a first use names what is new and what it was used with`() throws {
        #expect(
            try text(SampleAlerts.newServer) == """
                2026-03-31 10:09  HIGH      new_mcp_server  noor@example.com (payments)
                    used MCP server shadow-notes, that nobody in the organisation had used
                    with claude-code · $0.17 so far · al_00000000000000bb
                """)
    }

    @Test func `updates and ends take one line where it is wide enough, else two`() throws {
        #expect(
            try text(SampleAlerts.grew) == """
                2026-04-01 14:45  grew      spend_spike     svc-0062 (team-c)
                    now $88.10 in 1 h, 38x · critical · al_9f1c0c4e5b7a2d10
                """)
        let wide = Style(color: false, unicode: true, width: 120)
        #expect(
            try text(SampleAlerts.resolved, wide) == """
                2026-04-01 16:10  resolved  spend_spike     svc-0062 (team-c) · back to normal \
                after 2 h 5 min · al_9f1c0c4e5b7a2d10
                """)
    }

    @Test func `a narrow terminal wraps between words`() throws {
        let narrow = Style(color: false, unicode: true, width: 40)
        #expect(
            try text(SampleAlerts.spike, narrow) == """
                2026-04-01 14:25  HIGH      spend_spike
                    svc-0062 (team-c)
                    spent $41.20 in the last hour, 18x
                    its usual $2.30 ($0.90 to $6.80)
                    since 14:05 · 93% m-max · api
                    +$38.90 · al_9f1c0c4e5b7a2d10
                """)
    }

    @Test(arguments: SampleAlerts.all, [40, 60, 80, 120])
    func `no line is wider than the terminal and none ends in a blank`(json: String, width: Int) throws {
        for line in AlertLines.lines(
            try SampleAlerts.read(json), style: Style(color: false, unicode: true, width: width))
        {
            #expect(line.width <= width)
            #expect(!line.rendered(.plain).hasSuffix(" "))
        }
    }

    @Test(arguments: SampleAlerts.all)
    func `colour changes no word`(json: String) throws {
        let coloured = try text(json, Style(color: true, unicode: true, width: 80))
        let plain = try text(json)
        #expect(coloured != plain)
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test(arguments: SampleAlerts.all)
    func `without Unicode every byte is ASCII`(json: String) throws {
        let ascii = try text(json, Style(color: false, unicode: false, width: 80))
        #expect(ascii.utf8.allSatisfy { $0 == 0x0a || ($0 >= 0x20 && $0 < 0x7f) })
    }

    @Test func `event text cannot reach the terminal`() throws {
        #expect(
            try text(SampleAlerts.hostile) == #"""
                2026-04-01 14:25  MEDIUM    new_model       eve\x1b[2J\u{202e}\n2026 (a\u{85}b)
                    used model x\x00y, new here
                    with \x07bell · al_00000000000000cc
                """#)
    }

    @Test(arguments: SampleAlerts.all)
    func `a transition that is read and written again is the same line`(json: String) throws {
        #expect(try SampleAlerts.read(json).json == json)
    }

    @Test(arguments: ["", "{}", "[1", "null", "{\"id\":\"al_1\"}", "{\"id\":\"al_1\",\"seq\":0"])
    func `what is no transition is not read`(text: String) {
        #expect(AlertTransition(json: text.utf8) == nil)
    }
}
