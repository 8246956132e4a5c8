/// A place in the log where events were lost, as a repair wrote it down.
public struct LogGap: Sendable, Hashable {
    /// The sequence of the first event that is lost.
    public let firstSequence: UInt64
    /// One past the last one that is known to be lost; no other event ever has these numbers.
    public let endSequence: UInt64
    /// Whether more may be lost: the damage was at the end of the log, and nothing says how many events it
    /// hit.
    public let isOpen: Bool
    /// Whether retention dropped them, and no damage.
    public let isExpired: Bool

    /// How many events are known to be lost.
    public var events: UInt64 { endSequence - firstSequence }

    init(_ block: BlockHeader) {
        firstSequence = block.firstSequence
        endSequence = block.endSequence
        isOpen = block.count == 1
        isExpired = block.count == 2
    }
}

/// What a repair found, and did unless it was only asked.
public struct LogRepair: Sendable, Hashable {
    /// Bytes of one segment that are lost, with what they held.
    public struct Loss: Sendable, Hashable {
        /// The segment.
        public let file: String
        /// Where the damage begins, in bytes.
        public let offset: Int
        /// Bytes from there to the next intact block, or to the end.
        public let bytes: Int
        /// The sequence of the first event that is lost.
        public let firstSequence: UInt64
        /// One past the last one that is known to be lost.
        public let endSequence: UInt64
        /// Whether more may be lost: see `LogGap.isOpen`.
        public let isOpen: Bool
        /// The latest event time in the intact block of events before, ms UTC.
        public var timeBefore: Int64?
        /// The earliest event time in the intact block of events behind, ms UTC.
        public var timeAfter: Int64?
        /// Where the damaged bytes were kept; nil before the repair, and where the file had none.
        public var quarantined: String?

        /// How many events are known to be lost.
        public var events: UInt64 { endSequence - firstSequence }
    }

    /// In the order of the log.
    public internal(set) var losses: [Loss] = []
    /// Events that are intact.
    public internal(set) var kept: UInt64 = 0
    /// Files of request ids that are damaged or missing: what is left of them is kept, and nothing of those
    /// segments is recognised as repeated any more.
    public internal(set) var lostIDs: [String] = []
    /// Files of sums that are damaged or of other segments: they are removed, and sealing makes them again.
    public internal(set) var droppedCells: [String] = []
    /// Whether the log ends in a block that is not whole: the next writer cuts that off by itself.
    public internal(set) var hasTornTail = false

    /// Whether there was nothing to repair.
    public var isSound: Bool { losses.isEmpty && lostIDs.isEmpty && droppedCells.isEmpty }

    /// Events that are known to be lost.
    public var lost: UInt64 { losses.reduce(0) { $0 + $1.events } }
}
