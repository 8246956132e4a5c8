import Statistics
import UsageEvents

/// What every event of an account touches: two to three cache lines.
struct AccountNow: Sendable {
    /// The account's clock; `Int64.min` before its first event.
    var clock = Int64.min
    /// Where the five-minute slot of the clock ends.
    var slotEnd = Int64.min
    /// Five-minute slot and hour of the clock.
    var slot = Int32.min
    var hour = Int32.min

    /// Running totals, by `Metric`.
    var sums = FourTotals()
    /// The totals at which something has to be looked at, by `Metric`; `Int64.max` where the detector is off.
    var triggers = FourTotals(repeating: .max)

    /// What the hour of the clock holds so far, and its first event.
    var hourTotals = Totals()
    var hourFirstSequence: UInt64 = .max

    /// Four models and MCP servers used before, to spare the look-up of nearly all events; 0, which is
    /// none, is always known.
    var models = SIMD4<UInt32>(repeating: 0)
    var servers = SIMD4<UInt32>(repeating: 0)

    /// Bit per slot of the ring that is not empty.
    var ringMask: UInt16 = 0
    /// Slot of the ring that the clock is in.
    var ringIndex: UInt8 = 0
    /// Number of the watch that notes what drives the totals; 0 for none.
    var watch: UInt32 = 0
    var isWatched: Bool { watch != 0 }
    /// Bit per `Metric`: above its threshold and not yet back.
    var open: UInt8 = 0
    /// Bit per `Metric`: the open excursion began without history.
    var openAsNewcomer: UInt8 = 0
}

/// What an account's own past has taught; touched when an hour or a day ends.
///
/// Four baselines of logarithms (base 2): totals of active days, and the largest hour of an active day.
struct AccountPast: Sendable {
    /// The totals at which an excursion begins, by `Metric`.
    var thresholds = FourTotals(repeating: .max)
    var hours = HourList()
    /// Active hours learned.
    var hoursLearned: UInt32 = 0

    var daySpend = ForgettingMoments()
    var dayTokens = ForgettingMoments()
    var peakSpend = ForgettingMoments()
    var peakTokens = ForgettingMoments()

    /// The UTC day that is being summed from learned hours, its totals, and its largest hour.
    var day = Int32.min
    var dayTotals = Totals()
    var dayPeak = Totals()
    /// Levels that may be adopted as the new normal.
    var levelSpend = Level()
    var levelTokens = Level()
    /// Forgetting sums of cost and tokens: the usual price of a token.
    var priceCost: Double = 0
    var priceTokens: Double = 0
}

/// Active days in a row inside one band above the baseline.
struct Level: Sendable {
    var days: UInt8 = 0
    /// Sum of the logarithms of their totals.
    var sum: Float = 0
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
    @inline(__always)
    func reaches(_ other: FourTotals) -> Bool {
        spendHour >= other.spendHour || tokensHour >= other.tokensHour || spendDay >= other.spendDay
            || tokensDay >= other.tokensDay
    }
}
