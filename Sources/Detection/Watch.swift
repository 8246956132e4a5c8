/// What drives an account's totals, noted from the moment one of them passes a quarter of its threshold.
///
/// Keeping this for every account all the time would cost most of the memory and time of scoring; nobody asks before a total rises.
struct Watch: Sendable {
    /// Different facets that are told apart; further ones are summed as "other" (`Facet()`).
    static let facetsMax = 64

    private(set) var parts: [Part] = []
    /// The hour of the account's clock when it began.
    let since: Int32

    init(since: Int32) { self.since = since }

    mutating func add(_ totals: Totals, _ facet: Facet) {
        for i in parts.indices where parts[i].facet == facet {
            parts[i].totals += totals
            return
        }
        if parts.count == Self.facetsMax { return add(totals, Facet()) }
        // The place of "other" is kept free.
        if parts.count == Self.facetsMax - 1, facet != Facet() { return add(totals, Facet()) }
        parts.append(Part(facet: facet, totals: totals))
    }
}
