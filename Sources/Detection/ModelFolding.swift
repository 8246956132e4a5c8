public import UsageEvents

/// Which spellings of models are one model, by number: a new spelling of a known model is no news.
///
/// Groups are numbered from 1 on as they come up. The number tells groups apart and orders nothing, so alerts
/// do not depend on which spelling came first.
public struct ModelFolding: Sendable {
    /// By number of the model.
    private(set) var groups: [UInt32] = []
    var byName: [String: UInt32] = [:]

    private let aliases: ModelAliases

    /// Knows no names but those that stand for models.
    public init(aliases: ModelAliases) { self.aliases = aliases }

    /// Learns the names that a table has got since the last time.
    public mutating func extend(to models: SymbolTable) {
        while groups.count < models.count {
            let symbol = UInt32(groups.count)
            guard symbol != SymbolTable.null else {
                groups.append(0)
                continue
            }
            let name = aliases.folded(models.text(of: symbol))
            let group = byName[name] ?? UInt32(byName.count + 1)
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

    /// The same, for several scorers that learn from one.
    public mutating func learnNames(_ folding: ModelFolding) { self.folding = folding }

    /// What was learned.
    public var names: ModelFolding { folding }
}
