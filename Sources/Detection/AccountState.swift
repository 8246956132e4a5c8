import Statistics
import UsageEvents

/// The windows of an account and what its past has taught: 256 bytes, touched when a slot ends.
///
/// Four baselines of logarithms (base 2): totals of active days, and the largest hour of an active day.
struct AccountState: Sendable {
    /// Totals of the rolling hour and day, by `Metric`.
    var sums = FourTotals()
    /// The totals at which something has to be looked at, by `Metric`; `Int64.max` where the detector is off.
    var triggers = FourTotals(repeating: .max)
    /// What the hour of the clock holds, and its first event.
    var hourTotals = Totals()
    var hourFirstSequence: UInt64 = .max
    /// Bit per slot of the ring that is not empty; what stands in the others is of the past.
    var ringMask: UInt16 = 0
    /// Slot of the ring that the clock is in.
    var ringIndex: UInt8 = 0
    /// Bit per `Metric`: above its threshold and not yet back.
    var open: UInt8 = 0

    /// The totals at which an excursion begins, by `Metric`.
    var thresholds = FourTotals(repeating: .max)
    var hours = HourList()
    /// Active hours learned.
    var hoursLearned: UInt32 = 0
    /// The UTC day that is being summed from learned hours.
    var day = Int32.min

    var daySpend = ForgettingMoments()
    var dayTokens = ForgettingMoments()
    var peakSpend = ForgettingMoments()
    var peakTokens = ForgettingMoments()

    /// Totals of the day, and its largest hour.
    var dayTotals = Totals()
    var dayPeak = Totals()
    /// Levels that may be adopted as the new normal.
    var levelSpend = Level()
    /// Bit per `Metric`: the open excursion began without history.
    var openAsNewcomer: UInt8 = 0
    var levelTokens = Level()
    /// Forgetting sums of cost and tokens: the usual price of a token.
    var priceCost: Double = 0
    var priceTokens: Double = 0

    /// An account before its first event.
    init(_ rules: Rules) {
        for metric in Metric.allCases {
            thresholds[metric] = rules.floor(metric)
            triggers[metric] = Rules.watchLevel(thresholds[metric])
        }
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

    init(repeating value: Int64 = 0) {
        spendHour = value
        tokensHour = value
        spendDay = value
        tokensDay = value
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

    @inline(__always)
    mutating func addHour(_ t: Totals) {
        spendHour &+= t.cost
        tokensHour &+= t.tokens
    }

    @inline(__always)
    mutating func addDay(_ t: Totals) {
        spendDay &+= t.cost
        tokensDay &+= t.tokens
    }

    /// Whether any amount has reached that of another.
    func reaches(_ other: FourTotals) -> Bool {
        spendHour >= other.spendHour || tokensHour >= other.tokensHour || spendDay >= other.spendDay
            || tokensDay >= other.tokensDay
    }

    /// How much is left until one of the two sums of a unit reaches another's; nothing wraps.
    @inline(__always)
    func room(below other: FourTotals) -> Totals {
        func left(_ trigger: Int64, _ sum: Int64) -> Int64 {
            let (rest, overflow) = trigger.subtractingReportingOverflow(sum)
            return overflow ? .max : rest
        }
        return Totals(
            cost: min(left(other.spendHour, spendHour), left(other.spendDay, spendDay)),
            tokens: min(left(other.tokensHour, tokensHour), left(other.tokensDay, tokensDay)))
    }
}
