import UsageEvents

/// The names that a fold knows, for events that come from a feed rather than from a log.
///
/// A feed numbers every name that it reads, also those of lines that are refused or repeated, and keeps each
/// one, since the log has to say what was said. The names of a fold are those of the events of the log, in
/// their order, up to its bounds: what there is no room for depends on the log alone.
struct FoldedLabels: Sendable {
    /// What the fold knows.
    private(set) var symbols: Symbols
    private var translation = SymbolTranslation()

    /// Begins with the names of a fold of the events before.
    init(_ symbols: Symbols = .forFold) { self.symbols = symbols }

    /// A batch whose labels are numbers of a feed's tables, with numbers of `symbols`, as far as detection
    /// looks at them.
    mutating func fold(_ batch: EventBatch, from feed: Symbols) -> EventBatch {
        var folded = batch
        translation.translateDetected(&folded, from: feed, to: &symbols)
        return folded
    }

    /// The feed begins new tables.
    mutating func forgetNumbers() { translation = SymbolTranslation() }
}
