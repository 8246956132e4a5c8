import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// What detection remembers across accounts, at its bounds.
@Suite struct BoundedTableTests {
    @Test func `an account remembers so many values, and hides nobody else's`() {
        var random = SplitMix64(seed: 5)
        var table = UsedTable(valuesMax: 10)
        var model: [UInt32: Set<UInt32>] = [:]
        var refused: UInt64 = 0
        for _ in 0..<20_000 {
            let account = UInt32(1 + random.below(random.below(3) == 0 ? 300 : 4))
            let value = UInt32(1 + random.below(40))
            let isServer = random.below(2) == 0
            let key = value << 1 | (isServer ? 1 : 0)
            let has = model[account, default: []]
            let isNew = !has.contains(key) && has.count < 10
            if !has.contains(key), !isNew { refused += 1 }
            if isNew { model[account, default: []].insert(key) }
            let inserted = table.insert(account: account, isServer: isServer, value: value)
            #expect(inserted == isNew)
            #expect(table.has(account))
        }
        #expect(table.refused == refused && refused > 1_000)
        #expect(table.keys.count == model.values.reduce(0) { $0 + $1.count })
        #expect(!table.has(9_999))
    }

    @Test func `so many further teams are remembered, the first of each account always`() {
        var members = TeamMembers(furtherMax: 5)
        for account: UInt32 in 1...100 {
            let isFirst = members.insert(account: account, team: 1)
            #expect(isFirst)
        }
        for account: UInt32 in 1...100 {
            let isNew = members.insert(account: account, team: 2)
            let isNewAgain = members.insert(account: account, team: 2)
            #expect(isNew == (account <= 5) && !isNewAgain)
        }
        #expect(members.pairs.count == 105 && members.refused == 190)
    }

    /// The first of so many models that accounts of a team use after a month of habits.
    private func news(teamUsesMax: Int) -> (told: [String], uncounted: UInt64) {
        var configuration = DetectionConfiguration()
        configuration.newModel.learningDays = 1
        configuration.newModel.teamNews = true
        configuration.newModel.teamMates = 2
        var symbols = Symbols()
        var book = NoveltyBook(teamUsesMax: teamUsesMax)
        var told: [String] = []
        var sequence: UInt64 = 0
        func use(_ account: UInt32, _ team: String, _ model: String, day: Int64) {
            let at = day * Timestamp.day
            let value = symbols.models.intern(model)
            sequence += 1
            let use = FirstUse(
                kind: .newModel, value: value, group: value, facet: Facet(), totals: Totals(), priceRatio: 0,
                late: false)
            let signal = Signal(
                sequence: sequence, at: Timestamp(rawValue: at), account: account,
                team: symbols.teams.intern(team), historical: true, content: .firstUse(use))
            let found = book.judge(
                use, signal: signal, now: at, configuration: configuration, symbols: symbols)
            if let found { told.append("\(model) \(found.comparison)") }
        }
        for account: UInt32 in 1...4 { use(account, "red", "m-base", day: 1) }
        for account: UInt32 in 5...8 { use(account, "blue", "m-blue", day: 1) }
        use(1, "red", "m-blue", day: 40)
        use(5, "blue", "m-base", day: 40)
        use(2, "red", "m-new", day: 50)
        return (told, book.uncounted)
    }

    @Test func `a value that no team has room for is no news to a team, and still to everybody`() {
        let all = news(teamUsesMax: 1_000)
        #expect(all.told == ["m-blue newToTeam", "m-base newToTeam", "m-new newToOrganisation"])
        #expect(all.uncounted == 0)
        // Both models of everybody and both of their own teams are there before.
        let few = news(teamUsesMax: 4)
        #expect(few.told == ["m-new newToOrganisation"])
        #expect(few.uncounted == 3)
    }

    @Test func `one piece of news is remembered for each model and server that has a name of its own`() {
        var configuration = DetectionConfiguration()
        configuration.newModel.learningDays = 1
        configuration.newMCPServer.learningDays = 1
        var symbols = Symbols(bounds: LabelBounds(all: SymbolBounds(names: 20)))
        var book = NoveltyBook()
        var random = SplitMix64(seed: 6)
        var told = 0
        for step in 0..<3_000 {
            let isModel = random.below(2) == 0
            // Names that come again, and ever new ones.
            let name = "v\(random.below(3) == 0 ? random.below(15) : step)"
            let value = isModel ? symbols.models.intern(name) : symbols.mcpServers.intern(name)
            let at = Int64(step) * 3 * Timestamp.hour
            let use = FirstUse(
                kind: isModel ? .newModel : .newMCPServer, value: value, group: value, facet: Facet(),
                totals: Totals(), priceRatio: 0, late: false)
            let signal = Signal(
                sequence: UInt64(step), at: Timestamp(rawValue: at), account: UInt32(1 + random.below(9)),
                team: 0, historical: true, content: .firstUse(use))
            let found = book.judge(
                use, signal: signal, now: at, configuration: configuration, symbols: symbols)
            if let found, case .began = found.phase { told += 1 }
            #expect(book.news.count == told)
        }
        // Twenty names of each kind and one for all others; what came while the log was young is no news.
        #expect(symbols.models.isFull && symbols.mcpServers.isFull)
        #expect(told > 30 && told <= 2 * 21)
    }
}
