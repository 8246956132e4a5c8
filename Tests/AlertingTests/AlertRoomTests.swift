import Testing
import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// A book that is full of alerts.
@Suite struct AlertRoomTests {
    private func desk(open: Int, quiet: Int = 1_000) -> Desk {
        var bounds = FoldBounds()
        bounds.openAlerts = open
        bounds.quietTimes = quiet
        return FoldBounds.$current.withValue(bounds) { Desk() }
    }

    @Test func `a flood of new models ends older ones, and no spike`() {
        var desk = desk(open: 32)
        for i in 0..<10 { desk.observe(.spike(at: 1 + Double(i) / 100), of: "spender-\(i)") }
        for i in 0..<500 {
            desk.observe(.first(.newModel, "m-\(i)", at: 2 + Double(i) / 1_000), of: "flood")
            #expect(desk.book.open.count <= 32)
        }
        let displaced = desk.told.filter { $0.reason == "displaced" }
        #expect(displaced.count == desk.book.overflow.alerts && displaced.count >= 500 + 10 - 32)
        #expect(displaced.allSatisfy { $0.state == .resolved && $0.kind == .newModel })
        // The oldest went first, each once.
        let models = displaced.compactMap(\.model)
        #expect(models == (0..<models.count).map { "m-\($0)" })
        #expect(desk.book.openAlerts.count { $0.kind == .spendSpike } == 10)
        // An excursion goes on as ever.
        desk.observe(.spike(.grew, at: 3, observed: 90_000_000_000), of: "spender-3")
        #expect(desk.told.last?.reason == "grew")
    }

    @Test func `where only spikes are open the oldest of them ends`() {
        var desk = desk(open: 16)
        for i in 0..<40 { desk.observe(.spike(at: 1 + Double(i) / 100), of: "spender-\(i)") }
        let ended = desk.told.filter { $0.reason == "displaced" }.compactMap(\.identity)
        #expect(ended == (0..<24).map { "spender-\($0)" })
        #expect(desk.book.open.count == 16 && desk.book.deadlines.count == 16)
    }

    @Test func `quiet times are bounded, the first that would end goes first`() {
        var desk = desk(open: 4, quiet: 64)
        for i in 0..<1_000 {
            desk.observe(.first(.newModel, "m-\(i)", at: 2 + Double(i) / 1_000), of: "flood")
            #expect(desk.book.quiet.count <= 64 + 4)
        }
        #expect(desk.book.overflow.quietTimes >= 1_000 - 64 - 4)
        let newest = AlertBook.Key(account: 1, family: 1_000)
        #expect(desk.book.quiet[newest] != nil)
    }

    @Test func `what ends does not depend on the numbers of accounts`() {
        // The same anomalies of the same accounts, which the second desk has met in another order.
        func told(meeting names: [String]) -> [String] {
            var desk = desk(open: 16, quiet: 20)
            for name in names { _ = desk.symbols.identities.intern(name) }
            for i in 0..<300 {
                let account = "p\(i * 7 % 40)"
                desk.observe(.first(.newModel, "m-\(i * 11 % 60)", at: 2 + Double(i / 30)), of: account)
            }
            return desk.told.map { "\($0.id) \($0.seq) \($0.reason) \($0.at)" }
        }
        let names = (0..<40).map { "p\($0)" }
        let one = told(meeting: names)
        #expect(one == told(meeting: names.reversed()))
        #expect(one.contains { $0.contains(" displaced ") })
    }
}
