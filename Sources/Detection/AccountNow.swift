import UsageEvents

/// What nearly every event of an account touches, and nothing else: 64 bytes.
///
/// The common event is one look at this line, two additions and two comparisons: what the requests of the
/// running clock hour have used is summed here, and `limit` is the sum at which something has to be looked
/// at. All windows follow from it when somebody asks (`sums`).
struct AccountNow: Sendable {
    /// Five-minute slot of the clock; `Int32.min` before the account's first event.
    var slot = Int32.min
    /// Milliseconds of the clock in its slot.
    var inSlot: UInt32 = 0
    /// The block with the slots of the clock's hour, and in the highest bit whether somebody watches.
    private var ringAndWatch = PastBlocks.none
    /// The block with the hours that are past and not learned, the running one where it has something that is
    /// no request, and the slots of the hour before that of the clock.
    var past = PastBlocks.none
    /// What requests have used in the clock's hour.
    var total = Totals()
    /// The total at which a window may have reached its trigger; `closed` where every event has to be looked
    /// at.
    var limit = Self.closed
    /// Models and MCP servers used before, to spare the look-up of nearly all events.
    var known = KnownValues()

    /// Whether there was an event before.
    var hasClock: Bool { slot != Int32.min }

    /// The account's clock, the largest time of its events.
    var clock: Int64 {
        get { Int64(slot) &* Self.slotTime &+ Int64(inSlot) }
        set { inSlot = UInt32(clamping: time(inSlot: newValue)) }
    }

    /// How far a time is behind the beginning of the clock's slot.
    @inline(__always)
    func time(inSlot ts: Int64) -> Int64 { ts &- Int64(slot) &* Self.slotTime }

    /// Milliseconds of a slot.
    static let slotTime = 5 * Timestamp.minute

    /// The slot of a time. Those beyond the year 12,000 are all in one.
    @inline(__always)
    static func slot(of ts: Int64) -> Int32 {
        Int32(min(max(floorDivide(ts, slotTime), -1 << 30), 1 << 30))
    }

    /// Takes an event of the running slot; false, with nothing done, where it has to be looked at.
    @inline(__always)
    mutating func add(_ totals: Totals, inSlot time: Int64) -> Bool {
        let next = Totals(cost: total.cost &+ totals.cost, tokens: total.tokens &+ totals.tokens)
        guard next.cost < limit.cost, next.tokens < limit.tokens else { return false }
        total = next
        inSlot = UInt32(truncatingIfNeeded: time)
        return true
    }

    static let closed = Totals(cost: .min, tokens: .min)
    var isClosed: Bool { limit.cost == .min }

    /// Whether what drives the totals is being noted (`AccountState.watch`).
    var isWatched: Bool {
        get { ringAndWatch >> 31 != 0 }
        set { ringAndWatch = ringAndWatch & ~(1 << 31) | (newValue ? 1 << 31 : 0) }
    }

    /// The block with the ring: the five-minute slots of the clock's hour without the running one. Each holds
    /// what the hour had used at its end.
    var ring: UInt32 {
        get { ringAndWatch & ~(1 << 31) }
        set { ringAndWatch = newValue | ringAndWatch & (1 << 31) }
    }

    /// The hour of the clock, in hours since the epoch.
    var hour: Int32 { Self.hour(ofSlot: slot) }

    @inline(__always)
    static func hour(ofSlot slot: Int32) -> Int32 {
        let slots = Int32(AccountState.slots)
        return slot >= 0 ? slot / slots : (slot &- (slots &- 1)) / slots
    }
}

/// Up to eight groups of models and MCP servers that an account has used, 16 bits each. Numbers from 32,768
/// on are not remembered.
struct KnownValues: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    private static let ones: UInt64 = 0x0001_0001_0001_0001
    private static let serverBit: UInt64 = 0x8000
    /// How many are remembered.
    static let count = 8
    /// The largest number that is remembered.
    static let max: UInt32 = 0x7fff

    /// The lane of a value; 0 where it is not remembered.
    private static func lane(_ number: UInt32, isServer: Bool) -> UInt64 {
        number > max ? 0 : UInt64(number) | (isServer ? serverBit : 0)
    }

    /// Whether both are known; 0, which stands for null, always is. Without a branch: which it is cannot be
    /// foreseen.
    @inline(__always)
    func contains(group: UInt32, server: UInt32) -> Bool {
        let isSmall = (group | server) <= Self.max
        // Null looks for what the first lane holds, whatever that is.
        let a = (group == 0 ? low & 0xffff : UInt64(group)) &* Self.ones
        let b = (server == 0 ? low & 0xffff : UInt64(server) | Self.serverBit) &* Self.ones
        let found = Self.zeroLanes(low ^ a, high ^ a) != 0
        let foundToo = Self.zeroLanes(low ^ b, high ^ b) != 0
        return isSmall && found && foundToo
    }

    /// A lane is zero where it holds the number, and borrows from its highest bit.
    @inline(__always)
    private static func zeroLanes(_ x: UInt64, _ y: UInt64) -> UInt64 {
        ((x &- ones) & ~x | (y &- ones) & ~y) & (ones << 15)
    }

    /// Whether a value is among them.
    func contains(_ number: UInt32, isServer: Bool) -> Bool {
        isServer ? contains(group: 0, server: number) : contains(group: number, server: 0)
    }

    /// Whether no further value can be remembered without forgetting one.
    var isFull: Bool { high >> 48 != 0 }

    /// Remembers a value; the oldest gives way.
    mutating func insert(_ number: UInt32, isServer: Bool) {
        let lane = Self.lane(number, isServer: isServer)
        if lane == 0 { return }
        high = high << 16 | low >> 48
        low = low << 16 | lane
    }

    /// What is remembered.
    var values: [(number: UInt32, isServer: Bool)] {
        var values: [(number: UInt32, isServer: Bool)] = []
        for word in [low, high] {
            for shift in stride(from: 0, to: 64, by: 16) {
                let lane = word >> UInt64(shift) & 0xffff
                if lane != 0 {
                    values.append((UInt32(lane & UInt64(Self.max)), lane & Self.serverBit != 0))
                }
            }
        }
        return values
    }
}
