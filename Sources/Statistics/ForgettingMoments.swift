/// Mean and variance that forget: the plain running estimate while the sample is short, an exponential one
/// afterwards.
///
/// With n values seen and memory N, the weight of the newest is w = 1 / min(n, N), and
///
///     d = x - mean;  mean += w d;  variance = (1 - w) (variance + w d^2)
///
/// For n <= N this is Welford's population variance (Welford, 1962); beyond, West's weighted form (West,
/// "Updating mean and variance estimates", 1979) with half-life N ln 2. Empty: mean and variance 0.
/// Constant input: variance 0, exactly where Float32 holds the value, else below its rounding squared.
/// Memory: 12 bytes. Cost: one division a value. Example: 2, 4, 9 with N >= 3 gives mean 5, variance 26/3.
public struct ForgettingMoments: Hashable, Sendable {
    /// The estimate of the mean, in the unit of the values.
    public private(set) var mean: Float
    /// The estimate of the population variance.
    public private(set) var variance: Float
    /// How many values were learned; stops at 16,777,216.
    public private(set) var count: Float

    /// Nothing learned yet.
    public init() {
        mean = 0
        variance = 0
        count = 0
    }

    /// The state that was learned before; nil where learning gives none such.
    public init?(mean: Float, variance: Float, count: Float) {
        guard mean.isFinite, variance.isFinite, variance >= 0, (0...0x1p24).contains(count) else {
            return nil
        }
        self.mean = mean
        self.variance = variance
        self.count = count
    }

    /// Learns one finite value. `memory` is in values, at least 1.
    public mutating func learn(_ value: Double, memory: Double) {
        precondition(value.isFinite && memory >= 1)
        if count < 0x1p24 { count += 1 }
        let w = 1 / min(Double(count), memory)
        let d = value - Double(mean)
        mean = Float(Double(mean) + w * d)
        variance = Float((1 - w) * (Double(variance) + w * d * d))
    }

    /// Moves the mean without touching the spread: a lasting step was adopted.
    public mutating func shift(by distance: Double) { mean = Float(Double(mean) + distance) }

    /// The standard deviation, drawn towards a prior worth `priorCount` values:
    /// sqrt((n variance + n0 prior^2) / (n + n0)), n at most `memory`.
    public func spread(prior: Double, priorCount: Double, memory: Double) -> Double {
        let n = min(Double(count), memory)
        return ((n * Double(variance) + priorCount * prior * prior) / (n + priorCount)).squareRoot()
    }
}
