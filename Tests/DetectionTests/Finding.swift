import TidemarkTestKit
import UsageEvents

@testable import Detection

/// Phases *score* and *judge* over a list of events, and what they found.
struct Finding {
    var symbols = Symbols()
    var scorer: Scorer
    var judge: Judge
    var signals: [Signal] = []
    var anomalies: [Anomaly] = []

    init(_ events: [UsageEvent], _ configuration: DetectionConfiguration = DetectionConfiguration()) {
        scorer = Scorer(configuration: configuration)
        judge = Judge(configuration: configuration)
        var batch = EventBatch()
        for event in events { batch.append(event, symbols: &symbols) }
        scorer.learnNames(of: symbols.models)
        scorer.observe(batch, firstSequence: 0, historical: true, into: &signals)
        for signal in signals {
            if let anomaly = judge.observe(signal, symbols: symbols) { anomalies.append(anomaly) }
        }
    }

    /// What somebody may be told of: what began or grew.
    var told: [Anomaly] {
        anomalies.filter { anomaly in
            switch anomaly.phase {
            case .began, .grew: true
            case .lasts, .ended: false
            }
        }
    }

    /// Begun anomalies of an account (of all, where it is nil), as `kind` or `kind value`.
    func begun(_ account: String? = nil) -> [String] {
        anomalies.filter { anomaly in
            guard case .began = anomaly.phase else { return false }
            return account.map { symbols.identities.text(of: anomaly.account) == $0 } ?? true
        }.map { anomaly in anomaly.kind.word + (anomaly.value.map { " " + $0 } ?? "") }
    }

    /// The excursions of an account, in order.
    func excursions(_ account: String) -> [Excursion] {
        signals.compactMap { signal in
            guard symbols.identities.text(of: signal.account) == account,
                case .excursion(let excursion) = signal.content
            else { return nil }
            return excursion
        }
    }

    /// How many excursions of an account ended for a reason from an hour of the scenario on.
    func ends(_ account: String, _ reason: EndReason, since hour: Double = 480) -> Int {
        signals.count { signal in
            guard signal.at >= Scenario.at(hour), symbols.identities.text(of: signal.account) == account,
                case .excursionEnded(_, let why) = signal.content
            else { return false }
            return why == reason
        }
    }

    /// The amount at which an alert of the account begins.
    func threshold(_ account: String, _ metric: Metric) -> Double {
        guard let symbol = symbols.identities.find(account), let profile = scorer.profile(of: symbol) else {
            return .nan
        }
        return Double(profile.levels[metric.rawValue].threshold)
    }

    /// What is usual for the account.
    func usual(_ account: String, _ metric: Metric) -> Double {
        guard let symbol = symbols.identities.find(account), let profile = scorer.profile(of: symbol) else {
            return .nan
        }
        return profile.levels[metric.rawValue].usual?.value ?? .nan
    }
}
