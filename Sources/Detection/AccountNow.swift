import UsageEvents

/// What nearly every event of an account touches, and nothing else: 64 bytes.
///
/// The totals of the running slot wait here and are added to the windows (`AccountState`) when the slot ends
/// or something has to be looked at.
struct AccountNow: Sendable {
    /// The account's clock; `Int64.min` before its first event.
    var clock = Int64.min
    /// Five-minute slot of the clock.
    var slot = Int32.min
    /// Number of the watch that notes what drives the totals; 0 for none.
    var watch: UInt32 = 0
    /// What the slot's events have used since they were last added to the windows.
    var pending = Totals()
    /// How much may wait: the pending amount at which a total reaches its trigger. `closed` where every event
    /// has to be looked at.
    var room = Self.closed
    /// Models and MCP servers used before, to spare the look-up of nearly all events.
    var models = FourNumbers()
    var servers = FourNumbers()

    /// Whether an event is neither late nor of a model or server that may be new.
    @inline(__always)
    func knows(_ ts: Int64, model: UInt32, server: UInt32) -> Bool {
        ts >= clock && models.contains(model) && servers.contains(server)
    }

    /// Lets an event of the running slot wait; false, with nothing done, where it has to be looked at.
    @inline(__always)
    mutating func add(_ totals: Totals, at ts: Int64) -> Bool {
        let next = Totals(cost: pending.cost &+ totals.cost, tokens: pending.tokens &+ totals.tokens)
        guard next.cost < room.cost, next.tokens < room.tokens else { return false }
        pending = next
        clock = ts
        return true
    }

    static let closed = Totals(cost: .min, tokens: .min)
    var isClosed: Bool { room.cost == .min }
    var isWatched: Bool { watch != 0 }
    /// Where the five-minute slot of the clock ends.
    var slotEnd: Int64 { (Int64(slot) &+ 1) &* (5 * Timestamp.minute) }
    /// The hour of the clock, in hours since the epoch.
    var hour: Int32 { Self.hour(ofSlot: slot) }

    static func hour(ofSlot slot: Int32) -> Int32 {
        let slots = Int32(AccountState.slots)
        return slot >= 0 ? slot / slots : (slot &- (slots &- 1)) / slots
    }
}

/// The last four of the numbers of symbols that came by, 16 bits each; larger numbers are not remembered.
struct FourNumbers: Sendable {
    private var word: UInt64 = 0

    /// Whether a number is known; 0, which stands for null, always is. Without a branch: which of the two it
    /// is cannot be foreseen.
    @inline(__always)
    func contains(_ number: UInt32) -> Bool {
        let ones: UInt64 = 0x0001_0001_0001_0001
        let sought = number == 0 ? word & 0xffff : UInt64(number)
        // A lane is zero where it holds the number, and borrows from its highest bit.
        let x = word ^ (sought &* ones)
        let isSmall = UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: sought >> 16 &- 1) >> 63)
        return (x &- ones) & ~x & (ones << 15) & isSmall != 0
    }

    /// Remembers a number in the place of the oldest.
    mutating func insert(_ number: UInt32) {
        if number <= 0xffff { word = word << 16 | UInt64(number) }
    }
}
