public import UsageEvents

/// What a decoder supplies where lines say nothing, and how late a time it accepts.
public struct DecoderOptions: Sendable {
    /// The account of events that name none; nil rejects them.
    public var defaultIdentity: String?
    /// The source of events that name none. It goes into the column, not into `EventShape`: the key did
    /// not stand in the line.
    public var defaultSource: String?
    /// Prices for events without `cost_usd`; nil leaves them without cost.
    public var prices: PriceTable?
    /// The latest `ts` that is accepted, ms UTC; a later one is rejected as `future`. Nil accepts all.
    public var timestampMax: Int64?
    /// The input's path, or `-`: some formats say in it what their records leave out.
    public var path = "-"
    /// Which columns of a table that belongs to no known format mean what.
    public var mapping: ColumnMapping?

    /// Options from their parts; none of them changes how valid lines are read.
    public init(
        defaultIdentity: String? = nil, defaultSource: String? = nil, prices: PriceTable? = nil,
        timestampMax: Int64? = nil
    ) {
        self.defaultIdentity = defaultIdentity
        self.defaultSource = defaultSource
        self.prices = prices
        self.timestampMax = timestampMax
    }
}

/// What one call of a decoder did.
public struct DecodeProgress: Hashable, Sendable {
    /// Why the call came to an end.
    public enum Stop: Hashable, Sendable {
        /// All whole lines are read: what remains needs more bytes (or there is nothing left).
        case needsInput
        /// The batch holds as many rows as the caller allows.
        case batchFull
        /// Many lines were rejected: drain `rejections`, then call again with the rest.
        case rejectionsFull
    }

    /// Bytes that are done with; the caller offers the rest again, followed by more.
    public var consumed: Int
    /// Why it came to an end.
    public var stop: Stop
}
