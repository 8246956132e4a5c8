import Statistics
import UsageEvents

/// The configuration as the scorer asks for it.
struct Rules: Sendable {
    let configuration: DetectionConfiguration
    /// Active hours after which an account's hours are judged by its own baseline.
    let hoursNeeded: Double
    /// Doublings above which nothing is, for certain, below `ratio` times the usual: spend, tokens.
    private let ratios: (spend: Double, tokens: Double)

    init(_ configuration: DetectionConfiguration) {
        self.configuration = configuration
        hoursNeeded = configuration.baseline.hoursNeeded.rounded(.up)
        ratios = (
            Self.doublings(configuration.spendSpike.ratio), Self.doublings(configuration.tokenSpike.ratio)
        )
    }

    /// The logarithm of a ratio, with a margin far above any rounding.
    private static func doublings(_ ratio: Double) -> Double {
        ratio > 0 ? Deterministic.log2(ratio) + 0.001 : -.infinity
    }

    func ratioDoublings(_ metric: Metric) -> Double { metric.isSpend ? ratios.spend : ratios.tokens }

    @inline(__always)
    func spike(_ metric: Metric) -> DetectionConfiguration.Spike {
        metric.isSpend ? configuration.spendSpike : configuration.tokenSpike
    }

    /// From here on it is noted what drives a total.
    static func watchLevel(_ threshold: Int64) -> Int64 { threshold == .max ? .max : max(1, threshold / 2) }

    /// The smallest total that counts, in nano-dollars or tokens; never reached where the detector is off.
    func floor(_ metric: Metric) -> Int64 {
        let s = spike(metric)
        guard s.enabled else { return .max }
        let amount = metric.isHour ? s.hourFloor : s.dayFloor
        return Int64(max(1, min(amount * (metric.isSpend ? 1e9 : 1), 9e17)))
    }
}
