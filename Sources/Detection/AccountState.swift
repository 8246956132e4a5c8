import Statistics
import UsageEvents

/// What an account's past has taught: 160 bytes, touched when an hour ends.
///
/// Four baselines of logarithms (base 2): totals of active days, and the largest hour of an active day.
struct AccountState: Sendable {
    /// The totals at which an excursion begins, by `Metric`; `Int64.max` where the detector is off.
    var thresholds = FourTotals(repeating: .max)
    /// First event of the hour of the clock.
    var hourFirstSequence: UInt64 = .max

    /// Totals of the day that is being learned, and its largest hour.
    var dayTotals = Totals()
    var dayPeak = Totals()
    /// Forgetting sums of cost and tokens: the usual price of a token.
    var priceCost: Double = 0
    var priceTokens: Double = 0

    /// Number of the watch that notes what drives the totals; 0 for none.
    var watch: UInt32 = 0
    /// Active hours learned.
    var hoursLearned: UInt32 = 0
    /// The UTC day that is being summed from learned hours.
    var day = Int32.min

    var daySpend = ForgettingMoments()
    var dayTokens = ForgettingMoments()
    var peakSpend = ForgettingMoments()
    var peakTokens = ForgettingMoments()

    /// Levels that may be adopted as the new normal: sums of logarithms, and days.
    private var sumSpend: Float = 0
    private var sumTokens: Float = 0
    private var daysSpend: UInt8 = 0
    private var daysTokens: UInt8 = 0
    /// Bit per `Metric`: above its threshold and not yet back.
    var open: UInt8 = 0
    /// Bit per `Metric`: the open excursion began without history.
    var openAsNewcomer: UInt8 = 0

    /// Levels that may be adopted as the new normal.
    var levelSpend: Level {
        get { Level(sum: sumSpend, days: daysSpend) }
        set { (sumSpend, daysSpend) = (newValue.sum, newValue.days) }
    }
    var levelTokens: Level {
        get { Level(sum: sumTokens, days: daysTokens) }
        set { (sumTokens, daysTokens) = (newValue.sum, newValue.days) }
    }

    /// An account before its first event.
    init(_ rules: Rules) {
        for metric in Metric.allCases { thresholds[metric] = rules.floor(metric) }
    }

    /// The totals at which something has to be looked at while nobody watches.
    @inline(__always)
    var watchLevels: FourTotals {
        FourTotals(
            spendHour: Rules.watchLevel(thresholds.spendHour),
            tokensHour: Rules.watchLevel(thresholds.tokensHour),
            spendDay: Rules.watchLevel(thresholds.spendDay), tokensDay: Rules.watchLevel(thresholds.tokensDay)
        )
    }
}

/// Active days in a row inside one band above the baseline.
struct Level: Sendable {
    /// Sum of the logarithms of their totals.
    var sum: Float = 0
    var days: UInt8 = 0
    var mean: Double { Double(sum) / Double(days) }
}

/// Four amounts, by `Metric`.
struct FourTotals: Sendable {
    var spendHour: Int64
    var tokensHour: Int64
    var spendDay: Int64
    var tokensDay: Int64

    init(spendHour: Int64, tokensHour: Int64, spendDay: Int64, tokensDay: Int64) {
        self.spendHour = spendHour
        self.tokensHour = tokensHour
        self.spendDay = spendDay
        self.tokensDay = tokensDay
    }

    init(repeating value: Int64 = 0) {
        self.init(spendHour: value, tokensHour: value, spendDay: value, tokensDay: value)
    }

    subscript(metric: Metric) -> Int64 {
        get {
            switch metric {
            case .spendHour: spendHour
            case .tokensHour: tokensHour
            case .spendDay: spendDay
            case .tokensDay: tokensDay
            }
        }
        set {
            switch metric {
            case .spendHour: spendHour = newValue
            case .tokensHour: tokensHour = newValue
            case .spendDay: spendDay = newValue
            case .tokensDay: tokensDay = newValue
            }
        }
    }

    /// Whether any amount has reached that of another.
    func reaches(_ other: FourTotals) -> Bool {
        spendHour >= other.spendHour || tokensHour >= other.tokensHour || spendDay >= other.spendDay
            || tokensDay >= other.tokensDay
    }

    /// The total of the running hour at which one of these amounts is reached, where `tail` more is in the
    /// rolling hour and `day` more in the rolling day; nothing wraps.
    @inline(__always)
    func limit(tail: Totals, day: Totals) -> Totals {
        func left(_ trigger: Int64, _ sum: Int64) -> Int64 {
            let (rest, overflow) = trigger.subtractingReportingOverflow(sum)
            return overflow ? .max : rest
        }
        return Totals(
            cost: min(left(spendHour, tail.cost), left(spendDay, day.cost)),
            tokens: min(left(tokensHour, tail.tokens), left(tokensDay, day.tokens)))
    }
}
