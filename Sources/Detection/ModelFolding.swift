public import UsageEvents

/// Which spellings of models are one model, by number: a new spelling of a known model is no news.
///
/// The number of a group is that of its first spelling. It tells groups apart and orders nothing, so alerts
/// do not depend on which spelling came first.
struct ModelFolding: Sendable {
    private var groups: [UInt32] = []
    private var byName: [String: UInt32] = [:]

    /// Learns the names that a table has got since the last time.
    mutating func extend(to models: SymbolTable) {
        while groups.count < models.count {
            let symbol = UInt32(groups.count)
            let name = ModelName.folded(models.text(of: symbol))
            let group = byName[name] ?? symbol
            byName[name] = group
            groups.append(group)
        }
    }

    /// The group of a model; the model itself where its name was not learned.
    func group(of model: UInt32) -> UInt32 {
        Int(model) < groups.count ? groups[Int(model)] : model
    }
}

extension Scorer {
    /// Takes note of the names of models, so that spellings of one are one. Call it before events with new
    /// ones are observed; without it every spelling is a model of its own.
    public mutating func learnNames(of models: SymbolTable) { folding.extend(to: models) }
}
