import Testing
import UsageEvents

@testable import Alerting

@Suite struct NotificationPolicyTests {
    @Test func `a page is sent at once, and its end`() {
        var desk = PolicyDesk()
        #expect(desk.take(.sample()) == ["sent first"])
        #expect(desk.take(.sample(seq: 1, .resolved)) == ["sent resolved"])
        #expect(desk.messages.map(\.id) == ["al_0000000000000001_0", "al_0000000000000001_1"])
        #expect(desk.wait(minutes: 10_000) == [])
    }

    @Test func `an update is sent only when it is more severe, else it is part of the next reminder`() {
        var desk = PolicyDesk()
        desk.take(.sample(severity: .medium))
        #expect(desk.take(.sample(seq: 1, severity: .medium)) == ["merged within_repeat_interval"])
        #expect(desk.told.last?.message == "al_0000000000000001_r1")
        #expect(desk.take(.sample(seq: 2, severity: .critical)) == ["sent grew_a_lot"])
        #expect(desk.take(.sample(seq: 2, severity: .critical)) == ["suppressed repeated"])
    }

    @Test func `reminders grow rarer, carry the latest, and end with the alert`() {
        var desk = PolicyDesk()
        desk.take(.sample())
        desk.take(.sample(seq: 1))
        var hours: [Double] = []
        for quarter in 1...(4 * 24 * 4) where desk.wait(minutes: 15) == ["sent reminder_due"] {
            hours.append(Double(quarter) / 4)
        }
        #expect(hours == [4, 12, 28, 52, 76])
        #expect(desk.messages.last?.id == "al_0000000000000001_r5")
        #expect(desk.messages.last?.transitions.map(\.seq) == [1])
        #expect(desk.take(.sample(seq: 2, .resolved)) == ["sent resolved"])
        #expect(desk.wait(minutes: 100_000) == [])
    }

    @Test func `above five, alerts of one team and kind are one message, and so are their ends`() throws {
        var desk = PolicyDesk()
        for id in 1...17 { desk.take(.sample(id)) }
        #expect(desk.told.map(\.words).filter { $0 == "sent first" }.count == 5)
        #expect(desk.told.map(\.words).filter { $0 == "merged grouped" }.count == 12)
        #expect(desk.wait(minutes: 0.4) == [])
        #expect(desk.wait(minutes: 0.2) == ["sent grouped"])
        let group = try #require(desk.messages.last)
        #expect(group.title == "12 members of team payments: spend spike")
        #expect(group.transitions.count == 12)
        #expect(group.group == [.init("team", "payments"), .init("kind", "spend_spike")])
        #expect(Set(desk.told.filter { $0.reason == .grouped }.map(\.message)) == [group.id])
        for id in 6...17 { desk.take(.sample(id, seq: 1, .resolved)) }
        desk.wait(minutes: 10)
        #expect(desk.messages.last?.title == "12 members of team payments: spend spike (over)")
        #expect(desk.messages.count == 7)
    }

    @Test func `what is over before its group is sent is told as a number`() {
        var desk = PolicyDesk()
        for id in 1...8 { desk.take(.sample(id)) }
        #expect(desk.take(.sample(7, seq: 1, .resolved)) == ["suppressed never_sent"])
        desk.wait(minutes: 1)
        #expect(
            desk.messages.last?.title == "2 members of team payments: spend spike (1 more came and went)")
    }

    @Test func `a team's messages have a cap, and what was held is told when the hour is over`() {
        var settings = PolicySettings()
        settings.messagesPerTeamHour = 3
        var desk = PolicyDesk(settings)
        for id in 1...5 { desk.take(.sample(id)) }
        #expect(desk.take(.sample(9, team: "search")) == ["sent first"])
        #expect(
            desk.told.prefix(5).map(\.words)
                == ["sent first", "sent first", "sent first", "held team_cap", "held team_cap"])
        #expect(desk.wait(minutes: 59) == [])
        #expect(desk.wait(minutes: 1) == ["sent team_cap"])
        #expect(
            desk.messages.last?.title
                == "2 more alerts of team payments held back in the hour from 06:00 UTC, after 3 messages")
        #expect(
            desk.messages.last?.transitions.map(\.identity) == ["user4@acme.example", "user5@acme.example"])
    }

    @Test func `a silence hides, tells what it hid when it ends, and hides no end`() throws {
        var desk = PolicyDesk()
        desk.take(.sample(1))
        let silence = try desk.silence("team=payments", minutes: 60)
        #expect(desk.take(.sample(2)) == ["held silenced"])
        #expect(desk.told.last?.silence == silence.id)
        #expect(desk.take(.sample(3)) == ["held silenced"])
        #expect(desk.take(.sample(4, team: "search")) == ["sent first"])
        #expect(desk.take(.sample(1, seq: 1, .resolved)) == ["sent resolved"])
        #expect(desk.take(.sample(2, seq: 1, .resolved)) == ["suppressed never_sent"])
        #expect(desk.wait(minutes: 60) == ["sent silence_ended"])
        let message = try #require(desk.messages.last)
        #expect(message.purpose == .unsilenced)
        #expect(
            message.title == "The silence \(silence.id) has ended: it hid 1 alert and 1 alert already over")
        #expect(message.transitions.map(\.id) == ["al_0000000000000003"])
        #expect(desk.take(.sample(3, seq: 1, .resolved)) == ["sent resolved"])
    }

    @Test func `a silence that hid nothing ends without a word, and one may end early`() throws {
        var desk = PolicyDesk()
        _ = try desk.silence("team=search", minutes: 60)
        #expect(desk.wait(minutes: 120) == [])
        let second = try desk.silence("kind=~spend_.*", minutes: 600)
        desk.take(.sample())
        desk.policy.operators.apply(
            OperatorRecord(at: desk.now, who: "ops@acme.example", action: .expire(silence: second.id)))
        #expect(desk.wait(minutes: 1) == ["sent silence_ended"])
    }

    @Test func `a silence that begins while a group waits holds its alerts back`() throws {
        var desk = PolicyDesk()
        for id in 1...8 { desk.take(.sample(id)) }
        _ = try desk.silence("team=payments", minutes: 60)
        #expect(desk.wait(minutes: 1) == ["held silenced", "held silenced", "held silenced"])
        #expect(desk.wait(minutes: 60) == ["sent silence_ended"])
        #expect(desk.messages.last?.transitions.count == 3)
    }

    @Test func `after an ack there are no reminders until it is more severe or over`() {
        var desk = PolicyDesk()
        desk.take(.sample(severity: .medium))
        desk.acknowledge(.sample(severity: .medium))
        #expect(desk.wait(minutes: 60 * 24) == ["suppressed acknowledged"])
        #expect(desk.take(.sample(seq: 1, severity: .medium)) == ["suppressed acknowledged"])
        #expect(desk.take(.sample(seq: 2, severity: .high)) == ["sent grew_a_lot"])
        #expect(desk.wait(minutes: 60 * 4) == ["sent reminder_due"])
        #expect(desk.take(.sample(seq: 3, .resolved)) == ["sent resolved"])
    }

    @Test func `digest lines are one message a day at the hour that was asked for`() {
        var desk = PolicyDesk()
        for id in 1...3 { #expect(desk.take(.sample(id, severity: .low)) == ["held digest"]) }
        #expect(desk.take(.sample(3, seq: 1, severity: .high)) == ["sent first"])
        #expect(desk.wait(minutes: 119) == [])
        #expect(desk.wait(minutes: 1) == ["sent digest"])
        #expect(desk.messages.last?.title == "Digest of the day: 2 findings")
        #expect(desk.wait(minutes: 60) == [])
    }

    @Test func `imported history is one summary, or told like everything else where a sink wants it`() {
        var desk = PolicyDesk()
        for id in 1...3 {
            #expect(desk.take(.sample(id, historical: true)) == ["held historical"])
            #expect(desk.take(.sample(id, seq: 1, .resolved, historical: true)) == ["suppressed never_sent"])
        }
        #expect(desk.wait(minutes: 6) == ["sent historical"])
        #expect(desk.messages.last?.title.hasPrefix("3 alerts found in imported history") == true)
        var eager = PolicyDesk { $0.sendsHistory = true }
        #expect(eager.take(.sample(historical: true)) == ["sent first"])
    }

    @Test func `a sink is told only what is routed to it and what it takes`() throws {
        let routes = RouteTree(
            defaultSinks: ["chat"],
            rules: [.init(matchers: [try Matcher("severity=critical")], sinks: ["pager"])])
        var desk = PolicyDesk(routes: routes) {
            $0.sendsResolved = false
            $0.sendsDigest = false
        }
        #expect(desk.take(.sample(1, severity: .critical)) == ["suppressed not_routed"])
        #expect(desk.take(.sample(2, severity: .low)) == ["suppressed sink_takes_no_digest"])
        #expect(desk.take(.sample(3)) == ["sent first"])
        #expect(desk.take(.sample(3, seq: 1, .resolved)) == ["suppressed sink_takes_no_resolved"])
        #expect(desk.take(.sample(4, .resolved)) == ["suppressed never_sent"])
        #expect(desk.wait(minutes: 10_000) == [])
    }

    @Test func `many reminders of one team are one`() {
        var desk = PolicyDesk()
        for id in 1...20 { desk.take(.sample(id)) }
        desk.wait(minutes: 3)
        let before = desk.messages.count
        desk.wait(minutes: 60 * 4)
        #expect(desk.messages.dropFirst(before).map(\.purpose) == Array(repeating: .reminder, count: 6))
        desk.wait(minutes: 60 * 8)
        #expect(desk.messages.count - before == 12)
    }
}
