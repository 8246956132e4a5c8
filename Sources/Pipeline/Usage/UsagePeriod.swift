public import UsageEvents

/// A step of time, in UTC.
public enum UsagePeriod: String, CaseIterable, Sendable {
    /// 60 minutes from the full hour.
    case hour
    /// From midnight.
    case day
    /// Seven days from Monday.
    case week
    /// A month of the calendar.
    case month

    /// The number of the period in which an instant lies: ascending with time, 0 around 1970.
    public func index(of ts: Timestamp) -> Int32 {
        switch self {
        case .hour: return Int32(truncatingIfNeeded: ts.floored(to: Timestamp.hour))
        case .day: return Int32(truncatingIfNeeded: ts.floored(to: Timestamp.day))
        case .week:
            // Day 0 was a Thursday, three days behind its Monday.
            return Int32(truncatingIfNeeded: floorDivide(ts.floored(to: Timestamp.day) + 3, 7))
        case .month:
            let date = CivilDate(daysSinceEpoch: ts.floored(to: Timestamp.day))
            return Int32(truncatingIfNeeded: date.year * 12 + date.month - 1)
        }
    }

    /// When a period begins; the one before ends there.
    public func start(of index: Int32) -> Timestamp {
        let n = Int64(index)
        switch self {
        case .hour: return Timestamp(rawValue: n * Timestamp.hour)
        case .day: return Timestamp(rawValue: n * Timestamp.day)
        case .week: return Timestamp(rawValue: (n * 7 - 3) * Timestamp.day)
        case .month:
            let year = floorDivide(n, 12)
            let days = CivilDate.daysSinceEpoch(year: year, month: n - year * 12 + 1, day: 1) ?? 0
            return Timestamp(rawValue: days * Timestamp.day)
        }
    }
}

/// Numbers of periods for times that mostly lie close together: the last answer serves most of them.
struct PeriodClock {
    private let period: UsagePeriod?
    private var index: Int32 = 0
    private var from = Int64.max
    private var to = Int64.min

    /// Without a period everything lies in period 0.
    init(_ period: UsagePeriod?) {
        self.period = period
        if period == nil { (from, to) = (.min, .max) }
    }

    @inline(__always)
    mutating func index(of ts: Int64) -> Int32 {
        if ts >= from, ts < to { return index }
        return move(to: ts)
    }

    @inline(never)
    private mutating func move(to ts: Int64) -> Int32 {
        guard let period else { return 0 }
        index = period.index(of: Timestamp(rawValue: ts))
        from = period.start(of: index).rawValue
        to = period.start(of: index + 1).rawValue
        return index
    }
}
