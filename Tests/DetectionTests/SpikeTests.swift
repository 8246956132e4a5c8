import Testing
import TidemarkTestKit
import UsageEvents

@testable import Detection

/// What the spike detectors say, and when they say nothing.
@Suite struct SpikeTests {
    private static let ann = Scenario.Work("ann", tokensPerHour: 200_000)

    private static func office(_ name: String, _ tokensPerHour: Double = 200_000) -> Scenario.Work {
        var work = Scenario.Work(name, tokensPerHour: tokensPerHour)
        work.hoursOfDay = 9..<17
        return work
    }

    // MARK: - Score, then learn

    @Test(arguments: [25.0, 400])
    func `a one-day incident does not teach the baseline`(times: Double) {
        var quiet = Scenario(seed: 1)
        quiet.add(Self.ann, days: 0..<26)
        var incident = Scenario(seed: 1)
        incident.add(Self.ann, days: 0..<20)
        incident.add(Self.ann, days: 20..<21, times: times)
        incident.add(Self.ann, days: 21..<26)
        let before = Finding(quiet.events)
        let after = Finding(incident.events)
        #expect(after.begun("ann").contains("spend_spike"))
        for metric in Metric.allCases {
            let usual = after.usual("ann", metric) / before.usual("ann", metric)
            let threshold = after.threshold("ann", metric) / before.threshold("ann", metric)
            #expect(usual >= 1 && usual < 1.15, "\(metric) \(usual)")
            #expect(threshold >= 1 && threshold < 1.5, "\(metric) \(threshold)")
        }
    }

    @Test func `the incident itself is judged by what was usual before it`() throws {
        var scenario = Scenario(seed: 2)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, from: 480, hours: 1.5, times: 25)
        let finding = Finding(scenario.events)
        let first = try #require(
            finding.excursions("ann").first { $0.expected != nil && $0.metric == .spendHour })
        let expected = try #require(first.expected)
        #expect(first.phase == .began)
        #expect(first.startsAt > Scenario.at(479) && first.startsAt < Scenario.at(480.5))
        // $2 an hour; the largest hour of a day is a little more.
        #expect(expected.value > 1.9e9 && expected.value < 2.6e9)
        #expect(expected.low < expected.value && expected.value < expected.high)
        #expect(expected.score >= expected.threshold)
        #expect(finding.ends("ann", .backToNormal) == 0, "its day is not over")
    }

    @Test func `a spike is found in the middle of its hour`() throws {
        var scenario = Scenario(seed: 3)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, from: 480, hours: 3, times: 50)
        let finding = Finding(scenario.events)
        let anomaly = try #require(finding.told.first)
        #expect(anomaly.at < Scenario.at(480.5))
        #expect(anomaly.kind == .spendSpike)
    }

    @Test func `a spike that goes on grows by halves`() {
        var scenario = Scenario(seed: 4)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, from: 480, hours: 6, times: 50)
        let grown = Finding(scenario.events).excursions("ann").filter {
            $0.metric == .spendDay && $0.expected != nil
        }
        #expect(grown.count > 2)
        for (a, b) in zip(grown, grown.dropFirst()) {
            #expect(b.phase == .grew)
            #expect(b.observed >= a.observed + a.observed / 2)
        }
    }

    @Test func `a step that lasts is adopted after five active days and accepted`() {
        var scenario = Scenario(seed: 5)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, days: 20..<24, times: 20)
        let early = Finding(scenario.events)
        #expect(early.ends("ann", .accepted) == 0)
        #expect(early.usual("ann", .spendDay) < 1.6 * 48e9)
        scenario.add(Self.ann, days: 24..<27, times: 20)
        let late = Finding(scenario.events)
        #expect(late.ends("ann", .accepted) == 4, "hour and day, of spend and tokens")
        #expect(late.ends("ann", .backToNormal) == 0)
        #expect(abs(late.usual("ann", .spendDay) / (20 * 48e9) - 1) < 0.3)
        scenario.add(Self.ann, days: 27..<40, times: 20)
        #expect(Finding(scenario.events).begun("ann").count == late.begun("ann").count, "then it is normal")
    }

    @Test func `four dear days are an incident, not a new level`() {
        var scenario = Scenario(seed: 6)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, days: 20..<24, times: 20)
        scenario.add(Self.ann, days: 24..<30)
        let finding = Finding(scenario.events)
        #expect(finding.ends("ann", .accepted) == 0)
        #expect(finding.ends("ann", .backToNormal) == 4)
        #expect(finding.usual("ann", .spendDay) < 2.5 * 48e9)
    }

    // MARK: - Warm-up

    @Test(arguments: [(2.0, 4.0), (5, 24), (5, 100), (1, 1)])
    func `nobody is judged by a baseline that is not there yet`(days: Double, hours: Double) {
        var configuration = DetectionConfiguration()
        configuration.baseline.daysNeeded = days
        configuration.baseline.hoursNeeded = hours
        var scenario = Scenario(seed: 7)
        scenario.add(Self.ann, days: 0..<11)
        scenario.add(Self.ann, from: 264, hours: 3, times: 80)
        let finding = Finding(scenario.events, configuration)
        let excursions = finding.excursions("ann")
        #expect(excursions.contains { $0.expected == nil })
        #expect(excursions.contains { $0.expected != nil })
        for excursion in excursions {
            #expect((excursion.expected != nil) == (excursion.have >= excursion.need), "\(excursion)")
            #expect(excursion.need == (excursion.metric.isHour ? hours : days))
        }
    }

    @Test func `it can fire as soon as its smallest sample is complete, and not before`() {
        // Day 4 is over once the first hour of day 5 is learned, and that is once the clock is 24 hours
        // past its end.
        for (hour, isKnown) in [(144.4, false), (145.0, true)] {
            var scenario = Scenario(seed: 8)
            scenario.add(Self.ann, from: 0, hours: hour)
            scenario.add(Self.ann, from: hour, hours: 0.5, times: 60)
            let finding = Finding(scenario.events)
            let spikes = finding.excursions("ann").filter {
                $0.observed > 5_000_000_000 && $0.metric == .spendHour
            }
            #expect(!spikes.isEmpty)
            for spike in spikes {
                #expect((spike.expected != nil) == isKnown)
                if isKnown { #expect(spike.have == spike.need) }
            }
            #expect(finding.begun("ann").contains("spend_spike") == isKnown)
        }
    }

    @Test func `a profile says how much is known`() throws {
        var scenario = Scenario(seed: 9)
        scenario.add(Self.ann, days: 0..<3)
        let young = Finding(scenario.events)
        let symbol = try #require(young.symbols.identities.find("ann"))
        let profile = try #require(young.scorer.profile(of: symbol))
        #expect(profile.hoursLearned == 47)
        #expect(profile.daysLearned == 1)
        for level in profile.levels {
            guard case .warmingUp(let have, let need) = level.assessment else {
                Issue.record("\(level) is not known yet")
                continue
            }
            #expect(have < need)
        }
        scenario.add(Self.ann, days: 3..<20)
        let old = Finding(scenario.events)
        for level in try #require(old.scorer.profile(of: symbol)).levels {
            guard case .normal(let score) = level.assessment else {
                Issue.record("\(level) is normal")
                continue
            }
            #expect(abs(score) < 1)
        }
        #expect(old.scorer.profile(of: 99) == nil)
    }

    // MARK: - Silence

    @Test func `constant input is silent`() {
        var constant = Self.ann
        constant.noise = 0
        var scenario = Scenario(seed: 10)
        scenario.add(constant, days: 0..<40)
        #expect(Finding(scenario.events).begun() == [])
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `an ordinary busy day is silent`(seed: UInt64) {
        var scenario = Scenario(seed: seed)
        let bob = Self.office("bob")
        scenario.add(bob, days: 0..<20)
        scenario.add(bob, days: 20..<21, times: 1.6)
        scenario.add(bob, days: 21..<25)
        scenario.add(bob, from: 25 * 24 + 9, hours: 1, times: 2.5)
        #expect(Finding(scenario.events).begun() == [])
    }

    @Test func `what is cheap is silent however unusual`() {
        var scenario = Scenario(seed: 11)
        let cheap = Scenario.Work("ann", tokensPerHour: 500)
        scenario.add(cheap, days: 0..<20)
        scenario.add(cheap, from: 480, hours: 2, times: 100)
        #expect(Finding(scenario.events).begun() == [])
    }

    @Test func `a detector that is switched off is silent`() {
        var scenario = Scenario(seed: 12)
        scenario.add(Self.ann, days: 0..<20)
        scenario.add(Self.ann, from: 480, hours: 2, times: 50)
        var configuration = DetectionConfiguration()
        #expect(Set(Finding(scenario.events).begun()) == ["spend_spike", "token_spike"])
        configuration.spendSpike.enabled = false
        #expect(Set(Finding(scenario.events, configuration).begun()) == ["token_spike"])
        configuration.tokenSpike.enabled = false
        let off = Finding(scenario.events, configuration)
        #expect(off.anomalies.isEmpty)
        #expect(off.excursions("ann").isEmpty)
        #expect(off.scorer.now.allSatisfy { !$0.isWatched }, "nobody watches what nobody judges")
    }

    // MARK: - Cost

    @Test(arguments: [0, nil] as [Int64?])
    func `an account without a price still has its tokens watched`(price: Int64?) throws {
        var free = Self.ann
        free.nanoPerToken = price
        free.basis = .included
        var scenario = Scenario(seed: 13)
        scenario.add(free, days: 0..<20)
        scenario.add(free, from: 480, hours: 1.5, times: 40)
        let finding = Finding(scenario.events)
        #expect(Set(finding.begun()) == ["token_spike"])
        let anomaly = try #require(finding.told.first)
        #expect(!anomaly.isMoney)
    }

    @Test func `every number is a number`() {
        var finite = true
        for seed in 0..<6 as Range<UInt64> {
            var usage = RandomUsage(seed: seed, account: "ann")
            var configuration = DetectionConfiguration()
            configuration.baseline.daysNeeded = 1
            configuration.baseline.hoursNeeded = 1
            configuration.spendSpike.hourFloor = 0
            configuration.spendSpike.dayFloor = 0
            configuration.tokenSpike.hourFloor = 0
            configuration.tokenSpike.dayFloor = 0
            let finding = Finding(usage.events(500), configuration)
            #expect(!finding.anomalies.isEmpty)
            for anomaly in finding.anomalies {
                let e = anomaly.expected
                for x in [e?.value, e?.low, e?.high, e?.score, e?.threshold, anomaly.priceRatio] {
                    finite = finite && (x ?? 0).isFinite
                }
                for c in anomaly.contributors { finite = finite && c.share >= 0 && c.share <= 1 }
            }
        }
        #expect(finite)
    }

    @Test func `the largest amounts that an event may have end nothing`() {
        var events: [UsageEvent] = []
        for i in 0..<7_000 as Range<Int64> {
            var event = UsageEvent(
                ts: Timestamp(rawValue: Scenario.start.rawValue + i * (i < 3_500 ? 600_000 : 1)),
                identity: "ann")
            event.inputTokens = Limits.tokensPerEventMax
            event.outputTokens = Limits.tokensPerEventMax
            event.cacheWriteTokens = Limits.tokensPerEventMax
            event.cost = NanoUSD(rawValue: NanoUSD.eventMax)
            event.shape.grain = i % 7 == 0 ? .bucket : .request
            events.append(event)
        }
        for i in 0..<3_500 { events.append(events[i]) }
        #expect(!Finding(events).anomalies.isEmpty)
    }
}
