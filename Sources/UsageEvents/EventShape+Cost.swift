extension EventShape {
    /// Whether the event has a cost; where not, the cost column holds 0.
    ///
    /// An estimate counts, whether it was computed here or came with the line. For those the bits of
    /// `costUSD` and `costBasis` are not set, the basis alone says it: so an event priced here and its
    /// canonical text, which spells both keys out, are the same event.
    @inlinable public var hasCost: Bool { has(.costUSD) || basis == .estimated }
}
