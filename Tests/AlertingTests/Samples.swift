import TidemarkTestKit
import UsageEvents

@testable import Alerting
@testable import Detection

/// Anomalies as phase *judge* makes them, and a book that takes them.
struct Desk {
    var symbols = Symbols()
    var book: AlertBook
    var told: [AlertTransition] = []

    init(_ configuration: AlertingConfiguration = AlertingConfiguration()) {
        book = AlertBook(configuration: configuration, fingerprint: "c3a1")
    }

    /// Hands an anomaly to the book at an hour of the log's clock (the anomaly's own, where none is given);
    /// returns what is new.
    @discardableResult
    mutating func observe(_ anomaly: Anomaly, of account: String = "ann", now: Double? = nil)
        -> [AlertTransition]
    {
        var anomaly = anomaly
        anomaly.account = symbols.identities.intern(account)
        var out: [AlertTransition] = []
        let now = now.map { Scenario.at($0) } ?? anomaly.at
        book.advance(to: now, into: &out)
        book.observe(anomaly, now: now, symbols: symbols, into: &out)
        told += out
        return out
    }

    @discardableResult
    mutating func advance(to hour: Double) -> [AlertTransition] {
        var out: [AlertTransition] = []
        book.advance(to: Scenario.at(hour), into: &out)
        told += out
        return out
    }

    /// `seq state reason` of all transitions so far.
    var story: [String] { told.map { "\($0.seq) \($0.state.rawValue) \($0.reason)" } }
}

extension Anomaly {
    /// A spike of spend or tokens at an hour of the scenario.
    static func spike(
        _ phase: Phase = .began, _ metric: Metric = .spendHour, at hour: Double, since: Double? = nil,
        observed: Int64 = 41_200_000_000, sequence: UInt64 = 900
    ) -> Anomaly {
        let usual = metric.isSpend ? 2_300_000_000.0 : 300_000
        return Anomaly(
            phase: phase, kind: metric.kind, metric: metric, account: 0, sequence: sequence,
            at: Scenario.at(hour),
            startsAt: Scenario.at(since ?? hour - 0.25), firstSequence: sequence - 400, historical: false,
            retroactive: false, team: "team-c", observed: observed, isMoney: metric.isSpend,
            basis: metric.isSpend ? .billed : .unstated,
            expected: Expectation(
                value: usual, low: usual * 0.4, high: usual * 3, score: 5.1, threshold: 3.2),
            comparison: .ownBaseline,
            contributors: [
                Contributor(dimension: "model", value: "m-max", share: 0.93),
                Contributor(dimension: "tool", value: "api", share: 1),
            ])
    }

    /// A first use at an hour of the scenario.
    static func first(
        _ kind: AlertKind, _ value: String, at hour: Double, phase: Phase = .began, adopters: Int = 1,
        comparison: Comparison = .newToOrganisation, priceRatio: Double = 0
    ) -> Anomaly {
        Anomaly(
            phase: phase, kind: kind, metric: nil, account: 0, value: value, sequence: 70,
            at: Scenario.at(hour),
            startsAt: Scenario.at(hour), firstSequence: 70, historical: false, retroactive: false,
            team: "team-c",
            observed: 1_200_000, isMoney: true, basis: .unstated, expected: nil, comparison: comparison,
            contributors: [
                Contributor(dimension: kind == .newModel ? "model" : "mcp_server", value: value, share: 1)
            ], priceRatio: priceRatio, adopters: adopters)
    }
}
